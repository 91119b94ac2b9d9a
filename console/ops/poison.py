"""What an operator does with messages that no worker can take, as a command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from console.ops.audit import Entry
from console.ops.commands import Done
from console.ops.guard import Weight
from worker.core.said import said_counted

if TYPE_CHECKING:
    from console.ops.services import Services


@dataclass(frozen=True, slots=True)
class DropPoison:
    """Forget the messages that workers put aside."""

    action: ClassVar[str] = "drop poison"
    weight: ClassVar[Weight] = Weight.CHANGES
    asked: ClassVar[int] = 0  # not known before it looks

    def run(self, services: Services) -> Done[int]:
        """How many. Raises NetworkError or AccessRefused."""
        dropped = services.broker.poison.drop()
        message = said_counted(dropped, "1 message dropped.", "{n} messages dropped.")
        return Done(message, dropped, Entry(dropped, dropped))
