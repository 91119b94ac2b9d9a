# `make demo` and `make test` prepare the machine by themselves; `make help` lists the rest.

BIN := .venv/bin
PREPARE := sh resources/setup/prepare.sh
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help demo window test build test-build setup check lint type unit services properties chaos chaos-short faults bench-history bench-protocol bench-spread bench-submit bench-worker bench-queries bench-ui bench-ocr hazards outages screens kill-submit long-document format lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

demo: ## read the sample documents with real servers and a real worker (ARGS="--no-window --out DIR")
	@$(PREPARE) demo
	@$(BIN)/ocr-console demo $(ARGS)

window: ## open the window
	@$(PREPARE) demo
	@$(BIN)/ocr-console $(ARGS)

test: ## everything that CI checks: lint, types, all tests
	@$(PREPARE) test
	@$(MAKE) --no-print-directory check

build: ## the program as one folder that needs no Python: dist/ocr-console
	@$(PREPARE) test
	@$(BIN)/python -m PyInstaller --noconfirm --log-level ERROR --distpath dist --workpath build/pyinstaller build.spec
	@du -sm dist/ocr-console | awk '{print "dist/ocr-console: " $$1 " MB"}'

test-build: build ## that program in a real window: read a document, end; size and start time (ARGS="-k licences")
	@$(BIN)/python -m pytest -q tests/frozen $(ARGS)

setup: ## prepare the machine for development, and do nothing else
	@rm -f build/system-packages-tried
	@$(PREPARE) test

check: lint type
	@$(BIN)/python -m tests.check
	@$(MAKE) --no-print-directory chaos-short

lint: ## ruff: rules and layout
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

type: ## mypy, strict
	@$(BIN)/mypy

unit: ## tests without servers (ARGS="-k name")
	$(PYTEST) --no-xvfb tests/unit tests/gui $(ARGS)

services: ## tests on real servers, and of the whole program
	$(PYTEST) tests/services tests/end2end $(ARGS)

properties: ## random orders of events against the lease protocol, for a quarter of an hour (EXAMPLES=2500)
	@$(PREPARE) test
	OCR_PROPERTIES=$(or $(EXAMPLES),2500) $(PYTEST) tests/services/test_protocol_properties.py $(ARGS)

bench-spread: ## ten pages on one process and on two, in turn (ARGS="--rounds 3")
	@$(PREPARE) test
	@$(BIN)/python -m tests.bench.ten_pages $(ARGS)

bench-worker: ## seconds from the order until a local worker is ready, and what takes them (ARGS="--rounds 5 --slots 2")
	@$(PREPARE) test
	@$(BIN)/python -m tests.bench.worker_ready $(ARGS)

bench-submit: ## jobs submitted a second once the bytes are up, and a whole submit (ARGS="--jobs 10000 --files 2000")
	@$(PREPARE) test
	@$(BIN)/python -m tests.bench.submit_rate $(ARGS)

bench-queries: ## how long each question about jobs takes at a million (ARGS="--jobs 1000000 --rounds 9")
	@$(PREPARE) test
	@$(BIN)/python -m tests.bench.queries $(ARGS)

screens: ## pictures of every page: light, dark, 200 %, longer words, mirrored, small, in the dark, locked, empty (ARGS="--display FOLDER")
	@$(PREPARE) test
	@$(BIN)/python -m tests.screens $(ARGS)

bench-ui: ## the window at a million jobs and a thousand changes a second, beside Flower (ARGS="--seconds 60 --no-peer")
	@$(PREPARE) test
	@$(BIN)/python -m tests.bench.window $(ARGS)

bench-ocr: ## the product beside OCRmyPDF and recognition alone, on the same pages (ARGS="--rounds 3 --long 100 --no-peer")
	@$(PREPARE) test
	@$(BIN)/python -m tests.bench.ocr $(ARGS)

hazards: ## every file that breaks OCR systems, on a real worker, as a table (ARGS=--corpus: the folder of OCR_CORPUS)
	@$(PREPARE) test
	@$(BIN)/python -m tests.hazards $(ARGS)

chaos: ## documents are read while everything dies at random (ARGS="--seed 7 --jobs 500 --seconds 150")
	@$(PREPARE) test
	@$(BIN)/python -m tests.chaos $(ARGS)

chaos-short: ## the same in a minute
	@$(BIN)/python -m tests.chaos --seed 10 --jobs 60 --seconds 40 --workers 2

faults: ## each fault of its own, and what it cost (ARGS="--jobs 20")
	@$(PREPARE) test
	@$(BIN)/python -m tests.chaos.by_hand $(ARGS)

bench-protocol: ## milliseconds of processor time that claim, renew and finish cost a task (ARGS="--tasks 2000")
	@$(PREPARE) test
	@$(BIN)/python -m tests.bench.protocol_cost $(ARGS)

bench-history: ## what the history costs the database at a million jobs and 1,000 changes a second (ARGS="--explain")
	@$(PREPARE) test
	@$(BIN)/python -m tests.bench.history_cost $(ARGS)

kill-submit: ## a submission whose console is killed three times on the way (ARGS="--files 500 --kills 3 --seed 1")
	@$(PREPARE) test
	@$(BIN)/python -m tests.chaos.kill_submit $(ARGS)

outages: ## every server away in every way, at the start, idle and in the middle of work (ARGS="--away 60 --service s3")
	@$(PREPARE) test
	@$(BIN)/python -m tests.chaos.outages $(ARGS)

long-document: ## a long scan on two workers, one of them killed half way (ARGS="--pages 300")
	@$(PREPARE) test
	@$(BIN)/python -m tests.chaos.long_document $(ARGS)

format: ## lay the code out
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: ## choose versions anew and write requirements.lock
	@sh resources/setup/lock.sh

clean: ## remove .venv and everything that was built here
	rm -rf .venv build dist demo-results *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
