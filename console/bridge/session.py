"""The opening of a profile's services, in the background: the window is there before the first server is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background

if TYPE_CHECKING:
    from console.ops.services import Services

Progress = Callable[[str, str, float], None]


class Session(QObject):
    """Opens what the window works with, once or, after a failure, again.

    Args:
        background: Where the opening runs.
        opener: Opens the services; tells how far each is: its name, its state, and the seconds since the start.
    """

    advanced = Signal(str, str, float)
    opened = Signal(object)  # Services
    failed = Signal(object)  # OcrConsoleError

    def __init__(
        self, background: Background, opener: Callable[[Progress], Services], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._opener = opener
        self._open = False

    def open(self) -> None:
        """Begin; does nothing while one opening runs."""
        if not self._open:
            self._open = True
            self._background.submit(self._opener, self.advanced.emit, done=self._done, failed=self._failed)

    def _done(self, services: Services) -> None:
        self.opened.emit(services)

    def _failed(self, error: object) -> None:
        self._open = False
        self.failed.emit(error)
