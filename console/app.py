"""The root of the window: builds what every layer has, hands it on, and takes it down again."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QApplication

import console.bridge.quick_imports  # noqa: F401 - before all others
from console.bridge import text_scale, themes
from console.bridge.acts import Acts
from console.bridge.background import Background
from console.bridge.garbage import Garbage
from console.bridge.notifying import Notifying
from console.bridge.planning import Planning
from console.bridge.remembered import Remembered
from console.bridge.session import Session
from console.bridge.uploading import Uploading
from console.ops import making
from console.ops.home import default_home
from console.ops.logfile import LogFile
from console.ops.profiles import Profile, load
from console.ops.showing import Showing
from console.places import Places
from console.ui import words
from console.ui.adding import Adding, Making
from console.ui.desktop import Desktop
from console.ui.first_run import FirstRunPage
from console.ui.frame import Frame
from console.ui.going import JOBS, OVERVIEW, START
from console.ui.guard import ProductionLock
from console.ui.interrupts import Interrupts
from console.ui.looking import Looking
from console.ui.notices import refuse
from console.ui.one_window import OneWindow
from console.ui.start_steps import getting_ready, good_to_know
from console.ui.text_scale import TextScale
from console.ui.theme import Appearance
from console.ui.theme_choice import ThemeChoice
from worker.core.errors import OcrConsoleError, SettingsError

if TYPE_CHECKING:
    from console.bridge.poller import Poller
    from console.bridge.runner import Act
    from console.ops.commands import Command
    from console.ops.opening import Opening
    from console.ops.services import Services
    from console.ops.snapshot import Snapshot
    from console.ops.uploads import Uploaded, Watch
    from console.ui.jobs import JobsPage

translate = QCoreApplication.translate
LATER_MS = 5000  # after the services are there: pages that nobody wanted to see before


def run(*, profile: str | None = None, home: Path | None = None, batch: str | None = None) -> int:
    """Open the window on a profile, or on the embedded stack of a home; returns the exit code.

    Args:
        profile: name or file, as `--profile` takes it.
        home: folder of the embedded stack; the platform's if None.
        batch: name of the batch whose jobs are shown first.
    """
    home = home or default_home()
    text_scale.apply(home, os.environ)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("ocr-console")
    app.setApplicationDisplayName("OCR Console")
    appearance = Appearance(app, themes.chosen(home, os.environ))
    try:
        chosen = load(profile, os.environ, home)
    except SettingsError as error:
        print(error, file=sys.stderr)
        refuse(translate("Console", "This profile cannot be used"), f"{error}")
        return 2
    place = OneWindow(f"{home.absolute()} {chosen.source}")
    if not place.claim(batch or ""):
        print("The window is open already; it comes to the front.", file=sys.stderr)
        return 0
    console = Console(chosen, home.absolute(), batch)
    place.raised.connect(console.come_forward)
    interrupts = Interrupts()
    interrupts.asked.connect(lambda number: app.exit(128 + number))
    ThemeChoice(console.frame, appearance, console.remembered)
    console.frame.show()
    QTimer.singleShot(0, console.open)
    code: int = app.exec()
    place.close()
    console.close()
    interrupts.close()
    del appearance
    return code


class Console(QObject):
    """The window and all that works behind it, on one profile."""

    def __init__(self, profile: Profile, home: Path, batch: str | None) -> None:
        super().__init__()
        self._profile, self._home, self._batch = profile, home, batch
        self._opening: Opening | None = None
        self._services: Future[Services] = Future()
        self._secrets_of = [profile.settings] if profile.settings else []  # kept out of the log
        self._log = LogFile(home, self._secrets_of)
        logging.getLogger().addHandler(self._log)
        self._languages: frozenset[str] = frozenset()
        self._showing = Showing(self._services.result)
        self._poller: Poller | None = None
        self.snapshot: Snapshot | None = None  # the newest
        name = translate("Console", "This machine") if profile.embedded else profile.name
        spoken = translate("Console", "this machine") if profile.embedded else profile.name
        self.background, self._garbage = Background(), Garbage(self)
        self.acts = Acts(self.background, self)
        self.frame = Frame(name, production=profile.production, spoken=spoken)
        self.start_page = FirstRunPage()
        self.lock = ProductionLock(self.frame, profile.name, production=profile.production)
        self.remembered = Remembered(self.background, home, self)
        self.places = Places(self.frame, self.background, self.acts, self.lock, self.remembered, profile=spoken)
        self.text_scale = TextScale(self.frame, self.remembered)
        self.desktop, self.notifying = Desktop(self.frame), Notifying(self)
        self._add_start_page()
        planning = Planning(self.background, partial(making.planned, self._services.result))
        uploading = Uploading(self.background, self._services.result)
        makers = Making(making.submit, making.resume, making.forget, self._samples)
        self.adding = Adding(self.frame, planning, uploading, makers)
        self.looking = Looking(
            self.frame, self.background, load=self._showing.load, render=self._showing.render, pdf=self._showing.pdf
        )
        self.session = Session(self.background, self._open_services)
        self._connect()

    def open(self) -> None:
        """Begin to open the services; the window is there already."""
        if self._profile.embedded:
            self.start_page.begin(*getting_ready())
        self.session.open()

    def come_forward(self, batch: str = "") -> None:
        """Bring the window to the front, and show a batch if one is named."""
        self.frame.showNormal() if self.frame.isMinimized() else self.frame.show()
        self.frame.raise_()
        self.frame.activateWindow()
        if batch:
            self._show_batch(batch)

    def close(self) -> None:
        """Take everything down, what asks first. Blocks until the servers and the worker of ours are down."""
        self._services.cancel()
        self.desktop.close()
        self.adding.stop()
        if self._poller is not None:
            self._poller.close()
        self.remembered.close()
        self.background.close()
        self._showing.close()
        if self._opening is not None:
            self._opening.close()
        self._garbage.close()
        logging.getLogger().removeHandler(self._log)
        self._log.close()

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
        self.start_page.set_facts(good_to_know(str(self._home)))
        frame.add_page(START, self.start_page, text="", icon="", place=False)
        frame.show_page(START if self._profile.embedded else OVERVIEW)

    def _connect(self) -> None:
        frame, places = self.frame, self.places
        frame.files_dropped.connect(self.lock.only_unlocked(self.adding.plan))
        self.lock.unlock_asked.connect(self.acts.unlock)
        self.lock.lock_asked.connect(self.acts.lock)
        self.acts.acted.connect(self._acted)
        self.acts.failed.connect(self._tell)
        self.acts.failed.connect(self.looking.settle)
        frame.may_close = self.adding.may_close
        frame.refresh_asked.connect(self._refresh)
        frame.undo_asked.connect(self.acts.undo_last)
        for asks in (self.start_page, places):
            asks.samples_asked.connect(self.adding.read_samples)
        self.start_page.files_asked.connect(frame.choose_files)
        self.start_page.again_asked.connect(self.open)
        places.going.to_job.connect(self.looking.open)
        places.going.to_job_page.connect(self.looking.open)
        places.going.to_save.connect(self.looking.save)
        self.adding.open_job.connect(self.looking.open)
        self.looking.retry_asked.connect(self.acts.retry)
        self.looking.save_asked.connect(self.acts.save)
        places.failed.connect(self._tell)
        self.adding.jobs_asked.connect(self._show_batch)
        self.adding.refresh_asked.connect(self._refresh)
        self.background.failed.connect(self._tell)
        self.notifying.told.connect(self.desktop.tell)
        self.desktop.opened.connect(self.come_forward)
        self.session.advanced.connect(self._step)
        self.session.opened.connect(self._opened)
        self.session.failed.connect(self._not_opened)

    def _open_services(self, progress: Callable[[str, str, float], None]) -> Services:
        from console.ops.opening import Opening

        if self._opening is None:
            self._opening = Opening(self._profile, self._home)
        return self._opening.open(progress)

    def _step(self, service: str, state: str, _seconds: float) -> None:
        self.start_page.set_step(service, state)

    def _opened(self, services: Services) -> None:
        from console.bridge.poller import Poller
        from console.ops.rules import PREFERENCE, rules_of
        from console.ops.snapshot import Watcher

        self._secrets_of.append(services.settings)
        self._services.set_result(services)
        self.lock.watch(services.guard)
        if self._profile.warnings:
            self.frame.notices.tell(*self._profile.warnings[:2], bad=True)
        local = self._opening.workers if self._opening is not None else None
        self.acts.open(services, local)
        rules = rules_of({PREFERENCE: self.remembered.get(PREFERENCE, dict, {})})
        self._poller = Poller(Watcher(services, rules=rules), parent=self)
        self._poller.pictured.connect(self._pictured)
        self._poller.start()
        self.start_page.set_step("worker", "starting" if self._own_worker() else "adopted")
        self.places.open(services, local)
        for pages in (self.adding, self.looking):
            pages.make_within(LATER_MS)
        if self._batch:
            self._show_batch(self._batch)
        self.background.submit(making.unfinished, self._services.result, done=self._offer)

    def _not_opened(self, error: OcrConsoleError) -> None:
        self.start_page.show_failure(error.sentence, error.advice)
        if not self._profile.embedded:
            self.frame.show_page(START)

    def _own_worker(self) -> str | None:
        return self._opening.worker if self._opening else None

    def _offer(self, unfinished: list[Uploaded]) -> None:
        if unfinished and not self.adding.running:
            self.adding.offer(unfinished)

    def _pictured(self, snapshot: Snapshot, next_s: float) -> None:
        self.snapshot = snapshot
        self.frame.show_snapshot(snapshot, next_s)
        self.places.show(snapshot)
        self.notifying.take(snapshot)
        self.adding.show_jobs(snapshot.changed)
        self.looking.show_jobs(snapshot.changed)
        online = [worker.report for worker in snapshot.workers if worker.ours and worker.state == "online"]
        readable = Counter(language for report in online for language in report.languages)
        self._languages = frozenset(readable)
        self.adding.set_fleet(readable, len(online), snapshot.pages_per_minute)

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

    def _tell(self, error: OcrConsoleError) -> None:
        self.frame.notices.tell(words.told(error.sentence), words.told(error.advice), bad=True)

    def _samples(self, batch: str, watch: Watch, cancel: threading.Event) -> Command[tuple[Uploaded, ...]]:
        return making.read_samples(self._languages, batch, watch, cancel)
