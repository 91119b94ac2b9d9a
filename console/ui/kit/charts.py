"""Charts one under the other over one span of time, with a crosshair that reads all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.ui import theme, words
from console.ui.kit import charts_paint, paint
from console.ui.kit.charts_data import Chart, Mark, Span
from console.ui.kit.charts_paint import Room

LOWEST = 92  # pixels for one chart
FINE = 2  # a picture that is taken away has twice the points
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_LEAPS = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class ChartStack(QWidget):
    """The plots are painted once for each data and size; while the crosshair moves, only what it touches is.

    The pointer moves it, and so do the arrow keys, Page Up and Down, Home and End; Esc puts it away.
    """

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = name
        self._span: Span | None = None
        self._charts: tuple[Chart, ...] = ()
        self._marks: tuple[Mark, ...] = ()
        self._at: datetime | None = None  # a moment, not a place: it stays when the span moves on
        self._stale = False
        self._drawn: QPixmap | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)

    def show_charts(self, span: Span, charts: Sequence[Chart], marks: Sequence[Mark] = ()) -> None:
        """Show these; what is shown already is not painted again."""
        if (span, tuple(charts), tuple(marks)) == (self._span, self._charts, self._marks):
            return
        self._span, self._charts, self._marks = span, tuple(charts), tuple(marks)
        self.setMinimumHeight(charts_paint.HEAD + charts_paint.FOOT + LOWEST * len(self._charts))
        self._draw_anew()
        self._say()

    def set_stale(self, stale: bool) -> None:
        """Turn grey while nobody can say whether it is still so."""
        if stale != self._stale:
            self._stale = stale
            self._draw_anew()

    @property
    def place(self) -> int | None:
        """The step under the crosshair; None: it is away."""
        if self._span is None or self._at is None:
            return None
        place = int((self._at - self._span.start).total_seconds() // self._span.step_s)
        return place if 0 <= place < self._span.count else None

    @property
    def said(self) -> str:
        """The values under the crosshair in words, "" without one."""
        place = self.place
        if self._span is None or place is None:
            return ""
        when = self._span.moment(place)
        said = [words.moment(when), *(f"{chart.title} {chart.say(chart.at(place))}" for chart in self._charts)]
        said += [mark.text for mark in self._marks if _covers(mark, when, self._span.moment(place + 1))]
        return ", ".join(said)

    def go_to(self, place: int | None) -> None:
        """Put the crosshair on a step, the nearest there is; None puts it away."""
        before = self.place
        if self._span is None or place is None:
            self._at = None
        else:
            self._at = self._span.moment(min(max(place, 0), self._span.count - 1))
        for one in {before, self.place} - {None}:
            self._update_at(one)
        if before != self.place:
            self._say()

    def picture(self, title: str, sentence: str) -> QImage:
        """All of it as a picture of twice the points, under a title and a sentence."""
        head = theme.TITLE
        image = QImage(self.width() * FINE, (self.height() + head) * FINE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(FINE)
        tokens = theme.tokens(self)
        image.fill(tokens["surface"])
        with paint.painting(image) as painter:
            line = QRectF(theme.MARGIN, 0, self.width() - 2 * theme.MARGIN, head)
            if self._mirrored:
                paint.text(painter, line, title, tokens["text"], theme.font(20, 600), align="end")
                paint.text(painter, line, sentence, tokens["text3"], align="start")
            else:
                wide = paint.text(painter, line, title, tokens["text"], theme.font(20, 600))
                paint.text(painter, line.adjusted(wide + 12, 0, 0, 0), sentence, tokens["text3"])
            painter.translate(0, head)
            self._paint_charts(painter)
        return image

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._span is not None and self._room.left <= x <= self._room.right:
            self.go_to(self._room.place(x, self._span))
        else:
            self.go_to(None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.go_to(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, span = Qt.Key(event.key()), self._span
        if span is None:
            super().keyPressEvent(event)
        elif key in _STEPS or key in _LEAPS:
            by = _STEPS[key] if key in _STEPS else _LEAPS[key] * max(span.count // 10, 1)
            self.go_to(span.count - 1 if self.place is None else self.place + by)
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self.go_to(0 if key == Qt.Key.Key_Home else span.count - 1)
        elif key == Qt.Key.Key_Escape and self.place is not None:
            self.go_to(None)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw_anew()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.LayoutDirectionChange}:
            self._draw_anew()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, place = theme.tokens(self), self.place
        with paint.painting(self, turns=False) as painter:
            painter.drawPixmap(QPointF(0, 0), self._plots())
            if self._span is not None and place is not None:
                charts_paint.crosshair(painter, self._room, tokens, self._span, self._charts, place)
            if self.hasFocus():
                paint.focus_ring(painter, QRectF(self.rect()).adjusted(8, 0, -8, 0), tokens["accent"])

    @property
    def _mirrored(self) -> bool:
        return self.layoutDirection() == Qt.LayoutDirection.RightToLeft

    @property
    def _room(self) -> Room:
        return Room(QSizeF(self.size()), len(self._charts), self._mirrored)

    def _plots(self) -> QPixmap:
        """All but the crosshair, as it was painted last."""
        ratio = self.devicePixelRatioF()
        if self._drawn is None or self._drawn.devicePixelRatio() != ratio:
            self._drawn = QPixmap((QSizeF(self.size()) * ratio).toSize())
            self._drawn.setDevicePixelRatio(ratio)
            self._drawn.fill(theme.tokens(self)["surface"])
            with paint.painting(self._drawn) as painter:
                self._paint_charts(painter)
        return self._drawn

    def _paint_charts(self, painter: QPainter) -> None:
        tokens = theme.tokens(self)
        if self._span is None:
            return
        shown = [_quiet(chart) for chart in self._charts] if self._stale else self._charts
        charts_paint.charts(painter, self._room, tokens, self._span, shown)
        charts_paint.marks(painter, self._room, tokens, self._span, self._marks)

    def _draw_anew(self) -> None:
        self._drawn = None
        self.update()

    def _update_at(self, place: int | None) -> None:
        if self._span is not None and place is not None:
            self.update(charts_paint.reach(self._room, self._span, self._charts, place).toAlignedRect())

    def _say(self) -> None:
        self.setAccessibleName(f"{self._title}, {self.said}" if self.said else self._title)


def _quiet(chart: Chart) -> Chart:
    """The same in grey."""
    return replace(chart, role="text3", figure_role="text3", note_role="text3")


def _covers(mark: Mark, start: datetime, end: datetime) -> bool:
    return mark.start < end and (mark.end is None or mark.end >= start)
