"""Looks at the fleet again and again: first at what the database says of it, then at the broker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ops.fleet import Queue, Worker
from console.ops.presence import Evidence, present, quiet
from console.ops.queues import looked_at, named
from worker.core.connections import Connected
from worker.core.flow import Flow
from worker.core.pulse import Pulse

if TYPE_CHECKING:
    from console.ops.services import Services


class FleetWatch:
    """What was seen last, of one profile; asked on one thread at a time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.pulse = Pulse()
        self.flow = Flow()
        self.workers: tuple[Worker, ...] = ()
        self.queues: tuple[Queue, ...] = ()

    def look(self) -> None:
        """Ask the database. Raises DatabaseError."""
        services, neighbours = self._services, self._services.neighbours
        neighbours.start()
        reports = services.store.workers()
        neighbours.ours = frozenset(report.name for report in reports)
        self.pulse, self.flow = services.pulse(), services.flow()
        connected = services.connected() if quiet(reports) else Connected()
        evidence = Evidence(neighbours.heard(), neighbours.pools, connected)
        self.workers = present(reports, self.pulse, self.flow, evidence)

    def look_at_queues(self) -> tuple[Queue, ...]:
        """Ask the broker, for the queues that were named at the last look.

        Raises NetworkError, AccessRefused or DatabaseError.
        """
        names = named(self.workers, self.pulse, self.flow, self._services.neighbours.queues)
        self.queues = looked_at(self._services, names, self.workers, self.pulse, self.flow)
        return self.queues
