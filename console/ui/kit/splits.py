"""Parts of a page one under or beside the other, with a hairline between them that can be moved."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from console.ui import theme
from console.ui.kit import paint

translate = QCoreApplication.translate
GRIP = 9  # pixels that can be taken hold of
STEP = 24  # pixels that a key moves it
_KEYS = {
    Qt.Orientation.Horizontal: {Qt.Key.Key_Left: -STEP, Qt.Key.Key_Right: STEP},
    Qt.Orientation.Vertical: {Qt.Key.Key_Up: -STEP, Qt.Key.Key_Down: STEP},
}


class Handle(QSplitterHandle):
    """A hairline in the middle of what can be taken hold of, by the pointer or, when it has the focus, by the arrows.

    It is in the accent then.
    """

    def __init__(self, orientation: Qt.Orientation, parent: QSplitter) -> None:
        super().__init__(orientation, parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(translate("Split", "Line between two parts, moved with the arrow keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = _KEYS[self.orientation()].get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        elif self.orientation() == Qt.Orientation.Vertical:
            self.moveSplitter(self.y() + by)
        else:  # from right to left Qt takes the place for that of the other edge
            mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            self.moveSplitter(self.x() + by + (GRIP if mirrored else 0))

    def paintEvent(self, _event: QPaintEvent) -> None:
        across = self.orientation() == Qt.Orientation.Vertical
        rect, tokens, focus = QRectF(self.rect()), theme.tokens(self), self.hasFocus()
        middle, wide = (rect.height() if across else rect.width()) // 2, 2 if focus else 1
        line = QRectF(0, middle, rect.width(), wide) if across else QRectF(middle, 0, wide, rect.height())
        with paint.painting(self) as painter:
            painter.fillRect(line, tokens["accent" if focus or self.underMouse() else "line"])


class Split(QSplitter):
    """A splitter whose parts do not vanish when they are made small."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self.setHandleWidth(GRIP)
        self.setChildrenCollapsible(False)

    def createHandle(self) -> QSplitterHandle:
        return Handle(self.orientation(), self)
