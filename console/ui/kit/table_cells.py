"""The delegate of a table: grounds, hairlines, the edge of the current row, and each cell's own look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QToolTip

from console.bridge.table import LOOK_ROLE, Column
from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.choices import check_mark

Index = QModelIndex | QPersistentModelIndex
PADDING = 8
EDGE = 3  # of the current row
CHECKED = object()  # the look of a cell with the row's check box


class Cells(QStyledItemDelegate):
    """Paints every cell; nothing of it is left to the style."""

    def __init__(
        self, table: QTableView, columns: Sequence[Column[Any]], hovered: Callable[[], int], first: Callable[[], int]
    ) -> None:
        """Make it; `hovered` tells the row under the pointer, `first` the column that is seen first."""
        super().__init__(table)
        self._table, self._columns, self._hovered, self._first = table, tuple(columns), hovered, first

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(40, theme.ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = theme.tokens_of(option.palette)
        rect = QRectF(option.rect)
        checked = bool(option.state & QStyle.StateFlag.State_Selected)
        current = self._table.currentIndex().row() == index.row()
        with paint.placed(painter, option.rect, option.direction):
            if checked:
                painter.fillRect(rect, tokens["select"])
            elif self._hovered() == index.row() or (current and self._table.hasFocus()):
                painter.fillRect(rect, tokens["hover"])
            painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), tokens["line"])
            if current and index.column() == self._first():
                painter.fillRect(QRectF(rect.left(), rect.top(), EDGE, rect.height()), tokens["accent"])
            self._paint_look(painter, rect.adjusted(PADDING, 0, -PADDING, -1), tokens, index, checked)

    def _paint_look(self, painter: QPainter, rect: QRectF, tokens: theme.Tokens, index: Index, checked: bool) -> None:
        look = index.data(LOOK_ROLE)  # CHECKED, plain words, or a Cell
        end = self._columns[index.column()].end
        align: paint.Align = "end" if end else "start"
        if look is CHECKED:
            state = Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked
            check_mark(painter, rect.left(), rect.center().y() - 8, tokens, state)
        elif isinstance(look, str):
            paint.text(painter, rect, look, tokens["text2"], align=align)
        else:
            look.paint(painter, rect, tokens, align)

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """The whole text of a cell that shows only a part of it."""
        if event.type() != QHelpEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        tip = index.data(Qt.ItemDataRole.ToolTipRole)
        words = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        room = view.visualRect(index).width() - 2 * PADDING - 24
        if not tip and paint.width(words, 13, 500) > room:
            tip = words
        QToolTip.showText(event.globalPos(), str(tip) if tip else "", view)
        return True
