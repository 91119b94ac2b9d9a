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
            raise UsageError(f"A mark has from 1 to {LONGEST} characters.", "Say it shorter, as “deployed 1.4”.")
        made = Incidents(services.engine).mark(words, submitter())
        done = Done(f"Marked in the history: “{made.title}”.", made, Entry(1, 1, {"text": made.title}))
        return recorded(services, self.action, done, {"mark": made.id, "text": made.title})
