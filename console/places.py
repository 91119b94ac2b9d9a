"""The window's pages: each with what feeds it, its acts, and the ways from one to the other.

A page is loaded and made when it is wanted first, or soon after the window is there: the first paint waits for none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from console.bridge.finding import JobFinder
from console.bridge.preset_shelf import PresetShelf
from console.pages import Pages
from console.sources import (
    open_activity,
    open_doctor,
    open_history,
    open_jobs,
    open_overview,
    open_queues,
    open_start,
    open_unopened,
)
from console.ui import words
from console.ui.going import (
    ACTIVITY,
    BATCHES,
    DOCTOR,
    HISTORY,
    JOBS,
    OVERVIEW,
    QUEUES,
    START,
    START_WORKER,
    Going,
)
from console.ui.kit.later import Later
from console.ui.saving import Saving
from console.ui.shell import Shell

if TYPE_CHECKING:
    from console.bridge.acts import Acts
    from console.bridge.background import Background
    from console.bridge.remembered import Remembered
    from console.ops.local_workers import LocalWorkers
    from console.ops.profiles import Profile
    from console.ops.services import Services
    from console.ops.snapshot import Snapshot
    from console.ops.this_machine import ThisMachine
    from console.ui.activity import ActivityPage
    from console.ui.batches import BatchesPage
    from console.ui.doctor import DoctorPage
    from console.ui.frame import Frame
    from console.ui.guard import ProductionLock
    from console.ui.history import HistoryPage
    from console.ui.jobs import JobsPage
    from console.ui.overview import OverviewPage
    from console.ui.queues import QueuesPage
    from console.ui.worker_start import StartWorkerPage
    from worker.core.errors import OcrConsoleError

translate = QCoreApplication.translate
MADE_EVERY_MS = 700  # after the services are there: one after the other, the pages that nobody wanted to see before


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
    samples_asked = Signal()

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
        self._frame, self._lock = frame, lock
        self._pages: dict[str, Later[Any]] = {}
        self._snapshot: Snapshot | None = None  # the last picture
        self.going = Going(self)
        self.presets = PresetShelf(background, remembered, self)
        self._make = Pages(frame, background, acts, lock, remembered, self.presets, self.going, profile=profile)
        self._make.failed.connect(self.failed)
        self._make.samples_asked.connect(self.samples_asked)
        self._add_pages()
        self._connect_ways()
        for told, show in (
            (acts.running, frame.progress.show_running),
            (acts.progressed, frame.progress.show_running),
            (acts.ended, frame.progress.end),
        ):
            told.connect(show)
        self._finder = JobFinder(background)
        self.shell = Shell(frame, self.going, self._finder.find)
        self.saving = Saving(frame, lambda: self.jobs, background, remembered)
        self.shell.more.append(self.saving.hits)
        self._pages[JOBS].then(self.saving.watch)

    @property
    def names(self) -> frozenset[str]:
        """What `Frame.show_page` calls the pages."""
        return frozenset(self._pages)

    def when_made(self, name: str, do: Callable[[Any], None]) -> None:
        """Do this with a page when it is made."""
        self._pages[name].then(do)

    @property
    def overview(self) -> OverviewPage:
        """How it goes."""
        page: OverviewPage = self._pages[OVERVIEW].page
        return page

    @property
    def jobs(self) -> JobsPage:
        """All jobs."""
        page: JobsPage = self._pages[JOBS].page
        return page

    @property
    def batches(self) -> BatchesPage:
        """All batches."""
        page: BatchesPage = self._pages[BATCHES].page
        return page

    @property
    def queues(self) -> QueuesPage:
        """Queues and workers."""
        page: QueuesPage = self._pages[QUEUES].page
        return page

    @property
    def start_worker(self) -> StartWorkerPage:
        """Where workers are started."""
        page: StartWorkerPage = self._pages[START_WORKER].page
        return page

    @property
    def activity(self) -> ActivityPage:
        """What people did."""
        page: ActivityPage = self._pages[ACTIVITY].page
        return page

    @property
    def history(self) -> HistoryPage:
        """How it went."""
        page: HistoryPage = self._pages[HISTORY].page
        return page

    @property
    def doctor(self) -> DoctorPage:
        """What is wrong, and the profiles."""
        page: DoctorPage = self._pages[DOCTOR].page
        return page

    def open(self, services: Services, local: LocalWorkers | None = None) -> None:
        """Show what these services know, and the workers of this machine."""
        openers: dict[str, Callable[[Any], None]] = {
            OVERVIEW: partial(open_overview, services),
            HISTORY: partial(open_history, services),
            JOBS: partial(open_jobs, services),
            BATCHES: lambda page: page.open_source(services.batches),
            ACTIVITY: partial(open_activity, services),
            QUEUES: partial(open_queues, services, local),
            DOCTOR: partial(open_doctor, services, local),
            START_WORKER: partial(open_start, services, local),
        }
        self._finder.open(services.store)
        self.saving.open_source(services.store)
        for place, (name, opened) in enumerate(openers.items()):
            later = self._pages[name]
            later.then(opened)
            later.then(self._catch_up)
            later.make_within(MADE_EVERY_MS * (place + 1))
        self._make.open(services.store)

    def examine_unopened(self, profile: Profile, machine: ThisMachine, error: OcrConsoleError) -> None:
        """Let the doctor say what is the matter with services that did not open."""
        self._pages[DOCTOR].then(partial(open_unopened, profile, machine, error))

    def show(self, snapshot: Snapshot) -> None:
        """Take over a picture."""
        first = self._snapshot is None
        self._snapshot = snapshot
        self._lock.mark_new()
        for later in self._pages.values():
            if later.is_made:
                later.page.show_snapshot(snapshot)
        if snapshot.facts.at is not None:
            self._show_counts(snapshot)
        self.shell.show(snapshot)
        self.saving.show_snapshot(snapshot)
        if first:
            self._leave_start(snapshot)

    def _show_counts(self, snapshot: Snapshot) -> None:
        from console.ui.activity_words import line

        online = sum(worker.state == "online" for worker in snapshot.workers)
        self._frame.set_count(JOBS, words.number(sum(snapshot.counts.values())))
        self._frame.set_count(BATCHES, words.number(len(snapshot.facts.batches)))
        self._frame.set_count(QUEUES, words.number(online))
        self._frame.side_bar.show_acts([(line(act), words.clock(act.at)) for act in snapshot.facts.acts])

    def _leave_start(self, snapshot: Snapshot) -> None:
        """Go to the overview; where there is no job yet, to the page that says what to do."""
        none = snapshot.facts.at is not None and not sum(snapshot.counts.values())
        if self._frame.current_page == START or (none and self._frame.current_page == OVERVIEW):
            self._frame.show_page(JOBS if none else OVERVIEW)

    def _catch_up(self, page: Any) -> None:  # noqa: ANN401 - any of the pages
        """What the others know already."""
        name = next(name for name, later in self._pages.items() if later.is_made and later.page is page)
        self._make.tables.adopt({name: page})
        self._lock.mark_new()
        if self._snapshot is not None:
            page.show_snapshot(self._snapshot)

    def _add_pages(self) -> None:
        """In the order of the side bar."""
        self._add(OVERVIEW, self._make.overview, translate("Console", "Overview"), "layout-dashboard", "G, O")
        self._add(JOBS, self._make.jobs, translate("Console", "Jobs"), "files", "G, J")
        self._add(BATCHES, self._make.batches, translate("Console", "Batches"), "layers", "G, B")
        self._add(QUEUES, self._make.queues, translate("Console", "Queues & workers"), "activity", "G, W")
        start = translate("Console", "Start a worker…")
        self._add(START_WORKER, self._make.start_worker, start, "play", "G, N", place=False)
        self._add(DOCTOR, self._make.doctor, translate("Console", "Doctor & profiles"), "stethoscope", "G, D")
        self._add(ACTIVITY, self._make.activity, translate("Console", "Activity"), "scroll-text", "G, A", place=False)
        self._add(HISTORY, self._make.history, translate("Console", "History"), "chart-spline", "G, H", place=False)

    def _add(self, name: str, make: Callable[[], Any], text: str, icon: str, key: str, *, place: bool = True) -> None:
        later = self._pages[name] = Later(make)
        self._frame.add_page(name, later, text=text, icon=icon, key=key, place=place)

    def _connect_ways(self) -> None:
        frame, going = self._frame, self.going
        going.to_page.connect(frame.show_page)
        going.to_jobs.connect(lambda chosen: self._go(JOBS, lambda page: page.filter.choose(chosen)))
        going.to_batch.connect(lambda batch: self._go(BATCHES, lambda page: page.go_to(batch)))
        going.to_entry.connect(lambda number: self._go(ACTIVITY, lambda page: page.go_to(number)))
        going.to_queue.connect(lambda queue: self._go(QUEUES, lambda page: page.show_queue(queue)))
        going.to_worker.connect(lambda worker: self._go(QUEUES, lambda page: page.show_worker(worker)))
        going.to_setting.connect(lambda *wish: self._go(DOCTOR, lambda page: page.setting_asked.emit(*wish)))
        going.to_start_worker.connect(lambda queues: self._go(START_WORKER, lambda page: page.begin(queues)))
        frame.away.doctor_asked.connect(lambda: frame.show_page(DOCTOR))
        frame.side_bar.acts_asked.connect(lambda: frame.show_page(ACTIVITY))

    def _go(self, name: str, then: Callable[[Any], None]) -> None:
        self._frame.show_page(name)
        then(self._pages[name].page)
