"""What a profile's name pointed to when it was last used, and whether it points elsewhere now."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.ops.profiles import Profile
    from console.ops.services import Services


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is behind a profile's addresses; "" where it cannot be told."""

    redis: str = ""
    postgres: str = ""
    s3: str = ""


class Fingerprints:
    """Those of one home."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def known(self, profile: Profile) -> Fingerprint | None:
        """What its name pointed to; None where it was never used."""
        raise NotImplementedError

    def differs(self, services: Services) -> str:
        """A sentence for what points elsewhere now; "" where all is as it was. Blocks; asks the services.

        What was not known before is kept. The guard of the services blocks changes on production from now on.
        """
        raise NotImplementedError

    def accept(self, services: Services) -> None:
        """From now on the name points to what it points to now."""
        raise NotImplementedError
