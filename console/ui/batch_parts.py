"""Parts of the pane of a batch: its bar in two strengths, why files failed, how fast it went, what it brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from console.ui import counts, theme, words
from console.ui.batch_acts import can_pass
from console.ui.formats import format_word, in_order
from console.ui.kit import paint
from console.ui.kit.boxes import Box, column, row
from console.ui.kit.buttons import Button
from console.ui.kit.charts_axes import count_top, ticks
from console.ui.kit.labels import Hairline, Label
from console.ui.kit.pictures import Picture
from console.ui.kit.sparklines import sparkline
from console.ui.kit.states import cause
from worker.core.errors import NeedsPassword

if TYPE_CHECKING:
    from worker.core.batch_details import Outputs, Throughput
    from worker.core.failures import FailureGroup

translate = QCoreApplication.translate
CHART, AXIS, FOOT = 104, 34, 20  # the height of the chart, and of what is kept free at its end and foot
TICKS = 4
MOST_OUTPUTS = 8


class Patch(QWidget):
    """A small square in the tone of a bar, for its legend."""

    def __init__(self, alpha: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._alpha = alpha
        self.setFixedSize(10, 10)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            paint.rounded(painter, QRectF(self.rect()), 2.5, fill=theme.tokens(self).soft("accent", self._alpha))


class Failures(QWidget):
    """A line for each class of error, with one button that goes at all files of it."""

    remedy_asked = Signal(object)  # FailureGroup

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups: tuple[FailureGroup, ...] = ()
        self.buttons: list[Button] = []
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)

    def show_groups(self, groups: Sequence[FailureGroup]) -> None:
        """Become these; what stands there already is left as it is, so that a focus is not lost."""
        if tuple(groups) == self._groups:
            return
        self._groups = tuple(groups)
        while (item := self._lines.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.buttons.clear()
        for group in groups:
            self._lines.addWidget(self._line(group))

    def _line(self, group: FailureGroup) -> Box:
        password = group.error_class == NeedsPassword.error_class
        text = translate("Batches", "{files}, since {clock}")
        since = text.format(files=counts.files(group.count), clock=words.near(group.since, group.newest))
        word = remedy_word(group.error_class)
        button = Button(
            word,
            name=f"{word} {cause(group.error_class)}, {since}",
            changes=can_pass(group.error_class) or password,
            height=28,
        )
        button.clicked.connect(partial(self.remedy_asked.emit, group))
        self.buttons.append(button)
        said = column(Label(cause(group.error_class), weight=600), 1, Label(since, size=12, role="text2"))
        icon = Picture("key-round" if password else "file-exclamation-point", 18, "warn" if password else "bad")
        line = row(icon, height=46, spacing=10).add(said, stretch=1).add(button)
        return column(Hairline(), line)


def remedy_word(error_class: str) -> str:
    """What the button of a class of failures says."""
    if error_class == NeedsPassword.error_class:
        return translate("Batches", "Enter password…")
    return translate("Batches", "Try again") if can_pass(error_class) else translate("Batches", "Show files")


class ThroughputChart(QWidget):
    """Pages a minute since the start of a batch, with its axes; time runs to the right in every language."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Throughput | None = None
        self.setFixedHeight(CHART)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_throughput(self, shown: Throughput) -> None:
        """Draw this."""
        if shown != self._shown:
            self._shown = shown
            text = translate("Batches", "Throughput, {last} pages a minute now, {mean} in the mean")
            last = words.number(round(shown.rates[-1]))
            self.setAccessibleName(text.format(last=last, mean=words.number(round(shown.mean))))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._shown is None:
            return
        room = QRectF(0, 8, self.width() - AXIS, self.height() - 8 - FOOT)
        with paint.painting(self, turns=False) as painter:
            self._paint_axes(painter, room, self._shown)

    def _paint_axes(self, painter: QPainter, room: QRectF, shown: Throughput) -> None:
        tokens, font, top = theme.tokens(self), theme.font(11), count_top(max(shown.rates))
        for share in (0.0, 0.5, 1.0):
            level = round(room.bottom() - room.height() * share)
            painter.fillRect(QRectF(room.left(), level, room.width(), 1), tokens["line"])
            place = QRectF(room.right() + 6, level - 8, AXIS - 6, 16)
            paint.text(painter, place, words.number(round(top * share)), tokens["text3"], font, align="end")
        highest = max(shown.rates) / top * room.height()
        sparkline(painter, room.adjusted(0, room.height() - highest, -2, 0), shown.rates, tokens["accent"])
        end = shown.start + timedelta(seconds=shown.step_s * len(shown.rates))
        span_s = (end - shown.start).total_seconds()
        for tick in ticks(shown.start, end, TICKS):
            at = room.left() + room.width() * (tick.at - shown.start).total_seconds() / span_s
            place = QRectF(min(max(at - 30, 0), room.right() - 60), room.bottom() + 4, 60, 16)
            align: paint.Align = "start" if at < 30 else "end" if at > room.right() - 30 else "centre"
            paint.text(painter, place, tick.label, tokens["text3"], font, align=align)


class OutputList(QWidget):
    """What a batch brought, a line a format."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outputs: tuple[Outputs, ...] = ()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)

    def show_outputs(self, outputs: Sequence[Outputs]) -> None:
        """Become these."""
        if tuple(outputs) == self._outputs:
            return
        self._outputs = tuple(outputs)
        while (item := self._lines.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        made = {output.format: output for output in outputs}
        for name in in_order(made)[:MOST_OUTPUTS]:
            self._lines.addWidget(_output_line(made[name]))


def _output_line(output: Outputs) -> Box:
    files = Label(counts.files(output.files), size=12, role="text2", align="end")
    size = Label(words.size(output.bytes), size=12, role="text2", align="end")
    size.setFixedWidth(76)
    return (
        row(Picture("file-text", 16, "text3"), height=26)
        .add(Label(format_word(output.format)), stretch=1)
        .add(files, size)
    )
