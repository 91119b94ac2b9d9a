"""What an operator does with the profile in use, as commands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from console.ops.audit import Entry
from console.ops.commands import Done
from console.ops.fingerprints import Fingerprints
from console.ops.guard import Weight
from worker.core.said import said

if TYPE_CHECKING:
    from console.ops.services import Services


@dataclass(frozen=True, slots=True)
class AcceptServers:
    """Say that the servers are right to which the profile's name points now: changes are let through again."""

    name: str  # the profile's, where it is production; somebody has to have typed it
    home: Path
    action: ClassVar[str] = "accept servers"
    weight: ClassVar[Weight] = Weight.LOOKS
    asked: ClassVar[int] = 1

    def run(self, services: Services) -> Done[None]:
        """Blocks.

        Raises:
            UsageError: the profile is production, and that is not its name.
            ServiceError: one of the services is away.
        """
        if services.profile.production:
            services.guard.expect(self.name)
        before = services.guard.elsewhere
        Fingerprints(self.home).accept(services)
        message = said("{profile} points to these servers from now on.", profile=services.profile.name)
        return Done(message, None, Entry(1, 1, {"before": before} if before else {}))
