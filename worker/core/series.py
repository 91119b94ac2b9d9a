"""Figures over time as data: a step after the other, and a gap where nobody looked. No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

ALL_QUEUES = ""  # the name under which the figures of all together are kept


@dataclass(frozen=True, slots=True)
class Point:
    """One step. The broker's figures are None where it was away, measures where there was nothing to measure."""

    covered_s: int  # seconds of the step that were looked at: what rates are reckoned by
    waiting: int = 0  # pages; this and the next five: the most at any look within the step
    ready: int | None = None  # messages; the broker's, as are `held`, `delayed` and `oldest_s`
    held: int | None = None  # delivered to a worker and not yet claimed
    running: int = 0  # tasks
    delayed: int | None = None
    oldest_s: float | None = None  # of the messages that are ready
    added: int = 0  # jobs, within the step; so are the next three
    begun: int = 0  # for the first time: what `wait_p50_s` and `wait_p95_s` are of
    done: int = 0
    failed: int = 0
    pages: int = 0  # read within the step: what `page_p50_s` and `page_p95_s` are of
    wait_p50_s: float | None = None  # from added to begun; of a longer step the mean of its parts' by `begun`
    wait_p95_s: float | None = None  # of a longer step the largest of its parts'
    page_p50_s: float | None = None  # reading one page; of a longer step the mean of its parts' by `pages`
    page_p95_s: float | None = None  # of a longer step the largest of its parts'
    slots: int = 0  # of workers online; the mean over the step, as is `busy`
    busy: int = 0

    @property
    def pages_per_minute(self) -> float:
        """The rate of reading over what was looked at."""
        return self.pages * 60 / self.covered_s

    @property
    def failure_rate(self) -> float | None:
        """The share of jobs that failed among those that ended by themselves; None if none did."""
        ended = self.done + self.failed
        return self.failed / ended if ended else None


FIGURES = (*Point.__slots__, "pages_per_minute", "failure_rate")  # what `Series.figures` can be asked for


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one queue, or of all together, in equal steps; None: nobody looked then."""

    queue: str  # ALL_QUEUES: all together
    since: datetime  # when the first step begins
    step_s: int
    points: tuple[Point | None, ...]

    @property
    def until(self) -> datetime:
        """When the last step ends."""
        return self.since + timedelta(seconds=self.step_s * len(self.points))

    @property
    def latest(self) -> Point | None:
        """The newest step that there is; None: there is none."""
        return next((point for point in reversed(self.points) if point is not None), None)

    def figures(self, name: str) -> tuple[float | None, ...]:
        """One of FIGURES at every step."""
        return tuple(None if point is None else getattr(point, name) for point in self.points)

    def steps(self) -> Iterator[tuple[datetime, Point | None]]:
        """Each step with the moment at which it begins."""
        for number, point in enumerate(self.points):
            yield self.since + timedelta(seconds=self.step_s * number), point
