"""The jobs page: what is shown, a live table, and what can be done with its rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from console.bridge.background import Background
from console.bridge.job_feed import JobFeed
from console.bridge.job_source import Source
from console.bridge.remembered import Remembered
from console.bridge.saved_views import View
from console.bridge.table import TableModel
from console.ui import theme, words
from console.ui.actions import Action
from console.ui.exporting import ExportButton, TableExport
from console.ui.job_pane import JobPane
from console.ui.job_peek import Peeking
from console.ui.jobs_acting import JobsActing
from console.ui.jobs_columns import job_columns
from console.ui.jobs_empty import NoJobs, no_hits
from console.ui.jobs_filter import JobsFilter
from console.ui.kit.bars import Underway
from console.ui.kit.boxes import row, title_line
from console.ui.kit.labels import Label
from console.ui.kit.list_page import ListPage
from console.ui.kit.news import News
from console.ui.kit.row_acts import MenuTable
from console.ui.kit.side_pane import Beside
from console.ui.slow_answer import SlowAnswer
from worker.core.jobs import Job, State

if TYPE_CHECKING:
    from console.ops.snapshot import Snapshot

translate = QCoreApplication.translate


class JobsPage(ListPage):
    """All jobs. It asks for nothing itself: it tells what the user wants.

    `open_source` begins; `show_snapshot` keeps it up to date. A page that is not visible does nothing, and loads anew
    when it is shown.
    """

    filter: JobsFilter
    beside: Beside
    open_job = Signal(object)  # UUID
    retry = Signal(list, str)  # list[UUID], and the password that opens the locked ones, or ""
    cancel = Signal(list)  # list[UUID]; what runs was asked about
    reprocess = Signal(list, dict)  # list[UUID], and the options that change
    urge = Signal(list, object)  # list[UUID], Priority
    delete_asked = Signal(object)  # Picked
    add_files_asked = Signal()
    samples_asked = Signal()
    save_asked = Signal()  # of the filter, under a name
    failed = Signal(object)  # OcrConsoleError

    def __init__(
        self,
        background: Background,
        *,
        profile: str,
        remembered: Remembered | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._remembered = remembered
        columns = job_columns(lambda: datetime.now(UTC))
        self._updated = next(place for place, column in enumerate(columns) if column.key == "updated")
        self.model: TableModel[Job] = TableModel(columns, key=lambda job: job.id, parent=self)
        self.feed = JobFeed(self.model, background, parent=self)
        self.filter = JobsFilter()
        self.pane = JobPane(background)
        self.table = MenuTable(self.model, name=translate("Jobs", "Jobs"), order=self.feed.order)
        self.export = TableExport(self.table, background, name="jobs", rows=self.feed.everything)
        self._profile = profile
        self._note = Label(role="text3")
        self._underway = Underway()
        self._stale = False
        self._queues: list[str] = []
        self._workers: list[str] = []
        self.acting = JobsActing(self, self.table, self.feed, background)
        self.bar = self.acting.bar
        self.table.menu_actions = self.acting.menu_actions
        Action(self, translate("Jobs", "Filter"), self.go_to_filter, key="/")
        save = translate("Jobs", "Save filter")
        self.save_action = Action(self, save, self.save_asked.emit, icon="plus", key="Ctrl+S")
        self.slow = SlowAnswer(self, self.feed.stop)
        self._build()
        self._connect()

    def open_source(self, source: Source) -> None:
        """Show the jobs of this store."""
        self.feed.open(source)
        self.acting.open_source(source)

    @property
    def view(self) -> View:
        """What is shown, in which order, with which columns."""
        columns = self.table.columns.arrangement.as_json()
        return View("", self.filter.chosen, self.feed.order, self.feed.descending, columns)

    def show_view(self, view: View) -> None:
        """Show the jobs of a view in its order, with its columns where it has any."""
        if view.columns:
            self.table.columns.arrange(view.columns)
        self.table.header.show_order(view.order, view.descending)
        self.feed.order, self.feed.descending = view.order, view.descending
        self.filter.choose(view.chosen)
        if (view.order, view.descending) != self.feed.shown_order:
            self.feed.sort(view.order, view.descending)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take over what changed."""
        if self.isVisible():
            self.feed.apply(snapshot)
            self.pane.show_snapshot(snapshot)
            self._queues = [queue.queue for queue in snapshot.facts.queues]
            self._workers = [worker.name for worker in snapshot.workers]
        else:
            self._stale = True

    def panes(self) -> list[QWidget]:
        """What F6 goes through."""
        return [self.table, *([] if self.pane.isHidden() else [self.pane])]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ages.start()
        self.feed.ask_batches()
        if self._stale:
            self._stale = False
            self.feed.reload()
            self.pane.feed.ask_again()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ages.stop()

    def _build(self) -> None:
        self._tools = QStackedWidget()  # the bar takes the field's place: nothing under it moves
        self._tools.setFixedHeight(theme.UNDO_STRIP)
        edges = (theme.MARGIN, 0, theme.MARGIN, 0)
        fields = row(margins=edges).add(self.filter.field, stretch=1)
        self._tools.addWidget(fields.add(self.filter.batches, self.filter.times, self.table.columns.button()))
        self._tools.addWidget(self.bar)
        self.rooms = QStackedWidget()
        self._none, self.no_hits = NoJobs(), no_hits(self.filter.clear)
        self.add_button, self.samples_button = self._none.add_button, self._none.samples_button
        self._rows = row(self.table, margins=(theme.GROUP, 0, 4, 0))
        for room in (self._rows, self._none, self.no_hits):
            self.rooms.addWidget(room)
        self.news = News(self.table)
        content = QWidget()
        lines = QVBoxLayout(content)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        title = Label(translate("Jobs", "Jobs"), size=20, weight=600)
        buttons = self.slow.button, self.save_action.button("ghost"), ExportButton(self.export)
        for part in (
            title_line(title, self._note, *buttons),
            self._underway,
            self.filter,
            self._tools,
            row(self.filter.problem, margins=edges),
        ):
            lines.addWidget(part)
        lines.addWidget(self.rooms, 1)
        self.beside = Beside(content, self.pane, home=self.table)
        self.peeking = Peeking(self.table, self.model, self.beside, self.pane, self._remembered)
        across = QVBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(self.beside)

    def _connect(self) -> None:
        self.add_button.clicked.connect(self.add_files_asked)
        self.samples_button.clicked.connect(self.samples_asked)
        self.filter.changed.connect(self._ask)
        self.filter.field.left.connect(self.leave_filter)
        self.filter.field.entered.connect(self._go_to_table)
        self.table.sort_asked.connect(self.feed.sort)
        self.feed.batches_changed.connect(self._offer)
        self.table.opened.connect(lambda job: self.open_job.emit(job.id))
        self.table.at_top_changed.connect(self._set_at_top)
        self.acting.picked_changed.connect(self._show_picked)
        for name in ("open_job", "retry", "cancel", "reprocess", "urge", "delete_asked"):
            getattr(self.acting, name).connect(getattr(self, name))
        self.acting.freezing.failed.connect(self.acting.settle)
        self.acting.freezing.failed.connect(self.failed)
        self.acting.why_asked.connect(self._show_why)
        self._soon = QTimer(self, interval=0, singleShot=True)  # once for a thousand changes
        self._soon.timeout.connect(self.acting.enable)
        self.model.dataChanged.connect(self._soon.start)
        self.feed.loading_changed.connect(self._underway.set_running)
        self.feed.loading_changed.connect(self.slow.watch)
        self.feed.stopped.connect(self._tell_stopped)
        self.feed.counts_changed.connect(self._show_counts)
        self.feed.loaded.connect(self._choose_room)
        self.feed.waiting_changed.connect(self.news.show_count)
        self.feed.failed.connect(self.failed)
        self.model.rowsInserted.connect(self._choose_room)
        self.model.rowsRemoved.connect(self._choose_room)
        self.news.clicked.connect(self._go_to_news)
        self._ages = QTimer(self, interval=1000)
        self._ages.timeout.connect(lambda: self.model.say_again([self._updated]))

    def _ask(self) -> None:
        self.table.scrollToTop()
        self.acting.leave_filter()
        self._say_how_many()
        self.feed.ask(self.filter.chosen, self.table.header.order, self.table.header.descending)

    def _tell_stopped(self) -> None:
        self.table.header.show_order(*self.feed.shown_order)
        self.filter.say(translate("Jobs", "Stopped. The list is as it was before; narrow the filter, and ask again."))

    def _offer(self) -> None:
        """Values to be typed into the filter: what the last picture and the rows know."""
        people = {job.submitted_by for job in self.model.rows if job.submitted_by}
        self.filter.offer(
            {"batch": self.feed.batches, "queue": self._queues, "worker": self._workers, "by": sorted(people)}
        )

    def _set_at_top(self, at_top: bool) -> None:
        self.feed.at_top = at_top

    def go_to_filter(self) -> None:
        self.acting.uncheck()
        self._offer()
        self.feed.ask_batches()
        super().go_to_filter()

    def _go_to_table(self) -> None:
        if self.table.isVisible():
            self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go_to_news(self) -> None:
        self.table.scrollToTop()
        self.feed.reload()

    def _show_why(self) -> None:
        self.beside.open_pane()
        self.pane.show_why()

    def _show_picked(self, count: int) -> None:
        self.feed.hold_order = count > 0
        self._tools.setCurrentIndex(1 if count else 0)

    def _show_counts(self, counts: Mapping[State, int]) -> None:
        self.filter.show_counts(counts)
        self._say_how_many()
        self._choose_room()

    def _say_how_many(self) -> None:
        counts, states = self.feed.counts, self.filter.chosen.meant_states
        shown = sum(count for state, count in counts.items() if state in states)
        total = max(self.feed.total, sum(counts.values()))
        text = translate("Jobs", "{shown} of {all} shown") if total else translate("Jobs", "on {profile}")
        shown_words, all_words = words.number(shown), words.number(total)
        self._note.setText(text.format(shown=shown_words, all=all_words, profile=self._profile))

    def _choose_room(self) -> None:
        room: QWidget = self._rows
        if not self.model.rows and self.feed.complete:
            narrowed = bool(self.filter.describe())
            room = self.no_hits if narrowed else self._none
            text = translate("Jobs", "Nothing here for {filter}.").format(filter=self.filter.describe())
            self.no_hits.sentences[0].setText(text)
        if room is not self.rooms.currentWidget():
            self.rooms.setCurrentWidget(room)
            self.filter.setVisible(room is not self._none)
            self._tools.setVisible(room is not self._none)
        if room is self._rows and self.hasFocus():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
