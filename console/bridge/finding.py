"""Jobs found by a part of their name, as somebody types."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from console.bridge.background import Background, Latest
from console.bridge.job_source import Source
from worker.core.filters import JobFilter
from worker.core.jobs import Job

FEW = 8


class JobFinder:
    """Asks the store for the newest jobs that fit; only the last question is answered."""

    def __init__(self, background: Background) -> None:
        self._latest = Latest(background)
        self._source: Source | None = None

    def open(self, source: Source) -> None:
        """Look here from now on."""
        self._source = source

    def find(self, text: str, found: Callable[[Sequence[Job]], None]) -> None:
        """Tell the jobs in whose name or error that stands; where the database is away, none is told."""
        source = self._source
        if source is None:
            return

        def look() -> Sequence[Job]:
            return source.jobs(JobFilter(text=text), after=None, limit=FEW, order="updated", descending=True).rows

        self._latest.submit(look, done=found, failed=lambda _error: None)
