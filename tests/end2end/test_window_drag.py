"""The main job in the real window: files dragged out of another program, Start, a finished job, a clean end.

OCR_SCREENSHOTS names a folder for pictures of what is on the screen before, during and after.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import resources.samples
from tests.end2end.camera import Camera
from tests.end2end.program import Program
from tests.end2end.screen import Screen, missing
from tests.waiting import until

SAMPLES = Path(resources.samples.__file__).parent
BATCHES = {  # what is dragged, and what its texts then say
    "light": (("photo.jpg", "born-digital.pdf"), ("Notice to All Tenants", "Every box has a blue label with a number")),
    "dark": (("english-scan.pdf",), ("the barque Margaret Ellen", "to lend us a reading machine")),
}
WINDOW, SOURCE = (340, 40), (30, 60)  # places on the screen
START = (-150, -66)  # of its button, from the window's right lower corner
FIRST_ROW = (340, 326)  # of the table of uploads, from the window's left upper corner
BESIDE_PAPER = (322, 500)  # the ground on which a job's pages lie, from there too
TABLE = {"light": (238, 241, 244), "dark": (14, 16, 20)}  # the colour of that ground

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=f"no {', '.join(missing())}: a real drag needs them"),
    pytest.mark.timeout(240),
]


@pytest.fixture(scope="module")
def program() -> Iterator[Program]:
    home = Path(tempfile.mkdtemp(prefix="ocr-window-"))
    made = Program(home)
    yield made
    made.run("stack", "down")
    shutil.rmtree(home)


@pytest.fixture
def screen() -> Iterator[Screen]:
    with Screen() as made:
        yield made


def jobs(program: Program) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = program.run("jobs", "--json").json
    return answer


def ready(program: Program) -> bool:
    """The servers answer and the window's worker is online."""
    if not program.run("stack", "status", "--json").json["running"]:
        return False
    return any(worker["state"] == "online" for worker in program.run("workers", "--json").json)


def leave(theme: str, screen: Screen, console: subprocess.Popen[str], home: Path) -> None:
    """By the window, or by a signal: two ways out that both take everything down."""
    if theme == "light":
        screen.key("alt+F4")
        assert ended(console, home) == 0
    else:
        console.terminate()
        assert ended(console, home) == 128 + signal.SIGTERM


def ended(console: subprocess.Popen[str], home: Path) -> int:
    """Its exit code. One that does not end says where each of its threads stands, the window's first."""
    try:
        return console.wait(60)
    except subprocess.TimeoutExpired:
        console.send_signal(signal.SIGABRT)  # it is written down as a crash
        console.wait(10)
        reports = [path.read_text("utf-8", "replace") for path in (home / "crashes").glob("*.txt")]
        shutil.rmtree(home / "crashes")  # the next window does not offer them
        threads = "\n\n".join(reports).split("\n\n")
        pytest.fail("the program does not end:\n" + "\n\n".join(reversed(threads)))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_real_drag_ends_in_finished_jobs(theme: str, program: Program, screen: Screen, tmp_path: Path):
    names, phrases = BATCHES[theme]
    sources = [Path(shutil.copy(SAMPLES / name, tmp_path)) for name in names]
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sources}
    known = {job["id"] for job in jobs(program)} if theme == "dark" else set()
    home = {"OCR_CONSOLE_HOME": str(program.home), "OCR_CONSOLE_THEME": theme, "PYTHONFAULTHANDLER": "1"}

    console = screen.start([sys.executable, "-m", "console"], home)
    window = screen.window("OCR Console")
    screen.put(window, WINDOW)
    camera = Camera(screen, theme)
    until(lambda: screen.colour((WINDOW[0] + 400, WINDOW[1] + 60)) != (0, 0, 0), "the first paint")
    camera.take("getting-ready")
    other = screen.start([sys.executable, str(Path(__file__).with_name("drag_source.py")), *map(str, sources)])
    screen.put(screen.window("drag source"), SOURCE)
    until(lambda: ready(program), "servers and worker", every=1.0)
    camera.take("before")

    wide, high = screen.size(window)
    screen.drag((SOURCE[0] + 90, SOURCE[1] + 60), (WINDOW[0] + wide // 2, WINDOW[1] + high // 2))
    camera.take("over-the-window")
    screen.drop()
    assert other.stdout is not None
    assert other.stdout.readline().strip() == "dragged: CopyAction"

    start = (WINDOW[0] + wide + START[0], WINDOW[1] + high + START[1])
    camera.take("dropped")

    def new() -> list[dict[str, Any]]:
        return [job for job in jobs(program) if job["id"] not in known]

    assert new() == []  # nothing is uploaded before Start

    def started() -> bool:
        """Start waits for the plan; a press before that does nothing."""
        camera.take("plan")
        screen.click(start)
        return bool(new())

    until(started, "the first job", every=1.0)
    camera.take("started")
    until(lambda: [job["state"] for job in new()] == ["DONE"] * len(names), "the finished jobs", every=1.0)
    screen.raise_up(window)
    camera.take("finished")

    screen.double_click((WINDOW[0] + FIRST_ROW[0], WINDOW[1] + FIRST_ROW[1]))
    beside = (WINDOW[0] + BESIDE_PAPER[0], WINDOW[1] + BESIDE_PAPER[1])
    until(lambda: screen.colour(beside) == TABLE[theme], "the job's pages")
    paper = (beside[0] + 60, beside[1])
    until(lambda: screen.colour(paper) != TABLE[theme] and min(screen.colour(paper)) > 200, "the page's picture")
    camera.take("pages")

    assert console.poll() is None
    assert [phrase for phrase in phrases if phrase not in texts_of(program, new(), tmp_path)] == []
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sources} == before
    screen.raise_up(window)
    leave(theme, screen, console, program.home)
    assert not program.run("stack", "status", "--json").json["running"]


def texts_of(program: Program, done: list[dict[str, Any]], folder: Path) -> str:
    """What was read, without the breaks of its lines."""
    program.run("results", *(job["id"] for job in done), "--to", folder / "out", "--format", "txt")
    texts = [path.read_text("utf-8") for path in sorted((folder / "out").rglob("*.txt"))]
    return " ".join(" ".join(texts).split())
