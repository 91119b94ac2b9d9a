"""A job and its pages as the tests of its page look at them, and a source that gives them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

from worker.core.errors import DatabaseError
from worker.core.jobs import Job, Options, Output, Page, State

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PDF = {"pdf": Output("pdf", 1, "ab" * 32), "txt": Output("txt", 1, "cd" * 32)}
DONE = Job(
    UUID(int=1), "Bericht.pdf", "Bericht.pdf", State.DONE, pages=3, pages_done=3, mean_confidence=92.5,
    options=Options("deu"), outputs=PDF, updated=NOW,
)  # fmt: skip
PAGES = [
    Page(1, "done", confidence=97.2, words=4, text="Eins und noch eins"),
    Page(2, "done", confidence=84.0, words=1, text="Zwei"),
    Page(3, "blank"),
]


class Source:
    """Gives a job and its pages, and pictures as large as they are asked for."""

    def __init__(self) -> None:
        self.jobs: dict[UUID, tuple[Job, list[Page]]] = {DONE.id: (DONE, PAGES)}
        self.loads: list[UUID] = []
        self.drawn: list[tuple[int, int, int]] = []
        self.error: Exception | None = None
        self.gate, self.draws = threading.Event(), threading.Event()
        self.gate.set()
        self.draws.set()

    def load(self, job_id: UUID) -> tuple[Job, list[Page]]:
        assert self.gate.wait(30)
        self.loads.append(job_id)
        if job_id not in self.jobs:
            raise DatabaseError("PostgreSQL does not answer.")
        return self.jobs[job_id]

    def render(self, job: Job, number: int, width: int, height: int) -> SimpleNamespace:
        assert self.draws.wait(30)
        self.drawn.append((number, width, height))
        if self.error is not None:
            raise self.error
        scale = min(width / 500, height / 700)
        wide, high = max(round(500 * scale), 1), max(round(700 * scale), 1)
        return SimpleNamespace(width=wide, height=high, stride=wide * 3, data=bytes(wide * high * 3), scale=scale)
