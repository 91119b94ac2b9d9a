"""The fleet as data: workers and queues as they are now, and how sure it is that a worker lives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.core.pulse import Running
    from worker.core.workers import WorkerReport

ONLINE_S = 5.0
SILENT_S = 15.0
SILENT_WORKING_S = 60.0  # while one of its leases is renewed it lives, whatever keeps its main process from saying so
FORGOTTEN_S = 86_400.0  # a lost worker is shown for a day


class Presence(StrEnum):
    """How sure it is that a worker lives."""

    ONLINE = "online"
    SILENT = "silent"
    LOST = "lost"


class Condition(StrEnum):
    """Why a worker is as it is, as far as that can be known from here."""

    WELL = "well"
    BUSY = "busy"  # it works, and that keeps it from saying so
    FROZEN = "frozen"  # its process is there and does not run on
    GONE = "gone"  # its process has ended
    UNKNOWN = "unknown"  # nothing is heard, and nothing tells why


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker, what it says of itself, and when it last did."""

    report: WorkerReport
    state: Presence
    local: bool  # on this machine
    ours: bool = True  # False: another program's, known by Celery's events alone; pid 0 and slots 0 are unknown then
    condition: Condition = Condition.WELL
    cause: str = ""  # its condition in one sentence; "" where there is nothing to say
    doing: tuple[Running, ...] = ()  # what began first comes first; not of another program's
    pages_per_minute: int = 0  # read in the last 60 s

    @property
    def name(self) -> str:
        """Celery's name for it: `ocr@host`."""
        return self.report.name

    @property
    def serves(self) -> frozenset[str]:
        """Its queues, with those that it would serve were they not paused."""
        return frozenset((*self.report.queues, *self.report.paused))


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue: messages in the broker, tasks and pages in the database."""

    queue: str
    ready: int = 0  # messages over all priority lists
    held: int = 0  # delivered to a worker and not yet claimed; of other programs, not yet acknowledged
    running: int = 0  # tasks that somebody has claimed; of other programs, what those say that serve nothing else
    delayed: int = 0  # held by a worker until their time comes, or set aside for one that has their languages
    oldest_s: float | None = None  # age of what waits longest, of the messages that say when they were sent
    pages: int = 0  # still to be read, of its jobs that are queued or running; a job not looked into yet is one
    pages_in: int = 0  # of jobs that came in the last 60 s
    pages_out: int = 0  # read in the last 60 s
    paused: bool = False
    workers: tuple[str, ...] = ()  # online, by name, that serve it or would were it not paused
    slots: int = 0  # of those workers
    utilisation: float = 0.0  # 0 to 1: how many of those slots are busy, with whatever queue
    estimated: bool = False  # held and delayed are near the truth: see `worker.core.depths.QueueDepth`
