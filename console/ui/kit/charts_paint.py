"""How charts are drawn: one plot under the other over one span of time, and the crosshair that reads them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.charts_axes import Tick, ticks
from console.ui.kit.charts_data import Chart, Curve, Mark, Span, Values
from console.ui.theme import Tokens

NAMES: Final = 200  # pixels beside the plots: names and figures at their start, what stands at the axes at their end
SCALE: Final = 76
HEAD: Final = 18  # over the first plot, for the flags of what stood out
FOOT: Final = 26  # under the last plot, for the time
TICK: Final = 92  # pixels that a moment at the foot wants
LOW: Final = 84  # a plot lower than this shows no note
PEN: Final = 1.5


@dataclass(frozen=True, slots=True)
class Room:
    """Where everything lies. Time runs to the right in every language, as figures do; what is beside it swaps sides."""

    size: QSizeF
    charts: int
    mirrored: bool = False

    @property
    def left(self) -> float:
        """Where the plots begin."""
        return SCALE if self.mirrored else NAMES

    @property
    def right(self) -> float:
        """Where they end."""
        return self.size.width() - (NAMES if self.mirrored else SCALE)

    @property
    def foot(self) -> float:
        """Where the last plot ends."""
        return self.size.height() - FOOT

    def lane(self, place: int) -> QRectF:
        """All that belongs to one chart."""
        height = (self.foot - HEAD) / max(self.charts, 1)
        return QRectF(theme.MARGIN, HEAD + place * height, self.size.width() - 2 * theme.MARGIN, height)

    def plot(self, place: int) -> QRectF:
        """Where one chart's values are drawn."""
        lane = self.lane(place)
        return QRectF(self.left, lane.top() + 18, self.right - self.left, lane.height() - 26)

    def names(self, place: int) -> QRectF:
        """Where one chart's name and figure stand."""
        lane = self.lane(place)
        left = self.right + 16 if self.mirrored else lane.left()
        return QRectF(left, lane.top(), NAMES - 40, lane.height())

    def scale(self, y: float) -> QRectF:
        """Where the figure of a line across the plots stands."""
        left = theme.MARGIN if self.mirrored else self.right + 12
        return QRectF(left, y - 9, SCALE - 36, 18)

    def x(self, share: float) -> float:
        """A moment across the plots."""
        return self.left + (self.right - self.left) * share

    def middle(self, place: int, span: Span) -> float:
        """The middle of a step."""
        return self.x((place + 0.5) / max(span.count, 1))

    def place(self, x: float, span: Span) -> int:
        """The step under a point; the nearest beside the plots."""
        share = (x - self.left) / max(self.right - self.left, 1)
        return min(max(int(share * span.count), 0), span.count - 1)


def charts(painter: QPainter, room: Room, tokens: Tokens, span: Span, shown: Sequence[Chart]) -> None:
    """All but marks and crosshair."""
    for moment, x in _moments(room, span):
        top = room.plot(0).top()
        painter.fillRect(QRectF(x, top, 1, room.foot - top - 8), tokens["line2" if moment.day else "line"])
        colour, font = tokens["text2" if moment.day else "text3"], theme.font(12, 500 if moment.day else 400)
        paint.text(painter, _label(room, x), moment.label, colour, font, align="centre")
    for place, chart in enumerate(shown):
        if place:
            lane = room.lane(place)
            painter.fillRect(QRectF(lane.left(), round(lane.top()), lane.width(), 1), tokens["line"])
        _paint_names(painter, room.names(place), tokens, chart, room.mirrored)
        _paint_plot(painter, room, room.plot(place), tokens, chart)


def _moments(room: Room, span: Span) -> Iterator[tuple[Tick, int]]:
    for moment in ticks(span.start, span.end, max(int((room.right - room.left) / TICK), 2)):
        yield moment, round(room.x(span.share(moment.at)))


def _label(room: Room, x: float) -> QRectF:
    return QRectF(x - TICK / 2, room.foot + 2, TICK, 22)


