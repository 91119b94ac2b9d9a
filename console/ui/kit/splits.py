"""Parts of a page one under or beside the other, with a hairline between them that can be moved."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from console.ui import theme
from console.ui.kit import paint

GRIP = 9  # pixels that can be taken hold of


class Handle(QSplitterHandle):
    """A hairline in the middle of what can be taken hold of; in the accent while the pointer is on it."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        across = self.orientation() == Qt.Orientation.Vertical
        rect, tokens = QRectF(self.rect()), theme.tokens(self)
        middle = rect.height() // 2 if across else rect.width() // 2
        line = QRectF(0, middle, rect.width(), 1) if across else QRectF(middle, 0, 1, rect.height())
        with paint.painting(self) as painter:
            painter.fillRect(line, tokens["accent" if self.underMouse() else "line"])


class Split(QSplitter):
    """A splitter whose parts do not vanish when they are made small."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self.setHandleWidth(GRIP)
        self.setChildrenCollapsible(False)

    def createHandle(self) -> QSplitterHandle:
        handle = Handle(self.orientation(), self)
        handle.setAttribute(Qt.WidgetAttribute.WA_Hover)
        return handle
