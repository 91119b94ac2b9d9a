"""What a crash leaves, and what it does not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from console.ops import crashes
from console.ops.crashes import KEPT, delete, keep, waiting

START = """
import faulthandler, logging, os, signal, sys, threading
from pathlib import Path
from console.ops.crashes import CrashWatch
from console.ops.logfile import LogFile
home = Path(sys.argv[1])
logging.getLogger().addHandler(LogFile(home, []))
logging.getLogger("x").warning("the last words")
watch = CrashWatch(home)
watch.describe()
"""
THREAD = """
def waits(): threading.Event().wait(60)
threading.Thread(target=waits, name="the waiting one", daemon=True).start()
"""


def run(home: Path, program: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", START + program, str(home)]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def test_a_segmentation_fault_is_a_report_at_the_next_start(tmp_path: Path):
    ran = run(tmp_path, THREAD + "os.kill(os.getpid(), signal.SIGSEGV)")
    assert ran.returncode < 0
    (crash,) = waiting(tmp_path)
    assert crash.ended
    for part in ("Segmentation fault", "in waits", "version ", "the last words"):
        assert part in crash.text
    assert crash.path.stat().st_mode & 0o777 == 0o600
    assert waiting(tmp_path) == [crash]  # until it was looked at
    keep(crash)
    assert waiting(tmp_path) == []
    assert len(list((tmp_path / "crashes").iterdir())) == 1


def test_a_fault_on_any_thread_and_of_the_main_one_is_a_report_without_secrets(tmp_path: Path):
    program = """
watch.hide = lambda text: text.replace("geheim", "•••")
def fails(): raise ValueError("geheim")
for _ in range(3):
    thread = threading.Thread(target=fails, name="a reader")
    thread.start()
    thread.join()
raise RuntimeError("postgresql://ocr:geheim@db/ocr")
"""
    ran = run(tmp_path, THREAD + program)
    assert "RuntimeError" in ran.stderr  # as ever
    assert ran.returncode == 1
    last, first = waiting(tmp_path)  # one for each place
    assert "fault on the main thread" in last.text
    assert "RuntimeError" in last.text
    assert not last.ended
    assert "fault on a reader" in first.text
    assert "Thread the waiting one" in first.text
    assert "the last words" in first.text
    assert "geheim" not in first.text + last.text
    delete(last)
    assert waiting(tmp_path) == [first]


@pytest.mark.parametrize("end", ["watch.close()", "os.kill(os.getpid(), signal.SIGKILL)", "sys.exit(3)"])
def test_who_ends_well_or_is_killed_leaves_none(end: str, tmp_path: Path):
    run(tmp_path, end)
    assert waiting(tmp_path) == []
    assert list((tmp_path / "crashes").iterdir()) == []


def test_what_still_runs_is_left_alone(tmp_path: Path):
    words = [sys.executable, "-c", START + "print(1, flush=True); sys.stdin.read()", str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert waiting(tmp_path) == []
        assert [path.name for path in (tmp_path / "crashes").iterdir()] == [f"running-{process.pid}.txt"]
        process.communicate()


def test_no_more_than_five_are_kept(tmp_path: Path):
    folder = tmp_path / crashes.FOLDER
    folder.mkdir()
    for number in range(KEPT + 2):
        path = folder / f"crash-{number}.new.txt"
        path.write_text("x")
        os.utime(path, (time.time() + number,) * 2)
    assert [crash.path.name for crash in waiting(tmp_path)] == [f"crash-{n}.new.txt" for n in (6, 5, 4, 3, 2)]


def test_a_home_that_cannot_be_written_stops_nobody(tmp_path: Path):
    (tmp_path / "crashes").write_text("a file")
    assert run(tmp_path, "print('there'); watch.close()").stdout == "there\n"


def test_another_console_that_starts_at_once_may_be_quicker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "crashes"
    folder.mkdir()
    left = [folder / f"running-{pid}.txt" for pid in (4_194_400, 4_194_401)]  # that no process has
    for path in left:
        path.write_text("Fatal Python error: x")

    def quicker(*_: object) -> bool:
        for path in left:
            path.unlink(missing_ok=True)
        return False

    monkeypatch.setattr(crashes, "_lives", quicker)
    assert waiting(tmp_path) == []
