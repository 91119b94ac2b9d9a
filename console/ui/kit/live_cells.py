"""Cells of what works now: slots that are taken, a line of the last hour, a name over what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.paint import Align
from console.ui.kit.sparklines import sparkline
from console.ui.theme import Role, Tokens, Weight

MOST_SLOTS = 8  # painted one by one; more are shown as shares of so many
SLOT, SLOT_GAP = 5, 3


@dataclass(frozen=True, slots=True)
class Slots:
    """Small upright blocks, as many as a worker has slots, the taken ones in colour; the figures after them."""

    busy: int
    slots: int
    text: str
    role: Role = "accent"

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, _align: Align) -> None:
        """The blocks first, the figures where a worker of MOST_SLOTS has them."""
        shown = min(self.slots, MOST_SLOTS)
        taken = round(shown * self.busy / self.slots) if self.slots else 0
        taken = max(taken, min(self.busy, 1))
        for place in range(shown):
            block = QRectF(rect.left() + place * (SLOT + SLOT_GAP), rect.center().y() - 5, SLOT, 10)
            paint.rounded(painter, block, 1.5, fill=tokens[self.role if place < taken else "sunken"])
        room = rect.adjusted(shown * (SLOT + SLOT_GAP) + 5, 0, 0, 0)
        paint.text(painter, room, self.text, tokens["text2"])


@dataclass(frozen=True, slots=True)
class Trend:
    """The last hour as a line that ends in a dot."""

    values: tuple[float, ...]
    role: Role = "accent"

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, _align: Align) -> None:
        """As wide as its column."""
        room, colour = rect.adjusted(0, 6, -3, -6), tokens[self.role]
        sparkline(painter, room, self.values, colour)
        if len(self.values) > 1:
            top = max(self.values) or 1.0
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(room.right(), room.bottom() - self.values[-1] / top * room.height()), 2, 2)


@dataclass(frozen=True, slots=True)
class TwoLines:
    """A name behind its icon, and under it in small what is to be said of it."""

    text: str
    detail: str
    icon: str
    icon_role: Role = "text3"
    detail_role: Role = "text2"
    weight: Weight = 600

    def paint(self, painter: QPainter, rect: QRectF, tokens: Tokens, align: Align) -> None:
        """Both elided, the name in the middle: the end carries the number."""
        middle = rect.center().y()
        paint.icon(painter, rect.left(), middle - 8, self.icon, tokens[self.icon_role])
        first = QRectF(rect.left() + 24, middle - 19, rect.width() - 24, 19)
        second = first.translated(0, 18)
        elide, font = Qt.TextElideMode.ElideMiddle, theme.font(13, self.weight)
        paint.text(painter, first, self.text, tokens["text"], font, align=align, elide=elide)
        paint.text(painter, second, self.detail, tokens[self.detail_role], theme.font(12), align=align)
