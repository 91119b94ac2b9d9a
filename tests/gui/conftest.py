"""What the tests of the window share: its look, and threads that end with the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from console.bridge.background import Background
from console.ui.jobs import JobsPage
from console.ui.theme import Appearance
from tests.gui.invented import MemoryStore, picture
from tests.gui.jobs_page import store
from worker.core.jobs import Job


@pytest.fixture(scope="session")
def appearance(qapp: QApplication) -> Appearance:
    return Appearance(qapp, "light")


@pytest.fixture(autouse=True)
def light(appearance: Appearance) -> Iterator[Appearance]:
    yield appearance
    if appearance.choice != "light":
        appearance.choose("light")


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
