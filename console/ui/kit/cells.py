"""What a table's cell shows beyond plain words: each knows how to paint itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.paint import Align
from console.ui.kit.states import Look
from console.ui.theme import Role, Tokens, Weight


class Cell(Protocol):
    """A look for one cell, inside its padding."""

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, align: Align) -> None:
        """Draw it."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words in a colour and weight of their own; too long, they lose their end, or a name its middle."""

    text: str
    role: Role = "text2"
    weight: Weight = 400
    name: bool = False

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, align: Align) -> None:
        """On one line."""
        elide = Qt.TextElideMode.ElideMiddle if self.name else Qt.TextElideMode.ElideRight
        font = theme.font(13, self.weight)
        paint.text(painter, rect, self.text, tokens[self.role], font, align=align, elide=elide)


@dataclass(frozen=True, slots=True)
class Named:
    """A name behind its icon, elided in the middle: the end carries the number."""

    text: str
    icon: str
    icon_role: Role = "text3"

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, align: Align) -> None:
        """The icon 16 wide, the name in the weight of names."""
        paint.icon(painter, rect.left(), rect.center().y() - 8, self.icon, tokens[self.icon_role])
        place, middle = rect.adjusted(24, 0, 0, 0), Qt.TextElideMode.ElideMiddle
        paint.text(painter, place, self.text, tokens["text"], theme.font(13, 500), align=align, elide=middle)


@dataclass(frozen=True, slots=True)
class Stated:
    """A state: icon, word and colour."""

    look: Look

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, align: Align) -> None:
        """The icon 14 wide and the word in one colour."""
        colour = tokens[self.look.role]
        paint.icon(painter, rect.left(), rect.center().y() - 7, self.look.icon, colour, 14)
        paint.text(painter, rect.adjusted(20, 0, 0, 0), self.look.word, colour, theme.font(13, 500), align=align)


@dataclass(frozen=True, slots=True)
class Progress:
    """A bar over the whole cell; its figures stand in another."""

    share: float
    ahead: float = 0.0  # a second share in a weaker tone: uploaded, while `share` is read
    role: Role = "accent"

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, _align: Align) -> None:
        """Six pixels high."""
        room = QRectF(rect.left(), rect.center().y() - 3, rect.width(), 6)
        parts = [(self.share, tokens[self.role]), (max(self.ahead - self.share, 0), tokens.soft(self.role, 0.34))]
        paint.bar(painter, room, parts, tokens["sunken"])


@dataclass(frozen=True, slots=True)
class Measured:
    """A small bar with its figures beside it, which take `figures` pixels."""

    share: float
    text: str
    figures: int = 56
    role: Role = "accent"
    ahead: float = 0.0  # a second share in a weaker tone: uploaded, while `share` is read

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, align: Align) -> None:
        """The bar takes what the figures leave."""
        room = rect.adjusted(0, 0, -self.figures - 8, 0)
        Progress(self.share, self.ahead, self.role).paint(painter, room, tokens, align)
        paint.text(painter, rect, self.text, tokens["text2"], align="end")
