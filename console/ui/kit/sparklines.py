"""A small line of the last minutes, without axes."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.ui import theme
from console.ui.kit import paint


def sparkline(
    painter: QPainter,
    rect: QRectF,
    values: Sequence[float | None],
    colour: QColor,
    *,
    ground: bool = True,
    dot: bool = False,
) -> None:
    """The values from the left to the right edge, from zero at the bottom to their highest at the top.

    It is parted where a value is None. `ground` tints what lies under it, `dot` marks its end.
    """
    if len(values) < 2:
        return
    top = max((value for value in values if value is not None), default=0.0) or 1.0
    step = rect.width() / (len(values) - 1)
    for measured, part in groupby(enumerate(values), key=lambda pair: pair[1] is not None):
        if measured:
            points = [QPointF(rect.left() + step * i, rect.bottom() - (v or 0) / top * rect.height()) for i, v in part]
            _paint_run(painter, rect, points, colour, ground=ground)
    last = values[-1]
    if dot and last is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(rect.right(), rect.bottom() - last / top * rect.height()), 2, 2)


def _paint_run(painter: QPainter, rect: QRectF, points: Sequence[QPointF], colour: QColor, *, ground: bool) -> None:
    if ground:
        area = QPainterPath(QPointF(points[0].x(), rect.bottom()))
        for point in points:
            area.lineTo(point)
        area.lineTo(points[-1].x(), rect.bottom())
        tint = QColor(colour)
        tint.setAlphaF(0.10)
        painter.fillPath(area, tint)
    painter.setPen(QPen(colour, 1.25))
    painter.drawPolyline(QPolygonF(points))


class Sparkline(QWidget):
    """The last samples of one figure."""

    def __init__(self, *, samples: int = 60, width: int = 72, height: int = 12, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: deque[float] = deque(maxlen=samples)
        self.setFixedSize(QSize(width, height))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def add(self, value: float) -> None:
        """Take the newest sample."""
        self._values.append(value)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self, turns=False) as painter:
            sparkline(painter, QRectF(self.rect()).adjusted(0, 1, 0, -1), self._values, theme.tokens(self)["accent"])
