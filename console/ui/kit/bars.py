"""Progress: a bar of one or two strengths, and a thin line that says only that something is under way."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QHideEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from console.ui import theme, words
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
        self.setAccessibleName(f"{self._title}, {words.percent(max(done, second))}")
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
    """A hairline that moves while something is loaded, or is there. It shows itself only after 300 ms."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(2)
        self._at, self._seen = 0.0, False
        self._late = QTimer(self, interval=300, singleShot=True)
        self._tick = QTimer(self, interval=40)
        self._late.timeout.connect(self._begin)
        self._tick.timeout.connect(self._move)

    @property
    def is_seen(self) -> bool:
        """Whether it is to be seen."""
        return self._seen

    def set_running(self, running: bool) -> None:
        """Begin or end. To begin again while it runs changes nothing."""
        if not running:
            self._late.stop()
            self._tick.stop()
            self._seen = False
            self.update()
        elif not self._late.isActive() and not self._seen:
            self._late.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.set_running(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._seen:
            return
        long = self.width() * 0.25
        left = self._at * (self.width() + long) - long
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            if self._tick.isActive():
                painter.fillRect(QRectF(left, 0, long, self.height()), tokens["accent"])
            else:
                painter.fillRect(self.rect(), tokens.soft("accent", 0.34))

    def _begin(self) -> None:
        """A system that is asked for less motion tells styles that nothing takes time: then it is a still line."""
        self._seen = True
        if self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0:
            self._tick.start()
        self.update()

    def _move(self) -> None:
        self._at = (self._at + 0.02) % 1.0
        self.update()
