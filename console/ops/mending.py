"""What an operator does about a contradiction, as commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from console.ops.audit import Entry, named
from console.ops.commands import Command, Done
from console.ops.contradictions import Contradiction, Mend
from console.ops.guard import Weight
from console.ops.worker_ends import Ping
from worker.core.outbox import Outbox
from worker.core.said import said_counted

if TYPE_CHECKING:
    from console.ops.services import Services


@dataclass(frozen=True, slots=True)
class TakeMessagesOut:
    """Take messages out of a queue whose jobs were cancelled."""

    queue: str
    tasks: tuple[UUID, ...]
    action: ClassVar[str] = "take messages out"
    weight: ClassVar[Weight] = Weight.CHANGES

    @property
    def asked(self) -> int:
        """The tasks."""
        return len(self.tasks)

    def run(self, services: Services) -> Done[int]:
        """How many were taken out; those whose tasks are wanted again by now stay."""
        unwanted = services.leases.cancelled(list(self.tasks))
        removed = services.broker.messages.remove(unwanted, [self.queue])
        message = said_counted(
            removed, "1 message taken out of {queue}.", "{n} messages taken out of {queue}.", queue=self.queue
        )
        return Done(message, removed, Entry(self.asked, removed, {"queue": self.queue, "tasks": named(self.tasks)}))


@dataclass(frozen=True, slots=True)
class RingAgain:
    """Send the messages of rows that wait and have none."""

    queue: str  # that it was found in; all are looked at
    action: ClassVar[str] = "ring again"
    weight: ClassVar[Weight] = Weight.CHANGES
    asked: ClassVar[int] = 0  # not known before it looks

    def run(self, services: Services) -> Done[int]:
        """How many messages were sent; a second one of the same row does no harm."""
        rung = Outbox(services.engine, services.broker).deliver()
        sent = said_counted(rung, "1 message sent.", "{n} messages sent.")
        message = sent if rung else "Every row that waits has its message by now."
        return Done(message, rung, Entry(rung, rung, {"queue": self.queue}))


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take back what workers hold whose leases ran out."""

    action: ClassVar[str] = "take back"
    weight: ClassVar[Weight] = Weight.CHANGES
    asked: ClassVar[int] = 0  # not known before it looks

    def run(self, services: Services) -> Done[int]:
        """How many wait again; they are rung for when their time to wait is over."""
        back = services.leases.reap()
        jobs = {bell.job_id for bell in back}
        taken = said_counted(len(back), "1 task taken back.", "{n} tasks taken back.")
        message = taken if back else "Nothing is held that ran out."
        return Done(message, len(back), Entry(len(back), len(back), {"jobs": named(jobs)}))


def mend(found: Contradiction) -> Command[object] | None:
    """The command that does about a contradiction what can be done; None where nothing can from here."""
    if found.remedy is Mend.TAKE_OUT:
        return TakeMessagesOut(found.subject, found.tasks)
    if found.remedy is Mend.RING:
        return RingAgain(found.subject)
    if found.remedy is Mend.TAKE_BACK:
        return TakeBack()
    return Ping((found.subject,)) if found.remedy is Mend.PING else None
