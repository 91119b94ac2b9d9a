"""The one way to carry out a command: refused where the profile is locked, and entered into the audit.

Nothing else calls a command's `run`, but a command that is made of others; a test sees to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

from console.ops.audit import Entry, record, write
from console.ops.commands import Command, Done
from console.ops.guard import Weight
from worker.core.errors import OcrConsoleError
from worker.core.said import said, sentences

if TYPE_CHECKING:
    from console.ops.services import Services

T = TypeVar("T")
STOPPED_BY = "stopped by {error}"
NOT_RECORDED = "It is not in the audit: the database did not answer."


def act(command: Command[T], services: Services, *, confirm: str | None = None) -> Done[T]:
    """Carry it out. Blocks; never on the window's thread.

    Args:
        command: what is to be done.
        services: on which services.
        confirm: the profile's name, where somebody gave it for this command; what destroys needs it on production.

    Raises:
        Locked: a production profile lets it through neither by its lock nor by `confirm`.
        OcrConsoleError: what the command raises; the audit has it too.
    """
    services.guard.check(command.weight, confirm)
    if not command.action:
        return command.run(services)
    try:
        done = command.run(services)
    except BaseException as error:
        why = error.sentence if isinstance(error, OcrConsoleError) else said(STOPPED_BY, error=type(error).__name__)
        record(services, command.action, why, Entry(command.asked))
        raise
    if record(services, command.action, done.message, done.entry):
        return done
    return replace(done, message=sentences(done.message, NOT_RECORDED))


@dataclass(frozen=True, slots=True)
class Unlock:
    """Let changes through on a production profile for ten minutes."""

    name: str
    reason: str = ""
    action: ClassVar[str] = "unlock"
    weight: ClassVar[Weight] = Weight.LOOKS
    asked: ClassVar[int] = 1

    def run(self, services: Services) -> Done[None]:
        """Written to the audit first: what cannot be written there is not unlocked.

        Raises:
            UsageError: that is not the profile's name.
            DatabaseError: the audit cannot be written.
        """
        guard = services.guard
        message = said("{profile} is unlocked for 10 minutes.", profile=guard.name)
        guard.expect(self.name)
        entry = write(services, self.action, message, Entry(1, 1, {"reason": self.reason} if self.reason else {}))
        guard.unlock(self.name)
        return Done(message, None, entry)


@dataclass(frozen=True, slots=True)
class Lock:
    """Make a production profile read-only at once."""

    action: ClassVar[str] = "lock"
    weight: ClassVar[Weight] = Weight.LOOKS
    asked: ClassVar[int] = 1

    def run(self, services: Services) -> Done[None]:
        """Never fails."""
        services.guard.lock()
        return Done(said("{profile} is read-only again.", profile=services.guard.name), None, Entry(1, 1))
