"""The header of a table: small words over their columns, an arrow where it is sorted, a box that checks all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from console.bridge.table import CHECK, Column
from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.choices import check_mark
from console.ui.kit.table_cells import PADDING

translate = QCoreApplication.translate


class Header(QHeaderView):
    """Tells what is asked of it, and shows in which order the rows are: it sorts nothing itself."""

    order_asked = Signal(str, bool)
    check_asked = Signal()
    order_shown = Signal()  # the arrow stands elsewhere
    released = Signal()  # the pointer has let go: a column may have been moved or made wider

    def __init__(self, columns: Sequence[Column[Any]], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.columns = tuple(columns)
        self.order, self.descending = "", True
        self._checked = Qt.CheckState.Unchecked
        self.setAccessibleName(translate("Table", "Columns"))
        self.setFixedHeight(theme.TABLE_HEAD)
        self.setMinimumSectionSize(32)
        self.setHighlightSections(False)
        self.setSectionsClickable(True)
        self.sectionClicked.connect(lambda section: self.ask(self.columns[section]))

    def show_order(self, order: str, descending: bool) -> None:
        """Put the arrow where the rows are sorted by now."""
        self.order, self.descending = order, descending
        self.viewport().update()
        self.order_shown.emit()

    def show_checked(self, count: int, of: int) -> None:
        """Show whether no row, some or all are checked."""
        states = Qt.CheckState
        self._checked = states.Unchecked if not count else states.Checked if count == of else states.PartiallyChecked
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), theme.TABLE_HEAD)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.released.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        room = QRect(self.length() - self.offset(), 0, self.width(), self.height())
        with paint.painting(self.viewport()) as painter:  # behind the last column, where the rows have ended, too
            painter.fillRect(room, theme.tokens(self)["surface"])

    def ask(self, column: Column[Any]) -> None:
        """What a click on a column asks for: the other way round where it is sorted by already."""
        if column.key == CHECK:
            self.check_asked.emit()
        elif column.order:
            descending = not self.descending if column.order == self.order else column.end
            self.show_order(column.order, descending)
            self.order_asked.emit(column.order, descending)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        column, tokens = self.columns[section], theme.tokens(self)
        place = QRectF(rect)
        with paint.placed(painter, rect, self.layoutDirection()):
            painter.fillRect(place, tokens["surface"])
            painter.fillRect(QRectF(place.left(), place.bottom() - 1, place.width(), 1), tokens["line"])
            inner = place.adjusted(PADDING, 0, -PADDING, -1)
            if column.key == CHECK:
                check_mark(painter, inner.left(), inner.center().y() - 8, tokens, self._checked)
            else:
                self._paint_title(painter, inner, column, tokens)

    def _paint_title(self, painter: QPainter, inner: QRectF, column: Column[Any], tokens: theme.Tokens) -> None:
        sorted_by = bool(column.order) and column.order == self.order
        font = theme.font(12, 600 if sorted_by else 500)
        colour = tokens["text" if sorted_by else "text3"]
        width = paint.text(painter, inner, column.title, colour, font, align="end" if column.end else "start")
        if sorted_by:
            left = inner.right() - width - 19 if column.end else inner.left() + width + 5
            arrow = "arrow-down" if self.descending else "arrow-up"
            paint.icon(painter, left, inner.center().y() - 7, arrow, colour, 14)
