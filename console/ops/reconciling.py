"""Looks for contradictions: in what a picture holds each time, and in the queues themselves now and then."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from console.ops.contradictions import Contradiction, Idle, elsewhere, stray, unheld
from console.ops.health import Question
from worker.core.errors import OcrConsoleError
from worker.core.strays import Strays, strays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.ops.fleet import Queue
    from console.ops.fleet_watch import FleetWatch
    from console.ops.services import Services

EVERY_S = 10.0
SHARE = 50  # searching takes at most a fiftieth of the time


class Reconciling:
    """Of one profile; a search runs on a thread of its own, and holds no picture up."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._idle = Idle()
        self._queues: tuple[Queue, ...] = ()
        self._search = Question(self._searched, "reconcile")
        self._due_at = 0.0  # by the monotonic clock
        self._running = False
        self._strays = Strays()

    def look(self, fleet: FleetWatch) -> tuple[Contradiction, ...]:
        """What is known of now; waits for nothing."""
        self._collect()
        if not self._running and time.monotonic() >= self._due_at:
            self._queues = fleet.queues
            self._search.begin()
            self._running = True
        neighbours = self._services.neighbours
        heard, now = neighbours.heard(), time.monotonic()
        return (
            *unheld(fleet.pulse.running),
            *stray(self._strays),
            *self._idle.look(fleet.workers, fleet.queues, heard),
            *elsewhere(fleet.workers, heard, neighbours.listening_s, now),
        )

    def _collect(self) -> None:
        """Take over what a search has found; one that failed has found nothing."""
        if not self._running:
            return
        try:
            self._strays, took_s = self._search.answer(0.0)
        except TimeoutError:
            return
        except OcrConsoleError:
            self._strays, took_s = Strays(), 0.0
        self._running = False
        self._due_at = time.monotonic() + max(EVERY_S, SHARE * took_s)

    def _searched(self) -> tuple[Strays, float]:
        begun = time.monotonic()
        found = search(self._services, self._queues)
        return found, time.monotonic() - begun


def seen_once(services: Services, queues: Sequence[Queue]) -> tuple[Contradiction, ...]:
    """What one look can find among these queues. Raises DatabaseError, NetworkError or AccessRefused."""
    return (*unheld(services.pulse().running), *stray(search(services, queues)))


def search(services: Services, queues: Sequence[Queue]) -> Strays:
    """Compare rows and messages of these queues. Raises DatabaseError, NetworkError or AccessRefused."""
    return strays(services.engine, services.broker, [one.queue for one in queues])
