"""Jobs from close by that were never read: pages, attempts and parts of them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from console.ops.closeup import Closeup
from tests.gui.invented import NOW, job
from worker.core.jobs import Attempt, Job, Options, Output, PageMark, State, Task, TaskKind, TaskState

OUTPUTS = {
    "pdf": Output("results/1/pdf", 19_600_000, "ab" * 32),
    "txt": Output("results/1/txt", 148_000, "cd" * 32),
    "hocr": Output("results/1/hocr", 3_100_000, "ef" * 32),
}
LOUD = {11: 71.4, 12: 82.0, 23: 84.9, 30: 83.0, 47: 62.0, 48: 77.0, 49: 83.5, 55: 85.0}
TASK = UUID(int=900)
MEMORY = "Page 17 needed 4.1 GB; workers here may use 4 GB."


def marks(count: int = 64, failed: int = 17) -> tuple[PageMark, ...]:
    """Pages as they come: most are good, some are not, one has failed, two are blank."""
    return tuple(
        PageMark(number, "failed", error_class="out_of_memory", error=MEMORY)
        if number == failed
        else PageMark(number, "blank")
        if number in {4, 41}
        else PageMark(number, "done", confidence=LOUD.get(number - 1, 92 + number * 7 % 8))
        for number in range(1, count + 1)
    )


def attempt(number: int, status: str, *, ago_s: float = 0, took_s: float = 40, **values) -> Attempt:
    """An attempt that ended so long ago."""
    end = NOW - timedelta(seconds=ago_s)
    known = {"worker": "ocr1@scan-01", "error_class": None, "error": None, "traceback": None, "task_id": TASK, **values}
    return Attempt(attempt=number, status=status, started=end - timedelta(seconds=took_s), finished=end, **known)


def failing(number: int = 10, **values) -> Closeup:
    """A document of 64 pages of which one could not be read."""
    row = job(
        number, State.DONE, ago_s=121, name="Brandschutzkonzept Rev. 4.pdf", batch="Bauakten Halle 7", pages=64,
        pages_done=64, pages_failed=1, mean_confidence=94.6, source_bytes=18_400_000, submitted_by="ann@desk",
        options=Options("deu+eng"), outputs=OUTPUTS, **values,
    )  # fmt: skip
    trace = "Traceback (most recent call last):\n  File …\nMemoryError"
    lost = {"error_class": "out_of_memory", "error": "out of memory at 4.1 GB", "traceback": trace}
    log = (
        attempt(1, "retrying", ago_s=170, took_s=38, **lost),
        attempt(2, "retrying", ago_s=140, took_s=41, **{**lost, "worker": "ocr2@scan-01"}),
        attempt(3, "success", ago_s=121, took_s=96, worker="ocr2@scan-01"),
    )
    return Closeup(row, marks(), (), log)


def spread(number: int = 1, parts: int = 8) -> Closeup:
    """A document that several workers read at once."""
    row = job(number, State.RUNNING, ago_s=2, name="Baupläne Halle 7.pdf", pages=8 * parts, pages_done=16)
    states = [TaskState.DONE, TaskState.DONE, *[TaskState.RUNNING] * 3, *[TaskState.QUEUED] * parts][:parts]
    tasks = tuple(part(row, place, state) for place, state in enumerate(states))
    log = tuple(
        attempt(1, "success" if task.state is TaskState.DONE else "processing", task_id=task.id, worker=task.worker)
        for task in tasks
        if task.worker
    )
    return Closeup(row, marks(16, failed=0), tasks, log)


def part(row: Job, place: int, state: TaskState) -> Task:
    """A part of eight pages."""
    worker = None if state is TaskState.QUEUED else f"ocr{place}@scan-01"
    first = 1 + 8 * place
    return Task(UUID(int=900 + place), row.id, TaskKind.PAGES, state, 1, 4, first, first + 7, worker=worker)
