"""The workers of this machine and their logs."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.bridge.background import Background
from console.bridge.local_feed import LocalFeed
from console.ops.log_tail import LogLine
from console.ui.theme import Appearance, tokens
from console.ui.workers_local import RESTART, STOP, LocalStrip
from console.ui.workers_local_words import described
from console.ui.workers_log import LINES, LogView
from tests.gui.queues_page import Here, click_act, local_worker, texts


@pytest.fixture
def log(qtbot) -> LogView:
    view = LogView()
    qtbot.addWidget(view)
    view.resize(700, 300)
    view.begin("a@b", "this machine", Path("/tmp/a.log"))
    view.show()
    return view


def lines(count: int, start: int = 0) -> list[LogLine]:
    return [LogLine("14:23:44", "info", f"line {place}") for place in range(start, start + count)]


def shown(view: LogView) -> list[str]:
    return view.text.toPlainText().splitlines()


def test_it_is_followed_and_no_longer_than_it_may_be(log: LogView):
    log.add(lines(LINES + 50))
    assert len(shown(log)) == LINES
    assert shown(log)[-1].endswith(f"line {LINES + 49}")
    bar = log.text.verticalScrollBar()
    assert bar.value() == bar.maximum()


def test_held_still_nothing_moves_and_what_comes_is_counted(log: LogView):
    log.add(lines(5))
    log.follow.click()
    log.add(lines(7, 5))
    assert (len(shown(log)), log.follow.accessibleName()) == (5, "Follow, 7")
    log.follow.click()
    assert (len(shown(log)), log.follow.accessibleName()) == (12, "Follow")


def test_words_narrow_it_also_what_comes_later(log: LogView):
    log.add([*lines(2), LogLine("14:23:52", "error", "It went wrong")])
    QTest.keyClicks(log.filter, "ERROR")
    log.add([LogLine("14:23:53", "error", "Again"), *lines(1)])
    assert [line[-5:] for line in shown(log)] == ["wrong", "Again"]
    QTest.keyClick(log.filter, Qt.Key.Key_Escape)
    assert len(shown(log)) == 5


def test_mild_levels_are_left_out_and_a_traceback_stays_with_its_error(log: LogView):
    log.add([*lines(2), LogLine("14:23:52", "warning", "slow"), LogLine("14:23:53", "error", "It went wrong")])
    log.level.setFocus()
    QTest.keyClick(log.level, Qt.Key.Key_Down)
    log.add([LogLine("", "error", "Traceback"), *lines(1)])
    assert [line[17:] for line in shown(log)] == ["slow", "It went wrong", "Traceback"]
    QTest.keyClick(log.level, Qt.Key.Key_Down)
    assert len(shown(log)) == 2
    log.level.setCurrentIndex(0)
    assert len(shown(log)) == 6


def test_the_level_is_seen_in_both_themes(log: LogView, appearance: Appearance):
    log.add([LogLine("14:23:52", "error", "It went wrong")])
    for theme in ("light", "dark"):
        appearance.choose(theme)
        colours = []
        block = log.text.document().firstBlock().begin()
        while not block.atEnd():
            colours.append(block.fragment().charFormat().foreground().color())
            block += 1
        assert colours[-1] == tokens(log)["bad"]


def test_a_worker_says_how_it_is_set_and_what_went_wrong():
    assert described(local_worker("a@b")) == "8 slots, keeps running, ocr, celery"
    assert described(local_worker("a@b", stop_with_console=True)) == "8 slots, stops with the console, ocr, celery"
    assert described(local_worker("a@b", state="waiting", sentence="It was killed.")) == "It was killed."


def test_one_is_started_as_it_was_chosen_and_stopped_by_mouse_and_key(qtbot):
    strip = LocalStrip()
    qtbot.addWidget(strip)
    strip.resize(400, 300)
    strip.show()
    strip.show_queues(["ocr", "ocr.bulk"])
    strip.queue.setCurrentIndex(2)
    strip.with_console.click()
    with qtbot.waitSignal(strip.start_asked) as asked:
        strip.start_button.click()
    assert asked.args[1:] == [("ocr.bulk",), False]
    one = local_worker("a@b")
    strip.show_workers([one])
    strip.table.setFocus()
    qtbot.waitUntil(strip.table.hasFocus)
    with qtbot.waitSignal(strip.stop_asked) as asked:
        QTest.keyClick(strip.table, Qt.Key.Key_S)
    assert asked.args == [one]
    with qtbot.waitSignal(strip.stop_asked):
        click_act(strip.table, 0, STOP)
    with qtbot.waitSignal(strip.restart_asked) as asked:
        click_act(strip.table, 0, RESTART)
    assert asked.args == [("a@b",)]
    with qtbot.waitSignal(strip.options_asked):
        strip.options_button.click()


def test_one_that_gave_up_says_why_and_is_taken_off_the_list(qtbot):
    strip = LocalStrip()
    qtbot.addWidget(strip)
    strip.show_workers([local_worker("a@b", state="gave up", sentence="It ended 5 times. No such language.")])
    assert texts(strip.table, "worker") == ["a@b, It ended 5 times. No such language."]
    assert texts(strip.table, "acts") == ["Forget"]
    assert strip.stop_action.text() == "Forget"


def test_what_is_restarted_together_is_what_can_be(qtbot):
    strip = LocalStrip()
    qtbot.addWidget(strip)
    strip.show_profile("production")
    assert [one.isEnabled() for one in (strip.restart_all_action, strip.stop_all_action)] == [False, False]
    others = [local_worker(name, state=state) for name, state in (("b", "gave up"), ("c", "stopping"))]
    strip.show_workers([local_worker("a"), *others, local_worker("d", profile="archive"), local_worker("e")])
    with qtbot.waitSignal(strip.restart_asked) as asked:
        strip.restart_all_action.trigger()
    assert asked.args == [("a", "e")]
    assert strip.stop_all_action.isEnabled()
    assert texts(strip.table, "worker")[3].endswith("keeps running, ocr, celery, for the profile \u2068archive\u2069")


def test_who_started_it_how_often_and_what_it_takes_is_told(background: Background, qtbot, monkeypatch):
    monkeypatch.setattr("console.bridge.local_feed.FIGURES_EVERY_S", 1e6)
    strip, feed = LocalStrip(), LocalFeed(background)
    qtbot.addWidget(strip)
    here = Here(local_worker("a@b", restarts=2), local_worker("c@b", state="waiting", sentence="It was killed."))
    here.adopted.add("a@b")
    feed.changed.connect(strip.show_workers)
    feed.figured.connect(strip.show_figures)
    feed.open(here)
    qtbot.waitUntil(lambda: len(feed.workers) == 2)
    feed._figures = here  # type: ignore[assignment]  # takes what no process here does
    feed.refresh()
    qtbot.waitUntil(lambda: not feed._looking)
    assert texts(strip.table, "usage") == ["–", "–"]  # no more often than once a second
    feed._due = 0.0
    feed.refresh()
    qtbot.waitUntil(lambda: bool(texts(strip.table, "usage")) and texts(strip.table, "usage")[0] != "–")
    assert texts(strip.table, "usage") == ["640 MB, 84 % CPU", "–"]
    assert texts(strip.table, "worker") == [
        "a@b, 8 slots, keeps running, adopted, started again 2 times, ocr, celery", "c@b, It was killed.",
    ]  # fmt: skip


def test_a_look_under_way_is_not_doubled(background: Background, qtbot):
    gate, looks = threading.Event(), []

    class Slow(Here):
        def listed(self):
            looks.append(1)
            assert gate.wait(30)
            return super().listed()

    feed = LocalFeed(background)
    feed.open(Slow(local_worker("a@b")))
    feed.refresh()
    gate.set()
    qtbot.waitUntil(lambda: len(feed.workers) == 1)
    assert len(looks) == 1
