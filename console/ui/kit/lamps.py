"""Connection lamps: an icon, the name of a service and how fast it answers, each in a slot of fixed width."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.theme import Role

_LOOKS: Final[dict[str, tuple[str, Role]]] = {
    "ok": ("circle-check", "ok"),
    "slow": ("circle-alert", "warn"),
    "starting": ("loader-circle", "accent"),
    "down": ("circle-x", "bad"),
}


class Lamp(QWidget):
    """The lamp of one service."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._state, self._figure, self._narrow = name, "starting", "", False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def show_state(self, state: str, figure: str, sentence: str = "") -> None:
        """`state` is ok, slow, starting or down; `figure` the latency or a word; `sentence` explains it on hover."""
        if (state, figure) != (self._state, self._figure):
            self._state, self._figure = state, figure
            self.updateGeometry()
            self.update()
        self.setToolTip(sentence)
        self.setAccessibleName(f"{self._title}, {figure}")

    def set_narrow(self, narrow: bool) -> None:
        """Leave the figure out where there is little room."""
        self._narrow = narrow
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        name = 20 + paint.width(self._title, 13, 500)
        figures = (words.latency(1.888), self._figure)  # nothing moves when a latency grows
        figure = 0 if self._narrow else 6 + max(paint.width(one, 12, 500) for one in figures)
        return QSize(name + figure, theme.CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect())
        icon, role = _LOOKS.get(self._state, _LOOKS["down"])
        with paint.painting(self) as painter:
            paint.icon(painter, 0, rect.center().y() - 7, icon, tokens[role], 14)
            left = 20 + paint.text(
                painter, rect.adjusted(20, 0, 0, 0), self._title, tokens["text2"], theme.font(13, 500)
            )
            if not self._narrow:
                quiet = self._state == "ok"
                colour = tokens["text3" if quiet else role]
                font = theme.font(12, 400 if quiet else 500)
                paint.text(painter, rect.adjusted(left + 6, 0, 0, 0), self._figure, colour, font)
