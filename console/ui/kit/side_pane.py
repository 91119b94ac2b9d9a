"""A pane at the end of a page: beside its content where there is room, over it where there is not."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.boxes import STRETCH, Box, column, row, set_margins
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Hairline, Label

WIDTH = 360
EDGE = 16  # kept free at the end of a line, where the scroll bar is
COVERS = 1200  # in a window narrower than this the pane lies over the content


def pane_section(title: str, part: QWidget, *, note: Label | None = None, button: Button | None = None) -> Box:
    """A part of a pane under its name; a note beside that gives way, the name does not."""
    name = Label(title, size=14, weight=600)
    name.setMinimumWidth(name.sizeHint().width())
    head = row(name, height=32)
    if note is not None:
        head.add(note)
    head.add(STRETCH, *([button] if button else []))
    return column(Hairline(), column(head, 4, part, margins=(20, 8, EDGE, 10)))


class SidePane(QWidget):
    """The pane itself: a ground with a hairline at its inner edge. Esc closes it."""

    closed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.lines = QVBoxLayout(self)
        set_margins(self.lines, 1, 0, 0, 0)
        self.lines.setSpacing(0)
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), tokens["surface"])
            painter.fillRect(QRect(0, 0, 1, self.height()), tokens["line"])


class Beside(QWidget):
    """Content and its pane; `home` has the focus back when a pane that had it is closed."""

    opened_changed = Signal(bool)

    def __init__(
        self, content: QWidget, pane: SidePane, *, home: QWidget | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.content, self.pane = content, pane
        self._home = home or content
        content.setParent(self)
        pane.setParent(self)
        pane.closed.connect(self.close_pane)

    @property
    def is_open(self) -> bool:
        """Whether the pane is to be seen when the page is."""
        return not self.pane.isHidden()

    def open_pane(self) -> None:
        """Show the pane; the focus stays where it is."""
        self._set_open(True)

    def toggle_pane(self) -> None:
        """Show the pane, or hide it."""
        self.close_pane() if self.is_open else self.open_pane()

    def close_pane(self) -> None:
        """Hide the pane; a focus in it goes back to the content."""
        focus = self.window().focusWidget()
        inside = focus is not None and (focus is self.pane or self.pane.isAncestorOf(focus))
        self._set_open(False)
        if inside:
            self._home.setFocus(Qt.FocusReason.OtherFocusReason)

    def minimumSizeHint(self) -> QSize:
        return self.content.minimumSizeHint()

    def sizeHint(self) -> QSize:
        return self.content.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _set_open(self, is_open: bool) -> None:
        if is_open == self.is_open:
            return
        self.pane.setVisible(is_open)
        self._place()
        self.opened_changed.emit(is_open)

    def _place(self) -> None:
        wide, high = self.width(), self.height()
        taken = min(WIDTH + 1, wide) if self.is_open else 0
        beside = taken if self.window().width() >= COVERS else 0
        content, pane = QRect(0, 0, wide - beside, high), QRect(wide - taken, 0, taken, high)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            content.moveLeft(beside)
            pane.moveLeft(0)
        self.content.setGeometry(content)
        self.pane.setGeometry(pane)
        self.pane.raise_()
