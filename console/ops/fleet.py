"""Queues and workers as they are now: the workers' own reports, and what Redis holds."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from worker.core.broker import QueueDepth
from worker.core.jobs import LEGACY_QUEUE, QUEUE
from worker.core.pulse import Pulse
from worker.core.store import WorkerReport

if TYPE_CHECKING:
    from console.ops.services import Services

ONLINE_S = 5.0
SILENT_S = 15.0
SILENT_WORKING_S = 60.0  # while one of its leases is renewed it lives, whatever keeps its main process from saying so
FORGOTTEN_S = 86_400.0  # a lost worker is shown for a day


class Presence(StrEnum):
    """How sure it is that a worker lives."""

    ONLINE = "online"
    SILENT = "silent"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker, what it says of itself, and when it last did."""

    report: WorkerReport
    state: Presence
    local: bool  # on this machine

    @property
    def name(self) -> str:
        """Celery's name for it: `ocr@host`."""
        return self.report.name


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue in four numbers and an age."""

    queue: str
    ready: int
    held: int  # delivered to a worker and not yet claimed
    running: int
    delayed: int
    oldest_s: float | None


def workers(services: Services) -> tuple[Worker, ...]:
    """All workers that did not say goodbye, by name. Raises DatabaseError."""
    pulse = services.pulse()
    return present(services.store.workers(), pulse.working)


def present(reports: Iterable[WorkerReport], working: Collection[str]) -> tuple[Worker, ...]:
    """The workers of these reports; `working` names those that hold a lease which has not run out."""
    here = socket.gethostname()
    return tuple(
        Worker(report, presence(report.silent_s, working=report.name in working), report.host == here)
        for report in reports
        if report.stopped is None and report.silent_s < FORGOTTEN_S
    )


def presence(silent_s: float, *, working: bool) -> Presence:
    """What to think of a worker that last spoke so long ago, by the database's clock."""
    if silent_s <= ONLINE_S:
        return Presence.ONLINE
    if silent_s <= (SILENT_WORKING_S if working else SILENT_S):
        return Presence.SILENT
    return Presence.LOST


def queues(services: Services) -> tuple[Queue, ...]:
    """Our queues and every other that a worker serves. Raises DatabaseError, NetworkError or AccessRefused."""
    served = {queue for worker in workers(services) for queue in worker.report.queues}
    names = [QUEUE, LEGACY_QUEUE, *sorted(served - {QUEUE, LEGACY_QUEUE})]
    return counted(services.broker.depths(names), services.pulse())


def counted(depths: Iterable[QueueDepth], pulse: Pulse) -> tuple[Queue, ...]:
    """The broker's figures with the database's: what is claimed is running, though its message is still held."""
    return tuple(_counted(depth, pulse.running.get(depth.queue, 0)) for depth in depths)


def _counted(depth: QueueDepth, running: int) -> Queue:
    held = max(0, depth.held - running)
    return Queue(depth.queue, depth.ready, held, running, depth.delayed, depth.oldest_s)
