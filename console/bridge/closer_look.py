"""A question about the one thing that is looked at from close by, asked again while it is on screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background, Latest
from worker.core.errors import OcrConsoleError

Ask = Callable[[str], Any]  # by the name of a thing; blocks
EVERY_S = 5.0


class CloserLook(QObject):
    """Call `refresh` as often as there is a picture; it asks no more often than every few seconds, one at a time."""

    answered = Signal(object)  # what `ask` gave, about what is looked at now
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, background: Background, *, every_s: float = EVERY_S, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._every_s = every_s
        self._asked = Latest(background)
        self._ask: Ask | None = None
        self._subject = ""
        self._busy = False
        self._due = 0.0  # by the monotonic clock

    def open(self, ask: Ask) -> None:
        """Ask this from now on."""
        self._ask = ask

    def look_at(self, subject: str) -> None:
        """Ask about that, at once if it is another thing; "": about nothing."""
        if subject != self._subject:
            self._subject, self._busy = subject, False
            self._asked.drop()
            self.look_again()

    def look_again(self) -> None:
        """Ask at once: something was changed."""
        self._due = 0.0
        self.refresh()

    def refresh(self) -> None:
        """Ask if it is time to."""
        if self._ask is None or not self._subject or self._busy or time.monotonic() < self._due:
            return
        self._busy, self._due = True, time.monotonic() + self._every_s
        self._asked.submit(self._ask, self._subject, done=self._take, failed=self._fail)

    def _take(self, answer: object) -> None:
        self._busy = False
        self.answered.emit(answer)

    def _fail(self, error: OcrConsoleError) -> None:
        self._busy = False
        self.failed.emit(error)
