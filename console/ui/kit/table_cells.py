"""The delegate of a table, which paints each cell's own look, and the ground of a row, painted once for its cells."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QToolTip

from console.bridge.table import TableModel
from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.choices import check_mark

Index = QModelIndex | QPersistentModelIndex
PADDING = 8
EDGE = 3  # of the current row
CHECKED = object()  # the look of a cell with the row's check box


def paint_ground(
    painter: QPainter, row: QRectF, tokens: theme.Tokens, *, checked: bool, tinted: bool, edge: theme.Role | None
) -> None:
    """Under a row: its tint, its hairline, and where it is the current one an edge where the words begin."""
    if checked or tinted:
        painter.fillRect(row, tokens["select" if checked else "hover"])
    painter.fillRect(QRectF(row.left(), row.bottom() - 1, row.width(), 1), tokens["line"])
    if edge is not None:
        painter.fillRect(QRectF(row.left(), row.top(), EDGE, row.height()), tokens[edge])


class Cells(QStyledItemDelegate):
    """Paints what stands in every cell; nothing of it is left to the style."""

    def __init__(self, table: QTableView, model: TableModel[Any]) -> None:
        super().__init__(table)
        self._model, self._columns = model, model.columns
        self._is_smooth = False  # the painter that goes from cell to cell

    def begin(self) -> None:
        """The next cell is the first of a painting, which has a painter of its own."""
        self._is_smooth = False

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(40, theme.ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if not self._is_smooth:
            painter.setRenderHints(paint.SMOOTH)
            self._is_smooth = True
        if option.direction == Qt.LayoutDirection.RightToLeft:
            with paint.placed(painter, option.rect, option.direction):
                self._paint_look(painter, option, index)
        else:
            self._paint_look(painter, option, index)

    def _paint_look(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, place = theme.tokens_of(option.palette), option.rect
        rect = QRectF(place.x() + PADDING, place.y(), place.width() - 2 * PADDING, place.height() - 1)
        column, row = self._columns[index.column()], self._model.row(index.row())  # `data` would go by way of C++
        look: Any = column.look(row) if column.look else column.text(row)  # CHECKED, plain words, or a Cell
        align: paint.Align = "end" if column.end else "start"
        if look is CHECKED:
            checked = option.state & QStyle.StateFlag.State_Selected
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
