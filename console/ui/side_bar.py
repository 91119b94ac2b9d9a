"""The side bar: the places that work now, with their counts, and at its foot what was done last."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from console.ui import theme
from console.ui.going import ACTIVITY
from console.ui.kit import paint
from console.ui.last_acts import LastActs, Line


class Place(QAbstractButton):
    """One entry: an icon, a word, a count."""

    def __init__(self, text: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._count, self._narrow = icon, "", False
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._name()

    def set_count(self, count: str) -> None:
        """Show a figure at the right; "" for none."""
        if count != self._count:
            self._count = count
            self._name()
            self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Show only the icon."""
        self._narrow = narrow
        self._name()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(39, 34) if self._narrow else QSize(191, 30)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect, on = theme.tokens(self), QRectF(self.rect()), self.isChecked()
        with paint.painting(self) as painter:
            if on or self.underMouse():
                paint.rounded(painter, rect, theme.CONTROL, fill=tokens["select" if on else "sunken"])
            left = (rect.width() - 16) / 2 if self._narrow else 9
            paint.icon(painter, left, rect.center().y() - 8, self._icon, tokens["accent" if on else "text2"])
            if not self._narrow:
                count = paint.width(self._count, 12, 500) + 8 if self._count else 0
                place = rect.adjusted(34, 0, -9 - count, 0)
                paint.text(
                    painter, place, self.text(), tokens["text" if on else "text2"], theme.font(13, 500 if on else 400)
                )
                place = rect.adjusted(0, 0, -9, 0)
                paint.text(painter, place, self._count, tokens["text3"], theme.font(12, 500), align="end")
            if self.hasFocus():
                paint.focus_ring(painter, rect, tokens["accent"])

    def _name(self) -> None:
        name = f"{self.text()}, {self._count}" if self._count else self.text()
        self.setAccessibleName(name)
        self.setToolTip(name if self._narrow else "")


class SideBar(QWidget):
    """The places one can go to; `chosen` names the one that was clicked."""

    chosen = Signal(str)
    acts_asked = Signal()  # the last actions were pressed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places: dict[str, Place] = {}
        self._group = QButtonGroup(self)
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.last_acts = LastActs()
        self.last_acts.hide()
        self.last_acts.clicked.connect(self.acts_asked)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(8, 12, 9, 12)
        lines.addLayout(self._list)
        lines.addStretch(1)
        lines.addWidget(self.last_acts)
        self._narrow = False
        self.set_narrow(narrow=False)

    def add_place(self, name: str, text: str, icon: str) -> None:
        """Put an entry at the end."""
        place = Place(text, icon)
        place.set_narrow(self._narrow)
        place.clicked.connect(lambda: self.chosen.emit(name))
        self._places[name] = place
        self._group.addButton(place)
        self._list.addWidget(place)

    def place(self, name: str) -> Place:
        """The entry of that name."""
        return self._places[name]

    def list_place(self, name: str, listed: bool) -> None:
        """Show or hide an entry."""
        self._places[name].setVisible(listed)

    def set_count(self, name: str, count: str) -> None:
        """Show a figure beside an entry."""
        self._places[name].set_count(count)

    def show_current(self, name: str) -> None:
        """Mark where the user is; a name that is no entry marks none."""
        self._group.setExclusive(False)
        for key, place in self._places.items():
            place.setChecked(key == name)
        self._group.setExclusive(True)
        self.last_acts.setChecked(name == ACTIVITY)

    @property
    def remembered(self) -> list[str]:
        """The last actions, newest first."""
        return [act for act, _clock in self.last_acts.lines]

    def remember(self, act: str, clock: str) -> None:
        """Put what was done here on top of the last actions, until the audit is known."""
        self.last_acts.remember(act, clock)
        self._show_acts()

    def show_acts(self, lines: Sequence[Line]) -> None:
        """Show what anybody did last, as the audit has it: what, and when."""
        self.last_acts.show_lines(lines)
        self._show_acts()

    def set_narrow(self, *, narrow: bool) -> None:
        """Show icons only."""
        self._narrow = narrow
        self.setFixedWidth(theme.SIDE_BAR_ICONS if narrow else theme.SIDE_BAR)
        for place in self._places.values():
            place.set_narrow(narrow)
        self._show_acts()

    def _show_acts(self) -> None:
        self.last_acts.setVisible(bool(self.last_acts.lines) and not self._narrow)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), tokens["canvas"])
            painter.fillRect(self.width() - 1, 0, 1, self.height(), tokens["line"])
