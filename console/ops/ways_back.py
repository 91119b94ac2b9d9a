"""How acts are taken back, by what their entries in the audit kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from console.ops.audit import Entry, named
from console.ops.braking import brake_batches, brake_queues
from console.ops.commands import Done, Refused
from console.ops.reasons import left, refused, share
from console.ops.ringing import move, ring, withdraw
from worker.core.errors import ServiceError
from worker.core.incidents import Incidents
from worker.core.jobs import Priority, State
from worker.core.messages import Kept
from worker.core.raw_messages import job_of, loads, task_of
from worker.core.said import Said, listed, said, said_counted, sentences
from worker.core.store import Stamp

if TYPE_CHECKING:
    from console.ops.services import Services
    from worker.core.priorities import Moved
    from worker.core.store import Outcome, Undoable

STILL_KEPT = "The messages of other programs are still kept: undo once more when the broker answers."

MEANWHILE = "Somebody else did that meanwhile."


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, how many jobs came back by it, and those that stay as they are."""

    what: str | None  # as the audit calls it; None: there was nothing
    jobs: int = 0
    refused: tuple[Refused, ...] = ()
    rest: bool = False  # a part is still to be taken back: the same undo once more


def kept(stamps: Iterable[Stamp], queue: str = "", messages: Kept = ()) -> dict[str, Any]:
    """What the way back of a cancel or a purge needs, as JSON: any byte is a character of latin-1."""
    return {
        "stamps": [[stamp.job_id.hex, stamp.before, stamp.at.isoformat()] for stamp in stamps],
        "queue": queue,
        "messages": [[raw.decode("latin-1") for raw in raws] for raws in messages],
    }


def kept_priorities(moved: Moved, priority: Priority) -> dict[str, Any]:
    """What the way back of a change of priority needs."""
    return {"set_to": priority.value, "before": [[job.hex, before.value] for job, before in moved.before]}


def take_back(services: Services, found: Undoable, what: Mapping[str, Any]) -> Done[Undone]:
    """Take an act back; jobs that something touched since stay as they are."""
    return _WAYS[found.action](services, found, what)


def _cancelled(services: Services, found: Undoable, what: Mapping[str, Any]) -> Done[Undone]:
    stamps = [Stamp(UUID(job), State(before), datetime.fromisoformat(at)) for job, before, at in what["stamps"]]
    outcome = services.store.restore(stamps)
    messages: Kept = tuple(tuple(raw.encode("latin-1") for raw in raws) for raws in what["messages"])
    back, foreign = _still_wanted(messages, stamps, outcome)
    answered = _return(services, what["queue"], back, outcome)
    if answered or not foreign:
        services.store.mark_undone(found.entry)
    one, many = "1 message of other programs as well.", "{n} messages of other programs as well."
    others = said_counted(foreign, one, many) if answered and foreign else ""
    note = "" if answered or not foreign else STILL_KEPT
    done = _told(found, outcome, others, note)
    return replace(done, data=replace(done.data, rest=bool(note)))


def _prioritised(services: Services, found: Undoable, what: Mapping[str, Any]) -> Done[Undone]:
    before = {UUID(job): Priority(priority) for job, priority in what["before"]}
    moved = services.store.restore_priorities(before, Priority(what["set_to"]))
    services.store.mark_undone(found.entry)
    move(services, moved.doorbells)
    return _told(found, moved)


def _retried(services: Services, found: Undoable, what: Mapping[str, Any]) -> Done[Undone]:
    outcome = services.store.undo_retry(what["before"])
    services.store.mark_undone(found.entry)
    withdraw(services, outcome.waiting)
    return _told(found, outcome)


