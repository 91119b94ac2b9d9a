"""The four figures at the head of the overview: each with its last hour as a line, and what there is to say of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStyle, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.sparklines import sparkline
from console.ui.theme import Role, Tokens

HIGH, LOW = 92, 74  # pixels, of a wide and of a small window


@dataclass(frozen=True, slots=True)
class Figure:
    """What one of them shows."""

    title: str
    figure: str
    unit: str = ""
    note: str = ""
    short_note: str = ""  # where there is little room; "": the same
    note_role: Role = "text2"
    role: Role = "accent"  # of the line
    values: tuple[float | None, ...] = ()  # of the last hour, the oldest first


class FigureTile(QWidget):
    """One figure."""

    def __init__(self, *, first: bool = False) -> None:
        super().__init__()
        self._first, self._compact, self._stale = first, False, False
        self.shown = Figure("", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_compact(False)

    def show_figure(self, figure: Figure) -> None:
        """Show and read aloud another one."""
        if figure != self.shown:
            self.shown = figure
            value = f"{figure.figure} {figure.unit}".strip()
            said = ", ".join(part for part in (figure.title, value, figure.note) if part)
            self.setAccessibleName(said)
            self.setToolTip(said)
            self.update()

    def set_stale(self, stale: bool) -> None:
        """Turn grey while nobody can say whether it is still so."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def set_compact(self, compact: bool) -> None:
        """Take less room."""
        self._compact = compact
        self.setFixedHeight(LOW if compact else HIGH)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, shown = theme.tokens(self), self.shown
        room = QRectF(self.rect()).adjusted(0 if self._first else 24, 0, -24, 0)
        with paint.painting(self) as painter:
            if not self._first:
                painter.fillRect(QRectF(0, 4, 1, self.height() - 20), tokens["line"])
            self._paint_words(painter, room, tokens)
        wide, top, high = (48, 4, 16) if self._compact else (80, 10, 38)
        line = QRect(int(room.right()) - wide - 3, top, wide, high)
        with paint.painting(self, turns=False) as painter:  # time runs to the right
            place = QRectF(QStyle.visualRect(self.layoutDirection(), self.rect(), line))
            colour = tokens["text3" if self._stale else shown.role]
            sparkline(painter, place, shown.values, colour, dot=not self._compact)

    def _paint_words(self, painter: QPainter, room: QRectF, tokens: Tokens) -> None:
        shown, stale = self.shown, self._stale
        size, top, note = (24, 17, 48) if self._compact else (28, 20, 60)

        def line(at: float, height: float) -> QRectF:
            return QRectF(room.left(), at, room.width(), height)

        paint.text(painter, line(0, 16), shown.title, tokens["text3"], theme.font(12, 500))
        number, colour = theme.font(size, 600), tokens["text3" if stale else "text"]
        wide = paint.text(painter, line(top, size + 8), shown.figure, colour, number) + 6
        foot = top + (size + 8 + theme.metrics(size, 600).capHeight() - theme.metrics().capHeight()) / 2
        paint.text(painter, line(foot - 9, 18).adjusted(wide, 0, 0, 0), shown.unit, tokens["text2"])
        colour = tokens["text3" if stale else shown.note_role]
        said = shown.short_note if self._compact and shown.short_note else shown.note
        paint.text(painter, line(note, 18), said, colour, theme.font(12))


class FigureRow(QWidget):
    """The figures beside each other."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.tiles = [FigureTile(first=place == 0) for place in range(count)]
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.MARGIN, 0, theme.MARGIN, 0)
        line.setSpacing(0)
        for tile in self.tiles:
            line.addWidget(tile, 1)

    def show_figures(self, figures: list[Figure]) -> None:
        """Show these, in their order."""
        for tile, figure in zip(self.tiles, figures, strict=True):
            tile.show_figure(figure)

    def set_stale(self, stale: bool) -> None:
        """Turn them grey."""
        for tile in self.tiles:
            tile.set_stale(stale)

    def set_compact(self, compact: bool) -> None:
        """Let them take less room."""
        for tile in self.tiles:
            tile.set_compact(compact)
