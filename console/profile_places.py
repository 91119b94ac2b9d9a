"""Where profiles are seen: in the badge's menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from console.ui.going import DOCTOR
from console.ui.profiles_choosing import ProfileChoosing

if TYPE_CHECKING:
    from console.bridge.profile_feed import ProfileFeed
    from console.ops.snapshot import Snapshot
    from console.ui.frame import Frame
    from console.ui.guard import ProductionLock


class ProfilePlaces(QObject):
    """Hands on what is known of profiles, and what is asked for.

    Args:
        frame: The window.
        feed: Asks about profiles.
        lock: That of the profile in use.
    """

    switch_asked = Signal(str)  # the address of another profile

    def __init__(self, frame: Frame, feed: ProfileFeed, lock: ProductionLock) -> None:
        super().__init__(frame)
        self.choosing = ProfileChoosing(frame, feed, lock)
        self.choosing.switch_asked.connect(self.switch_asked)
        self.choosing.manage_asked.connect(partial(frame.show_page, DOCTOR))

    def show(self, snapshot: Snapshot) -> None:
        """Take over a picture."""
        self.choosing.show_snapshot(snapshot)
