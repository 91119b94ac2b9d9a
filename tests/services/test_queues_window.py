"""The page of queues and workers on real servers: what it shows is so, and what is pressed happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.bridge.acts import Acts
from console.bridge.background import Background
from console.bridge.remembered import Remembered
from console.ops.inspecting import inspect
from console.ops.needs import needs
from console.ops.peeking import peek
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from console.ops.snapshot import Watcher
from console.ui.frame import Frame
from console.ui.guard import ProductionLock
from console.ui.kit.dialogs import Question
from console.ui.queues import QueuesPage
from console.ui.queues_acts import QueuesActs
from console.ui.workers_columns import LACKS
from tests.gui.queues_page import texts
from tests.services.queued_jobs import queued
from tests.services.worker_process import celery_worker
from tests.waiting import until
from worker.core.history import History
from worker.core.jobs import LEGACY_QUEUE, QUEUE, Doorbell, Priority, State
from worker.core.settings import Settings
from worker.core.store import Store, WorkerReport

Key = Qt.Key
PATIENCE_MS = 60_000
Shown = tuple[QueuesPage, Acts, Callable[[], None]]


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    with Services.open(Profile(EMBEDDED, "the embedded stack"), settings) as opened:
        yield opened


@pytest.fixture
def shown(qtbot: QtBot, services: Services) -> Iterator[Shown]:
    """The page, its acts, and a way to take a new picture."""
    background = Background()
    frame, acts, watcher = Frame("this machine"), Acts(background), Watcher(services)
    qtbot.addWidget(frame)
    page = QueuesPage(background, Remembered(background), locked=lambda: False)
    frame.add_page("queues", page, text="Queues & workers", icon="activity")
    QueuesActs(page, acts, ProductionLock(frame, "this machine", production=False), frame.notices)
    acts.open(services)
    ask_worker = partial(inspect, services.broker.control)
    ask_needs = partial(_needs_of, services)
    page.open(History(services.engine), None, peek=partial(peek, services), inspect=ask_worker, needs=ask_needs)
    frame.show()
    qtbot.waitUntil(frame.isActiveWindow, timeout=PATIENCE_MS)
    yield page, acts, lambda: page.show_snapshot(watcher.take())
    background.close()


def _needs_of(services: Services, _subject: str) -> dict[str, frozenset[str]]:
    return needs(services)


def wait(services: Services, names: list[str]) -> list[UUID]:
    """Jobs whose messages are in the queue."""
    pairs = [queued(services.store, name) for name in names]
    for job, task in pairs:
        services.broker.ring(Doorbell(task, job, QUEUE, Priority.NORMAL))
    services.store.mark_published([task for _, task in pairs])
    return [job for job, _ in pairs]


@pytest.fixture
def agreed(qtbot: QtBot) -> Iterator[None]:
    """Every question is answered with its act."""
    timer = QTimer(interval=20)

    def look() -> None:
        question = QApplication.activeModalWidget()
        if isinstance(question, Question):
            question.act.click()

    timer.timeout.connect(look)
    timer.start()
    yield
    timer.stop()


@pytest.mark.usefixtures("agreed")
def test_what_waits_is_seen_moved_purged_and_put_back(shown: Shown, services: Services, qtbot: QtBot) -> None:
    page, acts, look = shown
    wait(services, ["first.pdf", "second.pdf"])
    look()
    queue = page.queues.model.row(0)
    assert (queue.queue, queue.ready, queue.pages, queue.workers) == (QUEUE, 2, 4, ())
    page.queues.table.setFocus()
    QTest.keyClick(page.queues.table, Key.Key_Space)
    messages = page.side.peek.model
    qtbot.waitUntil(
        lambda: [line.seen.name for line in messages.rows] == ["first.pdf", "second.pdf"], timeout=PATIENCE_MS
    )
    page.side.peek.table.go_to(messages.row(1).key)
    with qtbot.waitSignal(acts.acted, timeout=PATIENCE_MS):
        page.side.peek.front_action.trigger()
    qtbot.waitUntil(
        lambda: [line.seen.name for line in messages.rows] == ["second.pdf", "first.pdf"], timeout=PATIENCE_MS
    )
    page.queues.table.setFocus()
    with qtbot.waitSignal(acts.acted, timeout=PATIENCE_MS):
        QTest.keyClick(page.queues.table, Key.Key_Delete)
    assert services.store.counts()[State.CANCELLED] == 2
    with qtbot.waitSignal(acts.acted, timeout=PATIENCE_MS):
        acts.undo_last()
    look()
    assert (services.store.counts()[State.QUEUED], page.queues.model.row(0).ready) == (2, 2)


def test_a_queue_is_paused_goes_on_and_comes_first(shown: Shown, services: Services, qtbot: QtBot) -> None:
    page, acts, look = shown
    (job,) = wait(services, ["first.pdf"])
    look()
    for paused in (True, False):
        page.queues.table.setFocus()
        with qtbot.waitSignal(acts.acted, timeout=PATIENCE_MS):
            QTest.keyClick(page.queues.table, Key.Key_P)
        look()
        assert page.queues.model.row(0).paused is paused
    with qtbot.waitSignal(acts.acted, timeout=PATIENCE_MS):
        QTest.keyClick(page.queues.table, Key.Key_F)
    assert services.store.job(job).priority is Priority.NEXT


def test_what_a_worker_lacks_is_compared_with_what_waits(shown: Shown, services: Services, qtbot: QtBot) -> None:
    page, _, look = shown
    wait(services, ["first.pdf"])
    there: dict[str, Any] = {"version": "0.1", "queues": (QUEUE,), "languages": ("deu",), "tools": {"tesseract": "5"}}
    services.store.put_worker(WorkerReport("ocr@halle", "halle", 7, disk_free_mb=300.0, **there))
    services.store.put_worker(WorkerReport("ocr@desk", "desk", 7, **{**there, "tools": {}, "languages": ()}))
    look()
    qtbot.waitUntil(lambda: texts(page.workers.table, LACKS) == ["tesseract", "eng, disk: 300 MB"], timeout=PATIENCE_MS)


def test_a_worker_elsewhere_is_made_larger_leaves_a_queue_and_stops(
    shown: Shown, services: Services, settings: Settings, store: Store, tmp_path: Path, qtbot: QtBot
) -> None:
    page, acts, look = shown

    def report() -> WorkerReport:
        return next(one for one in store.workers() if one.name == "far@elsewhere")

    with celery_worker(settings, store, tmp_path, name="far@elsewhere") as worker:
        look()
        page.show_worker("far@elsewhere")
        controls = page.side.detail.controls
        qtbot.waitUntil(controls.processes.isEnabled, timeout=PATIENCE_MS)
        with qtbot.waitSignal(acts.acted, timeout=PATIENCE_MS):
            QTest.keyClick(controls.processes, Key.Key_Plus)
        until(lambda: report().slots == 2, "a process more")
        with qtbot.waitSignal(acts.acted, timeout=PATIENCE_MS):
            controls.box(LEGACY_QUEUE).click()
        until(lambda: report().queues == (QUEUE,), "one queue less")
        look()
        assert controls.processes.value == 2
        page.workers.table.setFocus()
        with qtbot.waitSignal(acts.acted, timeout=PATIENCE_MS):
            QTest.keyClick(page.workers.table, Key.Key_S)
        assert worker.process.wait(60) == 0
