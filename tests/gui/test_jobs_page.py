"""The jobs page: rows, chips, words, retry, and what it says when there is nothing to show."""

from __future__ import annotations

from uuid import UUID

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.ui.job_acts import delete_question
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from tests.gui.invented import an_ordinary_day, job, picture
from tests.gui.jobs_page import choose, click, store
from worker.core.errors import DatabaseError
from worker.core.filters import ORDERS
from worker.core.jobs import State
from worker.core.said import said

Key = Qt.Key


def test_rows_are_shown_with_words_for_every_cell(show):
    page = show(*an_ordinary_day())
    for place in range(page.model.rowCount()):
        said = [page.model.data(page.model.index(place, column)) for column in range(1, page.model.columnCount())]
        assert all(said), said


def test_a_job_that_waits_for_a_language_says_so(show):
    why = said("Waits for a worker that has {languages}: none of {n} has it.", languages="“jpn”", n=3)
    page = show(job(1, State.QUEUED, error_class="no_language", error=why, advice="Install it."))
    state = page.model.index(0, 2)
    assert page.model.data(state) == "Waits for language"
    assert page.model.data(state, Qt.ItemDataRole.ToolTipRole) == f"{why} Install it."


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
    assert page.rooms.currentWidget() is page._none
    assert not page.filter.isVisible()
    with qtbot.waitSignal(page.samples_asked):
        page.samples_button.click()
    with qtbot.waitSignal(page.add_files_asked):
        page.add_button.click()
    store(page).put(job(1))
    page.show_snapshot(picture(store(page), changed=[job(1)]))
    assert page.rooms.currentWidget() is page._rows


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
    assert page.rooms.currentWidget() is page.no_hits
    assert "invoicerx" in page.no_hits.sentences[0].text()
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
    assert asked.args == [[job(1).id], ""]
    click(page, 1)
    assert not page.acting.retry_action.isEnabled()  # it is done


def test_the_button_retries_what_is_checked_and_can_be_retried(show, qtbot):
    page = show(job(1, State.FAILED, ago_s=1), job(2, State.DONE, ago_s=2), job(3, State.CANCELLED, ago_s=3))
    QTest.keyClick(page.table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.bar.isVisible()
    with qtbot.waitSignal(page.retry) as asked:
        page.bar.button(page.acting.retry_action).click()
    assert asked.args == [[job(1).id, job(3).id], ""]


@pytest.mark.parametrize(("typed", "key", "told"), [("secret", Key.Key_Return, ["secret"]), ("", Key.Key_Escape, [])])
def test_locked_files_are_retried_with_their_password_or_left(show, qtbot, typed, key, told):
    page = show(job(1, State.FAILED, error_class="needs_password"))
    heard: list[str] = []
    page.retry.connect(lambda _ids, password: heard.append(password))

    def answer() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, Question)
        field = question.findChild(Field)
        assert isinstance(field, Field)
        qtbot.waitUntil(field.hasFocus)
        QTest.keyClicks(field, typed)
        assert question.act.isEnabled() is bool(typed)
        QTest.keyClick(field, key)

    click(page, 0)
    QTimer.singleShot(0, answer)
    QTest.keyClick(page.table, Key.Key_R)
    assert heard == told


def test_pages_that_failed_can_be_retried_in_a_job_that_is_done(show, qtbot):
    page = show(job(1, State.DONE, pages_failed=1))
    click(page, 0)
    with qtbot.waitSignal(page.retry):
        QTest.keyClick(page.table, Key.Key_R)


