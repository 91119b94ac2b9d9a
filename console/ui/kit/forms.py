"""Parts of a form: a control under its name, and two of them side by side where there is room."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from console.ui.kit.boxes import Box, column, row
from console.ui.kit.labels import Label
from console.ui.theme import Role

BESIDE = 20  # between two parts
ROOM = 440  # a pair narrower than this stands one part under the other


def note_label(role: Role = "text3") -> Label:
    """What stands at the end of a control's name: a figure, or what is wrong."""
    return Label(size=12, role=role, align="end")


def captioned(words: str, control: QWidget, note: Label | None = None) -> Box:
    """A control under its name; the note beside the name gives way, the name does not."""
    name = Label(words, size=12, weight=500, role="text3")
    name.setMinimumWidth(name.sizeHint().width())
    head = row(name, height=22)
    head.add(note or Label(), stretch=1)
    return column(head, 2, control)


class Pair(QWidget):
    """Two parts of equal width, or one under the other where there is little room."""

    def __init__(self, first: QWidget, second: QWidget) -> None:
        super().__init__()
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(BESIDE)
        self._parts = first, second
        for part in self._parts:
            self._lines.addWidget(part, 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._widest(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < max(ROOM, 2 * self._widest() + BESIDE)
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if way != self._lines.direction():
            self._lines.setDirection(way)
            self._lines.setSpacing(12 if narrow else BESIDE)

    def _widest(self) -> int:
        """What the wider part needs."""
        return max(part.minimumSizeHint().width() for part in self._parts)
