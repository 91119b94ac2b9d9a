"""The activity page: who did what to how many, and what of it can still be taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QModelIndex, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from console.bridge.activity_feed import ActivityFeed, FindJobs, Source
from console.bridge.background import Background
from console.bridge.table import TableModel
from console.ui import theme, words
from console.ui.actions import Action
from console.ui.activity_columns import HEIGHT, UNDO, activity_columns
from console.ui.activity_filter import ActivityFilter
from console.ui.activity_held import Held, held_of
from console.ui.activity_pane import ActivityPane
from console.ui.exporting import ExportButton, TableExport
from console.ui.kit.bars import Underway
from console.ui.kit.boxes import row, title_line
from console.ui.kit.buttons import Button
from console.ui.kit.empty import EmptyState
from console.ui.kit.labels import Hairline, Label
from console.ui.kit.list_page import ListPage
from console.ui.kit.pictures import Picture
from console.ui.kit.row_acts import ActTable
from console.ui.kit.side_pane import COVERS, Beside
from worker.core.audit_entry import AuditCounts, AuditEntry
from worker.core.filters import JobFilter

if TYPE_CHECKING:
    from console.ops.snapshot import Snapshot

translate = QCoreApplication.translate
NARROW = 980  # pixels; under it there is no room for what the pane says too
LEFT_OUT = frozenset({"profile"})


class ActivityPage(ListPage):
    """The audit. A page that is not visible asks for nothing; shown again, it loads anew what changed."""

    table: ActTable
    filter: ActivityFilter
    beside: Beside
    undo_asked = Signal(int)  # an entry's number
    resume_queues = Signal(list)  # of names
    resume_batches = Signal(list)  # of UUIDs
    job_asked = Signal(object)  # UUID
    jobs_asked = Signal(object)  # JobFilter
    add_files_asked = Signal()
    failed = Signal(object)  # OcrConsoleError

    def __init__(
        self,
        background: Background,
        *,
        production: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._held = Held()
        columns = activity_columns(lambda: datetime.now(UTC), held=self._is_held, production=production)
        self._undo_place = next(place for place, column in enumerate(columns) if column.key == UNDO)
        self.model: TableModel[AuditEntry] = TableModel(columns, key=lambda entry: entry.id, parent=self)
        self.feed = ActivityFeed(self.model, background, self)
        self.filter = ActivityFilter()
        self.table = ActTable(self.model, name=translate("Activity", "Activity"), row_height=HEIGHT)
        self.pane = ActivityPane()
        self.export = TableExport(self.table, background, name="activity", rows=self.feed.everything)
        self._visited: AuditEntry | None = None  # one that was asked for and is not in the table
        self._underway = Underway()
        self._note, self._kept = Label(role="text3"), Label(size=12, role="text3")
        self.undo_action = Action(
            self, translate("Activity", "Undo this"), self._undo, icon="undo-2", key="U", changes=True
        )
        Action(self, translate("Activity", "Filter"), self.go_to_filter, key="/")
        self._build()
        self._connect()

    def open_source(self, source: Source, jobs: FindJobs, *, kept_days: int) -> None:
        """Show the audit of this profile; `jobs` finds those that an entry names."""
        text = translate("Activity", "Written by the database itself, kept for {days}. Nobody can change a row.")
        days = words.counted(kept_days, translate("Activity", "{n} day"), translate("Activity", "{n} days"))
        self._kept.setText(text.format(days=days))
        self.feed.open(source, jobs)
        if self.isVisible():
            self.feed.ask(self.filter.chosen)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take over what was done, and that time has passed."""
        if self.isVisible():
            self._held = held_of(snapshot)
            before = self.feed.is_empty
            self.feed.apply(snapshot)
            if self.feed.is_empty != before:
                self._show()
            self.model.say_again([self._undo_place])
            self.pane.refresh()
            self._enable()

    def go_to(self, number: int) -> None:
        """Show an entry, wherever it is, from close by."""
        self.beside.open_pane()
        if self.model.place(number) is None:
            self.feed.find(number)
        else:
            self.table.go_to(number)
            self._move()

    def panes(self) -> list[QWidget]:
        """What F6 goes through."""
        return [self.table, *([self.pane] if self.beside.is_open else [])]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.feed.chosen = self.filter.chosen  # days pass while nobody looks
        self.feed.reload()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        beside = self.beside.is_open and self.window().width() >= COVERS
        room = self.width() - (self.pane.width() if beside else 0)
        self.table.columns.leave_out(LEFT_OUT if room < NARROW and beside else frozenset())

    def _build(self) -> None:
        title = Label(translate("Activity", "Activity"), size=20, weight=600)
        head = title_line(title, self._note, self.table.columns.button(), ExportButton(self.export))
        self.rooms = QStackedWidget()
        self._rows = row(self.table, margins=(theme.GROUP, 0, 4, 0))
        add = Button(
            translate("Activity", "Add files…"), icon="plus", key="Ctrl+O", kind="primary", height=32, changes=True
        )
        add.clicked.connect(self.add_files_asked)
        self._none = EmptyState(
            icon="scroll-text",
            title=translate("Activity", "Nothing was done yet"),
            sentences=(translate("Activity", "What anybody does on this profile is written here."),),
            buttons=(add,),
        )
        clear = Button(translate("Activity", "Clear the filter"), icon="x", key="Esc", kind="primary", height=32)
        clear.clicked.connect(self.filter.clear)
        self.no_hits = EmptyState(
            icon="list-filter", title=translate("Activity", "No entry fits"), sentences=("",), buttons=(clear,)
        )
        for room in (self._rows, self._none, self.no_hits):
            self.rooms.addWidget(room)
        content = QWidget()
        lines = QVBoxLayout(content)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        for part in (head, self._underway, self.filter):
            lines.addWidget(part)
        lines.addWidget(self.rooms, 1)
        lines.addWidget(Hairline())
        foot = row(Picture("lock", 14, "text3"), margins=(theme.MARGIN, 0, theme.MARGIN, 0), height=37)
        lines.addWidget(foot.add(self._kept, stretch=1))
        self.beside = Beside(content, self.pane)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.beside)

    def _connect(self) -> None:
        self.filter.changed.connect(lambda: self.feed.ask(self.filter.chosen))
        self.filter.field.left.connect(self.leave_filter)
        self.feed.loading_changed.connect(self._underway.set_running)
        self.feed.loaded.connect(self._show)
        self.feed.counted.connect(self._show_counts)
        self.feed.named.connect(self.pane.show_named)
        self.feed.found.connect(self._visit)
        self.feed.failed.connect(self.failed)
        self.table.peeked.connect(self.beside.toggle_pane)
        self.table.opened.connect(lambda _row: self.beside.open_pane())
        self.table.current_clicked.connect(self.beside.open_pane)
        self.table.clicked.connect(self._click)
        self.table.selectionModel().currentRowChanged.connect(self._move)
        self.beside.opened_changed.connect(self._follow)
        self.beside.opened_changed.connect(self._fit)
        self.pane.undo_asked.connect(self.undo_asked)
        self.pane.job_asked.connect(self.job_asked)
        self.pane.jobs_asked.connect(lambda ids: self.jobs_asked.emit(JobFilter(ids=ids)))

    def _show(self) -> None:
        narrowed = bool(self.filter.describe()) and not self.feed.is_empty
        room: QWidget = self._rows if self.model.rows else self.no_hits if narrowed else self._none
        text = translate("Activity", "Nothing here for {filter}.").format(filter=self.filter.describe())
        self.no_hits.sentences[0].setText(text)
        self.rooms.setCurrentWidget(room)
        if self.model.rows and not self.table.currentIndex().isValid():
            self.table.go_to(self.model.row(0).id)
        self._follow()

    def _show_counts(self, counts: AuditCounts) -> None:
        self.filter.show_counts(counts)
        acts = words.counted(counts.all, translate("Activity", "{n} act"), translate("Activity", "{n} acts"))
        people = len(counts.people)
        by = words.counted(people, translate("Activity", "by {n} name"), translate("Activity", "by {n} names"))
        self._note.setText(translate("Activity", "{acts} {by}").format(acts=acts, by=by) if people else acts)

    def _current(self) -> AuditEntry | None:
        entry: AuditEntry | None = self.table.current_row()
        return entry

    def _is_held(self, entry: AuditEntry) -> bool:
        return any(self._held.by(entry))

    def _move(self) -> None:
        self._visited = None
        self._follow()

    def _visit(self, entry: AuditEntry) -> None:
        """Show one that the filter leaves out, until the cursor moves."""
        self._visited = entry
        self._follow()

    def _meant(self) -> AuditEntry | None:
        """The one that is looked at: in the pane, or under the cursor."""
        return (self._visited if self.beside.is_open else None) or self._current()

    def _follow(self) -> None:
        self._show_entry(self._meant())

    def _show_entry(self, entry: AuditEntry | None) -> None:
        self.pane.show_entry(entry)
        self.feed.watch(entry if self.beside.is_open else None)
        self._enable()

    def _enable(self) -> None:
        entry = self._meant()
        can = entry is not None and (entry.can_be_undone(datetime.now(UTC)) or self._is_held(entry))
        self.undo_action.setEnabled(can)

    def _click(self, index: QModelIndex) -> None:
        if index.column() == self._undo_place:
            self._move()  # of this row, though the pane may show one that is not in the table
            self.undo_action.trigger()

    def _undo(self) -> None:
        entry = self._meant()
        if entry is not None and entry.can_be_undone(datetime.now(UTC)):
            self.undo_asked.emit(entry.id)
        elif entry is not None:
            queues, batches = self._held.by(entry)
            if queues:
                self.resume_queues.emit(queues)
            if batches:
                self.resume_batches.emit(batches)
