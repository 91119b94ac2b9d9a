"""The table of the jobs page: cursor, checks, order, and what stays where it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.ui import theme
from tests.gui.invented import job, picture
from tests.gui.jobs_page import checked, click, store
from worker.core.jobs import State

Key = Qt.Key


def test_enter_and_a_double_click_open_the_job(show, qtbot):
    page = show(job(1, ago_s=1), job(2, ago_s=2))
    middle = page.table.visualRect(page.model.index(1, 1)).center()
    with qtbot.waitSignal(page.open_job) as opened:
        QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=middle)
        QTest.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert opened.args == [job(2).id]
    QTest.keyClick(page.table, Key.Key_K)
    with qtbot.waitSignal(page.open_job) as opened:
        QTest.keyClick(page.table, Key.Key_Return)
    assert opened.args == [job(1).id]


def test_enter_opens_the_row_whose_box_was_clicked(show, qtbot):
    page = show(job(1, ago_s=1), job(2, ago_s=2))
    click(page, 1, column=0)
    with qtbot.waitSignal(page.open_job) as opened:
        QTest.keyClick(page.table, Key.Key_Return)
    assert opened.args == [job(2).id]


def test_home_and_end_go_to_the_first_and_the_last_row(show, qtbot):
    page = show(*(job(place, ago_s=place) for place in range(5)))
    click(page, 2)
    for key, place in ((Key.Key_End, 4), (Key.Key_Home, 0)):
        QTest.keyClick(page.table, key)
        assert page.table.currentIndex().row() == place
        with qtbot.waitSignal(page.open_job) as opened:
            QTest.keyClick(page.table, Key.Key_Return)
        assert opened.args == [job(place).id]


def test_a_click_moves_the_cursor_and_the_box_checks(show):
    page = show(*(job(place, ago_s=place) for place in range(5)))
    click(page, 2)
    assert (page.table.currentIndex().row(), checked(page)) == (2, [])
    click(page, 1, column=0)
    click(page, 3, column=0)
    assert checked(page) == [job(1).name, job(3).name]
    click(page, 3, column=0)
    assert checked(page) == [job(1).name]
    click(page, 4, modifier=Qt.KeyboardModifier.ControlModifier)
    assert checked(page) == [job(1).name, job(4).name]
    QTest.keyClick(page.table, Key.Key_Escape)
    assert checked(page) == []
    assert not page.bar.isVisible()


def test_shift_checks_a_range_and_x_one(show):
    page = show(*(job(place, ago_s=place) for place in range(5)))
    click(page, 1)
    QTest.keyClick(page.table, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert checked(page) == [job(1).name, job(2).name]
    QTest.keyClick(page.table, Key.Key_J)
    QTest.keyClick(page.table, Key.Key_X)
    assert checked(page) == [job(1).name, job(2).name, job(3).name]


def test_nothing_moves_when_rows_are_checked(show):
    page = show(*(job(place, ago_s=place) for place in range(5)))
    before = page.table.mapTo(page, QPoint(0, 0))
    click(page, 1, column=0)
    assert page.bar.isVisible()
    assert page.table.mapTo(page, QPoint(0, 0)) == before


def test_the_header_sorts_and_turns(show, qtbot):
    page = show(job(1, name="b", ago_s=1), job(2, name="a", ago_s=2))
    for expected in (["a", "b"], ["b", "a"]):
        place = page.table.header.sectionViewportPosition(1) + 20
        with qtbot.waitSignal(page.feed.loaded):
            QTest.mouseClick(page.table.header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place, 10))
        assert [row.name for row in page.model.rows] == expected


def test_the_box_in_the_header_checks_all_or_none(show):
    page = show(job(1), job(2))
    for expected in (2, 0):
        QTest.mouseClick(page.table.header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(16, 10))
        assert len(checked(page)) == expected


def test_cursor_checks_and_scroll_position_outlive_changes(show, qtbot):
    page = show(*(job(place, ago_s=place) for place in range(150)))
    page.table.go_to(job(80).id)
    page.table.verticalScrollBar().setValue(1000)
    QTest.keyClick(page.table, Key.Key_X)
    top = page.table.rowAt(0)
    for number in range(5):
        fresh = [job(300 + number), job(number, State.DONE), job(81, State.RUNNING, pages_done=number)]
        store(page).put(*fresh)
        page.show_snapshot(picture(store(page), changed=fresh))
    with qtbot.waitSignal(page.feed.loaded):
        page.feed.reload()
    qtbot.wait(1)
    assert page.model.row(page.table.currentIndex().row()).id == job(80).id
    assert checked(page) == [job(80).name]
    assert page.table.verticalScrollBar().value() >= 1000
    assert page.table.rowAt(0) >= top


def test_what_is_new_waits_behind_a_line_until_it_is_clicked(show, qtbot):
    page = show(*(job(place, ago_s=place + 1) for place in range(150)))
    page.table.verticalScrollBar().setValue(600)
    store(page).put(job(300))
    page.show_snapshot(picture(store(page), changed=[job(300)]))
    assert page.news.isVisible()
    assert page.news.text() == "1 new"
    with qtbot.waitSignal(page.feed.loaded):
        page.news.click()
    assert not page.news.isVisible()
    assert page.model.row(0).id == job(300).id
    assert page.table.at_top


def test_scrolling_down_loads_the_next_page(show, qtbot):
    page = show(*(job(place, ago_s=place) for place in range(500)))
    with qtbot.waitSignal(page.feed.loaded):
        page.table.verticalScrollBar().setValue(page.table.verticalScrollBar().maximum())
    assert len(page.model.rows) > 200


def test_a_checked_row_has_the_quiet_ground(show):
    page = show(job(1), job(2))
    click(page, 1, column=0)
    place = page.table.visualRect(page.model.index(1, 1)).topRight() - QPoint(4, -4)
    picture_of_it = page.table.viewport().grab().toImage()
    assert picture_of_it.pixelColor(place) == theme.tokens(page)["select"]


@pytest.mark.parametrize("key", [Key.Key_Menu, Key.Key_P])
def test_a_menu_closes_with_its_row(show, qtbot, key):
    page = show(*(job(place, State.QUEUED, ago_s=place) for place in range(3)))
    page.filter.chips[State.QUEUED].click()
    qtbot.waitUntil(lambda: not page.feed._busy)
    click(page, 1)
    if key is Key.Key_P:
        QTest.keyClick(page.table, key)
    else:
        page.table.show_menu(page.mapToGlobal(QPoint(300, 300)))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    ended = job(1, State.DONE)
    store(page).put(ended)
    page.show_snapshot(picture(store(page), changed=[ended]))
    assert [row.name for row in page.table.chosen()] != [ended.name]  # the cursor is on another row by now
    left = QApplication.activePopupWidget()
    menu.close()
    assert left is None