def _paint_names(painter: QPainter, rect: QRectF, tokens: Tokens, chart: Chart, mirrored: bool) -> None:
    align: paint.Align = "end" if mirrored else "start"
    place = QRectF(rect.left(), rect.top() + 8, rect.width(), 18)
    paint.text(painter, place, chart.title, tokens["text3"], theme.font(12, 500), align=align)
    place = QRectF(rect.left(), rect.top() + 26, rect.width(), 32)
    paint.text(painter, place, chart.figure, tokens[chart.figure_role], theme.font(22, 600), align=align)
    if rect.height() >= LOW:
        place = QRectF(rect.left(), rect.top() + 58, rect.width(), 18)
        paint.text(painter, place, chart.note, tokens[chart.note_role], theme.font(12), align=align)


def _paint_plot(painter: QPainter, room: Room, plot: QRectF, tokens: Tokens, chart: Chart) -> None:
    ceiling = chart.ceiling
    align: paint.Align = "start" if room.mirrored else "end"
    for share in (0.0, 0.5, 1.0):
        y = round(plot.bottom() - plot.height() * share)
        painter.fillRect(QRectF(plot.left(), y, plot.width(), 1), tokens["line" if share else "line2"])
        paint.text(painter, room.scale(y), chart.axis(ceiling * share), tokens["text3"], theme.font(11), align=align)
    for curve in chart.curves:
        if chart.bars:
            _paint_bars(painter, plot, curve, ceiling, tokens[chart.role])
        else:
            _paint_line(painter, plot, curve, ceiling, tokens.soft(chart.role, 0.6 if curve.weak else 1.0))


def _paint_bars(painter: QPainter, plot: QRectF, curve: Curve, ceiling: float, colour: QColor) -> None:
    step = plot.width() / max(len(curve.values), 1)
    for place, value in enumerate(curve.values):
        if value:
            height = max(plot.height() * value / ceiling, 3)
            left = plot.left() + place * step
            painter.fillRect(QRectF(left, plot.bottom() - height, max(step - 0.6, 2), height), colour)


def _paint_line(painter: QPainter, plot: QRectF, curve: Curve, ceiling: float, colour: QColor) -> None:
    ground = QColor(colour)
    ground.setAlphaF(colour.alphaF() * 0.10)
    last = None
    for run in runs(plot, curve, ceiling):
        last = run[-1]
        area = QPainterPath(QPointF(run[0].x(), plot.bottom()))
        for point in run:
            area.lineTo(point)
        area.lineTo(run[-1].x(), plot.bottom())
        painter.fillPath(area, ground)
        painter.setPen(QPen(colour, PEN))
        painter.drawPolyline(QPolygonF(run))
    if last is not None and curve.values[-1] is not None and not curve.weak:
        painter.setBrush(colour)
        painter.drawEllipse(last, 1.5, 1.5)


def runs(plot: QRectF, curve: Curve, ceiling: float) -> Iterator[list[QPointF]]:
    """The points of a curve, parted where nobody measured; of many on two pixels the lowest and the highest stay."""
    step = plot.width() / max(len(curve.values), 1)
    many = int(2 / step) if step else 1
    for measured, part in groupby(_thinned(curve.values, many), key=lambda pair: pair[1] is not None):
        if measured:
            points = [
                QPointF(plot.left() + (place + 0.5) * step, plot.bottom() - plot.height() * (value or 0.0) / ceiling)
                for place, value in part
            ]
            if len(points) == 1:  # a step alone is as wide as a step
                yield [points[0] - QPointF(step / 2, 0), points[0] + QPointF(step / 2, 0)]
            else:
                yield points


def _thinned(values: Values, many: int) -> Iterator[tuple[float, float | None]]:
    """Each value with its place; where `many` come together the lowest and the highest of them."""
    if many < 2:
        yield from enumerate(values)
        return
    for first in range(0, len(values), many):
        known = [value for value in values[first : first + many] if value is not None]
        middle = first + (many - 1) / 2
        if not known:
            yield middle, None
        elif (lowest := min(known)) == (highest := max(known)):
            yield middle, lowest
        else:
            yield middle, lowest
            yield middle, highest


