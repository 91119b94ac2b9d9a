"""A few lines one under the other, each with its icon, a time at the end and a quieter line below: what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QFocusEvent, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.theme import Role, Tokens

EACH, ALONE = 44, 26  # height of an entry with and without its second line


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One entry."""

    icon: str
    role: Role
    title: str
    end: str = ""
    detail: str = ""

    @property
    def height(self) -> int:
        """What it takes."""
        return EACH if self.detail else ALONE

    def spoken(self) -> str:
        """The entry in words."""
        return ", ".join(part for part in (self.title, self.end, self.detail) if part)


class Occurrences(QWidget):
    """Painted, and read aloud as one text; a line that is cut is whole in its tool tip. `linked` draws a thread."""

    def __init__(self, *, name: str, linked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._linked = name, linked
        self.entries: tuple[Occurrence, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def show_entries(self, entries: Sequence[Occurrence]) -> None:
        """Become these."""
        if tuple(entries) != self.entries:
            self.entries = tuple(entries)
            self.setAccessibleName(f"{self._title}: {'; '.join(entry.spoken() for entry in entries)}")
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, sum(entry.height for entry in self.entries))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Give the whole words of a line as tool tip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip(event.pos().y()), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, top = theme.tokens(self), 0.0
        with paint.painting(self) as painter:
            for place, entry in enumerate(self.entries):
                rect = QRectF(0, top, self.width(), entry.height)
                self._paint_entry(painter, rect, tokens, entry, last=place == len(self.entries) - 1)
                top += entry.height

    def _paint_entry(self, painter: QPainter, rect: QRectF, tokens: Tokens, entry: Occurrence, *, last: bool) -> None:
        if self._linked and not last:
            painter.fillRect(QRectF(7, rect.top() + 21, 1, rect.height() - 19), tokens["line2"])
        paint.icon(painter, 0, rect.top() + 3, entry.icon, tokens[entry.role], 14)
        first = QRectF(24, rect.top(), rect.width() - 24, 20)
        taken = paint.text(painter, first, entry.end, tokens["text3"], theme.font(12), align="end") if entry.end else 0
        paint.text(painter, first.adjusted(0, 0, -taken - 8, 0), entry.title, tokens["text"], theme.font(13, 500))
        if entry.detail:
            paint.text(painter, first.translated(0, 18), entry.detail, tokens["text2"], theme.font(12))

    def _tip(self, height: int) -> str:
        top = 0
        for entry in self.entries:
            top += entry.height
            if height < top:
                room = self.width() - 24
                long = paint.width(entry.detail, 12) > room or paint.width(entry.title + entry.end, 13, 500) > room - 8
                return entry.spoken() if long else ""
        return ""
