"""Says when the desktop is to be told that something needs attention."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from console.ops.notifying import Notifier

if TYPE_CHECKING:
    from console.ops.facts import Snapshot


class Notifying(QObject):
    """Given every picture, in turn; `clock` never goes back."""

    told = Signal(object)  # Notification

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._notifier, self._clock = Notifier(), clock

    def take(self, snapshot: Snapshot) -> None:
        """Tell what is new in it, if it is time."""
        notification = self._notifier.next(snapshot.facts.findings, self._clock())
        if notification is not None:
            self.told.emit(notification)
