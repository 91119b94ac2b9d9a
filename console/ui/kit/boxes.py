"""Rows and columns of widgets, on a ground of one token."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.labels import Label
from console.ui.theme import Role

STRETCH: Final = "stretch"
Item = QWidget | int | str  # a widget, a space in pixels, or STRETCH
Margins = tuple[int, int, int, int]  # where the words begin, top, where they end, bottom
NONE: Final[Margins] = (0, 0, 0, 0)


def set_margins(layout: QLayout, start: int, top: int, end: int, bottom: int) -> None:
    """Keep room around a layout. Qt mirrors what lies in a layout, but not its margins."""
    mirrored = QGuiApplication.isRightToLeft()
    layout.setContentsMargins(end if mirrored else start, top, start if mirrored else end, bottom)


class Box(QWidget):
    """A widget that lays its items out in a line; made with `row` or `column`."""

    def __init__(self, layout: QBoxLayout, margins: Margins, spacing: int, ground: Role | None) -> None:
        super().__init__()
        self._ground: Role | None = ground
        self._lines = layout
        set_margins(layout, *margins)
        layout.setSpacing(spacing)
        self.setLayout(layout)

    def add(self, *items: Item, stretch: int = 0) -> Box:
        """Put items at the end; `stretch` lets these widgets take the room that is left."""
        for item in items:
            if isinstance(item, int):
                self._lines.addSpacing(item)
            elif isinstance(item, str):
                self._lines.addStretch(1)
            else:
                self._lines.addWidget(item, stretch)
        return self

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._ground is not None:
            with paint.painting(self) as painter:
                painter.fillRect(self.rect(), theme.tokens(self)[self._ground])


def row(
    *items: Item,
    margins: Margins = NONE,
    spacing: int = theme.GAP,
    ground: Role | None = None,
    height: int | None = None,
) -> Box:
    """Items side by side, centred on one line."""
    layout = QHBoxLayout()
    layout.setAlignment(Qt.AlignmentFlag.AlignVCenter)
    made = Box(layout, margins, spacing, ground).add(*items)
    if height is not None:
        made.setFixedHeight(height)
    return made


def column(
    *items: Item, margins: Margins = NONE, spacing: int = 0, ground: Role | None = None, width: int | None = None
) -> Box:
    """Items one under the other."""
    made = Box(QVBoxLayout(), margins, spacing, ground).add(*items)
    if width is not None:
        made.setFixedWidth(width)
    return made


def title_line(title: Label, note: Label | None = None, *right: QWidget) -> Box:
    """The first line of a page: its name, a note beside it, buttons at the right."""
    title.setMinimumWidth(title.sizeHint().width())  # the note gives way first
    made = row(title, height=theme.TITLE, margins=(theme.MARGIN, 0, theme.MARGIN, 0), spacing=10)
    if note is not None:
        made.add(note)
    return made.add(STRETCH, *right)
