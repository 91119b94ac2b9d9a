"""Whether all clocks agree: those of the servers and of the workers, against that of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.reachable import SOON_S, broker_state, database_state
from console.ops.doctor.verdicts import Remedy, Seen, failed, good, unknown, warned
from console.ops.fleet import ONLINE_S
from worker.core.errors import OcrConsoleError
from worker.core.said import said

if TYPE_CHECKING:
    from console.ops.services import Services
    from worker.core.servers import StorageServer
    from worker.core.workers import WorkerReport

REDIS, POSTGRES, S3 = "Redis", "PostgreSQL", "S3"
APART_S = 5.0  # what NTP keeps is a hundred times better
S3_REFUSES_S = 900.0
_S3_IS_OFF = "The clock of S3 is so far off that it refuses us"
_NTP = Remedy("Set the clocks of both machines by NTP.", copy="timedatectl set-ntp true")


def storage_server(services: Services) -> StorageServer:
    """For every check that asks for it."""
    return services.blobs.server()


def worker_reports(services: Services) -> list[WorkerReport]:
    """For every check that asks for it."""
    return services.store.workers()


@look("clocks", "Whether the clocks agree")
def clocks(patient: Patient) -> Seen:
    """Their differences from ours; what is away has none."""
    found = dict(_ahead(patient))
    if not found:
        return unknown("Whether the clocks agree", "No server answers.")
    who, ahead_s = max(found.items(), key=lambda pair: abs(pair[1]))
    fact = said("largest difference {s} s, {who}", s=abs(ahead_s), who=who)
    if abs(ahead_s) < APART_S:
        return good("The clocks agree", fact)
    alone = all(s > APART_S for s in found.values()) or all(s < -APART_S for s in found.values())
    if abs(found.get(S3, 0.0)) >= S3_REFUSES_S:
        cause = "S3 refuses what is signed more than 15 minutes before or after its own time."
        title = "The clock of this machine is so far off that S3 refuses us" if alone else _S3_IS_OFF
        return failed(title, fact, cause, _NTP)
    title = said("The clock of {who} goes wrong", who=said("this machine") if alone else who)
    return warned(title, fact, "Ages and times that are shown are wrong by that. At 15 minutes S3 refuses us.", _NTP)


def _ahead(patient: Patient) -> Iterator[tuple[str, float]]:
    """Who, and by how many seconds it is before us."""
    if patient.lamp("redis", within_s=SOON_S).ok:
        with suppress(OcrConsoleError):  # it may not be asked
            yield REDIS, patient.known(broker_state).ahead_s
    with suppress(OcrConsoleError, TimeoutError):  # it is away
        if (storage := patient.known(storage_server, within_s=SOON_S).ahead_s) is not None:
            yield S3, storage
    if not patient.lamp("postgres", within_s=SOON_S).ok:
        return
    database = patient.known(database_state).ahead_s
    yield POSTGRES, database
    with suppress(OcrConsoleError):  # the tables are not as we know them
        for worker in patient.known(worker_reports):
            if worker.ahead_s is not None and worker.stopped is None and worker.silent_s <= ONLINE_S:
                yield worker.name, worker.ahead_s + database


CLOCKS: tuple[Look, ...] = (clocks,)
