"""The root of the window: builds what every layer has of one profile, hands it on, and takes it down again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

import console.bridge.quick_imports  # noqa: F401 - before all others
from console.bridge.acts import Acts
from console.bridge.background import Background
from console.bridge.notifying import Notifying
from console.bridge.planning import Planning
from console.bridge.profile_editing import ProfileEditing
from console.bridge.profile_feed import ProfileFeed
from console.bridge.session import Session
from console.bridge.uploading import Uploading
from console.bridge.worker_starts import WorkerStarts
from console.lasting import Lasting
from console.ops import making
from console.ops.profiles import Profile
from console.ops.showing import Showing
from console.places import Places
from console.profile_places import ProfilePlaces
from console.ui import words
from console.ui.adding import Adding, Making
from console.ui.desktop import Desktop
from console.ui.first_run import FirstRunPage
from console.ui.frame import Frame
from console.ui.going import DOCTOR, JOBS, OVERVIEW, START
from console.ui.guard import ProductionLock
from console.ui.looking import Looking
from console.ui.start_steps import getting_ready, good_to_know
from console.ui.telling import Telling
from console.ui.text_scale import TextScale
from worker.core.errors import OcrConsoleError

if TYPE_CHECKING:
    from console.bridge.poller import Poller
    from console.bridge.runner import Act
    from console.ops.commands import Command
    from console.ops.local_workers import LocalWorkers
    from console.ops.opening import Opening
    from console.ops.services import Services
    from console.ops.snapshot import Snapshot, Watcher
    from console.ops.uploads import Uploaded, Watch
    from console.ui.jobs import JobsPage

translate = QCoreApplication.translate
LATER_MS = 5000  # after the services are there: pages that nobody wanted to see before
ROWS_MS = 150  # in which the first rows are there; what the pictures need would hold them up


class Console(QObject):
    """The window and all that works behind it, on one profile.

    Args:
        profile: Whose services it shows.
        lasting: What goes on when the window shows another profile.
        batch: Name of the batch whose jobs are shown first.
    """

    switch_asked = Signal(str)  # to another profile: its name or file

    def __init__(self, profile: Profile, lasting: Lasting, batch: str | None = None) -> None:
        super().__init__()
        self.profile, self._lasting, self._batch = profile, lasting, batch
        self._opening: Opening | None = None
        self._services: Future[Services] = Future()
        lasting.keep_secret(profile.settings)
        self._languages: frozenset[str] = frozenset()
        self._showing = Showing(self._services.result)
        self._poller: Poller | None = None
        self.snapshot: Snapshot | None = None  # the newest
        name = translate("Console", "This machine") if profile.embedded else profile.name
        spoken = translate("Console", "this machine") if profile.embedded else profile.name
        self.background, self.remembered = Background(), lasting.remembered
        self.acts = Acts(self.background, self, ending=lasting.ending)
        self.frame = Frame(name, production=profile.production, spoken=spoken, colour=profile.colour or "")
        self.start_page, self.telling = FirstRunPage(), Telling(self.frame)
        self.lock = ProductionLock(self.frame, profile.name, production=profile.production)
        self.places = Places(self.frame, self.background, self.acts, self.lock, self.remembered, profile=spoken)
        feed = ProfileFeed(self.background, profile, lasting.machine, lasting.opened, self)
        editing = ProfileEditing(self.background, lasting.drafts, self)
        self.profiles = ProfilePlaces(self.frame, feed, editing, self.lock, self.places)
        self.text_scale = TextScale(self.frame, self.remembered)
        self.desktop, self.notifying = Desktop(self.frame), Notifying(self)
        self.starts = WorkerStarts(self.background, self)
        self._add_start_page()
        planning = Planning(self.background, partial(making.planned, self._services.result))
        uploading = Uploading(self.background, self._services.result)
        makers = Making(making.submit, making.resume, making.forget, self._samples)
        self.adding = Adding(self.frame, planning, uploading, makers, self.places.presets)
        self.looking = Looking(
            self.frame, self.background, load=self._showing.load, render=self._showing.render, pdf=self._showing.pdf
        )
        self.session = Session(self.background, self._open_services)
        self._connect()

    def open(self) -> None:
        """Begin to open the services; the window is there already."""
        if self.profile.embedded:
            self.start_page.begin(*getting_ready())
        self.session.open()

    def come_forward(self, batch: str = "") -> None:
        """Bring the window to the front, and show a batch if one is named."""
        self.frame.showNormal() if self.frame.isMinimized() else self.frame.show()
        self.frame.raise_()
        self.frame.activateWindow()
        if batch:
            self._show_batch(batch)

    def leave(self) -> None:
        """Take the window away: nothing is shown or begun any more. What blocks is left to `close`."""
        self._services.cancel()
        self.desktop.close()
        self.adding.stop()
        if self._poller is not None:
            self._poller.stop()
        self.background.stop()
        self.frame.may_close = lambda: True
        self.frame.close()

    def close(self) -> None:
        """Wait for what runs, and close the connections. Any thread may do it, behind `leave`."""
        if self._poller is not None:
            self._poller.close()
        self.background.close()
        self._showing.close()
        if self._opening is not None:
            self._opening.close()

    @property
    def services(self) -> Services:
        """What the window works with, when it is open."""
        return self._services.result(0)

    @property
    def jobs(self) -> JobsPage:
        """The page of all jobs."""
        return self.places.jobs

    def _add_start_page(self) -> None:
        frame = self.frame
        self.start_page.set_facts(good_to_know(str(self._lasting.home)))
        frame.add_page(START, self.start_page, text="", icon="", place=False)
        frame.show_page(START if self.profile.embedded else OVERVIEW)

    def _connect(self) -> None:
        frame, places = self.frame, self.places
        frame.files_dropped.connect(self.lock.only_unlocked(self.adding.plan))
        self.lock.unlock_asked.connect(self.acts.unlock)
        self.lock.lock_asked.connect(self.acts.lock)
        self.acts.acted.connect(self._acted)
        self.acts.acted.connect(self.starts.follow)
        self.starts.ready.connect(self.telling.tell_ready)
        self.starts.failed.connect(self.telling.tell_no_start)
        self.acts.failed.connect(self.telling.tell)
        self.acts.failed.connect(self.looking.settle)
        frame.may_close = self.adding.may_close
        frame.refresh_asked.connect(self._refresh)
        frame.undo_asked.connect(self.acts.undo_last)
        for asks in (self.start_page, places):
            asks.samples_asked.connect(self.adding.read_samples)
        self.start_page.files_asked.connect(frame.choose_files)
        self.start_page.again_asked.connect(self.open)
        self.start_page.doctor_asked.connect(partial(frame.show_page, DOCTOR))
        self.profiles.switch_asked.connect(self.switch_asked)
        self.profiles.accept_asked.connect(lambda name: self.acts.accept_servers(name, self._lasting.home))
        places.going.to_job.connect(self.looking.open)
        places.going.to_job_page.connect(self.looking.open)
        places.going.to_save.connect(self.looking.save)
        self.adding.open_job.connect(self.looking.open)
        self.looking.retry_asked.connect(self.acts.retry)
        self.looking.save_asked.connect(self.acts.save)
        places.failed.connect(self.telling.tell)
        self.adding.jobs_asked.connect(self._show_batch)
        self.adding.refresh_asked.connect(self._refresh)
        self.background.failed.connect(self.telling.tell)
        self.notifying.told.connect(self.desktop.tell)
        self.desktop.opened.connect(self.come_forward)
        self.session.advanced.connect(self._step)
        self.session.opened.connect(self._opened)
        self.session.failed.connect(self._not_opened)

    def _open_services(self, progress: Callable[[str, str, float], None]) -> Services:
        from console.ops.opening import Opening

        if self._opening is None:
            self._opening = Opening(self.profile, self._lasting.machine)
        return self._opening.open(progress)

    def _step(self, service: str, state: str, _seconds: float) -> None:
        self.start_page.set_step(service, state)

    def _opened(self, services: Services) -> None:
        self._lasting.keep_secret(services.settings)
        self._services.set_result(services)
        self.lock.watch(services.guard)
        if self.profile.warnings:
            self.frame.notices.tell(*map(words.told, self.profile.warnings[:2]), bad=True)
        self.acts.open(services, self._local)
        self.starts.open(self._local)
        self.places.open(services, self._local)
        self.profiles.open(services)
        begin = partial(self.background.submit, self._watcher, services, done=self._watch)
        QTimer.singleShot(ROWS_MS if self.frame.current_page == JOBS else 0, self, begin)
        self.start_page.set_step("worker", "starting" if self._own_worker() else "adopted")
        for pages in (self.adding, self.looking):
            pages.make_within(LATER_MS)
        if self._batch:
            self._show_batch(self._batch)
        self.background.submit(
            making.unfinished, self._services.result, done=self._offer, failed=self.telling.tell_if_odd
        )

    def _watcher(self, services: Services) -> Watcher:
        """Made in the background, where what it and the acts load holds nobody up."""
        import console.bridge.runner  # noqa: F401
        from console.ops.rules import PREFERENCE, rules_of
        from console.ops.snapshot import Watcher

        return Watcher(services, rules=rules_of({PREFERENCE: self.remembered.get(PREFERENCE, dict, {})}))

    def _watch(self, watcher: Watcher) -> None:
        from console.bridge.poller import Poller

        self._poller = Poller(watcher, parent=self)
        self._poller.pictured.connect(self._pictured)
        self._poller.start()

    def _not_opened(self, error: OcrConsoleError) -> None:
        self.places.examine_unopened(self.profile, self._lasting.machine, error)
        self.start_page.show_failure(error.sentence, error.advice)
        if not self.profile.embedded:
            self.frame.show_page(START)

    @property
    def _local(self) -> LocalWorkers:
        """The workers of this machine."""
        return self._lasting.machine.workers

    def _own_worker(self) -> str | None:
        return self._opening.worker if self._opening else None

    def _offer(self, unfinished: list[Uploaded]) -> None:
        if unfinished and not self.adding.running:
            self.adding.offer(unfinished)

    def _pictured(self, snapshot: Snapshot, next_s: float) -> None:
        self.snapshot = snapshot
        self.frame.show_snapshot(snapshot, next_s)
        self.places.show(snapshot)
        self.profiles.show(snapshot)
        self.notifying.take(snapshot)
        self.starts.take(snapshot)
        self.adding.show_jobs(snapshot.changed)
        self.looking.show_jobs(snapshot.changed)
        online = [worker.report for worker in snapshot.workers if worker.ours and worker.state == "online"]
        readable = [frozenset(report.languages) for report in online]
        self._languages = frozenset[str]().union(*readable)
        self.adding.set_fleet(readable, snapshot.pages_per_minute)

    def _show_batch(self, name: str) -> None:
        self.jobs.filter.choose_batch(name)
        self.frame.show_page(JOBS)

    def _refresh(self) -> None:
        if self._poller is not None:
            self._poller.poke()

    def _acted(self, act: Act) -> None:
        self.lock.refresh()
        undo = partial(self.acts.undo, act) if act.done.undo else None
        self.looking.settle(act)
        message = words.told(act.done.message)
        self.frame.notices.tell(message, undo=undo)
        self.frame.side_bar.remember(message.rstrip("."), words.clock(act.at))
        self._refresh()

    def _samples(self, batch: str, watch: Watch, cancel: threading.Event) -> Command[tuple[Uploaded, ...]]:
        return making.read_samples(self._languages, batch, watch, cancel)
