"""The way out of an answer that takes long: after a second a button, and Esc, give it up."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QWidget

from console.ui.actions import Action

translate = QCoreApplication.translate
SLOW_MS = 1_000


class SlowAnswer(QObject):
    """Tell `watch` when an answer is waited for; `button` stands where the page puts it, hidden while all is quick."""

    def __init__(self, page: QWidget, stop: Callable[[], None]) -> None:
        super().__init__(page)
        self._action = Action(page, translate("SlowAnswer", "Stop"), stop, icon="square", key="Esc")
        self.button = self._action.button("ghost")
        self.late = QTimer(self, interval=SLOW_MS, singleShot=True)
        self.late.timeout.connect(lambda: self._offer(True))
        self._offer(False)

    def watch(self, waiting: bool) -> None:
        """An answer is waited for, or no longer."""
        self.late.start() if waiting else self.late.stop()
        self._offer(False)

    def _offer(self, on: bool) -> None:
        """Esc is only taken from others while there is something to stop."""
        self._action.setEnabled(on)
        self.button.setVisible(on)
