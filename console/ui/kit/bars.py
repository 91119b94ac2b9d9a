"""Progress: a bar of one or two strengths, and a thin line that says only that something is under way."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QHideEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.theme import Role

THIN, THICK = 6, 10  # of one thing, of the whole


class Bar(QWidget):
    """How far something is, never with text on it: write the figures beside it.

    `second` is what runs ahead in a weaker tone: uploaded, while the first is read.
    """

    def __init__(self, *, name: str, height: int = THIN, role: Role = "accent", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._role = name, role
        self._done = self._second = 0.0
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_progress(0)

    def set_progress(self, done: float, second: float = 0.0) -> None:
        """Set the shares, 0 to 1."""
        self._done, self._second = done, second
        self.setAccessibleName(f"{self._title}, {100 * max(done, second):.0f} %")
        self.update()

    def set_role(self, role: Role) -> None:
        """Show it in another colour."""
        self._role = role
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        ahead = max(self._second - self._done, 0.0)
        parts = [(self._done, tokens[self._role]), (ahead, tokens.soft(self._role, 0.34))]
        with paint.painting(self) as painter:
            paint.bar(painter, QRectF(self.rect()), parts, tokens["sunken"])


class Underway(QWidget):
    """A hairline that moves while something is loaded. It shows itself only after 300 ms."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(2)
        self._at = 0.0
        self._late = QTimer(self, interval=300, singleShot=True)
        self._tick = QTimer(self, interval=40)
        self._late.timeout.connect(self._tick.start)
        self._tick.timeout.connect(self._move)

    @property
    def is_moving(self) -> bool:
        """Whether it is to be seen."""
        return self._tick.isActive()

    def set_running(self, running: bool) -> None:
        """Begin or end. To begin again while it runs changes nothing."""
        if not running:
            self._late.stop()
            self._tick.stop()
            self.update()
        elif not self._late.isActive() and not self._tick.isActive():
            self._late.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.set_running(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._tick.isActive():
            return
        long = self.width() * 0.25
        left = self._at * (self.width() + long) - long
        with paint.painting(self) as painter:
            painter.fillRect(QRectF(left, 0, long, self.height()), theme.tokens(self)["accent"])

    def _move(self) -> None:
        self._at = (self._at + 0.02) % 1.0
        self.update()
