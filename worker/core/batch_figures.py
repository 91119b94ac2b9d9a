"""What is known of a batch in figures: how far it is, how fast it goes, and an estimate only where it is honest."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from worker.core.jobs import ACTIVE, Priority, State

HONEST = 20  # pages that must have been read before anything is said of the time that is left


class BatchState(StrEnum):
    """What a batch is doing, as a whole."""

    RUNNING = "running"
    WAITING = "waiting"  # none of its jobs runs
    PAUSED = "paused"  # what runs is read to its end
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class BatchLine:
    """What can be said of every batch at once, without counting its jobs."""

    id: UUID
    name: str
    created: datetime | None = None
    created_by: str | None = None  # "user@host"
    paused: bool = False
    changed: datetime | None = None  # the latest change of any of its jobs
    states: frozenset[State] = frozenset()  # in which it has jobs; DONE is not looked for

    @property
    def is_open(self) -> bool:
        """Whether a job of it has not ended."""
        return not ACTIVE.isdisjoint(self.states)

    @property
    def state(self) -> BatchState:
        """What it is doing."""
        return _state(self.paused, self.states)

    @property
    def has_failures(self) -> bool:
        """Whether a job of it failed."""
        return State.FAILED in self.states

    @property
    def uncounted(self) -> BatchFigures:
        """What is known before it is counted: `at` is None, and of its jobs only that there are some."""
        counts = dict.fromkeys(State, 0) | dict.fromkeys(self.states, 1)
        return BatchFigures(self.id, self.name, self.created, self.created_by, self.paused, counts, uploaded=0.0)


@dataclass(frozen=True, slots=True)
class BatchFigures:
    """A batch as it was at one moment. Times are aware and in UTC."""

    id: UUID
    name: str
    created: datetime | None = None
    created_by: str | None = None  # "user@host"
    paused: bool = False
    counts: Mapping[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))  # jobs, every state named
    priority: Priority | None = None  # of the jobs that have not ended; None: none, or several
    # That were or will be read, without those of jobs that failed or were cancelled before; a job whose pages are not
    # counted yet has as many as the others have in the mean.
    pages: int = 0
    pages_done: int = 0  # settled in any way: read, blank or failed
    pages_failed: int = 0  # of those, the ones that could not be read
    share: float = 0.0  # how far it is, 0 to 1; never goes back while the batch is open
    uploaded: float = 1.0  # the same of what has arrived
    mean_confidence: float | None = None  # 0 to 100, each page counting the same
    rate_per_min: float | None = None  # pages: lately while it is open, from start to end afterwards; None: unknown
    started: datetime | None = None  # when the first of its jobs did
    finished_at: datetime | None = None  # None while it is open
    at: datetime | None = None  # when it was so

    @property
    def jobs(self) -> int:
        """All its jobs."""
        return sum(self.counts.values())

    @property
    def jobs_done(self) -> int:
        """Those that were read."""
        return self.counts[State.DONE]

    @property
    def jobs_failed(self) -> int:
        """Those that failed."""
        return self.counts[State.FAILED]

    @property
    def jobs_cancelled(self) -> int:
        """Those that were cancelled."""
        return self.counts[State.CANCELLED]

    @property
    def jobs_active(self) -> int:
        """Those that have not ended."""
        return sum(self.counts[state] for state in ACTIVE)

    @property
    def state(self) -> BatchState:
        """What it is doing."""
        return _state(self.paused, {state for state, jobs in self.counts.items() if jobs})

    @property
    def has_failures(self) -> bool:
        """Whether a job of it failed."""
        return self.jobs_failed > 0

    @property
    def pages_left(self) -> int:
        """Pages that are still to be read."""
        return max(self.pages - self.pages_done, 0)

    @property
    def left_s(self) -> float | None:
        """How long it will take; None where that would be a guess: little was read, or nothing of late, or paused."""
        if not self.jobs_active or self.paused or not self.rate_per_min or self.pages_done < HONEST:
            return None
        return 60 * self.pages_left / self.rate_per_min

    @property
    def done_at(self) -> datetime | None:
        """When it will be done, or when it was; None as for `left_s`."""
        if not self.jobs_active:
            return self.finished_at
        left_s = self.left_s
        return None if left_s is None or self.at is None else self.at + timedelta(seconds=left_s)

    @property
    def took_s(self) -> float | None:
        """From the start of its first job to the end of its last."""
        if self.started is None or self.finished_at is None:
            return None
        return max((self.finished_at - self.started).total_seconds(), 0.0)


def _state(paused: bool, states: Set[State]) -> BatchState:
    if ACTIVE.isdisjoint(states):
        return BatchState.FINISHED
    if paused:
        return BatchState.PAUSED
    return BatchState.RUNNING if State.RUNNING in states else BatchState.WAITING
