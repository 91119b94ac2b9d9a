"""The window's pages: each with what feeds it, its acts, and the ways from one to the other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from console.bridge.finding import JobFinder
from console.ui import words
from console.ui.activity import ActivityPage
from console.ui.activity_words import line
from console.ui.batches import BatchesPage
from console.ui.exporting import show_folder
from console.ui.going import ACTIVITY, BATCHES, HISTORY, JOBS, OVERVIEW, QUEUES, START, Going
from console.ui.history import HistoryPage
from console.ui.job_acts import Picked, delete_question
from console.ui.jobs import JobsPage
from console.ui.kit.later import Later
from console.ui.overview import OverviewPage
from console.ui.queues import QueuesPage
from console.ui.queues_acts import QueuesActs
from console.ui.remedies import Remedies
from console.ui.shell import Shell
from console.ui.tables import Tables
from worker.core.filters import JobFilter
from worker.core.jobs import State

if TYPE_CHECKING:
    from pathlib import Path

    from console.bridge.acts import Acts
    from console.bridge.background import Background
    from console.bridge.remembered import Remembered
    from console.ops.local_workers import LocalWorkers
    from console.ops.services import Services
    from console.ops.snapshot import Snapshot
    from console.ui.frame import Frame
    from console.ui.guard import ProductionLock

translate = QCoreApplication.translate
MADE_WITHIN_MS = 2000  # after the services are there: pages that nobody wanted to see before


class Places(QObject):
    """Puts the pages into the frame. `open` begins, `show` keeps them up to date; a hidden page does nothing.

    Args:
        frame: The window.
        background: Where the pages' questions run.
        acts: What their buttons do.
        lock: Asks for the profile's name before something is destroyed.
        remembered: What a page keeps from one day to the next.
        profile: Its name in a sentence.
    """

    failed = Signal(object)  # OcrConsoleError

    def __init__(
        self,
        frame: Frame,
        background: Background,
        acts: Acts,
        lock: ProductionLock,
        remembered: Remembered,
        *,
        profile: str,
    ) -> None:
        super().__init__(frame)
        self._frame, self._background, self._acts, self._lock = frame, background, acts, lock
        self._remembered, self._profile = remembered, profile
        self._first = True  # no picture was seen yet
        self.going = Going(self)
        self.going.to_page.connect(frame.show_page)
        self.remedies = Remedies(frame, background, acts, self.going)
        self.remedies.failed.connect(self.failed)
        self.remedies.refresh_asked.connect(frame.refresh_asked)
        self.overview, self.history = self._add_overview(), self._add_history()
        self.jobs = self._add_jobs()
        self.batches = self._add_batches()
        self.activity = self._add_activity()
        self._snapshot: Snapshot | None = None  # the last picture
        self._queues = self._add_queues()
        self._tables = Tables(background, remembered, self)
        self._tables.exported.connect(self._tell_export)
        self._tables.failed.connect(self.failed)
        self._tables.adopt(frame.pages)
        self._finder = JobFinder(background)
        self.shell = Shell(frame, self.going, self._finder.find)

    def open(self, services: Services, local: LocalWorkers | None = None) -> None:
        """Show what these services know, and the workers of this machine."""
        from console.ops.history import HistorySource
        from console.ops.inspecting import inspect
        from console.ops.overview import OverviewSource
        from console.ops.peeking import peek
        from worker.core.history import History

        self.overview.open_source(OverviewSource(services))
        self.history.open_source(HistorySource(services))
        self.remedies.open(services.store)
        self.jobs.open_source(services.store)
        self.jobs.pane.open_source(services.store)
        self.batches.open_source(services.batches)
        store, kept_days = services.store, services.settings.audit_kept_days
        self.activity.open_source(services.trail, lambda chosen: store.jobs(chosen).rows, kept_days=kept_days)
        self._finder.open(services.store)
        ask_worker = partial(inspect, services.broker.control)
        past, look = History(services.engine), partial(peek, services)
        self._queues.then(lambda page: page.open(past, local, peek=look, inspect=ask_worker))
        self._queues.make_within(MADE_WITHIN_MS)
        self._tables.adopt(self._frame.pages)  # also those that came later

    def show(self, snapshot: Snapshot) -> None:
        """Take over a picture."""
        self.overview.show_snapshot(snapshot)
        self.history.show_snapshot(snapshot)
        self.jobs.show_snapshot(snapshot)
        self.batches.show_snapshot(snapshot)
        self.activity.show_snapshot(snapshot)
        self._snapshot = snapshot
        if self._queues.is_made:
            self.queues.show_snapshot(snapshot)
        if snapshot.facts.at is not None:
            self._frame.set_count(BATCHES, words.number(len(snapshot.facts.batches)))
            self._frame.side_bar.show_acts([(line(act), words.clock(act.at)) for act in snapshot.facts.acts])
            online = sum(worker.state == "online" for worker in snapshot.workers)
            self._frame.set_count(QUEUES, words.number(online))
        self.shell.show(snapshot)
        if self._first:
            self._first = False
            self._leave_start(snapshot)

    def _leave_start(self, snapshot: Snapshot) -> None:
        """Go to the overview; where there is no job yet, to the page that says what to do."""
        none = snapshot.facts.at is not None and not sum(snapshot.counts.values())
        if self._frame.current_page == START or (none and self._frame.current_page == OVERVIEW):
            self._frame.show_page(JOBS if none else OVERVIEW)

    def _add_overview(self) -> OverviewPage:
        page, going = OverviewPage(self._background, locked=lambda: self._lock.locked), self.going
        page.remedy_asked.connect(self.remedies.take)
        page.failed_asked.connect(lambda: going.to_jobs.emit(JobFilter(states=frozenset({State.FAILED}))))
        page.history_asked.connect(lambda: going.to_page.emit(HISTORY))
        page.add_files_asked.connect(self._frame.choose_files)
        page.workers.worker_asked.connect(going.to_worker)
        page.workers.all_asked.connect(lambda: going.to_page.emit(QUEUES))
        page.batches.opened.connect(going.to_batch)
        page.batches.all_asked.connect(lambda: going.to_page.emit(BATCHES))
        page.batches.pause_asked.connect(self._acts.pause_batches)
        page.batches.resume_asked.connect(self._acts.resume_batches)
        text = translate("Console", "Overview")
        self._frame.add_page(OVERVIEW, page, text=text, icon="layout-dashboard", key="G, O")
        return page

    def _add_history(self) -> HistoryPage:
        page = HistoryPage(self._background)
        page.workers_asked.connect(lambda: self.going.to_page.emit(QUEUES))
        page.saved.connect(self._tell_saved)
        page.failed.connect(self.failed)
        text = translate("Console", "History")
        self._frame.add_page(HISTORY, page, text=text, icon="chart-spline", key="G, H", place=False)
        return page

    def _tell_saved(self, path: Path) -> None:
        show = translate("Console", "Show in folder"), partial(show_folder, path.parent)
        self._frame.notices.tell(translate("Console", "The history is saved."), str(path), offer=show)

    def _add_jobs(self) -> JobsPage:
        acts = self._acts
        page = JobsPage(self._background, profile=self._profile, remembered=self._remembered)
        page.add_files_asked.connect(self._frame.choose_files)
        page.retry.connect(acts.retry)
        page.cancel.connect(acts.cancel)
        page.reprocess.connect(acts.reprocess)
        page.urge.connect(acts.set_priority)
        self.going.to_jobs.connect(page.filter.choose)
        self.going.to_jobs.connect(lambda _chosen: self._frame.show_page(JOBS))
        page.delete_asked.connect(self._delete)
        page.open_job.connect(self.going.to_job)
        page.pane.job_asked.connect(self.going.to_job_page)
        page.pane.retry.connect(acts.retry)
        page.pane.reprocess.connect(acts.reprocess)
        page.pane.save_asked.connect(self.going.to_save)
        page.failed.connect(self.failed)
        self._frame.add_page(JOBS, page, text=translate("Console", "Jobs"), icon="files", key="G, J")
        return page

    def _tell_export(self, path: Path, count: int) -> None:
        one, many = translate("Console", "{n} row exported."), translate("Console", "{n} rows exported.")
        show = translate("Console", "Show in folder"), partial(show_folder, path.parent)
        self._frame.notices.tell(words.counted(count, one, many), str(path), offer=show)

    def _add_activity(self) -> ActivityPage:
        frame, going = self._frame, self.going
        page = ActivityPage(self._background, production=self._lock.production)
        page.undo_asked.connect(self._acts.undo_entry)
        page.resume_queues.connect(self._acts.resume_queues)
        page.resume_batches.connect(self._acts.resume_batches)
        page.job_asked.connect(going.to_job)
        page.jobs_asked.connect(going.to_jobs)
        page.failed.connect(self.failed)
        frame.add_page(ACTIVITY, page, text=translate("Console", "Activity"), icon="activity", key="G, A", place=False)
        frame.side_bar.acts_asked.connect(lambda: frame.show_page(ACTIVITY))
        going.to_entry.connect(lambda _number: frame.show_page(ACTIVITY))
        going.to_entry.connect(page.go_to)
        return page

    def _add_batches(self) -> BatchesPage:
        frame, going = self._frame, self.going
        page = BatchesPage(self._background, self._acts, locked=lambda: self._lock.locked, remembered=self._remembered)
        page.add_files_asked.connect(frame.choose_files)
        page.jobs_asked.connect(going.to_jobs)
        page.failed.connect(self.failed)
        frame.add_page(BATCHES, page, text=translate("Console", "Batches"), icon="layers", key="G, B")
        going.to_batch.connect(lambda _batch: frame.show_page(BATCHES))
        going.to_batch.connect(page.go_to)
        return page

    @property
    def queues(self) -> QueuesPage:
        """The page of queues and workers, which is made when it is wanted first."""
        return self._queues.page

    def _add_queues(self) -> Later[QueuesPage]:
        frame, lock = self._frame, self._lock
        later = Later(lambda: QueuesPage(self._background, self._remembered, locked=lambda: lock.locked))
        later.then(self._connect_queues)
        frame.add_page(QUEUES, later, text=translate("Console", "Queues & workers"), icon="activity", key="G, W")
        self.going.to_queue.connect(self._go_to_queue)
        self.going.to_worker.connect(self._go_to_worker)
        return later

    def _go_to_queue(self, queue: str) -> None:
        self._frame.show_page(QUEUES)
        self.queues.show_queue(queue)

    def _go_to_worker(self, worker: str) -> None:
        self._frame.show_page(QUEUES)
        self.queues.show_worker(worker)

    def _connect_queues(self, page: QueuesPage) -> None:
        going = self.going
        QueuesActs(page, self._acts, self._lock)
        page.queues.jobs_asked.connect(lambda queue: going.to_jobs.emit(JobFilter(queues=frozenset({queue}))))
        page.find_asked.connect(self._frame.refresh_asked)
        page.side.peek.job_asked.connect(going.to_job)
        self._tables.adopt({QUEUES: page})
        self._lock.mark_new()
        if self._snapshot is not None:
            page.show_snapshot(self._snapshot)

    def _delete(self, picked: Picked) -> None:
        name = self._lock.ask_to_destroy(**delete_question(picked))
        if name is not None:
            self._acts.delete(picked.ids, name)
