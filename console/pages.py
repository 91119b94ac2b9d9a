"""How each page of the window is made: what it is given, and what its buttons lead to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from console.ops.findings import Way
from console.ui import words
from console.ui.going import BATCHES, DOCTOR, HISTORY, QUEUES, Going
from worker.core.filters import JobFilter
from worker.core.jobs import LEGACY_QUEUE, QUEUE, State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from console.bridge.acts import Acts
    from console.bridge.background import Background
    from console.bridge.preset_shelf import PresetShelf
    from console.bridge.remembered import Remembered
    from console.ops.findings import Finding
    from console.ops.worker_options import WorkerOptions
    from console.ui.activity import ActivityPage
    from console.ui.batches import BatchesPage
    from console.ui.doctor import DoctorPage
    from console.ui.frame import Frame
    from console.ui.guard import ProductionLock
    from console.ui.history import HistoryPage
    from console.ui.job_acts import Picked
    from console.ui.jobs import JobsPage
    from console.ui.overview import OverviewPage
    from console.ui.queues import QueuesPage
    from console.ui.remedies import Remedies
    from console.ui.tables import Tables
    from console.ui.worker_start import StartWorkerPage
    from worker.core.store import Store

translate = QCoreApplication.translate


class Pages(QObject):
    """Loads and makes pages, each when it is asked for; see Places for the arguments."""

    failed = Signal(object)  # OcrConsoleError
    samples_asked = Signal()

    def __init__(
        self,
        frame: Frame,
        background: Background,
        acts: Acts,
        lock: ProductionLock,
        remembered: Remembered,
        presets: PresetShelf,
        going: Going,
        *,
        profile: str,
    ) -> None:
        super().__init__(frame)
        self._frame, self._background, self._acts, self._lock = frame, background, acts, lock
        self._remembered, self._presets, self._profile, self._going = remembered, presets, profile, going
        self._remedies: Remedies | None = None
        self._store: Store | None = None
        self._tables: Tables | None = None

    def open(self, store: Store) -> None:
        """Ask this store which jobs a remedy is for."""
        self._store = store
        if self._remedies is not None:
            self._remedies.open(store)

    @property
    def remedies(self) -> Remedies:
        """What the buttons of findings do."""
        if self._remedies is None:
            from console.ui.remedies import Remedies

            made = self._remedies = Remedies(self._frame, self._background, self._acts, self._going)
            made.failed.connect(self.failed)
            made.refresh_asked.connect(self._frame.refresh_asked)
            if self._store is not None:
                made.open(self._store)
        return self._remedies

    @property
    def tables(self) -> Tables:
        """What holds for every table."""
        if self._tables is None:
            from console.ui.tables import Tables

            made = self._tables = Tables(self._background, self._remembered, self)
            made.exported.connect(self._tell_export)
            made.failed.connect(self.failed)
        return self._tables

    def overview(self) -> OverviewPage:
        """How it goes."""
        from console.ui.overview import OverviewPage

        page, going = OverviewPage(self._background, locked=lambda: self._lock.locked), self._going
        page.remedy_asked.connect(self._take_remedy)
        page.failed_asked.connect(lambda: going.to_jobs.emit(JobFilter(states=frozenset({State.FAILED}))))
        page.history_asked.connect(lambda: going.to_page.emit(HISTORY))
        page.add_files_asked.connect(self._frame.choose_files)
        page.samples_asked.connect(self.samples_asked)
        page.workers.worker_asked.connect(going.to_worker)
        page.workers.all_asked.connect(lambda: going.to_page.emit(QUEUES))
        page.batches.opened.connect(going.to_batch)
        page.batches.all_asked.connect(lambda: going.to_page.emit(BATCHES))
        page.batches.pause_asked.connect(self._acts.pause_batches)
        page.batches.resume_asked.connect(self._acts.resume_batches)
        return page

    def history(self) -> HistoryPage:
        """How it went."""
        from console.ui.history import HistoryPage

        page = HistoryPage(self._background)
        page.workers_asked.connect(lambda: self._going.to_page.emit(QUEUES))
        page.mark_asked.connect(self._acts.mark)
        self._acts.acted.connect(page.show_mark)
        page.saved.connect(self._tell_saved)
        page.failed.connect(self.failed)
        return page

    def jobs(self) -> JobsPage:
        """All jobs."""
        from console.ui.jobs import JobsPage

        acts = self._acts
        page = JobsPage(self._background, profile=self._profile, remembered=self._remembered)
        page.acting.presets = lambda: self._presets.presets
        page.add_files_asked.connect(self._frame.choose_files)
        page.samples_asked.connect(self.samples_asked)
        page.retry.connect(acts.retry)
        page.cancel.connect(acts.cancel)
        page.reprocess.connect(acts.reprocess)
        page.urge.connect(acts.set_priority)
        page.delete_asked.connect(self._delete)
        page.open_job.connect(self._going.to_job)
        page.pane.job_asked.connect(self._going.to_job_page)
        page.pane.retry.connect(acts.retry)
        page.pane.reprocess.connect(acts.reprocess)
        page.pane.remedy_asked.connect(self.remedies.take)
        page.pane.copied.connect(self._frame.notices.tell)
        page.pane.save_asked.connect(self._going.to_save)
        page.failed.connect(self.failed)
        return page

    def activity(self) -> ActivityPage:
        """What people did."""
        from console.ui.activity import ActivityPage

        page = ActivityPage(self._background, production=self._lock.production)
        page.add_files_asked.connect(self._frame.choose_files)
        page.undo_asked.connect(self._acts.undo_entry)
        page.resume_queues.connect(self._acts.resume_queues)
        page.resume_batches.connect(self._acts.resume_batches)
        page.job_asked.connect(self._going.to_job)
        page.jobs_asked.connect(self._going.to_jobs)
        page.failed.connect(self.failed)
        return page

    def batches(self) -> BatchesPage:
        """All batches."""
        from console.ui.batches import BatchesPage

        page = BatchesPage(self._background, self._acts, locked=lambda: self._lock.locked, remembered=self._remembered)
        page.add_files_asked.connect(self._frame.choose_files)
        page.jobs_asked.connect(self._going.to_jobs)
        page.failed.connect(self.failed)
        return page

    def queues(self) -> QueuesPage:
        """Queues and workers."""
        from console.ui.queues import QueuesPage
        from console.ui.queues_acts import QueuesActs

        going = self._going
        page = QueuesPage(self._background, self._remembered, locked=lambda: self._lock.locked)
        QueuesActs(page, self._acts, self._lock, self._frame.notices)
        page.queues.jobs_asked.connect(lambda queue: going.to_jobs.emit(JobFilter(queues=frozenset({queue}))))
        page.find_asked.connect(self._frame.refresh_asked)
        page.options_asked.connect(lambda: going.to_start_worker.emit(()))
        page.side.peek.job_asked.connect(going.to_job)
        return page

    def start_worker(self) -> StartWorkerPage:
        """Starts workers here."""
        from console.ui.worker_start import StartWorkerPage

        page = StartWorkerPage(self._background)

        def start(options: Sequence[WorkerOptions]) -> None:
            self._acts.start_workers(options)
            page.begin()
            self._going.to_page.emit(QUEUES)

        page.start_asked.connect(self._lock.only_unlocked(start))
        page.left.connect(lambda: self._going.to_page.emit(QUEUES))
        page.feed.saved.connect(lambda path: self._tell_file(translate("Console", "The file is saved."), path))
        page.feed.failed.connect(self.failed)
        return page

    def doctor(self) -> DoctorPage:
        """What is wrong, and the profiles."""
        from console.ui.doctor import DoctorPage

        page = DoctorPage(self._background, profile=self._profile)
        page.remedy_asked.connect(self.remedies.take)
        page.renewed.connect(self._lock.mark_new)
        page.counted.connect(self._show_wrong)
        page.copied.connect(self._frame.notices.tell)
        page.saved.connect(self._tell_report)
        page.failed.connect(self.failed)
        self._frame.refresh_asked.connect(page.refresh)
        self._acts.acted.connect(page.look_again)
        return page

    def _show_wrong(self, count: int) -> None:
        self._frame.set_count(DOCTOR, words.number(count) if count else "", "warn")

    def _take_remedy(self, finding: Finding) -> None:
        """Do it; before a worker is started there is something to choose."""
        if finding.remedy.way is not Way.START_WORKER:
            self.remedies.take(finding.remedy)
            return
        queue = finding.remedy.subject
        self._going.to_start_worker.emit(() if queue in {"", QUEUE, LEGACY_QUEUE} else (queue,))

    def _delete(self, picked: Picked) -> None:
        from console.ui.job_acts import delete_question

        name = self._lock.ask_to_destroy(**delete_question(picked))
        if name is not None:
            self._acts.delete(picked.ids, name)

    def _tell_saved(self, path: Path) -> None:
        self._tell_file(translate("Console", "The history is saved."), path)

    def _tell_report(self, path: Path) -> None:
        self._tell_file(translate("Console", "The report is saved."), path)

    def _tell_export(self, path: Path, count: int) -> None:
        one, many = translate("Console", "{n} row exported."), translate("Console", "{n} rows exported.")
        self._tell_file(words.counted(count, one, many), path)

    def _tell_file(self, sentence: str, path: Path) -> None:
        from console.ui.exporting import show_folder

        show = translate("Console", "Show in folder"), partial(show_folder, path.parent)
        self._frame.notices.tell(sentence, str(path), offer=show)