def marks(painter: QPainter, room: Room, tokens: Tokens, span: Span, shown: Sequence[Mark]) -> None:
    """A band for what lasted, a line where it began, and a flag for as many as have room: the newest first."""
    top, bottom, taken = room.plot(0).top(), room.plot(room.charts - 1).bottom(), room.right + SCALE
    for mark in sorted(shown, key=lambda mark: mark.start, reverse=True):
        start, end = (room.x(min(max(span.share(when), 0), 1)) for when in (mark.start, mark.end or span.end))
        if end <= room.left or start >= room.right:
            continue
        painter.fillRect(QRectF(start, top, max(end - start, 1), bottom - top), tokens.soft(mark.role, 0.10))
        if start <= room.left:  # it began before
            continue
        wide = paint.width(mark.text, 12, 600) + 34
        edge = min(start, taken - 8)
        if edge - wide >= room.left - 8 and edge > start - 24:
            painter.fillRect(QRectF(round(start), 12, 1, bottom - 12), tokens[mark.role])
            _paint_flag(painter, QRectF(round(edge) - wide + 1, 2, wide, 22), tokens, mark)
            taken = edge - wide
        else:
            painter.fillRect(QRectF(round(start), top, 1, bottom - top), tokens.soft(mark.role, 0.6))


def _paint_flag(painter: QPainter, rect: QRectF, tokens: Tokens, mark: Mark) -> None:
    ground = {"bad": tokens["bad_soft"], "warn": tokens["warn_soft"]}.get(mark.role, tokens["raised"])
    paint.rounded(painter, rect, theme.KEY, fill=ground, border=tokens[mark.role])
    paint.icon(painter, rect.left() + 8, rect.top() + 4, mark.icon, tokens[mark.role], 14)
    paint.text(painter, rect.adjusted(27, 0, -4, 0), mark.text, tokens[mark.role], theme.font(12, 600))


def crosshair(painter: QPainter, room: Room, tokens: Tokens, span: Span, shown: Sequence[Chart], place: int) -> None:
    """A line through all plots, the values beside it, the time at its foot."""
    x = round(room.middle(place, span))
    pen = QPen(tokens["text2"], 1)
    pen.setDashPattern([3, 3])
    painter.setPen(pen)
    painter.drawLine(QPointF(x + 0.5, room.plot(0).top()), QPointF(x + 0.5, room.foot))
    for row, chart in enumerate(shown):
        plot, values = room.plot(row), chart.at(place)
        for value in values:
            if value is not None:
                painter.setPen(QPen(tokens["surface"], 2))
                painter.setBrush(tokens[chart.role])
                painter.drawEllipse(QPointF(x + 0.5, plot.bottom() - plot.height() * value / chart.ceiling), 4.5, 4.5)
        _paint_value(painter, x, room, plot, tokens, chart.say(values))
    label = words.moment(span.moment(place))
    wide = paint.width(label, 12, 600) + 16
    rect = QRectF(x - wide / 2, room.foot + 3, wide, 20)
    for _, other in _moments(room, span):
        if abs(other - x) < (wide + TICK) / 2 - 20:
            painter.fillRect(_label(room, other), tokens["surface"])
    paint.rounded(painter, rect, theme.KEY, fill=tokens["notice"])
    paint.text(painter, rect, label, tokens["on_notice"], theme.font(12, 600), align="centre")


def _paint_value(painter: QPainter, x: float, room: Room, plot: QRectF, tokens: Tokens, said: str) -> None:
    wide = paint.width(said, 12, 600) + 16
    left = x - wide - 8 if x - wide - 8 > room.left else x + 9
    rect = QRectF(left, plot.top() - 10, wide, 20)
    paint.rounded(painter, rect, theme.KEY, fill=tokens["raised"], border=tokens["line2"])
    paint.text(painter, rect, said, tokens["text"], theme.font(12, 600), align="centre")


def reach(room: Room, span: Span, shown: Sequence[Chart], place: int) -> QRectF:
    """What `crosshair` may paint on at that step."""
    said = max((paint.width(chart.say(chart.at(place)), 12, 600) for chart in shown), default=0)
    wide = max(said, int(TICK)) + 34
    return QRectF(room.middle(place, span) - wide, 0, 2 * wide, room.size.height())
