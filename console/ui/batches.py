"""The batches page: open ones with how far they are, finished ones, and one of them from close by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from console.bridge.background import Background
from console.bridge.batch_feed import BatchFeed, BatchView, Source
from console.ui import theme, words
from console.ui.actions import Action
from console.ui.batch_acts import BatchActs
from console.ui.batches_columns import PAUSE, SAVE
from console.ui.batches_empty import add_button, no_batches, no_hits
from console.ui.batches_filter import BatchesFilter
from console.ui.batches_pane import BatchPane
from console.ui.batches_table import BatchModel, BatchTable
from console.ui.exporting import ExportButton, TableExport
from console.ui.kit.bars import Underway
from console.ui.kit.boxes import row, title_line
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Label
from console.ui.kit.list_page import ListPage
from console.ui.kit.side_pane import COVERS, Beside
from worker.core.batch_figures import BatchFigures, BatchState
from worker.core.filters import JobFilter
from worker.core.jobs import State

if TYPE_CHECKING:
    from console.bridge.acts import Acts
    from console.bridge.remembered import Remembered
    from console.ops.snapshot import Snapshot
    from worker.core.failures import FailureGroup

translate = QCoreApplication.translate
PANE = "batches.pane"  # the key under which it is remembered whether it is open


class BatchesPage(ListPage):
    """All batches. A page that is not visible asks for nothing; shown again, it asks at once."""

    table: BatchTable
    filter: BatchesFilter
    beside: Beside
    jobs_asked = Signal(object)  # JobFilter
    add_files_asked = Signal()
    failed = Signal(object)  # OcrConsoleError

    def __init__(
        self,
        background: Background,
        acts: Acts,
        *,
        locked: Callable[[], bool],
        remembered: Remembered | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._acts = BatchActs(self, acts)
        self._going_to: UUID | None = None
        self.model = BatchModel(lambda: datetime.now(UTC), locked=locked, parent=self)
        self.feed = BatchFeed(self.model, background, self)
        self.filter = BatchesFilter()
        self.table = BatchTable(self.model)
        self.pane = BatchPane()
        self.export = TableExport(self.table, background, name="batches", rows=self.feed.everything)
        self._note = Label(role="text3")
        self._underway = Underway()
        self._remembered = remembered
        self._make_actions()
        self._build()
        self._connect()
        if remembered is not None and remembered.get(PANE, bool, default=False):
            self.beside.open_pane()

    def open_source(self, source: Source) -> None:
        """Show the batches of this profile."""
        self.feed.open(source)
        if self.isVisible():
            self.feed.refresh()

    def show_snapshot(self, _snapshot: Snapshot) -> None:
        """Look again: a picture was taken."""
        if self.isVisible():
            self.feed.refresh()
            self.model.refresh_lock()

    def go_to(self, batch: UUID) -> None:
        """Put the cursor on a batch, as soon as it is there, and open its pane."""
        self._going_to = batch
        self.filter.clear()
        self.beside.open_pane()
        self.feed.reach(batch)
        self._arrive()

    def panes(self) -> list[QWidget]:
        """What F6 goes through."""
        return [self.table, *([self.pane] if self.beside.is_open else [])]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.feed.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _make_actions(self) -> None:
        def act(text: str, run: Callable[[BatchFigures], object], icon: str, key: str, *, changes: bool) -> Action:
            return Action(self, text, lambda: self._with_current(run), icon=icon, key=key, changes=changes)

        show = translate("Batches", "Show jobs")
        self.jobs_action = act(show, self._show_jobs, "files", "", changes=False)
        self.pause_action = act(translate("Batches", "Pause"), self._acts.pause, "pause", "P", changes=True)
        self.priority_action = act(
            translate("Batches", "Priority…"), self._choose_priority, "arrow-up-down", "U", changes=True
        )
        self.cancel_action = act(translate("Batches", "Cancel…"), self._acts.cancel, "ban", "C", changes=True)
        self.retry_action = act(translate("Batches", "Retry failed"), self._acts.retry, "rotate-cw", "R", changes=True)
        self.save_action = act(
            translate("Batches", "Save results…"), self._acts.save, "download", "Ctrl+S", changes=False
        )
        self.pause_all_action = Action(
            self,
            translate("Batches", "Pause all"),
            lambda: self._acts.brake(self.model.batches()),
            icon="pause",
            key="Shift+P",
            changes=True,
        )
        Action(self, translate("Batches", "Filter"), self.go_to_filter, key="/")

    def _build(self) -> None:
        self._pause_all_button = self.pause_all_action.button("ghost")
        self.new_button = Button(translate("Batches", "New batch…"), icon="plus", changes=True)
        title = title_line(
            Label(translate("Batches", "Batches"), size=20, weight=600),
            self._note,
            self.table.columns.button(),
            ExportButton(self.export),
            self._pause_all_button,
            self.new_button,
        )
        self.rooms = QStackedWidget()
        self._rows = row(self.table, margins=(theme.GROUP, 0, 4, 0))
        self.add_button = add_button()
        self._none, self.no_hits = no_batches(self.add_button), no_hits(self.filter.clear)
        for room in (self._rows, self._none, self.no_hits):
            self.rooms.addWidget(room)
        content = QWidget()
        lines = QVBoxLayout(content)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        for part in (title, self._underway, self.filter):
            lines.addWidget(part)
        lines.addWidget(self.rooms, 1)
        self.beside = Beside(content, self.pane, home=self.table)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.beside)

    def _connect(self) -> None:
        self.filter.changed.connect(lambda: self.feed.ask(self.filter.choice))
        self.filter.field.left.connect(self.leave_filter)
        self.feed.loading_changed.connect(self._underway.set_running)
        self.feed.loaded.connect(self._show)
        self.feed.detailed.connect(self.pane.show_details)
        self.feed.failed.connect(self.failed)
        self.table.menu_actions = self._menu
        self.table.act_chosen.connect(self._do)
        self.table.peeked.connect(self.beside.toggle_pane)
        self.table.current_clicked.connect(self.beside.open_pane)
        self.table.opened.connect(lambda _row: self.jobs_action.trigger())
        self.table.selectionModel().currentRowChanged.connect(self._follow)
        self.beside.opened_changed.connect(self._follow)
        self.beside.opened_changed.connect(self._settle_pane)
        self.pane.pause_asked.connect(self.pause_action.trigger)
        self.pane.cancel_asked.connect(self.cancel_action.trigger)
        self.pane.priority_asked.connect(self._acts.urge)
        self.pane.jobs_asked.connect(self.jobs_action.trigger)
        self.pane.failed_asked.connect(lambda: self._with_current(self._show_failed))
        self.pane.save_asked.connect(self.save_action.trigger)
        self.pane.remedy_asked.connect(lambda group: self._with_current(lambda one: self._remedy(one, group)))
        for button in (self.new_button, self.add_button):
            button.clicked.connect(self.add_files_asked)

    def _show(self, view: BatchView) -> None:
        self.table.span_sections()
        counts = view.counts
        self.filter.show_counts(counts)
        text, finished = translate("Batches", "{open} open, {finished} finished"), counts.all - counts.open
        self._note.setText(text.format(open=words.number(counts.open), finished=words.number(finished)))
        self._choose_room(view)
        self._arrive()
        self._follow()

    def _choose_room(self, view: BatchView) -> None:
        room: QWidget = self._rows if view.rows else self.no_hits if view.there else self._none
        text = translate("Batches", "Nothing here for {filter}.").format(filter=self.filter.describe())
        self.no_hits.sentences[0].setText(text)
        self.rooms.setCurrentWidget(room)
        self.filter.setVisible(room is not self._none)
        self._note.setVisible(room is not self._none)

    def _arrive(self) -> None:
        if self._going_to is not None and self.feed.figures(self._going_to) is not None:
            self.table.go_to(self._going_to)
            self._going_to = None

    def _follow(self) -> None:
        """Bring the pane and what can be done in line with the row under the cursor."""
        batch = self.table.current_batch()
        self.pane.show_batch(batch)
        self.feed.watch(batch.id if batch is not None and self.beside.is_open else None)
        is_open = batch is not None and batch.state is not BatchState.FINISHED
        for action in (self.pause_action, self.priority_action, self.cancel_action):
            action.setEnabled(is_open)
        self.retry_action.setEnabled(batch is not None and batch.has_failures)
        self.save_action.setEnabled(batch is not None and batch.jobs_done > 0)
        self.jobs_action.setEnabled(batch is not None)
        paused = batch is not None and batch.paused
        self.pause_action.setText(translate("Batches", "Resume") if paused else translate("Batches", "Pause"))
        still_open = [one for one in self.model.batches() if one.state is not BatchState.FINISHED]
        all_held = bool(still_open) and all(one.paused for one in still_open)
        self.pause_all_action.setEnabled(bool(still_open))
        self.pause_all_action.setText(
            translate("Batches", "Resume all") if all_held else translate("Batches", "Pause all")
        )
        self._pause_all_button.setText(self.pause_all_action.text())

    def _fit(self) -> None:
        taken = self.pane.width() if self.beside.is_open and self.window().width() >= COVERS else 0
        self.table.set_room(self.width() - taken)

    def _menu(self) -> Sequence[QAction | None]:
        return (
            self.jobs_action, self.save_action, None, self.pause_action, self.priority_action, self.retry_action, None,
            self.cancel_action,
        )  # fmt: skip

    def _do(self, name: str) -> None:
        {PAUSE: self.pause_action, SAVE: self.save_action}[name].trigger()

    def _with_current(self, run: Callable[[BatchFigures], object]) -> None:
        batch = self.table.current_batch()
        if batch is not None:
            run(batch)

    def _remedy(self, batch: BatchFigures, group: FailureGroup) -> None:
        if not self._acts.remedy(batch, group):
            self._show_failed(batch, group.error_class)

    def _show_jobs(self, batch: BatchFigures) -> None:
        self.jobs_asked.emit(JobFilter(batches=frozenset({batch.name})))

    def _show_failed(self, batch: BatchFigures, error_class: str | None = None) -> None:
        failed, classes = frozenset({State.FAILED}), frozenset([error_class] if error_class else [])
        self.jobs_asked.emit(JobFilter(states=failed, error_classes=classes, batches=frozenset({batch.name})))

    def _choose_priority(self, _batch: BatchFigures) -> None:
        self.beside.open_pane()
        self.pane.open_priorities()

    def _settle_pane(self, is_open: bool) -> None:
        if self._remembered is not None:
            self._remembered.put(PANE, is_open)
        self._fit()
