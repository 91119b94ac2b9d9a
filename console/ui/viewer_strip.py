"""The pages of a job, one under the other: small pictures with their number and how sure the reading was."""

from __future__ import annotations

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.rings import Ring
from console.ui.page_tiles import TILE_ROLE, Tile, Tiles
from console.ui.theme import Tokens

translate = QCoreApplication.translate
Index = QModelIndex | QPersistentModelIndex
WIDTH, HEIGHT = 104, 142  # of one page in the strip
PAPER = QSize(72, 102)
KEPT = 100  # small pictures: more than any screen shows, those that were seen last


class PageStrip(QListView):
    """The list. `wanted` asks for the small picture of a page that came into view and has none."""

    turned = Signal(int)  # the number of the page that was chosen
    wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles = Tiles()
        self.pictures: dict[int, QImage] = {}  # the one that was seen last at the end
        self.setModel(self.tiles)
        self.setItemDelegate(_Painter(self))
        self.setFixedWidth(WIDTH)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(translate("Viewer", "Pages"))
        self._ring = Ring(self)
        self.selectionModel().currentChanged.connect(self._tell)

    def turn_to(self, number: int) -> None:
        """Mark a page, from 1, and bring it into view."""
        index = self.tiles.index(number - 1)
        if index.isValid() and index != self.currentIndex():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def show_picture(self, number: int, picture: QImage) -> None:
        """The small picture of a page."""
        self.pictures.pop(number, None)
        self.pictures[number] = picture
        for oldest in list(self.pictures)[:-KEPT]:
            del self.pictures[oldest]
        self.viewport().update()

    def picture(self, number: int) -> QImage | None:
        """The picture of a page that is seen now."""
        found = self.pictures.pop(number, None)
        if found is not None:
            self.pictures[number] = found
        return found

    def forget_pictures(self) -> None:
        """They belong to another document."""
        self.pictures.clear()

    def paintEvent(self, event: QPaintEvent) -> None:
        with paint.painting(self.viewport(), turns=False) as painter:
            painter.fillRect(self.viewport().rect(), theme.tokens(self)["canvas"])
        super().paintEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Letters are commands here."""

    def _tell(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.turned.emit(current.row() + 1)


class _Painter(QStyledItemDelegate):
    def __init__(self, strip: PageStrip) -> None:
        super().__init__(strip)
        self._strip = strip

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tile = index.data(TILE_ROLE)
        if tile is None:
            return
        chosen = self._strip.currentIndex().row() == index.row()
        tokens = theme.tokens(self._strip)
        rect = QRectF(option.rect)  # type: ignore[attr-defined,unused-ignore]
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(rect, tokens["canvas"])
        if chosen:
            paint.rounded(painter, rect.adjusted(8, 3, -8, -3), theme.CONTROL, fill=tokens["select"])
        paper = QRectF(rect.center().x() - PAPER.width() / 2, rect.top() + 10, PAPER.width(), PAPER.height())
        self._paint_paper(painter, paper, tokens, tile.number, chosen=chosen)
        _paint_words(painter, QRectF(paper.left(), paper.bottom() + 3, paper.width(), 20), tokens, tile, chosen=chosen)
        painter.restore()

    def _paint_paper(self, painter: QPainter, paper: QRectF, tokens: Tokens, number: int, *, chosen: bool) -> None:
        picture = self._strip.picture(number)
        if picture is None:
            self._strip.wanted.emit(number)
        else:
            ratio = picture.devicePixelRatio()
            wide, high = picture.width() / ratio, picture.height() / ratio
            paper = QRectF(paper.center().x() - wide / 2, paper.center().y() - high / 2, wide, high)
            painter.drawImage(paper, picture)
        if picture is None:
            painter.fillRect(paper, tokens["sunken"])
        if chosen:
            paint.rounded(painter, paper.adjusted(-1, -1, 1, 1), 1, border=tokens["accent"], pen=2)
        else:
            paint.rounded(painter, paper, 0.5, border=tokens["line2"])


def _paint_words(painter: QPainter, rect: QRectF, tokens: Tokens, tile: Tile, *, chosen: bool) -> None:
    number = words.number(tile.number)
    paint.text(painter, rect, number, tokens["text" if chosen else "text2"], theme.font(12, 600 if chosen else 500))
    figure, role, icon = tile.figure
    wide = paint.text(painter, rect, figure, tokens[role], theme.font(12, 600 if icon else 400), align="end")
    if icon:
        paint.icon(painter, rect.right() - wide - (16 if figure else 12), rect.center().y() - 6, icon, tokens[role], 12)
