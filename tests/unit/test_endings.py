"""How a process ended is told in words."""

import signal
import sys
from pathlib import Path

import pytest

from console.ops import endings
from console.ops.endings import how_it_ended, memory_kills


@pytest.mark.parametrize(
    ("code", "kills", "words"),
    [
        (0, 0, "exit code 0"),
        (2, 1, "exit code 2"),
        (-signal.SIGSEGV, 1, "crashed (SIGSEGV)"),
        (-signal.SIGKILL, 0, "was killed"),
        (-signal.SIGKILL, 1, "ran out of memory"),
    ],
)
def test_words(code: int, kills: int, words: str):
    assert words in how_it_ended(code, kills)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_the_system_counts_what_it_killed_for_want_of_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert memory_kills() >= 0
    (tmp_path / "vmstat").write_text("pgfault 7\noom_kill 3\n")
    monkeypatch.setattr(endings, "_COUNTERS", tmp_path / "vmstat")
    assert memory_kills() == 3
    monkeypatch.setattr(endings, "_COUNTERS", tmp_path / "none")
    assert memory_kills() == 0
