"""The whole window on inventions: every page, and everything that opens beside or over one, as scenes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from console.bridge.acts import Acts
from console.bridge.background import Background
from console.bridge.remembered import Remembered
from console.ops.attention import judge
from console.ops.previews import Picture
from console.ops.uploads import Step
from console.places import Places
from console.profile_places import ProfilePlaces
from console.ui import words
from console.ui.adding import Adding, Making
from console.ui.first_run import FirstRunPage
from console.ui.frame import Frame
from console.ui.going import START
from console.ui.guard import ProductionLock
from console.ui.languages import language_name
from console.ui.looking import Looking
from console.ui.start_steps import good_to_know
from tests.gui import audit_days, batch_days, closeups, doctor_days, profile_days, queues_page, starting, working
from tests.gui.invented import MemoryStore, an_ordinary_day, picture
from tests.gui.planned import planned
from tests.waiting import until
from worker.core.jobs import Job, Options, Output, Page, State

FILES = [planned(f"Archiv/Protokoll {number}.pdf", 10, size=1_000_000) for number in range(6)]
STEPS = (Step.QUEUED, Step.SENDING, Step.SENDING, Step.WAITING, Step.FAILED, Step.WAITING)
READ = Job(
    UUID(int=99), "Bericht.pdf", "Bericht.pdf", State.DONE, pages=3, pages_done=3, mean_confidence=92.5,
    options=Options("deu"), outputs={"pdf": Output("pdf", 1, "ab" * 32)},
)  # fmt: skip
PAGES = [
    Page(1, "done", confidence=97.2, words=4, text="Eins und noch eins"),
    Page(2, "done", confidence=84.0, words=1, text="Zwei"),
    Page(3, "blank"),
]
ROUNDS = 3  # of events with nothing open: the last answer, what it asks, and its layout
SOON_MS = 1000


class Unasked(QObject):
    """Acts that are never done."""

    acted = Signal(object)
    failed = Signal(object)
    progressed = Signal(object)
    ended = Signal(object)
    running: object = Signal(object)

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_given, **_named: None


class Idle(Unasked):
    """Planning and uploads in one that do nothing."""

    planned = Signal(object, float)
    running = False


class Asked(Background):
    """Knows the questions whose answers are not on their way yet."""

    def __init__(self) -> None:
        super().__init__()
        self.open: set[Future[Any]] = set()

    def submit(self, *given: Any, **named: Any) -> Future[Any]:
        future = super().submit(*given, **named)
        self.open.add(future)
        future.add_done_callback(self.open.discard)  # called last, when the answer is sent
        return future


class Window:
    """The window with everything in it; `show` brings up a scene, `close` ends it."""

    def __init__(self, *, empty: bool = False) -> None:
        self.background, nothing, self.full = Asked(), Idle(), not empty
        self.frame = Frame("This machine")
        acts = cast("Acts", Unasked())
        lock = ProductionLock(self.frame, "This machine", production=False)
        self.places = Places(
            self.frame, self.background, acts, lock, Remembered(self.background), profile="this machine"
        )
        self.start = FirstRunPage()
        self.start.set_facts(good_to_know("/home/minh/ocr"))
        self.frame.add_page(START, self.start, text="", icon="", place=False)
        office, desk = profile_days.Office(self.background), profile_days.Desk(self.background)
        self.profiles = ProfilePlaces(self.frame, office, desk, lock, self.places)
        making = Making(*[cast("Any", lambda *_: None)] * 4)
        presets = self.places.presets
        self.adding = Adding(self.frame, cast("Any", nothing), cast("Any", nothing), making, presets)
        self.looking = Looking(
            self.frame, self.background, load=lambda _id: (READ, PAGES), render=_white, pdf=cast("Any", None)
        )
        self.over: QWidget | None = None
        self.frame.resize(1440, 900)
        self._open(empty=empty)
        self.frame.show()

    def _open(self, *, empty: bool) -> None:
        places = self.places
        failing, spread = closeups.failing(), closeups.spread()
        self.store = MemoryStore([] if empty else [*an_ordinary_day()[2:], failing.job, spread.job])
        self.store.closeups |= {one.job.id: one for one in (failing, spread)}
        self.archive = working.Archive()
        self.archive.empty = empty
        places.overview.open_source(working.OneAnswer())
        places.history.open_source(cast("Any", self.archive))
        places.jobs.open_source(cast("Any", self.store))
        places.jobs.pane.open_source(cast("Any", self.store))
        places.batches.open_source(cast("Any", batch_days.FakeBatches([] if empty else batch_days.an_ordinary_day())))
        trail = audit_days.FakeTrail([] if empty else audit_days.an_ordinary_day())
        places.activity.open_source(cast("Any", trail), lambda _chosen: [], kept_days=730)
        here = queues_page.Here(*([] if empty else queues_page.here()))
        here.adopted.add("ocr2@scan-01")
        places.queues.local.open(here, starting.Source().settings)
        places.queues.local._figures = cast("Any", here)
        places.queues.side.peeking.open(queues_page.peeked)
        places.queues.side.inspecting.open(queues_page.inspected)
        places.jobs.pane.open_why(lambda _id: doctor_days.PAUSED)
        places.doctor.open_source(doctor_days.all_is_well if empty else doctor_days.an_ordinary_day)
        places.start_worker.open(starting.Source("ocr1@scan-01", slots=8))
        self.snapshot = picture(self.store) if empty else _picture(self.store)
        self.tell()

    @property
    def page(self) -> QWidget:
        """The page that is shown."""
        page = self.frame.page
        assert page is not None
        return page

    def tell(self) -> None:
        """Show the picture once more."""
        self.frame.show_snapshot(self.snapshot, 4)
        self.places.show(self.snapshot)
        self.profiles.show(self.snapshot)

    @property
    def data(self) -> set[str]:
        """What is called so in every language, and what was written in one."""
        facts = self.snapshot.facts
        names = {*(job.name for job in self.store.rows.values()), READ.name, "deu", "eng", "vie", "this machine"}
        names |= {queue.queue for queue in facts.queues} | {worker.name for worker in facts.workers}
        names |= {batch.name for batch in batch_days.an_ordinary_day()} | {words.long_date(datetime.now(UTC))}
        names |= profile_days.DATA | {self.profiles.feed.folder}
        names |= {language_name(code) for code in ("deu", "eng")}
        names |= doctor_days.texts(*doctor_days.an_ordinary_day().checks, doctor_days.PAUSED)
        results = [one.result for one in audit_days.an_ordinary_day()]  # as they were written, in English
        return names | {part for one in results for part in (one, one.partition(".")[0]) if part}

    def to(self, page: str, came: Callable[[], object] | None = None) -> QWidget:
        """Bring a page to the front, and wait until it is full."""
        self.frame.show_page(page)
        self.tell()
        if came is not None:
            wait(came)
        return self.frame.pages[page]

    def settle(self) -> None:
        """Wait until every answer has come and is laid out, and nothing is about to be asked."""
        still = 0

        def is_still() -> bool:
            nonlocal still
            soon = any(timer.isSingleShot() and timer.isActive() for timer in self._short_timers())
            still = 0 if self.background.open or soon else still + 1
            return still == ROUNDS

        wait(is_still)

    def _short_timers(self) -> Iterator[QTimer]:
        """Those after which a page asks or shows something; a notice stays longer."""
        return (timer for timer in self.frame.findChildren(QTimer) if timer.interval() < SOON_MS)

    def close(self) -> None:
        self.close_over()
        self.frame.may_close = lambda: True
        self.frame.close()
        self.background.close()
        self.frame.deleteLater()
        QCoreApplication.sendPostedEvents(self.frame, QEvent.Type.DeferredDelete)

    def close_over(self) -> None:
        if self.over is not None:
            self.over.close()
            self.over = None


def wait(fact: Callable[[], object]) -> None:
    """Let the window work until something is so."""

    def so() -> object:
        QApplication.processEvents()
        return fact()

    until(so, seconds=20, every=0.005)


def _white(_job: Job, _number: int, width: int, height: int) -> Picture:
    """A page of 500 by 700 points that fits: of another size it would be asked for again and again."""
    scale = min(width / 500, height / 700)
    across, down = round(500 * scale), round(700 * scale)
    return Picture(across, down, 3 * across, bytes([255]) * (3 * across * down), scale)


def _picture(store: MemoryStore) -> Any:
    facts = {
        "queues": queues_page.queues(), "queues_at": datetime.now(UTC), "workers": queues_page.fleet(),
        "contradictions": queues_page.contradictions(), "acts": tuple(audit_days.an_ordinary_day()[:3]),
    }  # fmt: skip
    seen = working.at_work(store=store, **facts)
    return replace(seen, facts=replace(seen.facts, findings=judge(seen).findings))
