"""The batches that are open, on the overview: how far each is, how fast it goes, and when it will be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge.table import Column, TableModel
from console.ui import counts, theme, words
from console.ui.actions import Action
from console.ui.batches_columns import PAUSE, done_at, failed, figure, pages, percent, rate
from console.ui.kit.boxes import STRETCH, row
from console.ui.kit.buttons import Button
from console.ui.kit.cells import Measured, Named, Words
from console.ui.kit.empty import EmptyState
from console.ui.kit.labels import Label
from console.ui.kit.row_acts import MENU, ActTable, RowAct, RowActs
from worker.core.batch_figures import HONEST, BatchFigures, BatchState

translate = QCoreApplication.translate
MOST = 8  # that are shown
ROW = 32


def left_words(batch: BatchFigures) -> str:
    """How long it will take, or why nobody can say."""
    if batch.state is BatchState.PAUSED:
        return translate("Overview", "Paused")
    if batch.left_s is not None:
        return words.about(batch.left_s)
    if batch.state is BatchState.WAITING and not batch.pages_done:
        return translate("Overview", "Waiting")
    return translate("Overview", "Estimating") if batch.pages_done < HONEST else words.DASH


def open_columns(now: Callable[[], datetime], *, locked: Callable[[], bool]) -> list[Column[BatchFigures]]:
    """The columns; they say what the page of batches says, but for the time that is left."""

    def left(batch: BatchFigures) -> Words:
        return Words(left_words(batch), "text3" if batch.left_s is None else "text", 500)

    def acts(batch: BatchFigures) -> RowActs:
        pause = RowAct(PAUSE, "circle-play" if batch.paused else "circle-pause", changes=True)
        return RowActs((pause, RowAct(MENU, "ellipsis")), locked())

    def named(batch: BatchFigures) -> Named:
        return Named(batch.name, "layers")

    def progress(batch: BatchFigures) -> Measured:
        ahead = batch.uploaded if batch.uploaded < 1 else 0.0
        return Measured(batch.share, percent(batch), 48, "text3" if batch.paused else "accent", ahead)

    def lost(batch: BatchFigures) -> Words:
        return Words(failed(batch), "bad", 500) if batch.jobs_failed else figure(failed(batch))

    return [
        Column("name", translate("Overview", "Batch"), lambda one: one.name, look=named),
        Column("progress", translate("Overview", "Progress"), percent, 200, look=progress),
        Column("pages", translate("Overview", "Pages"), pages, 136, end=True),
        Column("failed", translate("Overview", "Failed"), failed, 72, end=True, look=lost),
        Column("rate", translate("Overview", "Rate"), rate, 84, end=True, look=lambda one: figure(rate(one))),
        Column("left", translate("Overview", "Left"), left_words, 88, end=True, look=left),
        Column("done_at", translate("Overview", "Done at"), lambda one: done_at(one, now()), 88, end=True),
        Column("acts", "", lambda _one: translate("Overview", "Pause, more"), 68, end=True, look=acts),
    ]


class BatchesPart(QWidget):
    """The open batches; without any job at all what to do first."""

    opened = Signal(object)  # UUID
    all_asked = Signal()
    pause_asked = Signal(list)  # list[UUID]
    resume_asked = Signal(list)  # list[UUID]
    add_files_asked = Signal()
    samples_asked = Signal()

    def __init__(self, *, locked: Callable[[], bool]) -> None:
        super().__init__()
        self._note = Label(role="text3")
        self.all = Button(translate("Overview", "Show all batches"), kind="ghost", height=28)
        self.all.clicked.connect(self.all_asked)
        columns = open_columns(lambda: datetime.now(UTC), locked=locked)
        self.model: TableModel[BatchFigures] = TableModel(columns, key=lambda batch: batch.id, parent=self)
        self.table = ActTable(self.model, name=translate("Overview", "Running batches"), row_height=ROW)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._make_actions()
        self._table_room = row(self.table, margins=(theme.GROUP, 0, 4, 0))
        none = Label(translate("Overview", "No batch is open. What is added next stands here."), role="text2")
        self._none_room = row(none, STRETCH, margins=(theme.MARGIN, 0, theme.MARGIN, 0), height=ROW)
        self._first = self._build_first()
        self._lay_out()

    def show_batches(self, batches: Sequence[BatchFigures], *, jobs: int) -> None:
        """Show these; `jobs` is how many jobs there are at all."""
        shown = sorted(batches, key=lambda one: one.state is not BatchState.RUNNING)[:MOST]
        self.model.set_rows(shown)
        self.model.say_again([len(self.model.columns) - 1])  # the profile may have been locked
        self.table.setFixedHeight(theme.TABLE_HEAD + ROW * len(shown) + 2)
        self._note.setText(_note(batches))
        self._table_room.setVisible(bool(shown))
        self._none_room.setVisible(not shown and jobs > 0)
        self._first.setVisible(not shown and jobs == 0)
        self.all.setVisible(jobs > 0)
        self._enable()

    def _make_actions(self) -> None:
        table, pause = self.table, translate("Overview", "Pause")
        self.open_action = Action(table, translate("Overview", "Open"), self._open, icon="layers")
        self.pause_action = Action(table, pause, self._pause, icon="circle-pause", changes=True)
        table.menu_actions = lambda: (self.open_action, self.pause_action)
        table.act_chosen.connect(lambda _name: self.pause_action.trigger())
        table.opened.connect(lambda batch: self.opened.emit(batch.id))
        table.selectionModel().currentRowChanged.connect(self._enable)

    def _build_first(self) -> EmptyState:
        add = Button(translate("Overview", "Add files…"), icon="plus", kind="primary", key="Ctrl+O", changes=True)
        samples = Button(translate("Overview", "Read the sample documents"), icon="play", changes=True)
        add.clicked.connect(self.add_files_asked)
        samples.clicked.connect(self.samples_asked)
        return EmptyState(
            icon="files",
            title=translate("Overview", "No jobs yet"),
            sentences=(translate("Overview", "Drop files or folders anywhere in this window."),),
            buttons=(add, samples),
        )

    def _lay_out(self) -> None:
        title = Label(translate("Overview", "Running batches"), size=14, weight=600)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 8, 0, 8)
        lines.setSpacing(0)
        lines.addWidget(
            row(title, self._note, STRETCH, self.all, margins=(theme.MARGIN, 0, theme.MARGIN, 0), height=36)
        )
        for room in (self._table_room, self._none_room, self._first):
            lines.addWidget(room)
            room.hide()
        lines.addStretch(1)

    def _enable(self) -> None:
        batch = self._current
        for action in (self.open_action, self.pause_action):
            action.setEnabled(batch is not None)
        paused = batch is not None and batch.paused
        self.pause_action.setText(translate("Overview", "Resume") if paused else translate("Overview", "Pause"))

    @property
    def _current(self) -> BatchFigures | None:
        row = self.table.current_row()
        return row if isinstance(row, BatchFigures) else None

    def _open(self) -> None:
        if (batch := self._current) is not None:
            self.opened.emit(batch.id)

    def _pause(self) -> None:
        if (batch := self._current) is not None:
            (self.resume_asked if batch.paused else self.pause_asked).emit([batch.id])


def _note(batches: Sequence[BatchFigures]) -> str:
    if not batches:
        return ""
    left = sum(batch.pages_left for batch in batches)
    one, many = translate("Overview", "{pages} left in {n} batch"), translate("Overview", "{pages} left in {n} batches")
    return words.counted(len(batches), one, many).replace("{pages}", counts.pages(left))
