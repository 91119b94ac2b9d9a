"""A table: fixed rows with a hairline each, a cursor with an edge, rows that are checked, a header that sorts.

The cursor and the checked rows are two things: a click or an arrow moves the cursor, the check box, `x`, Shift and Ctrl
check rows. What is done is done to the checked rows, or to the row under the cursor if none is checked.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from console.bridge.table import CHECK, TableModel
from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.redrawing import Redrawing
from console.ui.kit.rings import Ring
from console.ui.kit.table_cells import Cells, paint_ground
from console.ui.kit.table_columns import TableColumns
from console.ui.kit.table_header import Header
from console.ui.theme import Role

__all__ = ["CHECK", "Table"]

Flag = QItemSelectionModel.SelectionFlag
_STEPS = {Qt.Key.Key_J: 1, Qt.Key.Key_K: -1}
_NONE = QModelIndex()
_ENDS = {Qt.Key.Key_Home: -1, Qt.Key.Key_End: 1}


class Table(QTableView):
    """A view of a keyed model. Selection and scroll position outlive every change of the rows."""

    opened = Signal(object)  # the row: a double click, or Enter
    peeked = Signal()  # Space: the row under the cursor is to be looked at, or no longer
    current_clicked = Signal()  # the row that was under the cursor already
    sort_asked = Signal(str, bool)  # the store's name of the order, descending
    checked_changed = Signal(int)  # how many rows are checked
    at_top_changed = Signal(bool)

    def __init__(
        self,
        model: TableModel[Any],
        *,
        name: str,
        row_height: int = theme.ROW,
        order: str = "",
        descending: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._places = {column.key: place for place, column in enumerate(model.columns)}
        self._hovered = -1
        self._pressed_again = False
        self._checked = 0  # rows
        self.setAccessibleName(name)
        self.setHorizontalHeader(Header(model.columns, self))
        self.setModel(model)
        self._cells = Cells(self, model)
        self.setItemDelegate(self._cells)
        self._set_look(row_height)
        self.columns = TableColumns(self, self.header, model)
        self._ring = Ring(self, lambda: not self.currentIndex().isValid())
        self.header.show_order(order, descending)
        self.header.order_asked.connect(self.sort_asked)
        self.header.check_asked.connect(self._check_all_or_none)
        self.selectionModel().selectionChanged.connect(self._tell_checked)
        self.selectionModel().currentRowChanged.connect(self._move_edge)
        model.rowsRemoved.connect(self._tell_removed)
        self._redrawing = Redrawing(self, model)
        self.verticalScrollBar().valueChanged.connect(lambda value: self.at_top_changed.emit(value == 0))
        self.doubleClicked.connect(self._open)
        self.clicked.connect(self._tell_click)

    @property
    def header(self) -> Header:
        """The header, which knows the order that is shown."""
        header = self.horizontalHeader()
        assert isinstance(header, Header)
        return header

    @property
    def at_top(self) -> bool:
        """Whether the first row is in view."""
        return self.verticalScrollBar().value() == 0

    @property
    def rows(self) -> Sequence[Any]:
        """All that it holds, as it stands."""
        return self._model.rows

    def checked(self) -> list[Any]:
        """The checked rows, in the order of the table."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._model.row(place) for place in places]

    def chosen(self) -> list[Any]:
        """What an action works on: the checked rows, or the one under the cursor."""
        current = self.currentIndex()
        return self.checked() or ([self._model.row(current.row())] if current.isValid() else [])

    def go_to(self, key: Hashable) -> None:
        """Put the cursor on the row with this key, if it is there."""
        place = self._model.place(key)
        if place is not None:
            self.selectionModel().setCurrentIndex(self._model.index(place, self._first_words()), Flag.NoUpdate)

    def copy(self) -> None:
        """Put what is chosen on the clipboard, as it is shown: a line a row, tabs between the cells."""
        lines = [
            "\t".join(" ".join(column.text(row).split()) for column in self.columns.shown) for row in self.chosen()
        ]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))

    def uncheck(self) -> None:
        """Check no row."""
        self.clearSelection()

    def selectionCommand(self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None) -> Any:  # noqa: ANN401
        """A plain click or arrow moves the cursor only; the check box and Ctrl toggle, Shift extends."""
        modifiers = QGuiApplication.keyboardModifiers()
        if isinstance(event, QMouseEvent | QKeyEvent):
            modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            return super().selectionCommand(index, event)
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if ctrl or index.column() == self._places.get(CHECK, -1):
                return Flag.Toggle | Flag.Rows
        return Flag.NoUpdate

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._take_key(event) and not self._take_key_on_row(event):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        here = index.isValid() and index.row() == self.currentIndex().row()
        self._pressed_again = here and index.column() != self._places.get(CHECK, -1) and not event.modifiers()
        super().mousePressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Letters are commands here, not the beginning of a name."""

    def viewportEvent(self, event: QEvent) -> bool:
        """Follow the pointer, so that the whole row under it can be tinted."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._hover(self.rowAt(int(event.position().y())))
        elif event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._paint_grounds(event.rect())
        self._cells.begin()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.columns.fit()

    def sizeHintForColumn(self, column: int) -> int:
        """Its width as it is: a double click in the header must not measure a hundred thousand rows."""
        return self.columnWidth(column)

    def _set_look(self, row_height: int) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        ground = self.palette()
        ground.setColor(QPalette.ColorRole.Highlight, QColor(0, 0, 0, 0))  # or the style paints over our own ground
        self.setPalette(ground)
        vertical = self.verticalHeader()
        vertical.setAccessibleName(self.accessibleName())
        vertical.hide()
        vertical.setMinimumSectionSize(row_height)
        vertical.setDefaultSectionSize(row_height)
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def _paint_grounds(self, part: QRect) -> None:
        """Under all rows of a part of the view, before their cells are painted."""
        first, last = self.rowAt(part.top()), self.rowAt(part.bottom())
        if first < 0:
            return
        tokens, wide = theme.tokens(self), self.header.length() - self.header.offset()
        current, focus, chosen = self.currentIndex().row(), self.hasFocus(), self.selectionModel()
        with paint.painting(self.viewport()) as painter:
            for row in range(first, (last if last >= 0 else self._model.rowCount() - 1) + 1):
                place = QRectF(0, self.rowViewportPosition(row), wide, self.rowHeight(row))
                checked = chosen.isRowSelected(row, _NONE)
                edge: Role | None = None if row != current else "accent" if focus else "line2"
                tinted = row == self._hovered or (row == current and focus)
                paint_ground(painter, place, tokens, checked=checked, tinted=tinted, edge=edge)

    def _first_words(self) -> int:
        return 1 if CHECK in self._places else 0

    def _step(self, by: int) -> None:
        place = min(max(self.currentIndex().row() + by, 0), self._model.rowCount() - 1)
        if place >= 0:
            index = self._model.index(place, self._first_words())
            self.selectionModel().setCurrentIndex(index, Flag.NoUpdate)
            self.scrollTo(index)

    def _open(self, index: QModelIndex | QPersistentModelIndex) -> None:
        if index.isValid() and index.column() != self._places.get(CHECK, -1):
            self.opened.emit(self._model.row(index.row()))

    def _take_key(self, event: QKeyEvent) -> bool:
        """What a key does with the table as a whole; False if it does nothing."""
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if modifiers & Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_A:
            self.selectAll()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif modifiers & Qt.KeyboardModifier.AltModifier and key == Qt.Key.Key_Down:
            self.columns.open_menu(self.mapToGlobal(self.viewport().pos()))
        elif key in _STEPS and not modifiers:
            self._step(_STEPS[key])
        elif key in _ENDS and not modifiers:
            self._step(_ENDS[key] * self._model.rowCount())
        elif key == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.uncheck()
        else:
            return False
        return True

    def _take_key_on_row(self, event: QKeyEvent) -> bool:
        """What a key does with the row under the cursor; False if it does nothing."""
        key, current = Qt.Key(event.key()), self.currentIndex()
        if key == Qt.Key.Key_Space and not event.modifiers():
            if not current.isValid():
                self._step(1)
            self.peeked.emit()
        elif key == Qt.Key.Key_X and current.isValid():
            self.selectionModel().select(current, Flag.Toggle | Flag.Rows)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and current.isValid():
            self.opened.emit(self._model.row(current.row()))
        else:
            return False
        return True

    def _tell_click(self) -> None:
        if self._pressed_again:
            self.current_clicked.emit()

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            before, self._hovered = self._hovered, row
            self._redraw(before)
            self._redraw(row)

    def _move_edge(self, now: QModelIndex, before: QModelIndex) -> None:
        self._ring.refresh()
        self._redraw(before.row())
        self._redraw(now.row())

    def _redraw(self, row: int) -> None:
        if row >= 0:
            self.viewport().update(0, self.rowViewportPosition(row), self.viewport().width(), self.rowHeight(row))

    def _check_all_or_none(self) -> None:
        if self.checked():
            self.uncheck()
        else:
            self.selectAll()

    def _tell_removed(self) -> None:
        if self._checked:
            self._tell_checked()

    def _tell_checked(self) -> None:
        self._checked = count = len(self.selectionModel().selectedRows())
        self.header.show_checked(count, self._model.rowCount())
        self.checked_changed.emit(count)
