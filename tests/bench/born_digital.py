"""One document of 113 pages that have text, through a warm worker of two processes: seconds until it is done.

python -m tests.bench.born_digital [--pages 113] [--rounds 5]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

import pikepdf
import psutil

from console.ops.stack import Stack
from tests.services.stack_homes import temporary_home
from tests.services.worker_process import Desk, celery_worker
from tests.unit.documents import text_pdf
from worker.core.database import open_engine
from worker.core.examine import examine
from worker.core.jobs import Options, State
from worker.core.page_content import page_content
from worker.core.schema import upgrade
from worker.core.store import Store
from worker.tools.pdfium import Pdfium

PAGES = 113
LINES, WORDS = 46, 14  # of a page, close print
SOURCE = "the quick brown fox jumps over a lazy dog while seventeen engineers measure what they wrote down"
VOCABULARY = tuple(SOURCE.split())


def main() -> None:
    """Run it and print the seconds of each round, the CPU milliseconds that a look at a page costs, and the load."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--pages", type=int, default=PAGES)
    words.add_argument("--rounds", type=int, default=5)
    asked = words.parse_args()
    with temporary_home() as home, tempfile.TemporaryDirectory() as folder, Stack(home) as stack:
        stack.up()
        settings = stack.settings()
        engine = open_engine(settings, application="bench")
        upgrade(engine)
        desk = Desk(settings, Store(engine))
        warm, *sources = [book(Path(folder), asked.pages, seed) for seed in range(asked.rounds + 1)]
        with celery_worker(settings, desk.store, Path(folder), slots=2) as worker:
            for job in [desk.add(warm, Options(pages="1")) for _ in range(4)]:
                desk.ended(job)
            before = _cpu_s(worker.process.pid)
            seconds = [_through(desk, source) for source in sources]
            cpu_s = round((_cpu_s(worker.process.pid) - before) / len(seconds), 2)
        engine.dispose()
        found = {"pages": asked.pages, "seconds": seconds, "median_s": statistics.median(seconds), "cpu_s": cpu_s}
        print(json.dumps(found | {"look_ms": _look_ms(sources[0]), "load": round(os.getloadavg()[0], 1)}))


def book(folder: Path, pages: int, seed: int) -> Path:
    """A document of pages of close print, each with other words."""
    dice, path = random.Random(seed), folder / f"book-{seed}.pdf"
    with pikepdf.new() as pdf:
        for _ in range(pages):
            lines = [" ".join(dice.choices(VOCABULARY, k=WORDS)) for _ in range(LINES)]
            with pikepdf.open(text_pdf(folder / "one.pdf", lines)) as one:
                pdf.pages.extend(one.pages)
        pdf.save(path)
    return path


def _through(desk: Desk, source: Path) -> float:
    began = time.monotonic()
    job = desk.add(source, Options())
    ended = desk.ended(job)
    assert ended.state is State.DONE, ended.error
    return round(time.monotonic() - began, 2)


def _cpu_s(main: int) -> float:
    """That a worker and its processes have used so far."""
    process = psutil.Process(main)
    return sum(sum(one.cpu_times()[:2]) for one in (process, *process.children()))


def _look_ms(source: Path) -> float:
    """CPU milliseconds a page."""
    pdfium, began = Pdfium(), time.process_time()
    document = examine(source)
    for page in document.pages:
        with pdfium.page(source, page.number) as opened:
            page_content(opened)
    return round(1000 * (time.process_time() - began) / len(document.pages), 2)


if __name__ == "__main__":
    main()
