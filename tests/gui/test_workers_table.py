"""The workers of the page: what is said of them, what is wanted of one, what cannot be done and why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from console.ops.fleet import Condition, Presence
from console.ui.overview_workers import worker_look, worker_note
from console.ui.queues import QueuesPage
from console.ui.workers_columns import state_look
from tests.gui.queues_page import Here, click_act, local_worker, shown, texts, wanted, worker

Key = Qt.Key
Show = Callable[..., QueuesPage]


def test_workers_say_how_they_are_and_what_they_do(show_queues: Show):
    page = show_queues()
    assert texts(page.workers.table, "state") == ["Online", "Online", "Online", "Online", "Busy 41 s", "Lost 6 min"]
    doing = [text.replace("\u2068", "").replace("\u2069", "") for text in texts(page.workers.table, "doing")]
    assert doing[0] == "Hợp đồng thuê nhà số 114.pdf, pages 17–24, and 1 more"
    assert doing[3:5] == ["Nothing", "Baupläne Halle 7.pdf, page 33, for 44 s"]
    assert doing[5] == "Gone: its process has ended."
    assert texts(page.workers.table, "pool")[:2] == ["8 of 8", "6 of 8"]
    assert page.workers._note.text() == "4 online, 1 silent, 1 lost, 18 of 24 slots busy, 164 pages/min"


@pytest.mark.parametrize(
    ("condition", "word", "short"),
    [
        (Condition.BUSY, "Busy 41 s", "busy"),
        (Condition.FROZEN, "Frozen 41 s", "frozen"),
        (Condition.UNKNOWN, "Silent 41 s", "silent"),
    ],
)
def test_a_silent_worker_that_is_busy_is_told_from_a_frozen_one(condition: Condition, word: str, short: str):
    silent = worker("a@b", 0, 4, state=Presence.SILENT, silent_s=41.0, condition=condition)
    assert state_look(silent).word == worker_note(silent, short=True) == word
    assert worker_look(silent).word == short
    assert state_look(silent).icon == worker_look(silent).icon


def test_what_is_wanted_of_a_worker_by_key(show_queues: Show):
    page = show_queues()
    page.workers.go_to("ocr2@scan-01")
    for key, name, told in (
        (Key.Key_Plus, "resize", ("ocr2@scan-01", 1)),
        (Key.Key_Minus, "resize", ("ocr2@scan-01", -1)),
        (Key.Key_I, "ping", ("ocr2@scan-01",)),
        (Key.Key_Return, "details", ("ocr2@scan-01",)),
    ):
        heard = wanted(getattr(page.wishes, name))
        QTest.keyClick(page.workers.table, key)
        assert heard == [told]


def test_lost_workers_are_forgotten_one_or_all(show_queues: Show):
    page = show_queues()
    heard = wanted(page.wishes.forget)
    page.workers.forget_lost.click()
    page.workers.go_to("ocr1@desk-14")
    QTest.keyClick(page.workers.table, Key.Key_Delete)  # that one is online
    page.workers.go_to("ocr1@scan-03")
    QTest.keyClick(page.workers.table, Key.Key_Delete)
    assert heard == [(["ocr1@scan-03"],)] * 2


def test_without_a_worker_it_says_what_to_do(show_queues: Show, qtbot):
    page = show_queues(workers=())
    assert page.workers.start_button.isVisible()
    with qtbot.waitSignal(page.start_asked) as asked:
        page.workers.start_button.click()
    assert asked.args[1:] == [("ocr", "celery"), True]
    assert not page.strip.start_button.isEnabled()  # one press, one worker
    page.say("Starting ocr-1@here …")
    assert page.strip.start_button.isEnabled()
    page.show_snapshot(shown())
    assert page.workers.table.isVisible()


def test_a_worker_from_close_by_opens_and_closes_by_key(show_queues: Show, qtbot):
    page = show_queues()
    page.workers.go_to("ocr1@scan-02")
    QTest.keyClick(page.workers.table, Key.Key_Return)
    assert page.side.detail.isVisible()
    said = page.side.detail.facts.said
    assert (said["Paused queues"], said["Disk that is free"], said["Pool"]) == ("ocr.bulk", "86.0 GB", "prefork")
    QTest.keyClick(page.workers.table, Key.Key_Down)
    assert page.side.detail.name.text() == "ocr1@desk-14"  # it follows the cursor
    page.side.detail.controls.rate.setFocus()
    QTest.keyClick(page.side.detail, Key.Key_Escape)
    assert not page.side.detail.isVisible()


def test_what_is_set_on_a_worker_is_wanted_and_its_answer_is_shown(show_queues: Show):
    page = show_queues()
    page.show_worker("ocr1@scan-02")
    controls, wishes = page.side.detail.controls, page.wishes
    resize, consume, limit = wanted(wishes.resize), wanted(wishes.consume), wanted(wishes.limit_rate)
    QTest.mouseClick(controls.processes, Qt.MouseButton.LeftButton, pos=QPoint(controls.processes.width() - 10, 10))
    QTest.keyClick(controls.processes, Key.Key_Down)
    assert controls.processes.value == 4  # as the worker has it, until it says otherwise
    controls.box("celery").click()
    controls.box("ocr.bulk").click()  # it is paused, and still one of its queues
    controls.rate.setFocus()
    QTest.keyClicks(controls.rate, "10/m")
    QTest.keyClick(controls.rate, Key.Key_Return)
    name = "ocr1@scan-02"
    assert resize == [(name, 1), (name, -1)]
    assert consume == [(name, "celery", True), (name, "ocr.bulk", False)]
    assert not controls.box("celery").isChecked()
    assert limit == [(name, "10/m")]
    page.say("It answered: new rate limit set.")
    assert controls.answer.text() == "It answered: new rate limit set."
    page.say("A purge is done.")  # nothing of this pane was waited for
    assert controls.answer.text() == "It answered: new rate limit set."


def test_how_long_a_task_may_take_is_two_numbers_the_first_the_smaller(show_queues: Show):
    page = show_queues()
    page.show_worker("ocr1@scan-02")
    controls, heard = page.side.detail.controls, wanted(page.wishes.limit_time)
    for soft, hard in (("90", "60"), ("60", ""), ("1 min", "2 min"), ("60", "90")):
        controls.soft.setText(soft)
        controls.hard.setText(hard)
        controls.hard.setFocus()
        QTest.keyClick(controls.hard, Key.Key_Return)
    controls.soft.clear()
    controls.hard.clear()
    controls.time_button.click()
    assert heard == [("ocr1@scan-02", 60, 90), ("ocr1@scan-02", 0, 0)]


def test_bounds_of_a_worker_that_scales_itself(show_queues: Show):
    scaled = worker("auto@scan-01", 2, 3, autoscale=(8, 2))
    page = show_queues(workers=(scaled,))
    page.show_worker("auto@scan-01")
    controls, heard = page.side.detail.controls, wanted(page.wishes.autoscale)
    assert not controls.processes.isEnabled()
    QTest.keyClick(controls.most, Key.Key_Up)
    page.show_snapshot(shown(workers=(scaled,)))  # what is being set outlives a picture
    controls.scale_button.click()
    assert heard == [("auto@scan-01", 9, 2)]


def test_what_cannot_be_done_says_why(show_queues: Show):
    page = show_queues()
    for one, off, why in (
        (worker("a@b", 1, 1, pool="solo"), "processes", "A pool of the kind “solo” cannot change its size."),
        (worker("a@b", 1, 1, pool="solo"), "time_button", "A pool of the kind “solo” cannot end a task."),
        (worker("a@b", 0, 4), "scale_button", "It was started with a fixed size: change that instead."),
        (worker("a@b", 0, 4, state=Presence.LOST, silent_s=99), "ping_button", "It is lost: nothing reaches it."),
    ):
        page.show_snapshot(shown(workers=(one,)))
        page.show_worker("a@b")
        part = getattr(page.side.detail.controls, off)
        assert (part.isEnabled(), part.toolTip()) == (False, why)


def test_another_programs_worker_is_shown_with_what_is_known(show_queues: Show):
    other = worker("w@other", 0, 0, ours=False, pid=0, pool="", languages=(), tools={}, memory_mb=None, version="5.7")
    page = show_queues(workers=(other,))
    page.show_worker("w@other")
    assert texts(page.workers.table, "pool") == ["–"]
    assert page.side.detail.facts.said["Version"] == "another program's"
    assert page.side.detail.controls.ping_button.isEnabled()


def test_the_log_follows_the_worker_under_the_cursor(show_queues: Show, qtbot, tmp_path):
    first, second = tmp_path / "1.log", tmp_path / "2.log"
    first.write_text("2026-09-17 14:23:44,120 INFO    worker.tasks: one\n")
    second.write_text("2026-09-17 14:23:46,120 ERROR   worker.tasks: two\n")
    page = show_queues()
    page.local.open(Here(local_worker("ocr1@scan-01", first), local_worker("ocr2@scan-01", second)))
    qtbot.waitUntil(lambda: "one" in page.log.text.toPlainText())
    page.workers.go_to("ocr2@scan-01")
    qtbot.waitUntil(lambda: page.log.text.toPlainText() == "14:23:46  error  two")
    page.workers.go_to("ocr1@scan-01")
    click_act(page.workers.table, 1, "log")
    qtbot.waitUntil(lambda: "two" in page.log.text.toPlainText())
