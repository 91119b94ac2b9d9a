"""Whether something may be changed now: a production profile is read-only until somebody names it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import Enum

from console.ops.profiles import Profile
from worker.core.errors import UsageError
from worker.core.said import said

UNLOCKED_S = 600.0  # so long changes may be made after the name was given


class Weight(Enum):
    """What a command asks of a production profile."""

    LOOKS = "looks"  # nothing
    CHANGES = "changes"  # that it is unlocked
    DESTROYS = "destroys"  # its name, each time anew


class Locked(UsageError):
    """The profile is read-only now."""


class Elsewhere(Locked):
    """The profile's name points to other servers than it did, and nobody has said that they are right."""


class Guard:
    """The lock of one profile; of one that is no production's it is always open. Threads may share it."""

    def __init__(
        self, profile: Profile, *, unlocked_s: float = UNLOCKED_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = profile.name
        self.production = profile.production
        self._unlocked_s = unlocked_s
        self._clock = clock
        self._lock = threading.Lock()
        self._until = clock()
        self.elsewhere = ""  # what its name points to that it did not before, in sentences, until that is accepted

    @property
    def locked(self) -> bool:
        """Whether changes are refused."""
        return self.production and self.left_s <= 0

    @property
    def left_s(self) -> float:
        """Seconds until it locks itself; 0 while it is locked."""
        with self._lock:
            return max(0.0, self._until - self._clock())

    def expect(self, name: str) -> None:
        """Raise UsageError if that is not the profile's name."""
        if name.strip() != self.name:
            raise UsageError("That is not the name of this profile.", said("Its name is {profile}.", profile=self.name))

    def unlock(self, name: str) -> None:
        """Let changes through for ten minutes. Raises UsageError if that is not the profile's name."""
        self.expect(name)
        with self._lock:
            self._until = self._clock() + self._unlocked_s

    def lock(self) -> None:
        """Refuse changes from now on."""
        with self._lock:
            self._until = self._clock()

    def check(self, weight: Weight, confirm: str | None = None) -> None:
        """Refuse what must not be done now.

        Args:
            weight: the command's.
            confirm: the profile's name, where somebody gave it for this one command.

        Raises:
            Elsewhere: it changes something, and the profile points to other servers than it did.
            Locked: it changes something, and neither is the profile unlocked nor was its name given.
            UsageError: another name was given.
        """
        if not self.production or weight is Weight.LOOKS:
            return
        if self.elsewhere:
            look = (
                "Look at its addresses. If they are right, accept what is there: ocr-console profiles accept {profile}"
            )
            raise Elsewhere(self.elsewhere, said(look, profile=self.name))
        if confirm is not None:
            self.expect(confirm)
        elif weight is Weight.DESTROYS:
            each_time = said("{profile} is a production profile: this asks for its name each time.", profile=self.name)
            raise Locked(each_time, "Give its name.")
        elif self.locked:
            read_only = said("{profile} is a production profile and is read-only now.", profile=self.name)
            raise Locked(read_only, "Unlock it, then do it again.")
