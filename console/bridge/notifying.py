"""Says when the desktop is to be told that something needs attention."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from console.ops.facts import Snapshot
    from console.ops.notifying import Notifier


class Notifying(QObject):
    """Given every picture, in turn; `clock` never goes back."""

    told = Signal(object)  # Notification

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._notifier: Notifier | None = None  # made with the first picture
        self._clock = clock

    def take(self, snapshot: Snapshot) -> None:
        """Tell what is new in it, if it is time."""
        if self._notifier is None:
            from console.ops.notifying import Notifier

            self._notifier = Notifier()
        notification = self._notifier.next(snapshot.facts.findings, self._clock())
        if notification is not None:
            self.told.emit(notification)
