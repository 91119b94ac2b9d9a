"""One job from close by: its row, how its pages came out, its units of work and its attempts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from worker.core.jobs import Attempt, Job, PageMark, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

ATTEMPTS = 2_000  # the newest; a document of 5,000 pages has some 700
TRACES = 300  # of a log


@dataclass(frozen=True, slots=True)
class Closeup:
    """All that the pane of a job shows."""

    job: Job
    marks: tuple[PageMark, ...] = ()
    tasks: tuple[Task, ...] = ()
    attempts: tuple[Attempt, ...] = ()  # oldest first, without their tracebacks


class Source(Protocol):
    """What answers questions about one job: the Store."""

    def job(self, job_id: UUID) -> Job:
        """Its row."""
        ...

    def page_marks(self, job_id: UUID) -> list[PageMark]:
        """Its pages."""
        ...

    def tasks(self, job_id: UUID) -> list[Task]:
        """Its units of work."""
        ...

    def attempts(self, job_id: UUID, *, limit: int | None = None, traces: bool = True) -> list[Attempt]:
        """Its newest attempts, oldest first."""
        ...


def look_closer(source: Source, job_id: UUID) -> Closeup:
    """The job as it is now.

    Raises:
        NotFoundError: It was deleted.
        DatabaseError: The database is away.
    """
    return Closeup(
        source.job(job_id),
        tuple(source.page_marks(job_id)),
        tuple(source.tasks(job_id)),
        tuple(source.attempts(job_id, limit=ATTEMPTS, traces=False)),
    )


def traced(source: Source, job_id: UUID) -> Sequence[Attempt]:
    """The newest attempts with their tracebacks, oldest first."""
    return source.attempts(job_id, limit=TRACES)
