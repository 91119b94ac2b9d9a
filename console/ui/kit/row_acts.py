"""What can be done with one row, as small buttons at its end; the same is in the row's menu, with its keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import QMenu, QWidget

from console.bridge.table import LOOK_ROLE, TableModel
from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.buttons import LOCK
from console.ui.kit.paint import Align
from console.ui.kit.table import Table
from console.ui.kit.table_cells import PADDING
from console.ui.theme import Tokens

GAP = 16  # between two
MENU = "menu"


@dataclass(frozen=True, slots=True)
class RowAct:
    """One small button; without words it is its icon alone."""

    name: str
    icon: str
    text: str = ""
    changes: bool = False  # shows a lock in place of its icon while the profile is read-only

    @property
    def width(self) -> int:
        """In pixels."""
        return 16 + (6 + paint.width(self.text, 13, 500) if self.text else 0)


@dataclass(frozen=True, slots=True)
class RowActs:
    """A cell of small buttons, from the end of the row on."""

    acts: tuple[RowAct, ...]
    locked: bool = False

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, _align: Align) -> None:
        """In a quiet colour: the row is what counts."""
        for act, place in self._placed(rect):
            drawn = LOCK if act.changes and self.locked else act.icon
            paint.icon(painter, place.left(), place.center().y() - 7, drawn, tokens["text3"], 14)
            if act.text:
                words = place.adjusted(20, 0, 4, 0)
                paint.text(painter, words, act.text, tokens["text2"], theme.font(13, 500))

    def at(self, rect: QRectF, x: float) -> RowAct | None:
        """The button there; each reaches half of the way to the next."""
        reach = GAP / 2
        return next(
            (act for act, place in self._placed(rect) if place.left() - reach <= x < place.right() + reach), None
        )

    def _placed(self, rect: QRectF) -> Iterator[tuple[RowAct, QRectF]]:
        """Where there is no room for all words there are none: the same acts are in the menu."""
        right, acts = rect.right(), self.acts
        if sum(act.width + GAP for act in acts) - GAP > rect.width() + GAP:
            acts = tuple(replace(act, text="") for act in acts)
        for act in reversed(acts):
            yield act, QRectF(right - act.width, rect.top(), act.width, rect.height())
            right -= act.width + GAP


class MenuTable(Table):
    """A table whose rows have a menu.

    `menu_actions` gives the menu's entries for the row under the cursor; None is a line between two.
    """

    def __init__(
        self,
        model: TableModel[Any],
        *,
        name: str,
        row_height: int = theme.ROW,
        order: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, name=name, row_height=row_height, order=order, parent=parent)
        self.menu_actions: Callable[[], Sequence[QAction | None]] = tuple

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            row = self.visualRect(self.currentIndex())
            self.show_menu(self.viewport().mapToGlobal(row.bottomLeft() + QPoint(theme.MARGIN, 0)))
        else:
            index = self.indexAt(self.viewport().mapFrom(self, event.pos()))
            if index.isValid():
                self.setCurrentIndex(index)
            self.show_menu(event.globalPos())

    def show_menu(self, place: QPoint) -> None:
        """Open the menu of the row under the cursor there."""
        if not self.currentIndex().isValid():
            return
        self.pop_up(self.make_menu(), place)

    def pop_up(self, menu: QMenu, place: QPoint) -> None:
        """Open a menu of the row under the cursor there. It closes with the row: the next one is not meant by it."""
        menu.aboutToHide.connect(menu.deleteLater)
        self.selectionModel().currentRowChanged.connect(menu.close)
        menu.popup(place)

    def make_menu(self) -> QMenu:
        """What can be done with the row under the cursor, with the keys."""
        menu = QMenu(self)
        for action in self.menu_actions():
            menu.addAction(action) if action is not None else menu.addSeparator()
        return menu


class ActTable(MenuTable):
    """A table of which a row has small buttons and a menu. What is done, is done to the row under the cursor."""

    act_chosen = Signal(str)  # the name of a small button of the row under the cursor

    def __init__(
        self, model: TableModel[Any], *, name: str, row_height: int = theme.ROW, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, name=name, row_height=row_height, parent=parent)
        self.setSelectionMode(Table.SelectionMode.NoSelection)

    def selectionCommand(self, _index: QModelIndex | QPersistentModelIndex, _event: QEvent | None = None) -> Any:  # noqa: ANN401
        """Nothing is checked here."""
        return QItemSelectionModel.SelectionFlag.NoUpdate

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_X or event.matches(QKeySequence.StandardKey.SelectAll):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        act = self._act_at(event.position().toPoint())
        self._pressed_again = self._pressed_again and act is None  # a press on a button is no click on the row
        super().mouseReleaseEvent(event)
        if act is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if act.name == MENU:
            self.show_menu(event.globalPosition().toPoint())
        else:
            self.act_chosen.emit(act.name)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._act_at(event.position().toPoint()) is None:
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        over = self._act_at(event.position().toPoint()) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def current_row(self) -> Any | None:  # noqa: ANN401 - any kind of row
        """The row under the cursor."""
        rows = self.chosen()
        return rows[0] if rows else None

    def _act_at(self, place: QPoint) -> RowAct | None:
        index: QModelIndex = self.indexAt(place)
        look = index.data(LOOK_ROLE) if index.isValid() else None
        if not isinstance(look, RowActs):
            return None
        rect = QRectF(self.visualRect(index)).adjusted(PADDING, 0, -PADDING, -1)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        return look.at(rect, rect.left() + rect.right() - place.x() if mirrored else place.x())
