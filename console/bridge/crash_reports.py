"""The reports of crashes, looked for behind the first paint and offered one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background

if TYPE_CHECKING:
    from console.ops.crashes import Crash


class CrashReports(QObject):
    """Call `look` once the window is there.

    Args:
        background: Where files are read.
        home: Whose reports.
    """

    offered = Signal(object)  # Crash to be offered, or None: there is none, or no more
    deleted = Signal()

    def __init__(self, background: Background, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background, self._home = background, home

    def look(self) -> None:
        """Offer the newest that nobody looked at."""
        from console.ops.crashes import waiting

        self._background.submit(waiting, self._home, done=self._offer)

    def keep(self, crash: Crash) -> None:
        """It was looked at: it is not offered again, and the next one is."""
        from console.ops.crashes import keep

        self._background.submit(keep, crash, done=lambda _: self.look())

    def delete(self, crash: Crash) -> None:
        """Remove it, and offer the next one."""
        from console.ops.crashes import delete

        self._background.submit(delete, crash, done=self._deleted)

    def _deleted(self, _done: None) -> None:
        self.deleted.emit()
        self.look()

    def _offer(self, crashes: list[Crash]) -> None:
        self.offered.emit(crashes[0] if crashes else None)
