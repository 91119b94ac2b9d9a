"""Whether the workers that were started on this machine go on, or give up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ops.doctor.lines import ocr_console
from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.verdicts import Remedy, Seen, failed, good, warned
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from console.ops.worker_state import GAVE_UP, WAITING, all_workers
from worker.core.said import said, said_counted, sentences

if TYPE_CHECKING:
    from console.ops.worker_state import LocalWorker


@look("local-workers", "Workers on this machine")
def local_workers(patient: Patient) -> tuple[Seen, ...]:
    """Those of this profile: one that ends again and again gives up in the end."""
    mine = [one for one in all_workers(patient.home) if one.profile == patient.profile.name]
    found = tuple(_broken(patient, one) for one in mine if one.state in {GAVE_UP, WAITING})
    if found or not mine:
        return found[:5]
    return (good("Workers on this machine go on", said_counted(len(mine), "{n} worker", "{n} workers")),)


def _broken(patient: Patient, one: LocalWorker) -> Seen:
    fact = said_counted(one.restarts, "started again once", "started again {n} times")
    cause = sentences(one.sentence, "" if one.sentence else one.last_words())
    line = ocr_console(patient.profile, "worker", "stop", one.name)
    if one.state == GAVE_UP:
        remedy = Remedy("Correct that, and start it anew; this one can be stopped.", line, Button(Way.START_WORKER))
        return failed(said("{worker} gave up", worker=one.name), fact, cause, remedy, about=one.name)
    remedy = Remedy(said("See its log: {path}", path=str(one.log)), line)
    return warned(said("{worker} ends again and again", worker=one.name), fact, cause, remedy, about=one.name)


LOCAL: tuple[Look, ...] = (local_workers,)
