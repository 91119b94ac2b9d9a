"""A table whose rows have keys and whose columns are data. It changes by differences and is never reset."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
LOOK_ROLE = Qt.ItemDataRole.UserRole  # what the delegate paints
ROW_ROLE = Qt.ItemDataRole.UserRole + 1  # the row itself
CHECK = "check"  # the key of the column with the check boxes
_NONE = QModelIndex()


@dataclass(frozen=True)  # slots would forbid Column[Job](…)
class Column(Generic[Row]):
    """One column: what it says of a row, and how wide it is."""

    key: str
    title: str
    text: Callable[[Row], str]  # read aloud, shown where `look` gives nothing else
    width: int = 0  # in pixels; 0 takes what is left
    end: bool = False  # figures: aligned at the end, with their header
    order: str = ""  # what the store calls this order; "" cannot be sorted by
    look: Callable[[Row], object] | None = None
    tip: Callable[[Row], str] | None = None
    hidden: bool = False  # at first; the user may show it, and hide any but the check boxes and the first words
    value: Callable[[Row], object] | None = None  # what an export writes: a number or a time, in place of `text`


class TableModel(QAbstractTableModel, Generic[Row]):
    """Rows in an order given from outside.

    `wanted` asks for the rows behind the last one; answer with `append`, and set `more` to False behind the end.
    """

    wanted = Signal()

    def __init__(
        self, columns: Sequence[Column[Row]], key: Callable[[Row], Hashable], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.more = False
        self._key = key
        self._rows: list[Row] = []
        self._places: dict[Hashable, int] = {}

    @property
    def rows(self) -> Sequence[Row]:
        """The rows as they stand."""
        return tuple(self._rows)

    def place(self, key: Hashable) -> int | None:
        """Where the row with this key stands."""
        return self._places.get(key)

    def row(self, place: int) -> Row:
        """The row at a place."""
        return self._rows[place]

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Become exactly these rows, in this order. A key that comes twice counts once, the first time.

        What selection, current row and scroll position refer to stays as far as it is still there.
        """
        wanted: dict[Hashable, Row] = {}
        for row in rows:
            wanted.setdefault(self._key(row), row)
        self._remove([place for key, place in self._places.items() if key not in wanted])
        self._reorder([key for key in wanted if key in self._places])
        self._insert(list(wanted.items()))
        self.update_rows(wanted.values())

    def update_rows(self, rows: Iterable[Row]) -> None:
        """Change rows where they stand; a key that is not in the table is left out."""
        changed = []
        for row in rows:
            place = self._places.get(self._key(row))
            if place is not None and self._rows[place] != row:
                self._rows[place] = row
                changed.append(place)
        self._tell_changed(sorted(set(changed)))

    def append(self, rows: Iterable[Row]) -> None:
        """Put rows behind the last one; one that is there already is brought up to date where it stands."""
        rows = list(rows)
        self.update_rows(rows)
        fresh = [row for row in rows if self._key(row) not in self._places]
        if fresh:
            first = len(self._rows)
            self.beginInsertRows(_NONE, first, first + len(fresh) - 1)
            self._rows += fresh
            self._index()
            self.endInsertRows()

    def say_again(self, columns: Iterable[int]) -> None:
        """These columns say something else now although no row changed: ages grow."""
        if self._rows:
            for column in columns:
                self.dataChanged.emit(self.index(0, column), self.index(len(self._rows) - 1, column))

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return column.text(row)
        if role == LOOK_ROLE:
            return column.look(row) if column.look else column.text(row)
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip(row) if column.tip else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        words = {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}
        return self.columns[section].title if role in words else None

    def canFetchMore(self, parent: Index) -> bool:
        return self.more and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self.wanted.emit()

    def _index(self) -> None:
        self._places = {self._key(row): place for place, row in enumerate(self._rows)}

    def _remove(self, places: list[int]) -> None:
        for first, last in reversed(list(runs(sorted(places)))):
            self.beginRemoveRows(_NONE, first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()
        if places:
            self._index()

    def _reorder(self, keys: list[Hashable]) -> None:
        before = [self._places[key] for key in keys]
        if all(place == after for after, place in enumerate(before)):
            return
        self.layoutAboutToBeChanged.emit()
        after_of = {place: after for after, place in enumerate(before)}
        old = self.persistentIndexList()
        new = [self.index(after_of[index.row()], index.column()) for index in old]
        self._rows = [self._rows[place] for place in before]
        self._index()
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _insert(self, wanted: list[tuple[Hashable, Row]]) -> None:
        fresh = [place for place, (key, _row) in enumerate(wanted) if key not in self._places]
        for first, last in runs(fresh):
            self.beginInsertRows(_NONE, first, last)
            self._rows[first:first] = [row for _key, row in wanted[first : last + 1]]
            self.endInsertRows()
        if fresh:
            self._index()

    def _tell_changed(self, places: Sequence[int]) -> None:
        last_column = len(self.columns) - 1
        for first, last in runs(places):
            self.dataChanged.emit(self.index(first, 0), self.index(last, last_column))


def runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ascending places as first and last of each run without a gap."""
    first = last = None
    for place in places:
        if last is not None and place == last + 1:
            last = place
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = place
    if first is not None and last is not None:
        yield first, last