def _braked(services: Services, found: Undoable, what: Mapping[str, Any]) -> Done[Undone]:
    paused, queues, batches = found.action == "resume", what.get("queues", ()), what.get("batches", ())
    names, note = [], ""
    if queues:
        braked = brake_queues(services, queues, paused=paused)
        names, note = list(braked.changed), braked.note
    if batches:
        known = services.store.batch_names([UUID(one) for one in batches])
        names = [known[one] for one in brake_batches(services, known, paused=paused)]
    services.store.mark_undone(found.entry)
    if paused:
        one, many = "{names} is held back again.", "{names} are held back again."
    else:
        one, many = "{names} is going on again.", "{names} are going on again."
    told = said_counted(len(names), one, many, names=listed(names)) if names else said(MEANWHILE)
    entry = Entry(len(queues) + len(batches), len(names), {"entry": found.entry, "what": found.action, "names": names})
    return Done(sentences(_undone(found, told), note), Undone(found.action), entry)


def _forgotten(services: Services, found: Undoable, what: Mapping[str, Any]) -> Done[Undone]:
    back = services.store.remember_workers(what["rows"])
    services.store.mark_undone(found.entry)
    entry = Entry(len(what["rows"]), len(back), {"entry": found.entry, "what": found.action, "workers": back})
    one, many = "{workers} is listed again.", "{workers} are listed again."
    told = said_counted(len(back), one, many, workers=listed(back)) if back else said("They are listed already.")
    return Done(_undone(found, told), Undone(found.action), entry)


def _unmarked(services: Services, found: Undoable, what: Mapping[str, Any]) -> Done[Undone]:
    gone = Incidents(services.engine).unmark(what["mark"])
    services.store.mark_undone(found.entry)
    gone_now = said("The mark is undone: “{text}” is no longer in the history.", text=what["text"])
    message = gone_now if gone else "The mark is undone: It was gone already."
    entry = Entry(1, int(gone), {"entry": found.entry, "what": found.action})
    return Done(message, Undone(found.action), entry)


_WAYS: Mapping[str, Callable[[Services, Undoable, Mapping[str, Any]], Done[Undone]]] = {
    "cancel": _cancelled,
    "purge": _cancelled,
    "retry": _retried,
    "priority": _prioritised,
    "pause": _braked,
    "resume": _braked,
    "forget worker": _forgotten,
    "mark": _unmarked,
}


def _still_wanted(messages: Kept, stamps: list[Stamp], outcome: Outcome) -> tuple[Kept, int]:
    """The messages without those of jobs that stay cancelled and of tasks that are history; how many are not ours."""
    cancelled, restored = {stamp.job_id for stamp in stamps}, set(outcome.done)
    queued, foreign = {bell.task_id for bell in outcome.doorbells}, 0

    def wanted(raw: bytes) -> bool:
        nonlocal foreign
        message = loads(raw) or {}
        job, task = job_of(message), task_of(message)
        if job not in cancelled:
            foreign += job is None
            return True
        return job in restored and (task is None or task in queued)

    return tuple(tuple(filter(wanted, raws)) for raws in messages), foreign


def _return(services: Services, queue: str, back: Kept, outcome: Outcome) -> bool:
    """The messages as they were, and a doorbell for every row without one; False: the broker is away."""
    known = [message for raws in back for raw in raws if (message := loads(raw))]
    rung = {task_of(message) for message in known} | {job_of(message) for message in known if not task_of(message)}
    try:
        if any(back):
            services.broker.messages.put_back(queue, back)
    except ServiceError:
        return False
    with suppress(ServiceError):  # these are back, and would be so twice
        services.broker.messages.recover()
    ring(services, [bell for bell in outcome.doorbells if bell.task_id not in rung and bell.job_id not in rung])
    return True


def _undone(found: Undoable, told: Said) -> Said:
    return said("The {action} is undone: {told}", action=said(found.action), told=told)


def _told(found: Undoable, outcome: Outcome, others: str = "", note: str = "") -> Done[Undone]:
    stay = refused(outcome)
    told = _undone(found, share(outcome, "{done} of {n} job as before.", "{done} of {n} jobs as before."))
    message = sentences(told, others, left(stay), note)
    details = {"entry": found.entry, "what": found.action, "jobs": named(outcome.done)}
    details |= {"left": named(one.id for one in stay)} if stay else {}
    return Done(
        message, Undone(found.action, len(outcome.done), stay), Entry(outcome.asked, len(outcome.done), details)
    )
