"""What answers questions about many jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol
from uuid import UUID

from worker.core.filters import Cursor, JobFilter, JobPage, Tally
from worker.core.jobs import Batch, Job, State


class Source(Protocol):
    """What answers questions about jobs: the Store."""

    def jobs(
        self, chosen: JobFilter | None = None, *, after: Cursor | None, limit: int, order: str, descending: bool
    ) -> JobPage:
        """A page of jobs."""
        ...

    def each(self, chosen: JobFilter, *, order: str, descending: bool) -> Iterator[Job]:
        """All jobs, one after the other."""
        ...

    def counts(self, chosen: JobFilter | None = None) -> dict[State, int]:
        """Jobs by state, whatever the filter says of states."""
        ...

    def batches(self, limit: int) -> list[Batch]:
        """The newest batches."""
        ...

    def ids(self, chosen: JobFilter) -> list[UUID]:
        """The ids of the jobs that meet a filter."""
        ...

    def tally(self, ids: Sequence[UUID]) -> Tally:
        """What these jobs are."""
        ...
