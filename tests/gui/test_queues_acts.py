"""What the page of queues and workers wants is done; what destroys or stops is asked first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import cast

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.bridge.acts import Acts
from console.bridge.background import Background
from console.ops.purge import Waiting
from console.ops.worker_state import Stop
from console.ui.frame import Frame
from console.ui.guard import ProductionLock
from console.ui.kit.choices import Radio
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from console.ui.kit.row_acts import ActTable
from console.ui.notices import NoticeStrip
from console.ui.queues import QueuesPage
from console.ui.queues_acts import QueuesActs
from console.ui.queues_purge import purge_question
from console.ui.workers_stop import HowToStop
from tests.gui import queues_page
from tests.gui.queues_page import Here, Recorder, local_worker, shown
from tests.gui.starting import Source
from worker.core.cancels import WaitingBatch

Reply = Callable[[Question], None]


class Rule:
    """A production profile that is unlocked."""

    locked, left_s = False, 100.0


@pytest.fixture
def made(qtbot, background: Background) -> Callable[..., tuple[QueuesPage, Recorder]]:
    def make(*, production: bool = False) -> tuple[QueuesPage, Recorder]:
        frame = Frame("archive", production=production)
        qtbot.addWidget(frame)
        lock, acts = ProductionLock(frame, "archive", production=production), Recorder()
        page = queues_page.page(background)
        frame.add_page("queues", page, text="Queues & workers", icon="activity")
        lock.watch(Rule())
        QueuesActs(page, cast("Acts", acts), lock, frame.notices)
        acts.setParent(page)
        frame.show()
        page.show_snapshot(shown())
        qtbot.waitUntil(frame.isActiveWindow)
        return page, acts

    return make


@pytest.fixture
def answer() -> Iterator[Callable[[Reply], list[str]]]:
    """Answers the next question; the list has the titles of those that came."""
    timers: list[QTimer] = []

    def prepared(reply: Reply) -> list[str]:
        seen: list[str] = []
        timer = QTimer(interval=10)
        timers.append(timer)

        def look() -> None:
            question = QApplication.activeModalWidget()
            if isinstance(question, Question):
                timer.stop()
                seen.append(question.windowTitle())
                try:
                    reply(question)
                finally:
                    if question.isVisible():  # whatever went wrong, the test goes on
                        question.reject()

        timer.timeout.connect(look)
        timer.start()
        return seen

    yield prepared
    for timer in timers:
        timer.stop()


def name_it(question: Question) -> None:
    (name,) = question.findChildren(Field)
    assert question.focusWidget() is name
    assert not question.act.isEnabled()
    QTest.keyClicks(name, "archive")
    question.act.click()


def test_a_purge_on_production_asks_for_the_name(made, answer):
    page, acts = made(production=True)
    titles = answer(name_it)
    page.show_queue("ocr.bulk")
    QTest.keyClick(page.queues.table, Qt.Key.Key_Delete)
    assert acts.done == [("purge", "ocr.bulk", acts.waiting, "archive")]
    assert titles[0].replace("\u2068", "").replace("\u2069", "") == "Purge 762 waiting pages from ocr.bulk?"


def test_an_empty_queue_is_not_asked_about(made):
    page, acts = made()
    acts.waiting = Waiting(0, 0, 2)
    page.show_queue("ocr.bulk")
    page.queues.purge_action.trigger()
    notices = next(iter(page.window().findChildren(NoticeStrip)))
    assert (notices.isVisible(), acts.done) == (True, [])


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return], ids=["escape", "the safe button"])
def test_a_purge_that_is_not_wanted_after_all(made, answer, key):
    page, acts = made()
    seen = answer(lambda question: QTest.keyClick(question, key))
    page.queues.purge_action.trigger()
    assert (len(seen), acts.done) == (1, [])


def test_the_question_says_whose_it_is_what_stays_and_until_when(monkeypatch):
    monkeypatch.setattr("console.ui.queues_purge.words.clock", lambda when: f"{when:%H:%M}")
    batches = tuple(WaitingBatch(f"batch {place}", 1, 10) for place in range(6))
    asked = purge_question(
        "ocr", Waiting(6, 97, 1, batches, 1860.0), datetime.fromisoformat("2026-09-17T14:24:00+00:00")
    )
    facts = dict(asked["facts"])
    assert facts["2 more batches"] == "20 pages"
    assert facts["The oldest waits since"] == "13:53, 31 min"
    assert facts["Held by workers, will still be read"] == "1 message"
    assert facts["Messages that come from now on"] == "stay"
    assert facts["Can be undone"] == "until 14:34"
    assert (asked["safe"], asked["act"]) == ("Keep them", "Purge 60 pages")
    foreign = purge_question("their", Waiting(0, 3, 0), datetime.fromisoformat("2026-09-17T14:24:00+00:00"))
    assert foreign["act"] == "Purge 3 messages"
    assert foreign["sentence"].startswith("They are of other programs")
    alone = purge_question("their", Waiting(0, 1, 0), datetime.fromisoformat("2026-09-17T14:24:00+00:00"))
    assert alone["sentence"].startswith("It is of another program")


def test_each_wish_becomes_its_act(made):
    page, acts = made()
    wishes, queues = page.wishes, page.queues
    queues.pause_action.trigger()
    page.show_queue("ocr.bulk")
    queues.pause_action.trigger()
    queues.front_action.trigger()
    wishes.resize.emit("a@b", 1)
    wishes.resize.emit("a@b", -1)
    wishes.autoscale.emit("a@b", 8, 2)
    wishes.consume.emit("a@b", "ocr", True)
    wishes.consume.emit("a@b", "ocr", False)
    wishes.limit_rate.emit("a@b", "10/m")
    wishes.limit_time.emit("a@b", 60, 90)
    wishes.ping.emit("a@b")
    wishes.forget.emit(["a@b"])
    page.strip.start_button.click()
    assert acts.done[:-1] == [
        ("pause_queues", ["ocr"]), ("resume_queues", ["ocr.bulk"]), ("move_queue_to_front", "ocr.bulk"),
        ("grow", "a@b", 1), ("shrink", "a@b", 1), ("autoscale", "a@b", 8, 2), ("add_consumer", "a@b", "ocr"),
        ("cancel_consumer", "a@b", "ocr"), ("rate_limit", "a@b", "ocr.run_job", "10/m"),
        ("limit_time", "a@b", "ocr.run_job", 60, 90), ("ping", ["a@b"]), ("forget_workers", ["a@b"]),
    ]  # fmt: skip
    assert acts.done[-1][0] == "start_worker"


def test_a_busy_worker_is_stopped_when_somebody_says_so_twice(made, answer, qtbot):
    page, acts = made()
    page.workers.go_to("ocr1@scan-01")
    for reply in (lambda question: question.safe.click(), lambda question: question.act.click()):
        seen = answer(reply)
        press_stop(qtbot, page.workers.table)
        assert len(seen) == 1
    page.workers.go_to("ocr1@desk-14")  # that one has nothing to do
    press_stop(qtbot, page.workers.table)
    assert acts.done == [("warm_stop", ["ocr1@scan-01"]), ("warm_stop", ["ocr1@desk-14"])]


def test_a_busy_worker_of_this_machine_is_asked_about_too(made, answer, qtbot):
    page, acts = made()
    page.local.open(Here(local_worker("ocr1@scan-01"), local_worker("idle@scan-01")), Source().settings)
    qtbot.waitUntil(lambda: page.strip.model.rowCount() == 2)
    answer(lambda question: question.safe.click())
    press_stop(qtbot, page.strip.table)
    page.strip.table.go_to("idle@scan-01")
    press_stop(qtbot, page.strip.table)
    assert acts.done == [("stop_worker", "idle@scan-01", Stop.SOFT)]


@pytest.mark.parametrize(("downs", "how"), list(enumerate(Stop)))
def test_how_it_is_stopped_is_chosen_by_keyboard_and_each_way_says_its_cost(made, answer, qtbot, downs: int, how: Stop):
    page, acts = made()
    page.local.open(Here(local_worker("ocr1@scan-01"), local_worker("ocr2@scan-01")), Source().settings)
    qtbot.waitUntil(lambda: page.strip.model.rowCount() == 2)
    told: list[str] = []

    def reply(question: Question) -> None:
        (body,) = question.findChildren(HowToStop)
        question.activateWindow()
        qtbot.waitUntil(question.isActiveWindow)
        for _ in range(downs):
            QTest.keyClick(question.focusWidget(), Qt.Key.Key_Down)
        told.extend(way.accessibleDescription() for way in body.findChildren(Radio))
        question.act.click()

    answer(reply)
    page.strip.stop_all_action.trigger()
    assert acts.done == [("stop_workers_here", how)]
    assert told == [
        "14 tasks end first, in 600 s at most. Nothing is read twice.",
        "14 tasks have 30 s to end, else they go back to the queue. Pages that were read stay.",
        "14 tasks go back to the queue at once; pages that are half read are read again.",
    ]


def test_all_of_this_machine_are_restarted(made, qtbot):
    page, acts = made()
    page.strip.show_workers([local_worker("a@b"), local_worker("c@b")])
    page.strip.restart_all_action.trigger()
    assert acts.done == [("restart_workers", ("a@b", "c@b"))]


def press_stop(qtbot, table: ActTable) -> None:
    """The key works where the focus is, in an active window; without a desktop none becomes so after a question."""
    table.window().activateWindow()
    qtbot.waitUntil(table.isActiveWindow)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_S)
