"""What the window remembers survives it, and a file that somebody spoiled does no harm."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from console.bridge.background import Background
from console.bridge.remembered import Remembered
from console.ops import preferences


def test_what_is_put_is_there_in_the_next_window(background: Background, tmp_path: Path) -> None:
    first = Remembered(background, tmp_path)
    first.put("jobs.columns", ["name", "state"])
    first.close()
    assert Remembered(background, tmp_path).get("jobs.columns", list) == ["name", "state"]


def test_it_is_written_a_moment_later_in_the_background(qtbot, background: Background, tmp_path: Path) -> None:
    one = Remembered(background, tmp_path)
    one.put("a", 1)
    qtbot.waitUntil(lambda: preferences.load(tmp_path) == {"a": 1})


def test_a_change_is_told_once(qtbot, background: Background) -> None:
    one = Remembered(background)
    told: list[str] = []
    one.changed.connect(told.append)
    one.put("a", 1)
    one.put("a", 1)
    assert told == ["a"]


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"a": "text"}', "\x00\xff"])
def test_a_spoiled_file_counts_as_nothing_chosen(background: Background, tmp_path: Path, text: str) -> None:
    (tmp_path / preferences.FILE).write_text(text, "utf-8")
    assert Remembered(background, tmp_path).get("a", int, 7) == 7


def test_a_disk_that_refuses_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    preferences.save(tmp_path / "file" / "folder", {"a": 1})


def test_what_waits_for_a_thread_when_the_window_closes_is_written(qtbot, tmp_path: Path) -> None:
    background, gate = Background(threads=1), threading.Event()
    remembered = Remembered(background, tmp_path)
    background.submit(gate.wait, 30)
    remembered.put("jobs.pane", True)
    qtbot.waitUntil(lambda: not remembered._timer.isActive())
    background._pool.shutdown(wait=False, cancel_futures=True)
    gate.set()
    background.close()
    remembered.close()
    assert preferences.load(tmp_path) == {"jobs.pane": True}
