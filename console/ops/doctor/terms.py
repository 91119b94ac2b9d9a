"""On which terms workers take messages, ours and those of other programs on the same broker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from console.ops.doctor.fleet_seen import Terms, answerers, living, some, terms_of
from console.ops.doctor.patient import Look, Patient, look
from console.ops.doctor.verdicts import Remedy, Seen, failed, good, warned
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from console.ops.health import Name
from worker.core.said import said, said_counted

_BOTH: tuple[Name, ...] = ("postgres", "redis")


@dataclass(frozen=True, slots=True)
class _Party:
    """A worker and its terms."""

    name: str
    ours: bool
    terms: Terms


@look("worker-prefetch", "What workers take in advance", needs=_BOTH)
def prefetch(patient: Patient) -> Seen | None:
    """One message for each process: what is held in advance is done by nobody else."""
    everybody = _parties(patient)
    if not everybody:
        return None
    greedy = [one for one in everybody if one.terms.prefetch != 1]
    if not greedy:
        return good("Workers take no messages in advance", _counted(everybody))
    first = greedy[0]
    most = said("as many as there are") if first.terms.prefetch == 0 else str(first.terms.prefetch)
    fact = said("worker_prefetch_multiplier {most}: {workers}", most=most, workers=_names(greedy))
    cause = "What it holds waits behind its own tasks, while others have nothing to do."
    title = said("{worker} takes messages in advance", worker=first.name)
    return warned(
        title, fact, cause, Remedy("Start it with one for each process.", "--prefetch-multiplier 1", _show(first))
    )


@look("worker-acknowledgement", "When workers give messages up", needs=_BOTH)
def acknowledgement(patient: Patient) -> Seen | None:
    """Late, when the task has ended: else a crash loses it."""
    everybody = _parties(patient)
    if not everybody:
        return None
    early = [one for one in everybody if not one.terms.acks_late]
    if not early:
        return good("Workers acknowledge late", _counted(everybody))
    first = early[0]
    fact = said("task_acks_late off: {workers}", workers=_names(early))
    title = said("{worker} acknowledges early", worker=first.name)
    lost = "What it works at is lost when it is killed."
    kept = "When it is killed, what it works at is found again by its row alone."
    remedy = Remedy("Set it in the program's configuration of Celery.", "task_acks_late = True", _show(first))
    return warned(title, fact, kept if first.ours else lost, remedy)


@look("worker-visibility", "The visibility timeout of workers", needs=_BOTH)
def visibility(patient: Patient) -> Seen | None:
    """The shortest of all on this broker counts: whoever has it hands out what the others hold."""
    everybody = _parties(patient)
    if not everybody:
        return None
    ours, limit = patient.settings.visibility_timeout_s, _longest(patient, everybody)
    shortest = min(everybody, key=lambda one: one.terms.visibility_timeout)
    found = round(shortest.terms.visibility_timeout)
    fact = said("{s} s on {worker}; this profile: {ours} s", s=found, worker=shortest.name, ours=ours)
    theirs = f"broker_transport_options = {{'visibility_timeout': {ours}}}"
    button, line = _show(shortest), f"OCR_VISIBILITY_TIMEOUT={ours}" if shortest.ours else theirs
    cause: str
    if found <= limit:
        cause = said("A task may take {limit} s: a longer one is handed out twice, whoever has it.", limit=round(limit))
        remedy = Remedy("Set it so on every worker of this broker.", line, button)
        return failed("The visibility timeout is shorter than a task may take", fact, cause, remedy)
    if any(one.ours and one.terms.visibility_timeout != ours for one in everybody):
        cause = "The shortest of all counts, for the messages of everybody on this broker."
        remedy = Remedy("Set it so on every worker of this broker.", line, button)
        return warned("Workers have another visibility timeout than this profile", fact, cause, remedy)
    return good("No message is handed out twice", fact)


@look("worker-time-limit", "The time limit of tasks", needs=("postgres",))
def time_limit(patient: Patient) -> Seen | None:
    """As the profile has it: leases go by that of each worker."""
    known = [_Party(one.name, True, terms) for one in patient.known(living) if (terms := terms_of(one))]
    if not known:
        return None
    ours = patient.settings.time_limit_s
    other = [one for one in known if one.terms.time_limit != ours]
    if not other:
        return good("Workers have the time limit of this profile", said("{s} s", s=ours))
    first = other[0]
    limit = first.terms.time_limit
    theirs = said("none") if limit is None else said("{s} s", s=round(limit))
    fact = said("{theirs} on {worker}; this profile: {ours} s", theirs=theirs, worker=_names(other), ours=ours)
    cause = "The same document may be read on one worker and be too slow for another."
    remedy = Remedy("Start them all with the same.", f"OCR_TIME_LIMIT={ours}", _show(first))
    return warned("Workers have another time limit than this profile", fact, cause, remedy)


def _parties(patient: Patient) -> list[_Party]:
    """Ours as they report, others as they answer."""
    alive, answered = patient.known(living), patient.known(answerers)
    told = {one.name: terms for one in alive if (terms := terms_of(one)) is not None}
    ours = {one.name for one in alive}
    others = [_Party(one.name, one.name in ours, one.terms) for one in answered if one.name not in told]
    return sorted([*(_Party(name, True, terms) for name, terms in told.items()), *others], key=lambda one: one.name)


def _longest(patient: Patient, everybody: Sequence[_Party]) -> float:
    limits = [one.terms.time_limit for one in everybody if one.ours and one.terms.time_limit]
    return max([patient.settings.time_limit_s, *limits])


def _counted(everybody: Sequence[_Party]) -> str:
    return said_counted(len(everybody), "{n} worker", "{n} workers")


def _names(found: Sequence[_Party]) -> str:
    return some([one.name for one in found])


def _show(one: _Party) -> Button:
    return Button(Way.SHOW_WORKER, one.name)


TERMS: tuple[Look, ...] = (prefetch, acknowledgement, visibility, time_limit)
