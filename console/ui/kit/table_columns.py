"""The columns of a table as the user wants them: shown or not, in which order, how wide; and so they are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from console.bridge.columns import Arrangement, as_defined, required, restored
from console.bridge.table import CHECK, Column, TableModel
from console.ui.kit import paint
from console.ui.kit.buttons import Button, below
from console.ui.kit.columns_panel import ColumnsPanel
from console.ui.kit.table_cells import PADDING

if TYPE_CHECKING:
    from console.bridge.remembered import Remembered
    from console.ui.kit.table_header import Header

translate = QCoreApplication.translate
SCROLL_BAR = 12
LEAST = 120  # of a column that takes what the others leave
ARROW = 19  # beside the name of the column that the rows are sorted by


class TableColumns(QObject):
    """Arranges a table's columns. Columns without a width share what the others leave."""

    changed = Signal()

    def __init__(self, table: QTableView, header: Header, model: TableModel[Any]) -> None:
        super().__init__(table)
        self._table, self._header = table, header
        self.columns: tuple[Column[Any], ...] = model.columns
        self._places = {column.key: place for place, column in enumerate(self.columns)}
        self._remembered: Remembered | None = None
        self._key = ""
        self.more: list[Callable[[QMenu], object]] = []  # what puts further entries into the table's menu
        self._left_out: frozenset[str] = frozenset()  # for want of room
        self._squeezed: Mapping[str, int] = {}  # widths, for the same reason
        self.arrangement = as_defined(self.columns)
        for place, column in enumerate(self.columns):
            mode = QHeaderView.ResizeMode.Fixed if column.key == CHECK else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(place, mode)
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(CHECK not in self._places)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(lambda at: self.open_menu(header.mapToGlobal(at)))
        header.order_shown.connect(self.fit)
        header.released.connect(self._take_over)
        header.sectionHandleDoubleClicked.connect(lambda place: self.resize(self.columns[place].key, None))
        self._apply()

    @property
    def shown(self) -> list[Column[Any]]:
        """The columns that are to be seen and hold words, in their order."""
        columns = (self.columns[self._places[key]] for key in self.arrangement.order if not self._is_hidden(key))
        return [column for column in columns if column.title]

    @property
    def first(self) -> int:
        """The place in the model of the column that is seen first."""
        return next(self._places[key] for key in self.arrangement.order if not self._is_hidden(key))

    def may_hide(self, key: str) -> bool:
        """Whether it can be done without."""
        return key not in required(self.columns)

    @property
    def is_remembered(self) -> bool:
        """Whether it is kept."""
        return self._remembered is not None

    def remember(self, remembered: Remembered, name: str) -> None:
        """Be as it was left, and keep what is changed, under "<name>.columns"."""
        self._remembered, self._key = remembered, f"{name}.columns"
        self.arrangement = restored(self.columns, remembered.get(self._key, dict, {}))
        self._apply()

    def arrange(self, kept: Mapping[str, Any]) -> None:
        """Be as it was kept elsewhere."""
        self._change(restored(self.columns, kept))

    def show(self, key: str, shown: bool) -> None:
        """Show or hide a column; one that is required stays."""
        if self.may_hide(key):
            self._change(self.arrangement.with_hidden(key, not shown))

    def move(self, key: str, by: int) -> None:
        """Put a column so many places further on, or back."""
        self._change(self.arrangement.moved(key, self.arrangement.order.index(key) + by))

    def resize(self, key: str, width: int | None) -> None:
        """Make a column so wide; None: as it was at first."""
        self._change(self.arrangement.with_width(key, width))

    def leave_out(self, keys: frozenset[str], squeezed: Mapping[str, int] | None = None) -> None:
        """Hide these, too, and make those less wide, as long as there is no room; it is not kept."""
        if (keys, squeezed or {}) != (self._left_out, self._squeezed):
            self._left_out, self._squeezed = keys, squeezed or {}
            self._apply()

    def reset(self) -> None:
        """All as it was at first."""
        self._change(as_defined(self.columns))

    def fit(self) -> None:
        """Give what the columns with a width leave to those without one."""
        widths = self._widths()
        for place, wide in widths.items():
            self._table.setColumnWidth(place, wide)
        policies = Qt.ScrollBarPolicy
        fits = sum(widths.values()) <= self._table.width()
        self._table.setHorizontalScrollBarPolicy(policies.ScrollBarAlwaysOff if fits else policies.ScrollBarAsNeeded)

    def button(self) -> Button:
        """A button that opens the list of columns."""
        made = Button(icon="columns-3", name=translate("Table", "Columns"))
        made.clicked.connect(lambda: self.open_panel(below(made)))
        return made

    def open_menu(self, at: QPoint) -> QMenu:
        """The menu of the table: its columns, and what else can be done with it as a whole."""
        menu = QMenu(self._table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(translate("Table", "Columns…"), lambda: self.open_panel(at))
        for fill in self.more:
            fill(menu)
        menu.popup(at)
        return menu

    def open_panel(self, at: QPoint) -> ColumnsPanel:
        """The list of columns, to be shown, hidden and ordered with the keys too."""
        panel = ColumnsPanel(self, self._table)
        panel.open_at(at)
        return panel

    def _widths(self) -> dict[int, int]:
        shown = [key for key in self.arrangement.order if not self._is_hidden(key)]
        given = {key: self._width(key) for key in shown}
        open_ones = [key for key in shown if not given[key]]
        # The scroll bar's place is kept free: nothing moves when it comes.
        room = self._table.width() - SCROLL_BAR - sum(given.values())
        spare = room - LEAST * len(open_ones)
        for key in shown:  # a name in a language of longer words is whole, as far as that goes
            more = self._name_width(key) - given[key]
            if given[key] and 0 < more <= spare and key not in self.arrangement.widths:
                given[key], spare, room = given[key] + more, spare - more, room - more
        each = max(room // max(len(open_ones), 1), LEAST)
        return {self._places[key]: wide or each for key, wide in given.items()}

    def _name_width(self, key: str) -> int:
        column = self.columns[self._places[key]]
        arrow = ARROW if column.order and column.order == self._header.order else 0
        return paint.width(column.title, 12, 600) + 2 * PADDING + arrow if column.title else 0

    def _width(self, key: str) -> int:
        defined = self._squeezed.get(key) or self.columns[self._places[key]].width
        return self.arrangement.widths.get(key) or defined

    def _is_hidden(self, key: str) -> bool:
        return key in self.arrangement.hidden or key in self._left_out

    def _take_over(self) -> None:
        """The pointer has let go of the header: it may have moved a column or made it wider."""
        header, after = self._header, self.arrangement
        for place, wide in self._widths().items():
            if header.sectionSize(place) != wide:
                after = after.with_width(self.columns[place].key, header.sectionSize(place))
        order = tuple(self.columns[header.logicalIndex(place)].key for place in range(len(self.columns)))
        self._change(Arrangement(order, after.hidden, after.widths))

    def _change(self, arrangement: Arrangement) -> None:
        if arrangement == self.arrangement:
            return
        self.arrangement = arrangement
        self._apply()
        if self._remembered is not None:
            untouched = arrangement == as_defined(self.columns)
            self._remembered.put(self._key, {} if untouched else arrangement.as_json())
        self.changed.emit()

    def _apply(self) -> None:
        header = self._header
        for place, key in enumerate(self.arrangement.order):
            header.moveSection(header.visualIndex(self._places[key]), place)
            header.setSectionHidden(self._places[key], self._is_hidden(key))
        self.fit()
        self._table.viewport().update()
