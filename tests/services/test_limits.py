"""A task that wants too much memory or time ends in a state with a sentence, and its worker lives on."""

from __future__ import annotations

import os
import re
from importlib.resources import files
from pathlib import Path

import psutil
import pytest
from PIL import Image

from console.ops.acting import act
from console.ops.inspecting import inspect
from console.ops.limits import Limits, limits
from console.ops.services import Services
from console.ops.steering import RateLimit, TimeLimit
from tests.services.connections import profile
from tests.services.worker_process import Desk, Worker, celery_worker
from tests.unit.documents import drawn
from tests.waiting import until
from worker.core.errors import UsageError
from worker.core.jobs import TASK_NAME, Options, State
from worker.core.settings import Settings
from worker.core.store import Store

SAMPLES = Path(str(files("resources.samples")))
SCAN, BORN_DIGITAL = SAMPLES / "english-scan.pdf", SAMPLES / "born-digital.pdf"
FAKES = Path(__file__).parents[1] / "unit" / "tools" / "fakes"


@pytest.fixture
def desk(settings: Settings, store: Store) -> Desk:
    return Desk(settings, store)


def fresh(worker: Worker, known: list[int]) -> psutil.Process:
    """The process that took the place of those."""
    main = psutil.Process(worker.process.pid)
    until(lambda: [child for child in main.children() if child.pid not in known], "a new process")
    return next(child for child in main.children() if child.pid not in known)


def large_print(path: Path) -> Path:
    """A page that the engine reads for many seconds, in one call that nothing interrupts."""
    page = Image.new("L", (7000, 7000), 255)
    line = drawn("The quick brown dog jumped over the lazy fox " * 6, (7000, 100)).crop((0, 40, 7000, 120))
    for top in range(0, 6900, 80):
        page.paste(line, (0, top))
    page.save(path)
    return path


@pytest.fixture
def slow_path(tmp_path: Path) -> str:
    """A PATH with a pdftoppm that never ends."""
    (tmp_path / "bin").mkdir()
    for program, fake in (("pdftoppm", "pdftoppm_hangs"), ("pdfinfo", "pdfinfo_says_one_page")):
        (tmp_path / "bin" / program).symlink_to(FAKES / fake)
    return f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"


def _told_of_lower_limits(desk: Desk, settings: Settings, worker: Worker) -> None:
    """Celery's own command would answer the same and change nothing."""
    with Services.open(profile(settings)) as services:
        told = act(TimeLimit(worker.name, TASK_NAME, 1, 3), services)
        assert told.undo == TimeLimit(worker.name, TASK_NAME, 4, 6)
        assert "another program" not in told.message
        job = desk.ended(desk.add(SCAN, Options(pages="1")))
        assert job.error_class == "timed_out"
        assert re.search(r"limit of [123] s", str(job.error))  # 4 is what it was started with
        with pytest.raises(UsageError, match="OCR_TIME_LIMIT a task may take 6 s"):
            act(TimeLimit(worker.name, TASK_NAME, 5, 7), services)
        with pytest.raises(UsageError, match="how many seconds"):
            act(TimeLimit(worker.name, TASK_NAME, 3, 2), services)
        assert inspect(services.broker.control, worker.name).limits[TASK_NAME] == Limits("", 1, 3)
        act(RateLimit(worker.name, TASK_NAME, "600/m"), services)
        act(TimeLimit(worker.name, TASK_NAME), services)
        assert limits(services.broker.control, worker.name)[TASK_NAME] == Limits("600/m", 4, 6)


def test_every_limit_ends_in_a_state(desk: Desk, settings: Settings, tmp_path: Path, slow_path: str) -> None:
    limits = {"OCR_MAX_TASKS_PER_CHILD": "1", "OCR_SOFT_TIME_LIMIT": "4", "OCR_TIME_LIMIT": "6"}
    limits["OCR_RASTERIZER"] = "poppler"  # or the scan would be drawn in the process, and soon
    settings = Settings.from_mapping(settings.as_environment() | limits, "a test")
    with celery_worker(settings, desk.store, tmp_path, PATH=slow_path) as worker:
        pids: list[int] = []
        for _ in range(2):  # tasks that a process may do
            pids.append(fresh(worker, pids).pid)
            job = desk.ended(desk.add(BORN_DIGITAL))
            assert (job.state, job.attempts) == (State.DONE, 1)

        child = fresh(worker, pids)  # memory that it may take
        bound = child.memory_info().vms + 100_000_000
        child.rlimit(psutil.RLIMIT_AS, (bound, bound))
        Image.new("1", (16_000, 16_000)).save(tmp_path / "large.png")
        job = desk.ended(desk.add(tmp_path / "large.png"))
        assert (job.state, job.attempts) == (State.FAILED, 1)
        assert "memory" in str(job.error)
        assert job.advice

        child = fresh(worker, [child.pid])  # a call that can be interrupted: the soft limit
        job = desk.ended(desk.add(SCAN, Options(pages="1")))
        assert (job.state, job.error_class) == (State.FAILED, "timed_out")
        assert "limit of 4 s" in str(job.error)
        _told_of_lower_limits(desk, settings, worker)
        until(lambda: not psutil.Process(worker.process.pid).children(recursive=True)[1:], "its tool is gone")

        job = desk.ended(desk.add(large_print(tmp_path / "long.png")))  # one that cannot: the hard limit
        assert (job.state, job.error_class) == (State.FAILED, "timed_out")
        assert "longer than the limit" in str(job.error)
        assert worker.process.poll() is None
