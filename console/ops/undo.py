"""What was done is taken back, once and for ten minutes: the command, and what an act leaves for it in the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from console.ops.audit import write
from console.ops.commands import Done
from console.ops.guard import Weight
from console.ops.submission import submitter
from console.ops.ways_back import Undone, take_back
from worker.core.errors import ServiceError, UsageError
from worker.core.said import said, sentences
from worker.core.undoing import packed

if TYPE_CHECKING:
    from console.ops.services import Services
    from worker.core.store import Undoable

T = TypeVar("T")
NOTHING = "There is nothing to undo: what you did can be taken back for 10 minutes, once."


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back this user's last act on this profile that can be, or the one of that entry."""

    entry: int | None = None
    action: ClassVar[str] = "undo"
    weight: ClassVar[Weight] = Weight.CHANGES
    asked: ClassVar[int] = 0  # not known before it looks

    def run(self, services: Services) -> Done[Undone]:
        """Jobs that something touched since stay as they are. Raises UsageError where too little was kept."""
        found = self._find(services, self.entry)
        if found is None:
            return Done(NOTHING, Undone(None))
        with services.store.alone(found.entry) as alone:
            found = self._find(services, found.entry) if alone else None
            if found is None:
                raise UsageError("That is being undone just now.")
            if found.kept is None:
                too_large = said("The last {action} was too large to be undone.", action=said(found.action))
                raise UsageError(too_large, "Act on the jobs by hand.")
            done = take_back(services, found, found.kept)
            return replace(done, undo=Undo(found.entry)) if done.data.rest else done

    def _find(self, services: Services, entry: int | None) -> Undoable | None:
        return services.store.undoable(who=submitter(), profile=services.profile.name, entry=entry)


def recorded(services: Services, action: str, done: Done[T], kept: Mapping[str, Any]) -> Done[T]:
    """An act that was done with its undo, and entered into the audit.

    Where it cannot be entered now that is tried again, and told, by who carried it out.

    Args:
        services: Whose audit.
        action: What the audit calls it.
        done: What came of it.
        kept: What the way back needs.
    """
    if not done.entry.done:
        return done
    undo = packed(kept)
    if undo is None:
        return replace(done, message=sentences(done.message, "That is too much to be undone."))
    try:
        entry = write(services, action, done.message, done.entry, undo)
    except ServiceError:
        return done
    return replace(done, entry=entry, undo=Undo(entry.number))