def test_what_waits_is_cancelled_without_a_question(show, qtbot):
    page = show(job(1, State.QUEUED, ago_s=1), job(2, State.UPLOADING, ago_s=2), job(3, State.DONE, ago_s=3))
    QTest.keyClick(page.table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(page.cancel) as asked:
        QTest.keyClick(page.table, Key.Key_C)
    assert asked.args == [[job(1).id, job(2).id]]
    click(page, 2)
    page.table.uncheck()
    assert not page.acting.cancel_action.isEnabled()  # it is done


@pytest.mark.parametrize("chosen", [True, False])
def test_what_runs_is_cancelled_after_a_question(show, qtbot, chosen):
    page = show(job(1, State.RUNNING, ago_s=1), job(2, State.QUEUED, ago_s=2))
    heard: list[list[UUID]] = []
    page.cancel.connect(heard.append)

    def answer() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, Question)
        assert (question.windowTitle(), question.act.text()) == ("Cancel 2 jobs", "Cancel 2 jobs")
        (question.act if chosen else question.safe).click()

    QTest.keyClick(page.table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTimer.singleShot(0, answer)
    page.bar.button(page.acting.cancel_action).click()
    assert heard == ([[job(1).id, job(2).id]] if chosen else [])


def test_delete_is_asked_for_what_has_ended(show, qtbot):
    rows = [job(1, State.DONE, ago_s=1), job(2, State.RUNNING, ago_s=2), job(3, State.CANCELLED, ago_s=3)]
    page = show(*rows)
    QTest.keyClick(page.table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(page.delete_asked) as asked:
        QTest.keyClick(page.table, Key.Key_Delete)
    assert asked.args[0].ids == (rows[0].id, rows[2].id)
    words = delete_question(asked.args[0])
    assert words["title"] == words["act"] == "Delete 2 jobs"
    assert words["facts"] == [("Done", "1"), ("Cancelled", "1")]


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


def test_a_batch_is_shown_alone_until_all_are_chosen_again(show, qtbot):
    page = show(job(1, batch="Minutes"), job(2, batch="Letters"), job(3, batch="Minutes"))
    assert page.filter.batches.currentText() == "All batches"
    with qtbot.waitSignal(page.feed.loaded):
        page.filter.choose_batch("Minutes")
    assert {row.batch for row in page.model.rows} == {"Minutes"}
    assert page.filter.batches.currentText() == "Minutes"
    assert "Minutes" in page.filter.describe()
    late = (job(4, batch="Letters"), job(5, batch="Minutes"))
    store(page).put(*late)
    page.show_snapshot(picture(store(page), changed=late))
    qtbot.waitUntil(lambda: len(page.model.rows) == 3)
    assert {row.batch for row in page.model.rows} == {"Minutes"}
    with qtbot.waitSignal(page.feed.loaded):
        choose(page.filter.batches, "All batches")
    assert len(page.model.rows) == 5
    assert page.filter.field.text() == ""


def test_a_slow_answer_can_be_given_up(show, qtbot):
    page = show(job(1, name="b", ago_s=1), job(2, name="a", ago_s=2))
    page.slow.late.setInterval(1)
    store(page).gate.clear()
    try:
        page.table.header.ask(page.model.columns[1])
        qtbot.waitUntil(page.slow.button.isVisible)
        assert [row.name for row in page.model.rows] == ["b", "a"]  # the old rows stay
        QTest.keyClick(page.table, Key.Key_Escape)
        assert not page.slow.button.isVisible()
        assert page.filter.problem.text().startswith("Stopped.")
        assert (page.table.header.order, page.feed.order) == ("updated", "updated")
    finally:
        store(page).gate.set()
    qtbot.wait(1)
    assert [row.name for row in page.model.rows] == ["b", "a"]
    with qtbot.waitSignal(page.feed.loaded):
        page.table.header.ask(page.model.columns[1])
    assert [row.name for row in page.model.rows] == ["a", "b"]
    assert not page.slow.button.isVisible()


def test_every_column_says_something_and_sorts(show, qtbot):
    full = job(1, State.FAILED, queue="ocr.bulk", seconds=4.5, source_bytes=2_000_000, error_class="corrupt")
    page = show(full, job(2, State.DONE))
    columns = page.model.columns[1:]
    assert len([column for column in columns if column.hidden]) == 11
    for column in columns:
        assert all(column.text(row) for row in page.model.rows), column.key
        assert column.order in ORDERS, column.key
        with qtbot.waitSignal(page.feed.loaded):
            page.table.header.ask(column)
    assert {column.text(full) for column in columns} >= {"ocr.bulk", "4.5 s", "2.0 MB", "Damaged", "Normal"}
