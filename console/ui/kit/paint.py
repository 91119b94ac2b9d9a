"""Painting by the rules of the design: text on its baseline, crisp lines, rounded boxes, icons, bars, key hints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from typing import Literal

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPaintDevice, QPainter, QPainterPath, QPen, QRegion
from PySide6.QtWidgets import QWidget

from console.ui import icons, theme
from console.ui.kit import lettering

Align = Literal["start", "centre", "end"]
Part = tuple[float, QColor]  # a share of a bar, 0 to 1, and its colour
Keys = tuple[str, ...]
KEY_GAP = 4
_turned = False  # whether what is painted now is mirrored
SMOOTH = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform


@contextmanager
def painting(device: QPaintDevice, *, turns: bool = True) -> Iterator[QPainter]:
    """A painter with smooth edges on a widget, ended when the block is left.

    Where the words run from right to left the whole widget is mirrored; texts and icons are turned back where they
    stand, so whoever paints thinks from left to right. What has a right way round as a whole, a scanned page or a
    chart whose time runs to the right, does not turn.
    """
    painter = QPainter(device)
    painter.setRenderHints(SMOOTH)
    turned = turns and isinstance(device, QWidget) and device.layoutDirection() == Qt.LayoutDirection.RightToLeft
    if turned and isinstance(device, QWidget):
        _mirror(painter, QRectF(device.rect()))
    try:
        with _turning(turned):
            yield painter
    finally:
        painter.end()


@contextmanager
def placed(painter: QPainter, rect: QRect, direction: Qt.LayoutDirection) -> Iterator[None]:
    """The same for one cell of a view: smooth, and mirrored within its rectangle."""
    painter.setRenderHints(SMOOTH)
    if direction != Qt.LayoutDirection.RightToLeft:
        yield
        return
    painter.save()
    _mirror(painter, QRectF(rect))
    try:
        with _turning(True):
            yield
    finally:
        painter.restore()


def along(widget: QWidget, x: float) -> float:
    """Where a pointer stands, from the side on which the words begin."""
    return widget.width() - x if widget.layoutDirection() == Qt.LayoutDirection.RightToLeft else x


def width(text: str, size: int = 13, weight: theme.Weight = 400, *, mono: bool = False) -> int:
    """How many whole pixels a text takes."""
    return ceil(lettering.advance(lettering.face(theme.font(size, weight, mono=mono), figures=_is_figure(text)), text))


def text(
    painter: QPainter,
    rect: QRectF,
    words: str,
    colour: QColor,
    font: QFont | None = None,
    *,
    align: Align = "start",
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> float:
    """Draw one line, centred by the height of its capitals, and return its width.

    It stands on the baseline of the first font: a fallback font (Chinese) would move it inside a rectangle.
    """
    face = lettering.face(font or theme.font(), figures=_is_figure(words))
    advance = lettering.advance(face, words)
    if advance > rect.width() + 0.5:
        words = lettering.elided(face, words, rect.width() + 0.5, elide)
        advance = lettering.advance(face, words)
    left = rect.left()
    if align == "end":
        left = rect.right() - advance
    elif align == "centre":
        left = rect.center().x() - advance / 2
    painter.setFont(face.font)
    painter.setPen(colour)
    place = QPointF(left, round(rect.center().y() + face.cap / 2))
    if not _turned:
        painter.drawText(place, words)
        return advance
    with _unmirrored(painter, left, advance):
        painter.drawText(place, words)
    return advance


def marked(
    painter: QPainter,
    rect: QRectF,
    words: str,
    needle: str,
    plain: Callable[[str], str],
    colour: QColor,
    accent: QColor,
) -> float:
    """Draw a name whose letters that were typed stand out, and return its width; `plain` is how they compare."""
    at = plain(words).find(needle) if needle and len(plain(words)) == len(words) else -1
    if at < 0:
        return text(painter, rect, words, colour, theme.font(13, 500))
    end, taken = at + len(needle), 0.0
    for part, weight, tone in ((words[:at], 500, colour), (words[at:end], 600, accent), (words[end:], 500, colour)):
        room = rect.adjusted(taken, 0, 0, 0)
        if part and room.width() > 0:
            taken += text(painter, room, part, tone, theme.font(13, 600 if weight == 600 else 500))
    return taken


def rounded(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    *,
    fill: QColor | None = None,
    border: QColor | None = None,
    pen: float = 1.0,
) -> None:
    """A box with round corners; the border lies inside the rectangle."""
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    if border is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect, radius, radius)
        return
    half = pen / 2
    painter.setPen(QPen(border, pen))
    painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius - half, radius - half)


def cut_corners(window: QWidget, radius: float) -> None:
    """A mask, not a see-through window: those are black where nothing composes them."""
    shape = QPainterPath()
    shape.addRoundedRect(QRectF(window.rect()), radius, radius)
    window.setMask(QRegion(shape.toFillPolygon().toPolygon()))


def dashed(painter: QPainter, rect: QRectF, radius: float, colour: QColor, pen: float = 1.0) -> None:
    """The outline of a place where things may be dropped."""
    stroke = QPen(colour, pen, Qt.PenStyle.DashLine)
    stroke.setDashPattern([5, 4])
    painter.setPen(stroke)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = pen / 2
    painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius, radius)


def icon(painter: QPainter, left: float, top: float, name: str, colour: QColor, size: int = 16) -> None:
    """An icon with its corner on a whole pixel."""
    ratio = ceil(painter.device().devicePixelRatio())
    place, drawn = QPointF(round(left), round(top)), icons.pixmap(name, size, colour, ratio)
    if not _turned:
        painter.drawPixmap(place, drawn)
        return
    with _unmirrored(painter, round(left), size):
        painter.drawPixmap(place, drawn)


def focus_ring(painter: QPainter, rect: QRectF, colour: QColor, radius: float = theme.CONTROL) -> None:
    """Two pixels just inside the edge."""
    rounded(painter, rect, radius, border=colour, pen=2)


def bar(painter: QPainter, rect: QRectF, parts: Sequence[Part], track: QColor) -> None:
    """A progress bar; the parts lie one after the other from the left."""
    radius = rect.height() / 2
    rounded(painter, rect, radius, fill=track)
    shape = QPainterPath()
    shape.addRoundedRect(rect, radius, radius)
    painter.save()
    painter.setClipPath(shape)
    left = rect.left()
    for share, colour in parts:
        long = rect.width() * min(max(share, 0.0), 1.0)
        painter.fillRect(QRectF(left, rect.top(), long, rect.height()), colour)
        left += long
    painter.restore()


def key_width(key: str) -> int:
    """What `key_hint` takes for this key."""
    return max(18, width(key, 11, 500) + 10)


def key_hint(painter: QPainter, left: float, middle: float, key: str, colour: QColor, border: QColor) -> None:
    """A key in a small frame, centred on the line `middle`."""
    rect = QRectF(left, middle - 9, key_width(key), 18)
    rounded(painter, rect, theme.KEY, border=border)
    text(painter, rect, key, colour, theme.font(11, 500), align="centre")


def keys_width(signs: Keys) -> int:
    """What `keys` takes."""
    return sum(map(key_width, signs)) + KEY_GAP * max(len(signs) - 1, 0)


def keys(painter: QPainter, left: float, middle: float, signs: Keys, colour: QColor, border: QColor) -> None:
    """Keys that are pressed together or in turn, each in its frame."""
    for sign in signs:
        key_hint(painter, left, middle, sign, colour, border)
        left += key_width(sign) + KEY_GAP


def _mirror(painter: QPainter, rect: QRectF) -> None:
    painter.translate(rect.left() + rect.right(), 0)
    painter.scale(-1, 1)


@contextmanager
def _turning(turned: bool) -> Iterator[None]:
    """Say whether what is painted now is mirrored: a question that is asked for every text of a table."""
    global _turned  # noqa: PLW0603 - all painting is done on one thread
    before, _turned = _turned, turned
    try:
        yield
    finally:
        _turned = before


@contextmanager
def _unmirrored(painter: QPainter, left: float, wide: float) -> Iterator[None]:
    """What has a right way round, drawn that way, in the place that mirroring gives it."""
    painter.save()
    _mirror(painter, QRectF(left, 0, wide, 1))
    try:
        yield
    finally:
        painter.restore()


def _is_figure(words: str) -> bool:
    """Whether its figures are to be of equal width. Inter makes the hyphens as wide then, which tears names apart."""
    return "-" not in words
