"""Chips: what is shown, chosen by a row of small switches, each with its count."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.theme import Role

WIDEST = 240  # a longer word, the name of a batch, is elided


class Chip(QAbstractButton):
    """A switch with an icon, a word and a count; it stays down while chosen."""

    def __init__(
        self, text: str, *, icon: str | None = None, role: Role = "text2", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon, self._role, self._count = icon, role, ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show and read aloud another word."""
        super().setText(text)
        self._name()
        self.updateGeometry()

    def set_count(self, count: str) -> None:
        """Show a figure after the word; "" for none."""
        if count != self._count:
            self._count = count
            self._name()
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        words = self._word_width()
        count = paint.width(self._count, 12, 500) + 7 if self._count else 0
        return QSize(20 + (20 if self._icon else 0) + words + count, 28)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect, on = theme.tokens(self), QRectF(self.rect()), self.isChecked()
        with paint.painting(self) as painter:
            if on:
                border = tokens.soft("accent", 0.35)
                paint.rounded(painter, rect, theme.CONTROL, fill=tokens["select"], border=border)
            else:
                ground = tokens["hover"] if self.underMouse() else None
                paint.rounded(painter, rect, theme.CONTROL, fill=ground, border=tokens["line"])
            if self.hasFocus():
                paint.focus_ring(painter, rect, tokens["accent"])
            left = 10.0
            if self._icon:
                paint.icon(painter, left, 7, self._icon, tokens[self._role], 14)
                left += 20
            colour = tokens["text" if on else "text2"]
            place = QRectF(left, 0, self._word_width(), rect.height())
            left += paint.text(painter, place, self.text(), colour, theme.font(13, 500)) + 7
            if self._count:
                colour = tokens["text2" if on else "text3"]
                paint.text(painter, rect.adjusted(left, 0, 0, 0), self._count, colour, theme.font(12, 500))

    def _word_width(self) -> int:
        return min(paint.width(self.text(), 13, 500), WIDEST)

    def _name(self) -> None:
        self.setAccessibleName(f"{self.text()}, {self._count}" if self._count else self.text())
