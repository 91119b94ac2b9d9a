"""The verbs of this machine's workers: every choice has a word, recipes are printed, and wrong words end with 2."""

from __future__ import annotations

import json

import pytest

from console.cli.arguments import parser
from console.cli.worker_run import options_of
from console.ops.worker_options import WorkerOptions
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
