"""The way back of a cancel and of a purge, by what their entries in the audit kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from console.ops.audit import Entry, named
from console.ops.commands import Done, counted
from console.ops.guard import Weight
from console.ops.ringing import ring
from console.ops.submission import submitter
from worker.core.errors import ServiceError, UsageError
from worker.core.jobs import State
from worker.core.messages import Kept
from worker.core.raw_messages import job_of, loads, task_of
from worker.core.store import Stamp

if TYPE_CHECKING:
    from console.ops.services import Services
    from worker.core.store import Outcome, Undoable

NOTHING = "There is nothing to undo: a cancel or a purge of yours can be taken back for 10 minutes, once."
STILL_KEPT = "The messages of other programs are still kept: undo once more when the broker answers."


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, and how many jobs came back by it."""

    what: str | None  # cancel, purge; None: there was nothing
    jobs: int


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back this user's last cancel or purge on this profile, or the one of that entry."""

    entry: int | None = None
    action: ClassVar[str] = "undo"
    weight: ClassVar[Weight] = Weight.CHANGES
    asked: ClassVar[int] = 0  # not known before it looks

    def run(self, services: Services) -> Done[Undone]:
        """Jobs that something touched since stay as they are. Raises UsageError where too little was kept."""
        found = self._find(services, self.entry)
        if found is None:
            return Done(NOTHING, Undone(None, 0))
        with services.store.alone(found.entry) as alone:
            found = self._find(services, found.entry) if alone else None
            if found is None:
                raise UsageError("That is being undone just now.")
            if found.kept is None:
                raise UsageError(f"The last {found.action} was too large to be undone.", "Retry the jobs.")
            return _taken_back(services, found, found.kept)

    def _find(self, services: Services, entry: int | None) -> Undoable | None:
        return services.store.undoable(who=submitter(), profile=services.profile.name, entry=entry)


def kept(stamps: Iterable[Stamp], queue: str = "", messages: Kept = ()) -> dict[str, Any]:
    """What an undo needs, as JSON: any byte is a character of latin-1."""
    return {
        "stamps": [[stamp.job_id.hex, stamp.before, stamp.at.isoformat()] for stamp in stamps],
        "queue": queue,
        "messages": [[raw.decode("latin-1") for raw in raws] for raws in messages],
    }


def _taken_back(services: Services, found: Undoable, what: Mapping[str, Any]) -> Done[Undone]:
    stamps = [Stamp(UUID(job), State(before), datetime.fromisoformat(at)) for job, before, at in what["stamps"]]
    outcome = services.store.restore(stamps)
    messages: Kept = tuple(tuple(raw.encode("latin-1") for raw in raws) for raws in what["messages"])
    back, foreign = _still_wanted(messages, stamps, outcome)
    answered = _return(services, what["queue"], back, outcome)
    if answered or not foreign:
        services.store.mark_undone(found.entry)
    message = _told(found.action, outcome, foreign if answered else 0)
    note = "" if answered or not foreign else f" {STILL_KEPT}"
    details = {"entry": found.entry, "what": found.action, "jobs": named(outcome.done)}
    entry = Entry(outcome.asked, len(outcome.done), details)
    return Done(message + note, Undone(found.action, len(outcome.done)), entry)


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
        services.broker.messages.recover()
        if any(back):
            services.broker.messages.put_back(queue, back)
    except ServiceError:
        return False
    ring(services, [bell for bell in outcome.doorbells if bell.task_id not in rung and bell.job_id not in rung])
    return True


def _told(action: str, outcome: Outcome, foreign: int) -> str:
    others = f" {counted(foreign, 'message')} of other programs as well." if foreign else ""
    stay = outcome.asked - len(outcome.done)
    rest = f" {stay:,} {'was' if stay == 1 else 'were'} changed since and left." if stay else ""
    back = f"{len(outcome.done):,} of {counted(outcome.asked, 'job')}"
    return f"The {action} is undone: {back} as before.{others}{rest}"
