"""How much room the servers' disks have, where that can be known from here."""

from __future__ import annotations

import shutil
from pathlib import Path

from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.reachable import broker_state, database_state
from console.ops.doctor.verdicts import Remedy, Seen, failed, good, unknown, warned
from worker.core.addresses import Address
from worker.core.said import said
from worker.core.transport import is_here

GIGABYTE = 1e9
LOW, OUT = 2.0, 0.5  # GB
_SUBJECT = "The disk of the servers"


@look("servers-disk", _SUBJECT, needs=("redis", "postgres"))
def servers_disk(patient: Patient) -> Seen:
    """Servers do not say how much room they have; one on this machine can be seen where it writes."""
    folder, state = patient.known(broker_state).folder, patient.known(database_state)
    here = is_here(Address.parse(patient.settings.broker_url).host)
    if folder is None or not here or not Path(folder).is_absolute():
        template = "The servers do not say how much room they have; the database takes {mb} MB."
        return unknown(_SUBJECT, said(template, mb=state.bytes / 1e6))
    return room(Path(folder))


def room(folder: Path) -> Seen:
    """What is free where servers of this machine write."""
    try:
        free = shutil.disk_usage(folder).free / GIGABYTE
    except OSError as problem:
        return unknown(
            _SUBJECT, said("{folder} cannot be looked at: {why}.", folder=str(folder), why=problem.strerror or "")
        )
    fact = said("{free} GB free in {folder}", free=free, folder=str(folder))
    if free >= LOW:
        return good("The servers have disk space", fact)
    remedy = Remedy(said("Free some space there: {enough} GB are enough.", enough=LOW))
    if free >= OUT:
        return warned("The servers run out of disk space", fact, "On a full disk they take nothing new.", remedy)
    return failed("The servers have no disk space left", fact, "They take nothing new, and work waits.", remedy)


DISKS: tuple[Look, ...] = (servers_disk,)
