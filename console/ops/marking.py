"""A person notes what happened, such as a new version: the history shows it beside its figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from console.ops.audit import Entry
from console.ops.commands import Done
from console.ops.guard import Weight
from console.ops.submission import submitter
from console.ops.undo import recorded
from worker.core.errors import UsageError
from worker.core.incidents import Incident, Incidents
from worker.core.said import said

if TYPE_CHECKING:
    from console.ops.services import Services

LONGEST = 60  # characters: it stands on a flag over the charts


@dataclass(frozen=True, slots=True)
class Mark:
    """Note that something happened now."""

    text: str
    action: ClassVar[str] = "mark"
    weight: ClassVar[Weight] = Weight.CHANGES
    asked: ClassVar[int] = 1

    def run(self, services: Services) -> Done[Incident]:
        """A line in the history. Raises UsageError: no text, or too much."""
        words = " ".join(self.text.split())
        if not 0 < len(words) <= LONGEST:
            bounds = said("A mark has from 1 to {n} characters.", n=LONGEST)
            raise UsageError(bounds, "Say it shorter, as “deployed 1.4”.")
        made = Incidents(services.engine).mark(words, submitter())
        done = Done(said("Marked in the history: “{text}”.", text=made.title), made, Entry(1, 1, {"text": made.title}))
        return recorded(services, self.action, done, {"mark": made.id, "text": made.title})
