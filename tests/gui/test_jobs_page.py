"""The jobs page: rows, chips, words, sorting, the keyboard, retry, and what stays where it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from console.bridge.background import Background
from console.ui.jobs import JobsPage
from tests.gui.invented import MemoryStore, an_ordinary_day, job, picture
from worker.core.errors import DatabaseError
from worker.core.jobs import Job, State

Key = Qt.Key


@pytest.fixture
def show(qtbot, background: Background) -> Callable[..., JobsPage]:
    def made(*jobs: Job) -> JobsPage:
        page = JobsPage(background, profile="This machine")
        qtbot.addWidget(page)
        page.resize(1200, 700)
        page.show()
        with qtbot.waitSignal(page.feed.loaded):
            page.open_source(MemoryStore(jobs))
        page.show_snapshot(picture(store(page)))
        page.setFocus()
        qtbot.waitUntil(page.isActiveWindow)
        return page

    return made


def store(page: JobsPage) -> MemoryStore:
    source = page.feed._source
    assert isinstance(source, MemoryStore)
    return source


def click(page: JobsPage, place: int, column: int = 1, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    middle = page.table.visualRect(page.model.index(place, column)).center()
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, modifier, middle)


def checked(page: JobsPage) -> list[str]:
    return [row.name for row in page.table.checked()]


def test_rows_are_shown_with_words_for_every_cell(show):
    page = show(*an_ordinary_day())
    for place in range(page.model.rowCount()):
        said = [page.model.data(page.model.index(place, column)) for column in range(1, page.model.columnCount())]
        assert all(said), said


def test_a_failed_job_shows_its_cause_and_explains_it(show):
    failed = job(
        1, State.FAILED, error_class="needs_password", error="It is locked.", advice="Retry it with a password."
    )
    page = show(failed)
    state = page.model.index(0, 2)
    assert page.model.data(state) == "Needs password"
    assert page.model.data(state, Qt.ItemDataRole.ToolTipRole) == "It is locked. Retry it with a password."


def test_without_jobs_it_says_what_to_do(show, qtbot):
    page = show()
    assert page._rooms.currentWidget() is page._none
    assert not page.filter.isVisible()
    with qtbot.waitSignal(page.samples_asked):
        page.samples_button.click()
    with qtbot.waitSignal(page.add_files_asked):
        page.add_button.click()
    store(page).put(job(1))
    page.show_snapshot(picture(store(page), changed=[job(1)]))
    assert page._rooms.currentWidget() is page._rows


def test_chips_choose_several_states_and_all_clears(show, qtbot):
    page = show(job(1, State.DONE), job(2, State.FAILED), job(3, State.QUEUED))
    for state in (State.DONE, State.FAILED):
        with qtbot.waitSignal(page.feed.loaded):
            page.filter.chips[state].click()
    assert {row.state for row in page.model.rows} == {State.DONE, State.FAILED}
    assert page._note.text() == "2 of 3 shown"
    with qtbot.waitSignal(page.feed.loaded):
        page.filter.all.click()
    assert len(page.model.rows) == 3
    assert page.filter.all.isChecked()


def test_chips_carry_their_counts(show):
    page = show(*(job(place, State.DONE) for place in range(3)), job(9, State.FAILED))
    assert page.filter.chips[State.DONE].accessibleName() == "Done, 3"
    assert page.filter.all.accessibleName() == "All, 4"
    assert not page.filter.chips[State.UPLOADING].isVisible()
    uploading = job(10, State.UPLOADING)
    store(page).put(uploading)
    page.show_snapshot(picture(store(page), changed=[uploading]))
    assert page.filter.chips[State.UPLOADING].isVisible()


def test_words_narrow_and_what_fits_nothing_can_be_cleared(show, qtbot):
    page = show(job(1, name="invoice.pdf"), job(2))
    QTest.keyClick(page.table, Key.Key_Slash)
    assert page.filter.field.hasFocus()
    with qtbot.waitSignal(page.feed.loaded):
        QTest.keyClicks(page.filter.field, "invoice")
    assert [row.name for row in page.model.rows] == ["invoice.pdf"]
    with qtbot.waitSignal(page.feed.loaded):
        QTest.keyClicks(page.filter.field, "rx")
    assert page._rooms.currentWidget() is page._no_hits
    assert "invoicerx" in page._no_hits.sentences[0].text()
    with qtbot.waitSignal(page.feed.loaded):
        QTest.keyClick(page.filter.field, Key.Key_Escape)
    assert len(page.model.rows) == 2
    QTest.keyClick(page.filter.field, Key.Key_Escape)
    assert page.table.hasFocus()


def test_letters_in_the_field_are_words_not_commands(show, qtbot):
    page = show(job(1, State.FAILED))
    page.table.go_to(job(1).id)
    page.filter.field.setFocus()
    with qtbot.assertNotEmitted(page.retry):
        QTest.keyClicks(page.filter.field, "rxj/")
    assert page.filter.field.text() == "rxj/"


def test_r_retries_the_job_under_the_cursor(show, qtbot):
    page = show(job(1, State.FAILED, ago_s=1), job(2, State.DONE, ago_s=2))
    click(page, 0)
    with qtbot.waitSignal(page.retry) as asked:
        QTest.keyClick(page.table, Key.Key_R)
    assert asked.args == [[job(1).id]]
    click(page, 1)
    assert not page.retry_action.isEnabled()  # it is done


def test_the_button_retries_what_is_checked_and_can_be_retried(show, qtbot):
    page = show(job(1, State.FAILED, ago_s=1), job(2, State.DONE, ago_s=2), job(3, State.CANCELLED, ago_s=3))
    QTest.keyClick(page.table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.bar.isVisible()
    with qtbot.waitSignal(page.retry) as asked:
        page.bar.button(page.retry_action).click()
    assert asked.args == [[job(1).id, job(3).id]]


def test_nothing_can_be_changed_while_the_database_is_away(show):
    page = show(job(1, State.FAILED))
    click(page, 0)
    page.set_away(True)
    assert not page.retry_action.isEnabled()
    page.set_away(False)
    assert page.retry_action.isEnabled()


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


def test_a_page_that_nobody_sees_does_nothing_and_is_right_when_it_is_seen(show, qtbot):
    page = show(job(1))
    page.hide()
    store(page).put(job(2))
    page.show_snapshot(picture(store(page), changed=[job(2)]))
    assert len(page.model.rows) == 1
    with qtbot.waitSignal(page.feed.loaded):
        page.show()
    assert len(page.model.rows) == 2


def test_an_error_is_handed_on_and_the_rows_stay(show, qtbot):
    page = show(job(1))
    store(page).error = DatabaseError("Postgres is away.")
    with qtbot.waitSignal(page.failed):
        page.feed.reload()
    assert len(page.model.rows) == 1
