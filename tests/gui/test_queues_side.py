"""The pane beside queues and workers: messages and a worker from close by; and what contradicts what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.bridge.background import Background
from console.bridge.closer_look import CloserLook
from console.ops.inspecting import Inspected
from console.ops.limits import Limits
from console.ops.peeking import Peek
from console.ui.queues import QueuesPage
from tests.gui.queues_page import contradictions, inspected, message, peeked, shown, texts, wanted
from worker.core.errors import NetworkError

Key = Qt.Key
Show = Callable[..., QueuesPage]


@pytest.fixture
def peeking(show_queues: Show, qtbot) -> QueuesPage:
    """A page on which one looks into `ocr`."""
    page = show_queues()
    page.side.peeking.open(peeked)
    QTest.keyClick(page.queues.table, Key.Key_Space)
    qtbot.waitUntil(lambda: page.side.peek.model.rowCount() == 5)
    return page


def test_messages_are_shown_in_the_order_in_which_they_run_then_those_that_are_held(peeking: QueuesPage, qtmodeltester):
    qtmodeltester.check(peeking.side.peek.model)
    said = [text.replace("\u2068", "").replace("\u2069", "") for text in texts(peeking.side.peek.table, "message")]
    assert said[0] == "Hợp đồng thuê nhà số 114.pdf, next, sent 1 min ago"
    assert said[2] == "shop.send_mail, normal, sent 3 min ago, [42, 'ann@example.com']"
    assert said[3:] == [
        "Annual report 2011 (final).pdf, ocr1@scan-01 works at it, sent 4 min ago",
        "采购合同_2026-0917.pdf, a worker has it, sent 5 min ago",
    ]


def test_the_same_key_closes_it_and_the_cursor_leads_it_on(peeking: QueuesPage, qtbot):
    page, asked = peeking, list[str]()

    def look(queue: str) -> Peek:
        asked.append(queue)
        return Peek(queue, (), ())

    page.side.peeking.open(look)
    QTest.keyClick(page.queues.table, Key.Key_Down)
    qtbot.waitUntil(lambda: asked == ["celery"])
    qtbot.waitUntil(lambda: page.side.peek.note.text().startswith("Nothing waits here"))
    QTest.keyClick(page.queues.table, Key.Key_Space)
    assert not page.side.isVisible()
    page.show_snapshot(shown())
    assert (asked, page.side.queue) == (["celery"], "")  # nothing is asked any more


def test_what_can_be_done_with_a_message_is_done_by_key(peeking: QueuesPage):
    peek = peeking.side.peek
    jobs, front, out = wanted(peek.job_asked), wanted(peek.front_asked), wanted(peek.take_out_asked)
    peek.table.setFocus()
    for key in (Key.Key_Return, Key.Key_F, Key.Key_Delete):
        QTest.keyClick(peek.table, key)
    job = message(1, "").message.job
    assert (jobs, front, out) == ([(job,)], [([job],)], [([job],)])


def test_what_cannot_be_done_with_a_message_is_off(peeking: QueuesPage):
    peek = peeking.side.peek
    for place, possible in (
        (1, (True, True, True)),
        (2, (False, False, False)),  # another program's
        (3, (True, False, False)),  # a worker reads it
        (4, (True, False, True)),  # a worker has it and has not begun
    ):
        peek.table.go_to(peek.model.row(place).key)
        actions = (peek.open_action, peek.front_action, peek.out_action)
        assert tuple(action.isEnabled() for action in actions) == possible


def test_a_worker_is_asked_while_it_is_looked_at(show_queues: Show, qtbot):
    page = show_queues()
    page.side.inspecting.open(inspected)
    page.show_worker("ocr2@scan-01")
    facts = page.side.detail.facts
    qtbot.waitUntil(lambda: facts.said.get("Tasks done") == "1,204")
    assert facts.said["May hold at a time"] == "8 messages"
    assert facts.said["Time for a task"] == "540 s, at most 600 s"
    assert "Tasks begun at most" not in facts.said
    bounded = {"ocr.run_job": Limits("10/m", 60, 90)}
    page.side.inspecting.open(lambda name: replace(inspected(name), limits=bounded))
    page.show_worker("ocr1@scan-01")
    qtbot.waitUntil(lambda: facts.said.get("Tasks begun at most") == "10/m")
    assert facts.said["Time for a task"] == "60 s, at most 90 s"
    page.side.inspecting.open(lambda name: Inspected(name, answered=False))
    page.show_worker("ocr1@scan-02")
    assert "Tasks done" not in facts.said  # what the other one said
    qtbot.waitUntil(lambda: facts.said.get("Asked just now") == "it does not answer")


def test_the_pane_closes_when_its_worker_is_no_longer_there(show_queues: Show):
    page = show_queues()
    page.show_worker("ocr2@scan-01")
    page.show_snapshot(shown(workers=()))
    assert not page.side.isVisible()


def test_it_asks_again_after_a_while_and_one_question_at_a_time(background: Background, qtbot):
    asked: list[str] = []

    def answer(subject: str) -> str:
        asked.append(subject)
        return subject

    look = CloserLook(background, every_s=3600)
    answers = wanted(look.answered)
    look.open(answer)
    for _ in range(3):
        look.look_at("a")
        look.refresh()
    qtbot.waitUntil(lambda: answers == [("a",)])
    look.refresh()
    assert asked == ["a"]
    look.look_again()
    qtbot.waitUntil(lambda: len(answers) == 2)
    look.look_at("")
    look.look_again()
    assert asked == ["a", "a"]


def test_what_contradicts_what_is_mended_or_shown(show_queues: Show):
    page = show_queues()
    assert not page.contradictions.isVisible()
    heard = wanted(page.mend_asked)
    page.show_snapshot(shown(contradictions=contradictions()))
    rows = [line for line in page.contradictions.rows if line.isVisible()]
    assert [line.button.text() for line in rows] == ["Ring again", "Show worker"]
    for line in rows:
        line.button.click()
    assert heard == [(contradictions()[0],)]
    assert page.side.detail.name.text() == "ocr1@desk-14"
    page.show_snapshot(shown())
    assert not page.contradictions.isVisible()


def test_a_queue_that_cannot_be_looked_into_says_why(show_queues: Show, qtbot):
    def away(_queue: str) -> None:
        raise NetworkError("Redis does not answer.", "Look whether it runs.")

    page = show_queues()
    page.side.peeking.open(away)
    QTest.keyClick(page.queues.table, Key.Key_Space)
    qtbot.waitUntil(lambda: page.side.peek.note.text() == "Redis does not answer. Look whether it runs.")
    assert not page.side.peek._underway._late.isActive()
