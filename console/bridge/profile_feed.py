"""What the window asks about profiles, and has done with them: in the background, for all of it is on a disk."""

from __future__ import annotations

import os
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background, Latest
from console.bridge.profile_trials import ProfileTrials
from console.ops.profile_list import Listed, address, listed
from console.ops.profiles import folder

if TYPE_CHECKING:
    from console.ops.profiles import Profile
    from console.ops.this_machine import ThisMachine


class ProfileFeed(QObject):
    """The profiles that there are.

    Args:
        background: Where it is asked.
        used: The one that the window shows.
        machine: Has the embedded servers.
        elsewhere: Profiles that were opened, wherever they are.
    """

    listed = Signal(object)  # tuple[Listed, ...]
    running = Signal(bool)  # whether the embedded servers run

    def __init__(
        self,
        background: Background,
        used: Profile,
        machine: ThisMachine,
        elsewhere: Collection[Path] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._elsewhere = elsewhere
        self._background, self._used, self._machine = background, used, machine
        self._listing = Latest(background)
        self.trials = ProfileTrials(background, self)
        self.profiles: tuple[Listed, ...] = ()  # the newest list

    @property
    def used(self) -> str:
        """The address of the one in use."""
        return address(self._used)

    @property
    def folder(self) -> str:
        """Where they are kept, as people write it."""
        path = folder()
        return f"~/{path.relative_to(Path.home())}" if path.is_relative_to(Path.home()) else str(path)

    def list(self) -> None:
        """Look which there are; tells it by `listed`."""
        self._listing.submit(partial(listed, self._used, os.environ, tuple(self._elsewhere)), done=self._take)

    def measure(self) -> None:
        """Try those that are not in use, and look whether the embedded servers run."""
        self.trials.try_all([profile for profile in self.profiles if profile.address != self.used])
        self._background.submit(lambda: self._machine.stack.status().running, done=self.running.emit)

    def _take(self, profiles: tuple[Listed, ...]) -> None:
        self.profiles = profiles
        self.listed.emit(profiles)
