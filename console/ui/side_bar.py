"""The side bar: the places that work now, with their counts, and at its foot what was done last."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui import theme
from console.ui.going import ACTIVITY
from console.ui.kit import paint
from console.ui.kit.boxes import set_margins
from console.ui.kit.places import Place
from console.ui.last_acts import LastActs, Line
from console.ui.saved_filters import SavedFilters
from console.ui.theme import Role


class SideBar(QWidget):
    """The places one can go to; `chosen` names the one that was clicked."""

    chosen = Signal(str)
    acts_asked = Signal()  # the last actions were pressed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places: dict[str, Place] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.last_acts = LastActs()
        self.last_acts.hide()
        self.last_acts.clicked.connect(self.acts_asked)
        lines = QVBoxLayout(self)
        set_margins(lines, 8, 12, 9, 12)
        self.saved = SavedFilters()
        lines.addLayout(self._list)
        lines.addSpacing(14)
        lines.addWidget(self.saved)
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
        self._list.addWidget(place)

    def place(self, name: str) -> Place:
        """The entry of that name."""
        return self._places[name]

    def list_place(self, name: str, listed: bool) -> None:
        """Show or hide an entry."""
        self._places[name].setVisible(listed)

    def set_count(self, name: str, count: str, role: Role = "text3") -> None:
        """Show a figure beside an entry."""
        self._places[name].set_count(count, role)

    def show_current(self, name: str) -> None:
        """Mark where the user is; a name that is no entry marks none."""
        for key, place in self._places.items():
            place.setChecked(key == name)
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
        self.saved.setVisible(not narrow)
        self._show_acts()

    def _show_acts(self) -> None:
        self.last_acts.setVisible(bool(self.last_acts.lines) and not self._narrow)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), tokens["canvas"])
            painter.fillRect(self.width() - 1, 0, 1, self.height(), tokens["line"])
