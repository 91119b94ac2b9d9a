"""Lines of plain text in type of one width, to be read, selected and copied: a log, a command, a file."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from console.ui import theme
from console.ui.kit import paint


class PlainLines(QPlainTextEdit):
    """Nothing is typed here, Tab leads on, and long lines are not broken. They run from left to right everywhere."""

    recoloured = Signal()  # the theme is another: what was put in with a colour of its own has to be put in anew

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(theme.font(12, mono=True))
        self.document().setDocumentMargin(8)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._ground()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._ground():
            self.recoloured.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            with paint.painting(self.viewport()) as painter:
                paint.focus_ring(painter, QRectF(self.viewport().rect()), theme.tokens(self)["accent"], theme.KEY)

    def _ground(self) -> bool:
        """Take the theme's ground; whether that is another."""
        canvas, palette = theme.tokens(self)["canvas"], QPalette(self.palette())
        if palette.color(QPalette.ColorRole.Base) == canvas:
            return False
        palette.setColor(QPalette.ColorRole.Base, canvas)
        self.setPalette(palette)
        return True
