"""What an operator can do with jobs, as commands on a frozen list of ids: retry, reprocess, cancel, delete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from console.ops.audit import write
from console.ops.commands import Acted, Done, Refused, counted
from console.ops.guard import Weight
from console.ops.ringing import ring, silence
from console.ops.submission import submitter
from console.ops.undo import Undo, kept
from worker.core.errors import ServiceError
from worker.core.sealing import seal
from worker.core.undoing import packed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.ops.services import Services
    from worker.core.store import Cancelled, Outcome

MANY = {"is": "are", "has": "have", "was": "were"}
BY_ITSELF = "The broker did not answer; the workers notice by themselves."


@dataclass(frozen=True, slots=True)
class Retry:
    """Put jobs back into the queue that failed, were cancelled or are done but for some pages."""

    ids: tuple[UUID, ...]
    password: str | None = field(default=None, repr=False)
    action: ClassVar[str] = "retry"
    weight: ClassVar[Weight] = Weight.CHANGES

    @property
    def asked(self) -> int:
        """The jobs."""
        return len(self.ids)

    def run(self, services: Services) -> Done[Acted]:
        """The rows first, then the doorbells; one that does not ring is rung by the housekeeper."""
        sealed = seal(self.password, services.settings) if self.password else None
        outcome = services.store.retry(self.ids, password=sealed)
        ring(services, outcome.doorbells)
        return _done(outcome, "queued again")


@dataclass(frozen=True, slots=True)
class Reprocess:
    """Read jobs that have ended anew, with other options; their outputs stay until the new ones are there."""

    ids: tuple[UUID, ...]
    change: Mapping[str, Any] = field(default_factory=dict)  # options by name; the others stay as each job has them
    password: str | None = field(default=None, repr=False)
    action: ClassVar[str] = "reprocess"
    weight: ClassVar[Weight] = Weight.CHANGES

    @property
    def asked(self) -> int:
        """The jobs."""
        return len(self.ids)

    def run(self, services: Services) -> Done[Acted]:
        """The rows first, then the doorbells; one that does not ring is rung by the housekeeper."""
        sealed = seal(self.password, services.settings) if self.password else None
        outcome = services.store.reprocess(self.ids, self.change, password=sealed)
        ring(services, outcome.doorbells)
        return _done(outcome, "queued to be read anew")


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop jobs that wait, run or are being uploaded."""

    ids: tuple[UUID, ...]
    action: ClassVar[str] = "cancel"
    weight: ClassVar[Weight] = Weight.CHANGES

    @property
    def asked(self) -> int:
        """The jobs."""
        return len(self.ids)

    def run(self, services: Services) -> Done[Acted]:
        """The rows first, which no worker claims or finishes any more; then the messages, then what runs."""
        outcome = services.store.cancel(self.ids, by=submitter())
        done = self._recorded(services, outcome, _done(outcome, "cancelled"))
        return done if silence(services, outcome) else replace(done, message=f"{done.message} {BY_ITSELF}")

    def _recorded(self, services: Services, outcome: Cancelled, done: Done[Acted]) -> Done[Acted]:
        """With its undo, and entered into the audit; else that is tried again, and told, by who carried it out."""
        undo = packed(kept(outcome.stamps))
        if undo is None:
            return replace(done, message=f"{done.message} That is too much to be undone.")
        try:
            entry = write(services, self.action, done.message, done.entry, undo)
        except ServiceError:
            return done
        return replace(done, entry=entry, undo=Undo(entry.number) if outcome.done else None)


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete jobs that have ended, with all that was read of them."""

    ids: tuple[UUID, ...]
    action: ClassVar[str] = "delete"
    weight: ClassVar[Weight] = Weight.DESTROYS

    @property
    def asked(self) -> int:
        """The jobs."""
        return len(self.ids)

    def run(self, services: Services) -> Done[Acted]:
        """The rows; the housekeeper sweeps their objects."""
        return _done(services.store.delete(self.ids), "deleted")


def left(refused: Iterable[Refused]) -> str:
    """What keeps the others from it, with a space before it: " 2 are done, 1 has failed."; "" for none."""
    reasons = Counter(one.why for one in refused)
    told = ", ".join(_counted_reason(reason, count) for reason, count in reasons.most_common())
    return f" {told}." if told else ""


def _counted_reason(reason: str, count: int) -> str:
    verb, _, rest = reason.partition(" ")
    if verb not in MANY:
        return f"{count:,}: {reason}"
    return f"{count:,} {verb if count == 1 else MANY[verb]} {rest}"


def _done(outcome: Outcome, what: str) -> Done[Acted]:
    refused = tuple(Refused(job_id, why) for job_id, why in outcome.refused)
    acted = Acted(outcome.asked, tuple(outcome.done), refused)
    message = f"{len(acted.done):,} of {counted(acted.asked, 'job')} {what}.{left(refused)}"
    return Done(message, acted, acted.entry)
