"""Things to choose from: a check box, one of few side by side, one of many in a list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QRadioButton, QSizePolicy, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.theme import Tokens


def check_mark(painter: QPainter, left: float, top: float, tokens: Tokens, state: Qt.CheckState) -> None:
    """The 16 pixel box of a check box, also used in tables."""
    rect = QRectF(left, top, 16, 16)
    if state == Qt.CheckState.Unchecked:
        paint.rounded(painter, rect, 4, fill=tokens["raised"], border=tokens["text3"])
        return
    paint.rounded(painter, rect, 4, fill=tokens["fill"])
    name = "check" if state == Qt.CheckState.Checked else "minus"
    paint.icon(painter, left + 2, top + 2, name, tokens["onfill"], 12)


def round_mark(painter: QPainter, left: float, top: float, tokens: Tokens, *, on: bool) -> None:
    """The 16 pixel circle of one of several that rule each other out."""
    rect = QRectF(left, top, 16, 16)
    if not on:
        paint.rounded(painter, rect, 8, fill=tokens["raised"], border=tokens["text3"])
        return
    paint.rounded(painter, rect, 8, fill=tokens["fill"])
    paint.rounded(painter, rect.adjusted(5, 5, -5, -5), 3, fill=tokens["onfill"])


class CheckBox(QCheckBox):
    """A check box with words and a quieter note."""

    def __init__(self, text: str, *, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_note(note)

    def set_note(self, note: str) -> None:
        """Show another note; "" for none."""
        self._note = note
        self.setAccessibleName(f"{self.text()}, {note}" if note else self.text())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return _size_of_words(self.text(), self._note)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            check_mark(painter, 2, 5, theme.tokens(self), self.checkState())
            _paint_words(painter, self, self._note)


class Radio(QRadioButton):
    """One of several that rule each other out, with words and a quieter note, which gives way where room is short."""

    def __init__(self, text: str, *, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_note(note)

    def set_note(self, note: str) -> None:
        """Show another note; "" for none."""
        self._note = note
        self.setAccessibleName(f"{self.text()}, {note}" if note else self.text())
        self.setToolTip(note)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return _size_of_words(self.text(), self._note)

    def minimumSizeHint(self) -> QSize:
        return _size_of_words(self.text(), "")

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            round_mark(painter, 2, 5, theme.tokens(self), on=self.isChecked())
            _paint_words(painter, self, self._note)


def _size_of_words(text: str, note: str) -> QSize:
    beside = 8 + paint.width(note, 12) if note else 0
    return QSize(24 + paint.width(text) + beside + 4, 26)


def _paint_words(painter: QPainter, box: QCheckBox | QRadioButton, note: str) -> None:
    """What stands beside the mark, and the ring around both."""
    tokens, rect = theme.tokens(box), QRectF(box.rect())
    colour = tokens["text" if box.isEnabled() else "text3"]
    left = 26 + paint.text(painter, rect.adjusted(26, 0, 0, 0), box.text(), colour)
    if note:
        paint.text(painter, rect.adjusted(left + 8, 0, 0, 0), note, tokens["text3"], theme.font(12))
    if box.hasFocus():
        paint.focus_ring(painter, rect, tokens["accent"], theme.KEY)


class Segments(QWidget):
    """One of few, side by side. The arrow keys choose too."""

    chosen = Signal(int)

    def __init__(self, items: Sequence[str], *, name: str, current: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items, self._current, self._title = tuple(items), current, name
        self.setFixedHeight(theme.CONTROL_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._name()

    @property
    def current(self) -> int:
        """Which one is chosen, from 0."""
        return self._current

    def choose(self, index: int) -> None:
        """Choose one; out of range is the nearest."""
        index = min(max(index, 0), len(self._items) - 1)
        if index != self._current:
            self._current = index
            self._name()
            self.update()
            self.chosen.emit(index)

    def sizeHint(self) -> QSize:
        return QSize(sum(paint.width(item, 13, 500) + 28 for item in self._items), theme.CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.choose(int(paint.along(self, event.position().x()) * len(self._items) / max(self.width(), 1)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            step = -step
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self._current + step)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect())
        each = (rect.width() - 4) / len(self._items)
        with paint.painting(self) as painter:
            paint.rounded(painter, rect, theme.CONTROL, fill=tokens["sunken"])
            for index, item in enumerate(self._items):
                place = QRectF(2 + index * each, 2, each, rect.height() - 4)
                on = index == self._current
                if on:
                    paint.rounded(painter, place, 5, fill=tokens["raised"], border=tokens["line2"])
                colour = tokens["text" if on else "text2"]
                paint.text(painter, place, item, colour, theme.font(13, 500), align="centre")
            if self.hasFocus():
                paint.focus_ring(painter, rect, tokens["accent"])

    def _name(self) -> None:
        self.setAccessibleName(f"{self._title}, {self._items[self._current]}")


class Choice(QComboBox):
    """One of many, in a list that opens."""

    def __init__(
        self, items: Sequence[str], *, name: str, icon: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self.addItems(list(items))
        self.setAccessibleName(name)
        self.view().setAccessibleName(name)
        self.setFont(theme.font())
        self.setFixedHeight(theme.CONTROL_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        widest = max((paint.width(self.itemText(index)) for index in range(self.count())), default=60)
        return QSize(widest + 42 + (22 if self._icon else 0), theme.CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 132), theme.CONTROL_HEIGHT)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """What it stands in is scrolled: who turns the wheel over it does not mean it."""
        event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect())
        focus = self.hasFocus()
        with paint.painting(self) as painter:
            border = tokens["accent" if focus else "line2"]
            paint.rounded(painter, rect, theme.CONTROL, fill=tokens["raised"], border=border, pen=2 if focus else 1)
            left = 10.0
            if self._icon:
                paint.icon(painter, left, rect.center().y() - 8, self._icon, tokens["text3"])
                left += 22
            place = rect.adjusted(left, 0, -28, 0)
            paint.text(painter, place, self.currentText(), tokens["text" if self.isEnabled() else "text3"])
            paint.icon(painter, rect.right() - 24, rect.center().y() - 7, "chevron-down", tokens["text3"], 14)
