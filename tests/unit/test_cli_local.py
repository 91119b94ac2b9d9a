"""The verbs of this machine's workers: every choice has a word, recipes are printed, and wrong words end with 2."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from console.cli import local
from console.cli.arguments import parser
from console.cli.worker_run import options_of
from console.ops.local_workers import LocalWorkers
from console.ops.profiles import open_profile
from console.ops.worker_options import WorkerOptions
from console.ops.worker_state import GAVE_UP, LocalWorker
from tests.unit.test_cli_acts import Deployment, Verb, as_it_was, there, verb
from tests.unit.test_cli_main import ENVIRONMENT, SECRET

__all__ = ["as_it_was", "there", "verb"]


def test_every_choice_has_a_word() -> None:
    line = (
        "worker start --name scan -c 3 --queues ocr,bulk --nice 5 --time-limit 300 --soft-time-limit 200 --memory 1000"
    )
    line += " --tasks-per-child 50 --log-level debug --log-format json --no-restart"
    assert options_of(parser().parse_args(line.split())) == WorkerOptions(
        "scan", 3, ("ocr", "bulk"), nice=5, time_limit_s=300, soft_time_limit_s=200, memory_mb=1000,
        tasks_per_child=50, log_level="DEBUG", log_format="json", restart_when_it_dies=False,
    )  # fmt: skip
    assert options_of(parser().parse_args(["worker", "run"])) == WorkerOptions()
    assert options_of(parser().parse_args(["worker", "run", "--pool", "solo"])) == WorkerOptions(pool="solo")


@pytest.mark.parametrize(
    ("kind", "holds"),
    [
        ("command", "--hostname scan-2@"),
        ("env", "MINIO_SECRET_KEY=•••"),
        ("systemd", "Nice=5"),
        ("compose", "mem_limit: 2500m"),
        ("kubernetes", "replicas: 2"),
    ],
)
def test_recipes_are_printed(verb: Verb, monkeypatch: pytest.MonkeyPatch, kind: str, holds: str) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    several = ("--count", 2) if kind in {"command", "kubernetes"} else ()
    words = ("worker", "recipe", "--for", kind, "--name", "scan", "-c", 2, "--memory", 1000, "--nice", 5)
    code, printed, _ = verb(*words, *several)
    assert (code, printed["for"]) == (0, kind)
    assert holds in printed["text"]
    assert SECRET not in json.dumps(printed)
    code, printed, told = verb("worker", "recipe", "--for", kind, "--time-limit", 1)
    assert (code, printed) == ((0, printed) if kind == "env" else (2, None))
    assert kind == "env" or "OCR_TIME_LIMIT" in told


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("worker stop", 2),
        ("worker stop scan --all", 2),
        ("worker restart", 2),
        ("worker stop scan", 4),
        ("worker restart scan", 4),
        ("worker log scan", 4),
        ("worker recipe --for systemd --count 2", 2),
    ],
)
def test_it_must_be_said_which_and_it_must_be_there(verb: Verb, there: Deployment, words: str, code: int) -> None:
    assert verb(*words.split())[:2] == (code, None)
    assert there.commands == []


def test_where_none_was_started_none_is_listed_stopped_or_restarted(verb: Verb) -> None:
    assert verb("workers", "--local")[:2] == (0, [])
    assert verb("worker", "stop", "--all")[:2] == (0, [])
    assert verb("worker", "restart", "--all")[:2] == (0, {})


def gave_up(home: Path, name: str, profile_file: Path | None = None, *, production: bool = False) -> LocalWorker:
    """One of this home that ended; its state file is all that is there of it."""
    worker = LocalWorker(
        name, profile_file.stem if profile_file else "real", home, home / "a.log", WorkerOptions(name, 1), False, 1.0,
        production=production, profile_file=profile_file, state=GAVE_UP,
    )  # fmt: skip
    worker.save()
    return worker


def test_several_are_started_at_once(
    verb: Verb, there: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.answer = gave_up(tmp_path, "scan-1@desk")
    monkeypatch.setattr(LocalWorkers, "wait_ready", lambda _self, worker, _said_so: worker)
    monkeypatch.setattr(local, "_row", lambda *_: None)
    assert verb("worker", "start", "--name", "scan@desk", "--count", 2, "--nice", 3)[:2] == (0, [None, None])
    assert [command.options.name for command in there.commands] == ["scan-1@desk", "scan-2@desk"]
    assert verb("worker", "start")[:2] == (0, None)


def test_each_is_stopped_under_the_guard_of_its_own_profile(verb: Verb, there: Deployment, tmp_path: Path) -> None:
    file = tmp_path / "live.env"
    values = ENVIRONMENT | {"OCR_CONSOLE_PRODUCTION": "true"}
    file.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()), "utf-8")
    file.chmod(0o600)
    worker = replace(gave_up(tmp_path, "scan@desk", file, production=True), profile=open_profile(file, {}).name)
    worker.save()
    for words in (["stop", "scan"], ["stop", "--all"], ["restart", "scan"]):
        code, _, told = verb("worker", *words)
        assert (code, there.commands) == (2, [])
        assert "Add --confirm" in told
    there.answer = worker
    code, printed, _ = verb("worker", "stop", "scan", "--how", "now", "--confirm", worker.profile)
    assert (code, printed) == (0, {"name": "scan@desk", "pid": None, "stopped": True})
    (command,) = there.commands
    assert (command.name, command.how.value) == ("scan@desk", "now")
    assert verb("worker", "stop", "scan", "--profile", "embedded")[0] == 4  # not one of that profile
