"""The workers on the overview: who is there, how many of its slots are taken, how fast it reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from console.ops.fleet import Condition, Presence
from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.boxes import STRETCH, row
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Hairline, Label
from console.ui.kit.states import Look
from console.ui.theme import Tokens

if TYPE_CHECKING:
    from console.ops.fleet import Worker

translate = QCoreApplication.translate
MOST = 8  # workers that are shown; what is the matter with the others is found among what needs attention
BESIDE, COLUMNS = 1, 3  # beside each other, of a wide and of a small window
SLOTS, SLOT = 8, 9  # slots that are painted one by one, and pixels for each
HIGH = 28


class WorkerLine(QAbstractButton):
    """One worker; a press shows it among the workers."""

    def __init__(self) -> None:
        super().__init__()
        self.worker: Worker | None = None
        self._note = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_worker(self, worker: Worker, *, short: bool) -> None:
        """Show how it is; `short` where there is little room."""
        self.worker, self._note = worker, worker_note(worker, short=short)
        look, report = worker_look(worker), worker.report
        slots = translate("Overview", "{busy} of {all} slots busy")
        said = slots.format(busy=words.number(report.busy), all=words.number(report.slots))
        name = ", ".join((worker.name, look.word, said, worker_note(worker, short=False)))
        if name != self.accessibleName():
            self.setAccessibleName(name)
            self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, HIGH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.worker is None:
            return
        tokens, rect, look = theme.tokens(self), QRectF(self.rect()), worker_look(self.worker)
        online = self.worker.state is Presence.ONLINE
        note = theme.font(13 if online else 12, 400 if online else 500)
        with paint.painting(self) as painter:
            if self.underMouse():
                paint.rounded(painter, rect, theme.KEY, fill=tokens["hover"])
            paint.icon(painter, 1, rect.center().y() - 7, look.icon, tokens[look.role], 14)
            wide = paint.width(self._note, 13, 500) + 8
            named = min(140.0, rect.width() - wide - SLOTS * SLOT - 24)
            place, middle = QRectF(24, 0, named - 8, rect.height()), Qt.TextElideMode.ElideMiddle
            paint.text(painter, place, self.worker.name, tokens["text"], theme.font(13, 500), elide=middle)
            self._paint_slots(painter, 24 + named, tokens)
            colour = tokens["text2" if online else look.role]
            paint.text(painter, rect.adjusted(rect.width() - wide, 0, 0, 0), self._note, colour, note, align="end")
            if self.hasFocus():
                paint.focus_ring(painter, rect, tokens["accent"], theme.KEY)

    def _paint_slots(self, painter: QPainter, left: float, tokens: Tokens) -> None:
        """As many blocks as slots, or a share of SLOTS where there are more."""
        assert self.worker is not None
        report, silent = self.worker.report, self.worker.state is not Presence.ONLINE
        shown = min(report.slots, SLOTS)
        taken = 0 if self.worker.state is Presence.LOST else min(report.busy * shown // max(report.slots, 1), shown)
        taken = max(taken, min(report.busy, shown, 1)) if self.worker.state is not Presence.LOST else 0
        for place in range(shown):
            block = QRectF(left + place * SLOT, self.height() / 2 - 5, SLOT - 3, 10)
            busy = tokens["warn" if silent else "accent"]
            free = tokens["line2" if tokens.name == "light" else "sunken"]
            paint.rounded(painter, block, 1.5, fill=busy if place < taken else free)


class WorkersPart(QWidget):
    """The workers, in one column or three."""

    worker_asked = Signal(str)  # its name
    all_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._columns = BESIDE
        self._workers: Sequence[Worker] = ()
        self._note = Label(role="text3")
        self.all = Button(translate("Overview", "Show workers"), kind="ghost", height=28)
        self.all.clicked.connect(self.all_asked)
        self._none = Label(translate("Overview", "No worker is there. Nothing is read until one starts."), role="warn")
        self.lines = [WorkerLine() for _ in range(MOST)]
        self._grid = QGridLayout()
        self._grid.setSpacing(0)
        title = Label(translate("Overview", "Workers"), size=14, weight=600)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(theme.MARGIN, 8, theme.MARGIN, 8)
        lines.setSpacing(0)
        lines.addWidget(row(title, self._note, STRETCH, self.all, height=36))
        lines.addWidget(Hairline())
        self._none.setMinimumHeight(HIGH)
        lines.addWidget(self._none)
        lines.addLayout(self._grid)
        lines.addStretch(1)
        for line in self.lines:
            line.clicked.connect(self._go)
        self._place()

    def show_workers(self, workers: Sequence[Worker]) -> None:
        """Show these."""
        self._workers = chosen_workers(workers)
        self._none.setVisible(not workers)
        self._note.setText(_slots_words(workers))
        self._show_lines()

    def set_compact(self, compact: bool) -> None:
        """Put them beside each other."""
        columns = COLUMNS if compact else BESIDE
        if columns != self._columns:
            self._columns = columns
            self._place()
            self._show_lines()

    def _place(self) -> None:
        for place, line in enumerate(self.lines):
            self._grid.addWidget(line, place // self._columns, place % self._columns)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)
        self._grid.setHorizontalSpacing(HIGH)

    def _show_lines(self) -> None:
        for place, line in enumerate(self.lines):
            line.setVisible(place < len(self._workers))
            if place < len(self._workers):
                line.show_worker(self._workers[place], short=self._columns > 1)

    def _go(self) -> None:
        line = self.sender()
        if isinstance(line, WorkerLine) and line.worker is not None:
            self.worker_asked.emit(line.worker.name)


def chosen_workers(workers: Sequence[Worker]) -> list[Worker]:
    """Those that are shown where there are many: up to half of the lines are for such as do not answer."""
    online = [worker for worker in workers if worker.state is Presence.ONLINE]
    order = {Presence.SILENT: 0, Presence.LOST: 1}
    others = sorted(
        (worker for worker in workers if worker.state is not Presence.ONLINE), key=lambda one: order[one.state]
    )
    room = max(MOST - len(online), MOST // 2)
    others = others[:room]
    return [*online[: MOST - len(others)], *others]


def worker_look(worker: Worker) -> Look:
    """Icon, colour and word of how it is."""
    return {
        Presence.ONLINE: Look("circle-check", "ok", translate("Overview", "online")),
        Presence.SILENT: _silent_look(worker.condition),
        Presence.LOST: Look("circle-x", "bad", translate("Overview", "lost")),
    }[worker.state]


def _silent_look(condition: Condition) -> Look:
    if condition is Condition.BUSY:
        return Look("hourglass", "accent", translate("Overview", "busy"))
    if condition is Condition.FROZEN:
        return Look("snowflake", "warn", translate("Overview", "frozen"))
    return Look("circle-alert", "warn", translate("Overview", "silent"))


def worker_note(worker: Worker, *, short: bool) -> str:
    """How fast it reads, or since when it says nothing."""
    if worker.state is Presence.ONLINE:
        text = translate("Overview", "{n}/min") if short else translate("Overview", "{n} pages/min")
        return text.replace("{n}", words.number(worker.pages_per_minute))
    age = words.about(worker.report.silent_s)
    if worker.state is Presence.LOST:
        text = translate("Overview", "Lost {age}") if short else translate("Overview", "Lost {age} ago")
    elif worker.condition is Condition.BUSY:
        text = translate("Overview", "Busy {age}")
    elif worker.condition is Condition.FROZEN:
        text = translate("Overview", "Frozen {age}")
    elif worker.report.busy and not short:
        text = translate("Overview", "Silent {age}, was reading")
    else:
        text = translate("Overview", "Silent {age}")
    return text.replace("{age}", age)


def _slots_words(workers: Sequence[Worker]) -> str:
    online = [worker.report for worker in workers if worker.state is Presence.ONLINE]
    slots = sum(report.slots for report in online)
    if not slots:
        return ""
    busy = sum(min(report.busy, report.slots) for report in online)
    text = translate("Overview", "{busy} of {all} slots busy")
    return text.format(busy=words.number(busy), all=words.number(slots))
