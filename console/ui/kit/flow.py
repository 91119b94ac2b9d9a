"""Things side by side that go on in a next line where there is no room: chips in a language of longer words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from console.ui.kit.boxes import NONE, Margins, set_margins


class Flow(QLayout):
    """The layout. Lines begin where words do, and each is `line` pixels high."""

    def __init__(self, *, spacing: int, line: int) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._line = line
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        """Put one at the end."""
        self._items.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """One of them."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take one out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        room = width - self._margins_width()
        return len(self._lines(room)) * self._line

    def sizeHint(self) -> QSize:
        wide = sum(item.sizeHint().width() + self.spacing() for item in self._shown())
        return QSize(wide + self._margins_width(), self._line)

    def minimumSize(self) -> QSize:
        widest = max((item.sizeHint().width() for item in self._shown()), default=0)
        return QSize(widest + self._margins_width(), self._line)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        room = self.contentsRect()
        parent = self.parentWidget()
        mirrored = parent is not None and parent.layoutDirection() == Qt.LayoutDirection.RightToLeft
        top = room.top()
        for line in self._lines(room.width()):
            left = room.left()
            for item in line:
                size = item.sizeHint()
                start = room.left() + room.right() + 1 - left - size.width() if mirrored else left
                item.setGeometry(QRect(QPoint(start, top + (self._line - size.height()) // 2), size))
                left += size.width() + self.spacing()
            top += self._line

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _lines(self, room: int) -> Sequence[Sequence[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = [[]]
        left = 0
        for item in self._shown():
            wide = item.sizeHint().width()
            if lines[-1] and left + wide > room:
                lines.append([])
                left = 0
            lines[-1].append(item)
            left += wide + self.spacing()
        return lines

    def _margins_width(self) -> int:
        margins = self.contentsMargins()
        return margins.left() + margins.right()


def flow(*items: QWidget, line: int, spacing: int = 6, margins: Margins = NONE) -> QWidget:
    """A widget of items that flow."""
    made = QWidget()
    layout = Flow(spacing=spacing, line=line)
    set_margins(layout, *margins)
    for item in items:
        layout.addWidget(item)
    made.setLayout(layout)
    return made
