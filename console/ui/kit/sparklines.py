"""A small line of the last minutes, without axes."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.ui import theme
from console.ui.kit import paint


def sparkline(painter: QPainter, rect: QRectF, values: Sequence[float], colour: QColor) -> None:
    """The values from the left to the right edge, from zero at the bottom to their highest at the top."""
    if len(values) < 2:
        return
    top = max(values) or 1.0
    step = rect.width() / (len(values) - 1)
    points = [QPointF(rect.left() + step * i, rect.bottom() - v / top * rect.height()) for i, v in enumerate(values)]
    area = QPainterPath(rect.bottomLeft())
    for point in points:
        area.lineTo(point)
    area.lineTo(rect.bottomRight())
    ground = QColor(colour)
    ground.setAlphaF(0.10)
    painter.fillPath(area, ground)
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
