"""Queues & workers: what its tables say, what is wanted by mouse and by key, what cannot be done and why."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.bridge.background import Background
from console.bridge.remembered import Remembered
from console.bridge.table import LOOK_ROLE
from console.ui.queues import SPLIT, QueuesPage
from tests.gui.accessible import unnamed
from tests.gui.queues_page import click_act, column, local_worker, queues, shown, texts, wanted, worker

Key = Qt.Key
Show = Callable[..., QueuesPage]


def test_every_cell_says_something_and_the_models_keep_the_rules(show_queues: Show, qtmodeltester):
    page = show_queues()
    page.strip.show_workers([local_worker("ocr1@scan-01"), local_worker("ocr2@scan-01")])
    for table in (page.queues.table, page.workers.table, page.strip.table):
        qtmodeltester.check(table.model())
        model = table.model()
        cells = [model.index(row, place) for row in range(model.rowCount()) for place in range(model.columnCount())]
        assert all(cell.data() for cell in cells)


def test_queues_are_told_in_pages_messages_and_time(show_queues: Show):
    page = show_queues()
    assert texts(page.queues.table, "pages") == ["4,618", "3", "9", "762"]
    assert texts(page.queues.table, "oldest") == ["6 min 12 s", "48 s", "2 min 40 s", "31 min"]
    assert texts(page.queues.table, "utilisation") == ["83 %", "10 %", "100 %", "Paused"]
    assert page.queues._note.text() == "5,392 pages in 690 messages, 21 held, 12 delayed"
    nobody = replace(queues()[0], workers=(), slots=0, utilisation=0.0)
    page.show_snapshot(shown(queues=(nobody,)))
    assert texts(page.queues.table, "utilisation") == ["No worker"]


def test_what_is_done_with_a_queue_by_key_is_in_its_menu(show_queues: Show):
    page = show_queues()
    for key, name, told in (
        (Key.Key_P, "pause_asked", (["ocr"], True)),
        (Key.Key_Delete, "purge_asked", ("ocr",)),
        (Key.Key_Space, "peek_asked", ("ocr",)),
        (Key.Key_F, "front_asked", ("ocr",)),
        (Key.Key_Return, "jobs_asked", ("ocr",)),
    ):
        heard = wanted(getattr(page.queues, name))
        QTest.keyClick(page.queues.table, key)
        assert heard == [told]
    keys = [action.shortcut().toString() for action in page.queues.table.make_menu().actions()]
    assert {"P", "Del", "Space", "F", "Return"} <= set(keys)


def test_figures_of_a_broker_that_is_away_are_called_old(show_queues: Show):
    page = show_queues(queues_at=datetime.now(UTC) - timedelta(seconds=40))
    assert re.search(r"12 delayed: as it was 4\d s ago$", page.queues._note.text())  # the machine may be slow


def test_the_small_buttons_of_a_row_do_it_for_their_row(show_queues: Show):
    page = show_queues()
    pause, purge = wanted(page.queues.pause_asked), wanted(page.queues.purge_asked)
    click_act(page.queues.table, 3, "pause")
    click_act(page.queues.table, 1, "purge")
    assert (pause, purge) == ([(["ocr.bulk"], False)], [("celery",)])
    click_act(page.queues.table, 1, "menu")
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.close()


def test_all_are_paused_and_when_all_are_all_go_on(show_queues: Show):
    page = show_queues()
    heard = wanted(page.queues.pause_asked)
    page.pause_all.click()
    page.show_snapshot(shown(queues=tuple(replace(queue, paused=True) for queue in queues())))
    assert page.pause_all.text() == "Resume all"
    QTest.keyClick(page.workers.table, Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    names = ["ocr", "celery", "ocr.bigmem", "ocr.bulk"]
    assert heard == [(names[:3], True), (names, False)]


def test_a_locked_profile_shows_the_lock_on_the_rows(show_queues: Show):
    page = show_queues(locked=True)
    look = page.queues.model.index(0, column(page.queues.table, "acts")).data(LOOK_ROLE)
    assert look.locked


def test_the_cursor_stays_on_its_queue_whatever_comes(show_queues: Show):
    page = show_queues()
    page.show_queue("ocr.bigmem")
    more = replace(queues()[0], queue="a.first")
    page.show_snapshot(shown(queues=(more, *reversed(queues()))))
    assert [queue.queue for queue in page.queues.table.chosen()] == ["ocr.bigmem"]


def test_how_the_page_is_divided_is_remembered(show_queues: Show, background: Background, qtbot):
    remembered = Remembered(background)
    page = show_queues(remembered=remembered)
    handle = page.split.handle(1)
    middle = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(handle, middle + QPoint(0, 40))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=middle + QPoint(0, 40))
    kept = remembered.get(SPLIT, list)
    assert kept == page.split.sizes()
    assert show_queues(remembered=remembered).split.sizes() == kept


def test_where_there_is_little_room_columns_are_left_out(show_queues: Show, qtbot):
    page = show_queues()
    table = page.queues.table
    assert not table.isColumnHidden(column(table, "trend"))
    page.resize(900, 560)
    qtbot.waitUntil(lambda: table.isColumnHidden(column(table, "trend")))
    heard = wanted(page.queues.purge_asked)
    click_act(table, 0, "purge")
    assert heard == [("ocr",)]
    last = table.columnViewportPosition(column(table, "acts")) + table.columnWidth(column(table, "acts"))
    assert last <= table.viewport().width()


def test_a_page_that_nobody_sees_does_nothing(show_queues: Show):
    page = show_queues()
    page.hide()
    page.show_snapshot(shown(queues=()))
    assert page.queues.model.rowCount() == 4
    page.show()
    assert page.queues.model.rowCount() == 0


def test_every_control_has_a_name(show_queues: Show):
    page = show_queues()
    page.show_worker("ocr1@scan-01")
    assert unnamed(page) == []


def test_fifty_queues_and_twenty_workers(show_queues: Show):
    many = tuple(replace(queues()[0], queue=f"q{place:02}") for place in range(50))
    page = show_queues(queues=many, workers=tuple(worker(f"w{place:02}@x", 1, 4) for place in range(20)))
    assert (page.queues.model.rowCount(), page.workers.model.rowCount()) == (50, 20)
    page.show_queue("q49")
    assert (
        page.queues.table.visualRect(page.queues.model.index(49, 0)).bottom() <= page.queues.table.viewport().height()
    )
