"""Whether the rows of the work move: leases, the house, and what waits after an error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from console.ops.contradictions import unheld
from console.ops.doctor.fleet_seen import next_work
from console.ops.doctor.lines import ocr_console
from console.ops.doctor.mended import contrary
from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.verdicts import Remedy, Seen, failed, good, warned
from console.ops.facts import UNKEPT_S
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from console.ops.sightings import NOBODY_KEEPS_HOUSE, unkept_since
from worker.core.filters import JobFilter
from worker.core.jobs import State
from worker.core.said import said, said_counted, sentences
from worker.core.upcoming import anything

if TYPE_CHECKING:
    from console.ops.services import Services
    from worker.core.pulse import Pulse


def _pulse(services: Services) -> Pulse:
    return services.pulse()


@look("leases", "What runs", needs=("postgres",))
def leases(patient: Patient) -> tuple[Seen, ...]:
    """Somebody renews the lease of everything that is said to run."""
    running = patient.known(_pulse).running
    if found := list(unheld(running)):
        fact = said_counted(len(running), "1 task is said to run", "{n} tasks are said to run")
        return tuple(contrary(one, fact, failed) for one in found[:5])
    fact = said_counted(len(running), "1 task runs", "{n} tasks run")
    return (good("Workers work at all that they have", fact),)


@look("housekeeping", "Who keeps house", needs=("postgres",))
def housekeeping(patient: Patient) -> Seen:
    """Whoever does takes back what dead workers had, and rings for what has no message: the outbox moves."""
    house = patient.known(_pulse).house
    if house is not None and house.silent_s <= UNKEPT_S:
        return good("Somebody keeps house", said("{who}, {s} s ago", who=house.acted_by, s=house.silent_s))
    if not patient.known(_work):
        return good("Nobody has to keep house", said("nothing waits or runs"))
    now = datetime.now(UTC)
    start = Remedy("Any worker keeps house.", ocr_console(patient.profile, "worker", "start"), Button(Way.START_WORKER))
    if house is None:
        cause = "What is lost is not found again, and what has no message is not rung for."
        return failed(NOBODY_KEEPS_HOUSE, said("nobody ever did"), cause, start)
    fact = said("{who} was the last", who=house.acted_by)
    return failed(NOBODY_KEEPS_HOUSE, fact, unkept_since(now - timedelta(seconds=house.silent_s), now), start)


@look("errors-waiting", "What waits after an error", needs=("postgres",))
def errors(patient: Patient) -> Seen:
    """Of what is next: a service, or room on a disk, is what it waits for."""
    found = [one for one in patient.known(next_work) if one.error_class]
    if not found:
        return good("What waits has met no error")
    worst = max(found, key=lambda one: one.jobs)
    fact = said_counted(
        worst.jobs, "1 job of what is next: {kind}", "{n} jobs of what is next: {kind}", kind=worst.error_class or ""
    )
    jobs = JobFilter(states=frozenset({State.QUEUED}), error_classes=frozenset({worst.error_class or ""}))
    cause = sentences(worst.error or "", "It is tried again by itself, each time a little later.")
    remedy = Remedy(worst.advice or "Look at them.", button=Button(Way.SHOW_JOBS, jobs=jobs))
    return warned("Work waits after an error", fact, cause, remedy)


def _work(services: Services) -> bool:
    """Whether anything waits or runs."""
    return anything(services.engine)


LEASES: tuple[Look, ...] = (leases, housekeeping, errors)
