"""The list of a table's columns: checked ones are shown, and each can be moved up and down."""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from console.bridge.columns import Arrangement
from console.bridge.table import Column
from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.boxes import STRETCH, row
from console.ui.kit.buttons import Button
from console.ui.kit.choices import check_mark

translate = QCoreApplication.translate
Index = QModelIndex | QPersistentModelIndex
WIDTH, LINES = 280, 14  # lines that are seen at once
KEY = Qt.ItemDataRole.UserRole
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class Arranged(Protocol):
    """What the panel changes."""

    columns: tuple[Column[Any], ...]
    arrangement: Arrangement

    def may_hide(self, key: str) -> bool:
        """Whether a column can be done without."""
        ...

    def show(self, key: str, shown: bool) -> None:
        """Show or hide one."""
        ...

    def move(self, key: str, by: int) -> None:
        """Put one so many places further on."""
        ...

    def reset(self) -> None:
        """All as it was at first."""
        ...


class ColumnsPanel(QWidget):
    """A panel that goes when something else is clicked. What is changed in it shows at once.

    Space shows or hides the column under the cursor, Alt with an arrow moves it, Esc closes the panel.
    """

    def __init__(self, columns: Arranged, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._columns = columns
        self._filling = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(translate("Table", "Columns"))
        self.setFixedWidth(WIDTH)
        self.list = _List()
        self.list.itemChanged.connect(self._take)
        self.list.currentRowChanged.connect(self._enable)
        self.list.moved.connect(self.move_column)
        self.up_button = Button(icon="arrow-up", kind="ghost", name=translate("Table", "Move up (Alt Up)"), height=28)
        self.down_button = Button(
            icon="arrow-down", kind="ghost", name=translate("Table", "Move down (Alt Down)"), height=28
        )
        self.reset_button = Button(translate("Table", "Reset"), kind="ghost", height=28)
        self.up_button.clicked.connect(lambda: self.move_column(-1))
        self.down_button.clicked.connect(lambda: self.move_column(1))
        self.reset_button.clicked.connect(self._reset)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(6, 6, 6, 6)
        lines.setSpacing(4)
        lines.addWidget(self.list)
        lines.addWidget(row(self.up_button, self.down_button, STRETCH, self.reset_button, spacing=2))
        self._fill(0)

    def open_at(self, at: QPoint) -> None:
        """Show it with a corner there, moved so that all of it is on the screen."""
        self.adjustSize()
        room = self.screen().availableGeometry()
        left = min(at.x(), room.right() - self.width())
        top = min(at.y(), room.bottom() - self.height())
        self.move(max(left, room.left()), max(top, room.top()))
        self.show()
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def move_column(self, by: int) -> None:
        """Move the column under the cursor up or down."""
        key = self._current()
        if key is not None:
            self._columns.move(key, by)
            self._fill([column.key for column in self._listed()].index(key))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        paint.cut_corners(self, theme.MENU)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            paint.rounded(painter, QRectF(self.rect()), theme.MENU, fill=tokens["raised"], border=tokens["line2"])

    def _fill(self, current: int) -> None:
        self._filling = True
        self.list.clear()
        for column in self._listed():
            item = QListWidgetItem(column.title)
            item.setData(KEY, column.key)
            hidden = column.key in self._columns.arrangement.hidden
            item.setCheckState(Qt.CheckState.Unchecked if hidden else Qt.CheckState.Checked)
            if not self._columns.may_hide(column.key):
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
            self.list.addItem(item)
        self.list.setFixedHeight(min(self.list.count(), LINES) * theme.ROW + 2)
        self._filling = False
        self.list.setCurrentRow(current)
        self._enable()

    def _listed(self) -> list[Column[Any]]:
        """Those with a title, in their order; check boxes and the like stay as they are."""
        columns = {column.key: column for column in self._columns.columns}
        return [columns[key] for key in self._columns.arrangement.order if columns[key].title]

    def _take(self, item: QListWidgetItem) -> None:
        if not self._filling:
            self._columns.show(item.data(KEY), item.checkState() == Qt.CheckState.Checked)

    def _reset(self) -> None:
        self._columns.reset()
        self._fill(self.list.currentRow())

    def _enable(self) -> None:
        place = self.list.currentRow()
        self.up_button.setEnabled(place > 0)
        self.down_button.setEnabled(0 <= place < self.list.count() - 1)

    def _current(self) -> str | None:
        item = self.list.currentItem()
        return None if item is None else str(item.data(KEY))


class _List(QListWidget):
    moved = Signal(int)  # the line under the cursor is to go up (-1) or down

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(translate("Table", "Columns"))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Line(self))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.moved.emit(step)
        else:
            super().keyPressEvent(event)


class _Line(QStyledItemDelegate):
    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(WIDTH - 20, theme.ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, rect = theme.tokens(self._view), QRectF(option.rect)  # type: ignore[attr-defined,unused-ignore]
        with paint.placed(painter, option.rect, option.direction):  # type: ignore[attr-defined,unused-ignore]
            painter.fillRect(rect, tokens["raised"])
            if self._view.currentRow() == index.row():
                paint.rounded(painter, rect, theme.CONTROL, fill=tokens["select"])
                if self._view.hasFocus():
                    paint.focus_ring(painter, rect, tokens["accent"])
            required = not index.flags() & Qt.ItemFlag.ItemIsUserCheckable
            if required:
                paint.icon(painter, rect.left() + 8, rect.center().y() - 8, "lock", tokens["text3"])
            else:
                state = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole))
                check_mark(painter, rect.left() + 8, rect.center().y() - 8, tokens, state)
            place = rect.adjusted(34, 0, -8, 0)
            paint.text(painter, place, str(index.data()), tokens["text3" if required else "text"])
