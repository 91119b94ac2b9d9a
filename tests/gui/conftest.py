"""What the tests of the window share: its look, and threads that end with the test."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import cast

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication

from console.bridge.acts import Acts
from console.bridge.background import Background
from console.bridge.remembered import Remembered
from console.ui.batches import BatchesPage
from console.ui.jobs import JobsPage
from console.ui.kit.dialogs import Question
from console.ui.queues import QueuesPage
from console.ui.theme import Appearance
from tests.gui import queues_page
from tests.gui.batch_days import FakeBatches
from tests.gui.batches_page import Heard
from tests.gui.invented import MemoryStore, picture
from tests.gui.jobs_page import store
from worker.core.batch_figures import BatchFigures
from worker.core.jobs import Job


@pytest.fixture(scope="session")
def appearance(qapp: QApplication) -> Appearance:
    return Appearance(qapp, "light")


@pytest.fixture(autouse=True)
def light(appearance: Appearance) -> Iterator[Appearance]:
    yield appearance
    if appearance.choice != "light":
        appearance.choose("light")


@pytest.fixture(autouse=True)
def taken_down(qapp: QApplication) -> Iterator[None]:
    """What a test made ends on this thread: one in the background that collects garbage would crash on its timers.

    The collector stays off until the next test: what pytest still holds ends last, and nothing may be collected then.
    """
    gc.disable()
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect(1)


@pytest.fixture
def background(qapp: QApplication) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


@pytest.fixture
def show(qtbot, background: Background) -> Callable[..., JobsPage]:
    def made(*jobs: Job) -> JobsPage:
        page = JobsPage(background, profile="This machine")
        qtbot.addWidget(page)
        page.resize(1200, 700)
        page.show()
        with qtbot.waitSignal(page.feed.loaded):
            page.open_source(MemoryStore(jobs))
        page.pane.open_source(store(page))
        page.show_snapshot(picture(store(page)))
        page.setFocus()
        qtbot.waitUntil(page.isActiveWindow)
        return page

    return made


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def show_batches(qtbot, background: Background, heard: Heard) -> Callable[..., BatchesPage]:
    def made(*batches: BatchFigures) -> BatchesPage:
        page = BatchesPage(background, cast("Acts", heard), locked=lambda: False)
        qtbot.addWidget(page)
        page.resize(1240, 800)
        page.show()
        with qtbot.waitSignal(page.feed.loaded):
            page.open_source(FakeBatches(batches))
        page.setFocus()
        qtbot.waitUntil(page.isActiveWindow)
        return page

    return made


@pytest.fixture
def show_queues(qtbot, background: Background) -> Callable[..., QueuesPage]:
    def made(*, locked: bool = False, remembered: Remembered | None = None, **facts) -> QueuesPage:
        page = queues_page.page(background, locked=locked, remembered=remembered)
        qtbot.addWidget(page)
        page.resize(1240, 800)
        page.show()
        page.show_snapshot(queues_page.shown(**facts))
        page.setFocus()
        qtbot.waitUntil(page.isActiveWindow)
        return page

    return made


@pytest.fixture
def answer() -> Iterator[Callable[[Callable[[Question], None]], list[str]]]:
    """Answers the next question; the list has the titles of those that came."""
    seen: list[str] = []
    timers: list[QTimer] = []

    def prepared(reply: Callable[[Question], None]) -> list[str]:
        timer = QTimer(interval=20)
        timers.append(timer)

        def look() -> None:
            question = QApplication.activeModalWidget()
            if isinstance(question, Question):
                timer.stop()
                seen.append(question.windowTitle())
                reply(question)

        timer.timeout.connect(look)
        timer.start()
        return seen

    yield prepared
    for timer in timers:
        timer.stop()
