"""The pages of a job as a wall of tiles: quiet where they were read well, loud where not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QSizePolicy, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.page_tiles import TILE_ROLE, Tile, Tiles
from console.ui.theme import Role, Tokens
from worker.core.jobs import PageMark

translate = QCoreApplication.translate
Index = QModelIndex | QPersistentModelIndex
WIDE, HIGH, BETWEEN = 29, 24, 3
ROWS = 8  # of tiles that are seen at once; more are scrolled
SCROLL_BAR = 10


class TileLook(NamedTuple):
    """How a tile is drawn."""

    kind: str
    ground: Role | None
    text: Role
    border: Role | None = None
    icon: str = ""


def look_of(tile: Tile) -> tuple[TileLook, str]:
    """The look of a tile, and what stands on it."""
    page = tile.page
    if page is None:
        return UNREAD, words.number(tile.number)
    if page.state == "failed":
        return FAILED, ""
    if page.state == "blank" or (page.source != "text" and page.confidence is None):
        return BLANK, words.DASH
    if page.confidence is None:
        return KEPT, ""
    figure = str(int(page.confidence))
    return (GOOD if page.confidence >= 90 else FAIR if page.confidence >= 80 else POOR), figure


GOOD = TileLook("good", "ok_soft", "ok")
FAIR = TileLook("fair", "warn_fill", "on_warn")
POOR = TileLook("poor", "bad_soft", "bad", "bad")
FAILED = TileLook("failed", "bad_fill", "on_bad", icon="x")
BLANK = TileLook("blank", None, "text3", "line2")
KEPT = TileLook("kept", "ok_soft", "ok", icon="type")
UNREAD = TileLook("unread", "sunken", "text3")


def legend_word(look: TileLook) -> str:
    """What the legend says of it."""
    return {
        FAIR: translate("Wall", "80–89"),
        POOR: translate("Wall", "under 80"),
        FAILED: translate("Wall", "failed"),
        BLANK: translate("Wall", "blank"),
        KEPT: translate("Wall", "own text"),
        UNREAD: translate("Wall", "not read yet"),
    }.get(look, translate("Wall", "90+"))


class Wall(QListView):
    """The tiles as a list of pages: arrows go through it, Enter and a double click open a page."""

    page_asked = Signal(int)  # its number

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles = Tiles()
        self.looks: tuple[TileLook, ...] = ()  # those that occur
        self.setModel(self.tiles)
        self.setItemDelegate(_Painter(self))
        self.setAccessibleName(translate("Wall", "Pages"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setGridSize(QSize(WIDE + BETWEEN, HIGH + BETWEEN))
        self.setMovement(QListView.Movement.Static)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.doubleClicked.connect(lambda index: self.page_asked.emit(index.row() + 1))

    def show_pages(self, count: int, marks: Sequence[PageMark]) -> None:
        """Show so many pages, of which these are read."""
        known = {mark.number: mark for mark in marks}
        tiles = [Tile(number, known.get(number)) for number in range(1, max(count, *known, 0) + 1)]
        self.tiles.set_tiles(tiles)
        found = {look_of(tile)[0] for tile in tiles}
        self.looks = tuple(look for look in (GOOD, FAIR, POOR, FAILED, BLANK, KEPT, UNREAD) if look in found)
        self._fit()
        self._begin()

    def forget_current(self) -> None:
        """Other pages come: none of them is chosen."""
        self.setCurrentIndex(QModelIndex())
        self.scrollToTop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.currentIndex()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and current.isValid():
            self.page_asked.emit(current.row() + 1)
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Letters are commands here."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._begin()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _begin(self) -> None:
        """The first page, where the focus is here and no page is chosen."""
        if self.hasFocus() and not self.currentIndex().isValid() and self.tiles.rowCount():
            self.setCurrentIndex(self.tiles.index(0))

    def _fit(self) -> None:
        across = max((self.width() - SCROLL_BAR - 1) // (WIDE + BETWEEN), 1)
        rows = -(-self.tiles.rowCount() // across)
        on, off = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(on if rows > ROWS else off)  # as needed, Qt would keep its room free twice
        self.setFixedHeight(min(max(rows, 1), ROWS) * (HIGH + BETWEEN) + 2)


class _Painter(QStyledItemDelegate):
    def __init__(self, wall: Wall) -> None:
        super().__init__(wall)
        self._wall = wall

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(WIDE + BETWEEN, HIGH + BETWEEN)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tile = index.data(TILE_ROLE)
        if tile is None:
            return
        tokens = theme.tokens(self._wall)
        place = QRectF(option.rect)  # type: ignore[attr-defined,unused-ignore]
        rect = QRectF(place.left() + 1, place.top() + 1, WIDE, HIGH)
        look, figure = look_of(tile)
        with paint.placed(painter, option.rect, option.direction):  # type: ignore[attr-defined,unused-ignore]
            draw_tile(painter, rect, tokens, look, figure)
            if self._wall.currentIndex().row() == index.row():
                ring = rect.adjusted(-1.5, -1.5, 1.5, 1.5)
                colour = tokens["accent" if self._wall.hasFocus() else "text3"]
                paint.rounded(painter, ring, theme.KEY, border=colour, pen=2)


def draw_tile(
    painter: QPainter, rect: QRectF, tokens: Tokens, look: TileLook, figure: str = "", icon: int = 14
) -> None:
    """A tile with what stands on it."""
    ground = tokens[look.ground] if look.ground else None
    border = tokens[look.border] if look.border else None
    paint.rounded(painter, rect, theme.TILE, fill=ground, border=border, pen=1.25 if look is POOR else 1)
    if look.icon:
        middle = rect.center()
        paint.icon(painter, middle.x() - icon / 2, middle.y() - icon / 2, look.icon, tokens[look.text], icon)
    elif figure:
        font = theme.font(11, 600 if look in {FAIR, POOR} else 500)
        paint.text(painter, rect, figure, tokens[look.text], font, align="centre")


class Legend(QWidget):
    """What the colours mean, of those that occur; it takes as many lines as it needs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks: tuple[TileLook, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_looks(self, looks: Sequence[TileLook]) -> None:
        """Explain these."""
        if tuple(looks) != self._looks:
            self._looks = tuple(looks)
            self.setAccessibleName(", ".join(map(legend_word, looks)))
            self._fit()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            for look, left, top in self._places():
                outlined = look._replace(border=look.border or look.text) if look is GOOD else look
                draw_tile(painter, QRectF(left, top + 5, 12, 12), tokens, outlined, icon=10)
                room = QRectF(left + 17, top, self.width() - left - 17, 22)
                paint.text(painter, room, legend_word(look), tokens["text2"], theme.font(12))

    def _places(self) -> list[tuple[TileLook, int, int]]:
        places, left, top = [], 0, 0
        for look in self._looks:
            wide = 17 + paint.width(legend_word(look), 12)
            if left and left + wide > self.width():
                left, top = 0, top + 22
            places.append((look, left, top))
            left += wide + 12
        return places

    def _fit(self) -> None:
        self.setFixedHeight(self._places()[-1][2] + 22 if self._looks else 0)
