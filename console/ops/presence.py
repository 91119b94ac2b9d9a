"""Which workers are there: what they say of themselves, and what is known of those that say nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING

from console.ops.fleet import FORGOTTEN_S, ONLINE_S, SILENT_S, SILENT_WORKING_S, Presence, Worker
from worker.core.flow import Flow
from worker.core.pulse import Pulse
from worker.core.workers import WorkerReport

if TYPE_CHECKING:
    from console.ops.services import Services


def workers(services: Services) -> tuple[Worker, ...]:
    """All workers that did not say goodbye, by name. Raises DatabaseError."""
    return present(services.store.workers(), services.pulse(), services.flow())


def present(reports: Iterable[WorkerReport], pulse: Pulse, flow: Flow) -> tuple[Worker, ...]:
    """The workers of these reports, with what they do and did in the last minute."""
    here, working = socket.gethostname(), pulse.working
    return tuple(
        Worker(
            report,
            presence(report.silent_s, working=report.name in working),
            report.host == here,
            doing=tuple(one for one in pulse.running if one.worker == report.name),
            pages_per_minute=flow.read_by.get(report.name, 0),
        )
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
