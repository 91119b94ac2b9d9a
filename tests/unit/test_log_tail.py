"""The end of a log: what is new, of which level, whatever happens to the file."""

import json
from pathlib import Path

import pytest

from console.ops.log_tail import TAIL, LogLine, LogTail

OURS = "2026-09-17 14:23:44,120 INFO    worker.tasks: [OCR] page 42/64 of 6f1c2a90: 1.18 s, 1876 chars\n"
CELERY = "[2026-09-17 14:23:46,001: WARNING/MainProcess] missed heartbeat from b@c\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "worker.log"


def append(log: Path, text: str) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write(text)


def test_only_what_is_new_is_read(log: Path):
    tail = LogTail(log)
    assert list(tail.read()) == []
    append(log, OURS + CELERY)
    assert [(line.clock, line.level) for line in tail.read()] == [("14:23:44", "info"), ("14:23:46", "warning")]
    assert list(tail.read()) == []
    append(log, OURS)
    assert list(tail.read()) == [LogLine("14:23:44", "info", "[OCR] page 42/64 of 6f1c2a90: 1.18 s, 1876 chars")]


def test_a_line_is_told_when_it_is_whole(log: Path):
    tail = LogTail(log)
    append(log, OURS[:30])
    assert list(tail.read()) == []
    append(log, OURS[30:])
    assert len(tail.read()) == 1


def test_a_traceback_has_the_level_of_its_error(log: Path):
    append(log, "2026-09-17 14:23:52,000 ERROR   worker.tasks: It went wrong\nTraceback (most recent call last):\n")
    assert [line.level for line in LogTail(log).read()] == ["error", "error"]


def test_json_lines_are_read_too(log: Path):
    entry = {"time": "2026-09-17T14:23:44.120+00:00", "level": "ERROR", "message": "no engine"}
    more = {"job": "6f1c", "traceback": "Traceback (most recent call last):\nValueError: none"}
    append(log, json.dumps(entry) + "\n" + json.dumps(entry | more) + "\n")
    line, named, *below = LogTail(log).read()
    assert (line.level, line.text, line.clock[-5:]) == ("error", "no engine", "23:44")
    assert named.text == "no engine (job 6f1c)"
    assert [(one.level, one.text) for one in below] == [("error", one) for one in more["traceback"].split("\n")]


@pytest.mark.parametrize("begin", [lambda log: log.write_text(""), lambda log: log.unlink()], ids=["cut", "replaced"])
def test_a_log_that_begins_anew_is_followed(log: Path, begin):
    append(log, OURS * 3)
    tail = LogTail(log)
    assert len(tail.read()) == 3
    begin(log)
    append(log, CELERY)
    assert [line.level for line in tail.read()] == ["warning"]


def test_of_a_long_log_only_the_end_is_read(log: Path):
    append(log, OURS * 5000)
    lines = LogTail(log).read()
    assert TAIL / len(OURS) - 2 <= len(lines) <= TAIL / len(OURS)
    assert {line.level for line in lines} == {"info"}
