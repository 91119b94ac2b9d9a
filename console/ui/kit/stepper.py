"""A whole number that is made larger and smaller by a step."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.ui import theme, words
from console.ui.kit import paint

PART = 28  # the width of each of its two buttons
_KEYS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Plus: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Minus: -1}


class Stepper(QWidget):
    """A number with minus and plus; Up, Down, + and - do the same. `stepped` tells the way, 1 or -1.

    One that `follows` does not change by itself: it shows what it is told, when the thing itself has changed. One
    with a `unit` after its number is as wide as its place.
    """

    stepped = Signal(int)

    def __init__(
        self,
        *,
        name: str,
        least: int = 1,
        most: int = 999,
        by: int = 1,
        follows: bool = False,
        unit: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title, self._least, self._most, self._by, self._follows = name, least, most, by, follows
        self._unit = unit
        self._value: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        across = QSizePolicy.Policy.Expanding if unit else QSizePolicy.Policy.Fixed
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.show_value(None)

    @property
    def value(self) -> int | None:
        """The number that is shown; None: not known."""
        return self._value

    def show_value(self, value: int | None) -> None:
        """Show another number."""
        self._value = value
        self._say()

    def set_unit(self, unit: str) -> None:
        """Show other words after the number."""
        self._unit = unit
        self._say()

    def step(self, by: int) -> None:
        """One up or down, as far as that goes."""
        to = (self._value if self._value is not None else self._least) + by * self._by
        if not self._least <= to <= self._most:
            return
        if not self._follows:
            self.show_value(to)
        self.stepped.emit(by)

    def sizeHint(self) -> QSize:
        return QSize(2 * PART + 52, theme.CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        x, here = paint.along(self, event.position().x()), self.rect().contains(event.position().toPoint())
        if here and event.button() == Qt.MouseButton.LeftButton and x >= self.width() - 2 * PART:
            self.step(1 if x >= self.width() - PART else -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = _KEYS.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self.step(by)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect())
        colour = tokens["text" if self.isEnabled() else "text3"]
        with paint.painting(self) as painter:
            paint.rounded(painter, rect, theme.CONTROL, fill=tokens["raised"], border=tokens["line2"])
            room = rect.adjusted(10, 0, -2 * PART, 0)
            left = paint.text(painter, room, self._words, colour, theme.font(13, 500))
            if self._unit:
                paint.text(painter, room.adjusted(left + 5, 0, -4, 0), self._unit, tokens["text2"])
            for place, icon in ((2, "minus"), (1, "plus")):
                corner = QPointF(rect.right() - place * PART, rect.top())
                painter.fillRect(QRectF(corner.x(), 7, 1, rect.height() - 14), tokens["line2"])
                paint.icon(
                    painter,
                    corner.x() + 7,
                    rect.center().y() - 7,
                    icon,
                    tokens["text2" if self.isEnabled() else "text3"],
                    14,
                )
            if self.hasFocus():
                paint.focus_ring(painter, rect, tokens["accent"])

    def _say(self) -> None:
        said = f"{self._words} {self._unit}" if self._unit else self._words
        self.setAccessibleName(f"{self._title}, {said}")
        self.update()

    @property
    def _words(self) -> str:
        return words.DASH if self._value is None else words.number(self._value)
