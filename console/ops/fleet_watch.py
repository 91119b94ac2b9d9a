"""Looks at the fleet again and again: first at what the database says of it, then at the broker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ops.fleet import Queue, Worker
from console.ops.presence import present
from console.ops.queues import counted, named
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

    def look(self) -> None:
        """Ask the database. Raises DatabaseError."""
        reports = self._services.store.workers()
        self.pulse, self.flow = self._services.pulse(), self._services.flow()
        self.workers = present(reports, self.pulse, self.flow)

    def queues(self) -> tuple[Queue, ...]:
        """Ask the broker, for the queues that were named at the last look. Raises NetworkError or AccessRefused."""
        names = named(self.workers, self.pulse, self.flow)
        return counted(self._services.broker.depths(names), self.workers, self.pulse, self.flow)
