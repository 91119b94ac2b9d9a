"""Words on a page: a line of text, a paragraph, hairlines, a title line."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.theme import Role, Weight


class Label(QLabel):
    """One line of plain text. Too long for its place it is elided, with the whole text as tool tip."""

    def __init__(
        self,
        text: str = "",
        *,
        size: int = 13,
        weight: Weight = 400,
        role: Role = "text",
        align: paint.Align = "start",
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        mono: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(size, weight, mono=mono))
        self._style, self._mono = (size, weight), mono
        self._role: Role = role
        self._align: paint.Align = align
        self._elide = elide
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(text)
        self._tip()

    @property
    def role(self) -> Role:
        """Its colour."""
        return self._role

    def set_role(self, role: Role) -> None:
        """Show it in another colour."""
        if role != self._role:
            self._role = role
            self.update()

    def sizeHint(self) -> QSize:
        size, weight = self._style
        return QSize(paint.width(self.text(), size, weight, mono=self._mono) + 1, ceil(size * 1.4))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(24, self.sizeHint().width()), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tip()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            colour = theme.tokens(self)[self._role]
            paint.text(
                painter,
                QRectF(self.rect()),
                self.text(),
                colour,
                theme.font(*self._style, mono=self._mono),
                align=self._align,
                elide=self._elide,
            )

    def _tip(self) -> None:
        size, weight = self._style
        wide = paint.width(self.text(), size, weight, mono=self._mono)
        self.setToolTip(self.text() if wide > self.width() + 1 else "")


class Paragraph(QLabel):
    """Wrapped plain text that can be selected and copied."""

    def __init__(
        self,
        text: str = "",
        *,
        size: int = 13,
        weight: Weight = 400,
        role: Role = "text2",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._role: Role = role
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(size, weight))
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        self._recolour()

    def set_role(self, role: Role) -> None:
        """Show it in another colour."""
        self._role = role
        self._recolour()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()

    def _recolour(self) -> None:
        colour = theme.tokens(self)[self._role]
        palette = self.palette()
        if palette.color(QPalette.ColorRole.WindowText) != colour:
            palette = QPalette(palette)
            palette.setColor(QPalette.ColorRole.WindowText, colour)
            self.setPalette(palette)


class Hairline(QWidget):
    """A line one pixel thick; across unless `vertical`."""

    def __init__(self, *, vertical: bool = False, role: Role = "line", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role: Role = role
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), theme.tokens(self)[self._role])
