"""Something that is done when a widget has been painted first: what loads much would hold the paint up."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

AT_MOST_MS = 1000  # a window that comes up hidden is not painted


class Painted(QObject):
    """Does it once, behind the first paint, or after a second where there is none."""

    def __init__(self, widget: QWidget, do: Callable[[], object]) -> None:
        super().__init__(widget)
        self._widget, self._do = widget, do
        self._timer = QTimer(self, interval=AT_MOST_MS, singleShot=True)
        self._timer.timeout.connect(self._run)
        self._timer.start()
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The event is for the widget; this only sees it."""
        if event.type() == QEvent.Type.Paint:
            self._widget.removeEventFilter(self)
            self._timer.start(0)
        return False

    def _run(self) -> None:
        self._widget.removeEventFilter(self)
        self._do()
