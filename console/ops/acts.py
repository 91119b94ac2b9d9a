"""What an operator can do with jobs, as commands on a frozen list of ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from console.ops.commands import Acted, Done
from console.ops.guard import Weight
from console.ops.reasons import told
from console.ops.ringing import move, ring, silence
from console.ops.submission import submitter
from console.ops.undo import recorded
from console.ops.ways_back import kept, kept_priorities
from worker.core.jobs import Priority
from worker.core.outcomes import Course
from worker.core.said import sentences
from worker.core.sealing import seal

if TYPE_CHECKING:
    from console.ops.services import Services

BY_ITSELF = "The broker did not answer; the workers notice by themselves."


@dataclass(frozen=True, slots=True)
class OnJobs:
    """An act on a frozen list of jobs, which may be many: it can be watched, and stopped between two portions."""

    ids: tuple[UUID, ...]
    course: Course | None = field(default=None, kw_only=True, repr=False, compare=False)

    @property
    def asked(self) -> int:
        """The jobs."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Retry(OnJobs):
    """Put jobs back into the queue that failed, were cancelled or are done but for some pages."""

    password: str | None = field(default=None, repr=False)
    action: ClassVar[str] = "retry"
    weight: ClassVar[Weight] = Weight.CHANGES

    def run(self, services: Services) -> Done[Acted]:
        """The rows first, then the doorbells; one that does not ring is rung by the housekeeper."""
        sealed = seal(self.password, services.settings) if self.password else None
        outcome = services.store.retry(self.ids, password=sealed, course=self.course)
        ring(services, outcome.doorbells)
        done = told(outcome, "{done} of {n} job queued again.", "{done} of {n} jobs queued again.")
        return recorded(services, self.action, done, {"before": outcome.before})


@dataclass(frozen=True, slots=True)
class Reprocess(OnJobs):
    """Read jobs that have ended anew, with other options; their outputs stay until the new ones are there."""

    change: Mapping[str, Any] = field(default_factory=dict)  # options by name; the others stay as each job has them
    password: str | None = field(default=None, repr=False)
    action: ClassVar[str] = "reprocess"
    weight: ClassVar[Weight] = Weight.CHANGES

    def run(self, services: Services) -> Done[Acted]:
        """The rows first, then the doorbells; one that does not ring is rung by the housekeeper."""
        sealed = seal(self.password, services.settings) if self.password else None
        outcome = services.store.reprocess(self.ids, self.change, password=sealed, course=self.course)
        ring(services, outcome.doorbells)
        return told(outcome, "{done} of {n} job queued to be read anew.", "{done} of {n} jobs queued to be read anew.")


@dataclass(frozen=True, slots=True)
class Cancel(OnJobs):
    """Stop jobs that wait, run or are being uploaded."""

    action: ClassVar[str] = "cancel"
    weight: ClassVar[Weight] = Weight.CHANGES

    def run(self, services: Services) -> Done[Acted]:
        """The rows first, which no worker claims or finishes any more; then the messages, then what runs."""
        outcome = services.store.cancel(self.ids, by=submitter(), course=self.course)
        done = told(outcome, "{done} of {n} job cancelled.", "{done} of {n} jobs cancelled.")
        done = recorded(services, self.action, done, kept(outcome.stamps))
        return done if silence(services, outcome) else replace(done, message=sentences(done.message, BY_ITSELF))


@dataclass(frozen=True, slots=True)
class SetPriority(OnJobs):
    """Make jobs that have not ended more or less urgent than others; NEXT moves them to the front."""

    priority: Priority
    action: ClassVar[str] = "priority"
    weight: ClassVar[Weight] = Weight.CHANGES

    def run(self, services: Services) -> Done[Acted]:
        """The rows first, which say it to who queues more of them; then the messages change their lists."""
        moved = services.store.set_priority(self.ids, self.priority, course=self.course)
        done = told(moved, *PRIORITY_SET[self.priority])
        done = recorded(services, self.action, done, kept_priorities(moved, self.priority))
        if move(services, moved.doorbells):
            return done
        return replace(done, message=sentences(done.message, STILL_IN_LINE))


@dataclass(frozen=True, slots=True)
class Delete(OnJobs):
    """Delete jobs that have ended, with all that was read of them."""

    action: ClassVar[str] = "delete"
    weight: ClassVar[Weight] = Weight.DESTROYS

    def run(self, services: Services) -> Done[Acted]:
        """The rows; the housekeeper sweeps their objects."""
        outcome = services.store.delete(self.ids, course=self.course)
        return told(outcome, "{done} of {n} job deleted.", "{done} of {n} jobs deleted.")


PRIORITY_SET = {
    Priority.NEXT: ("{done} of {n} job moved to the front.", "{done} of {n} jobs moved to the front."),
    Priority.HIGH: ("{done} of {n} job set to high priority.", "{done} of {n} jobs set to high priority."),
    Priority.NORMAL: ("{done} of {n} job set to normal priority.", "{done} of {n} jobs set to normal priority."),
    Priority.LOW: ("{done} of {n} job set to low priority.", "{done} of {n} jobs set to low priority."),
}
STILL_IN_LINE = "The broker did not answer: their messages keep their place."
