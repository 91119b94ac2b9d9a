"""What the window remembers from one day to the next, kept in memory and written a moment later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge.background import Background
from console.ops import preferences

SAVE_MS = 500


class Remembered(QObject):
    """Values as JSON knows them, by key: "jobs.columns". Reading is free, writing happens in the background.

    Args:
        background: Where it is written.
        home: The folder; None: nothing is kept beyond this window.
    """

    changed = Signal(str)  # the key

    def __init__(self, background: Background, home: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background, self._home = background, home
        self._values = preferences.load(home) if home else {}
        self._timer = QTimer(self, interval=SAVE_MS, singleShot=True)
        self._timer.timeout.connect(self._save)
        self._unwritten = False  # by all that is known: what waits for a thread may never get one

    def get(self, key: str, kind: type, default: Any = None) -> Any:  # noqa: ANN401 - JSON holds any
        """The value, or the default where there is none of that kind: the file may be older, or edited by hand."""
        value = self._values.get(key, default)
        return value if isinstance(value, kind) else default

    def put(self, key: str, value: Any) -> None:  # noqa: ANN401
        """Keep it."""
        if self._values.get(key) != value:
            self._values[key] = value
            self._unwritten = True
            self._timer.start()
            self.changed.emit(key)

    def close(self) -> None:
        """Write what is not written yet, at once. Close the background first, or what it writes may be older."""
        self._timer.stop()
        if self._unwritten and self._home:
            preferences.save(self._home, self._values)

    def _save(self) -> None:
        if self._home:
            self._background.submit(preferences.save, self._home, dict(self._values), done=self._settle)

    def _settle(self, _done: None) -> None:
        self._unwritten = self._timer.isActive()
