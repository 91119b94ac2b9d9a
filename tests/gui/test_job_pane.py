"""A job from close by: how the pane opens, follows and closes, what it shows, and what its buttons ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from unittest.mock import Mock
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from console.bridge.background import Background
from console.bridge.remembered import Remembered
from console.ops.closeup import Closeup
from console.ui import job_pane, theme
from console.ui.job_log import JobLog
from console.ui.job_pane import JobPane
from console.ui.jobs import JobsPage
from console.ui.kit.buttons import Button
from tests.gui import closeups
from tests.gui.accessible import unnamed
from tests.gui.invented import MemoryStore, job, picture
from tests.gui.jobs_page import click, store
from worker.core.errors import DatabaseError
from worker.core.examine_pdf import SIGNED
from worker.core.jobs import Output, State

Key = Qt.Key
SCRIPTS = "The file had scripts (JavaScript); the searchable copy has none."
Show = Callable[..., JobsPage]


@pytest.fixture
def page(show: Show) -> JobsPage:
    """Three jobs; the first was read but for a page, and the cursor is on it."""
    failing = closeups.failing()
    made = show(replace(failing.job, updated=job(0).updated), job(1, ago_s=1), job(2, ago_s=2))
    store(made).closeups[failing.job.id] = failing
    made.resize(1300, 800)
    made.table.setFocus()
    made.table.go_to(failing.job.id)
    return made


@pytest.fixture
def pane(page: JobsPage, qtbot) -> JobPane:
    QTest.keyClick(page.table, Key.Key_Space)
    qtbot.waitUntil(lambda: page.pane.job is not None)
    return page.pane


def alone(qtbot, background: Background, closeup: Closeup) -> JobPane:
    """The pane with one job, without a page around it."""
    source = MemoryStore([closeup.job])
    source.closeups[closeup.job.id] = closeup
    made = JobPane(background)
    qtbot.addWidget(made)
    made.open_source(source)
    made.resize(360, 800)
    made.show()
    made.show_job(closeup.job)
    qtbot.waitUntil(lambda: made.job is not None)
    return made


def test_space_opens_and_closes_it_and_escape_too(page: JobsPage):
    for key, is_open in ((Key.Key_Space, True), (Key.Key_Space, False), (Key.Key_Space, True), (Key.Key_Escape, False)):
        QTest.keyClick(page.table, key)
        assert page.pane.isVisible() is is_open
    assert page.table.hasFocus()


def test_a_click_on_the_row_under_the_cursor_opens_it(page: JobsPage):
    click(page, 1)
    assert not page.pane.isVisible()
    click(page, 1, column=0)
    assert not page.pane.isVisible()
    click(page, 1)
    assert page.pane.isVisible()


def test_it_follows_the_cursor_once_it_rests(page: JobsPage, pane: JobPane, qtbot):
    asked = []
    store(page).tasks = lambda job_id: asked.append(job_id) or []  # type: ignore[method-assign,func-returns-value]
    for _ in range(2):
        QTest.keyClick(page.table, Key.Key_J)
    qtbot.waitUntil(lambda: pane.job is not None and pane.job.id == job(2).id)
    assert asked == [job(2).id]
    assert page.table.hasFocus()


def test_it_lies_over_the_table_where_the_window_is_narrow(page: JobsPage, pane: JobPane):
    assert page.table.width() < page.width() - pane.width()
    page.resize(1100, 800)
    assert page.table.width() > page.width() - pane.width()
    assert (pane.geometry().right(), pane.width()) == (page.width() - 1, 361)


def test_the_focus_comes_back_from_it(page: JobsPage, pane: JobPane):
    assert page.panes() == [page.table, pane]
    pane.open_button.setFocus()
    QTest.keyClick(pane.open_button, Key.Key_Escape)
    assert not pane.isVisible()
    assert page.table.hasFocus()
    assert page.panes() == [page.table]


def test_whether_it_is_open_is_remembered(qtbot, background: Background):
    remembered = Remembered(background)
    for is_open in (False, True):
        made = JobsPage(background, profile="x", remembered=remembered)
        qtbot.addWidget(made)
        made.show()
        assert made.pane.isVisible() is is_open
        made.beside.toggle_pane()
        remembered.put("jobs.pane", True)


def test_it_says_what_is_known(pane: JobPane):
    assert pane.accessibleName().endswith("Brandschutzkonzept Rev. 4.pdf\u2069")
    assert pane.head._facts.text() == "63 of 64 pages, 18.4 MB, deu+eng"
    assert pane.head._origin.text() == "In \u2068Bauakten Halle 7\u2069, added by \u2068ann@desk\u2069"
    assert pane.trouble.sentence == "Page 17 could not be read"
    assert pane.outputs.formats == ("pdf", "txt", "hocr")
    assert pane.outputs._rows["pdf"].toolTip() == f"SHA-256 {'ab' * 32}"
    assert unnamed(pane) == []


def test_outputs_of_every_format_and_the_notes_of_the_job(qtbot, background: Background):
    named = ["alto", "json", "md", "pdf", "receipt", "tsv", "txt"]
    outputs = {name: Output(f"results/1/{name}", 1000, "ab" * 32) for name in named}
    row = job(1, State.DONE, pages=1, pages_done=1, outputs=outputs, notes=(SCRIPTS, SIGNED, SCRIPTS))
    pane = alone(qtbot, background, Closeup(row))
    assert pane.outputs.formats == ("pdf", "txt", "json", "tsv", "alto", "md", "receipt")
    assert pane.outputs.notes == (SCRIPTS, SIGNED)
    shown = [part.text() for part in pane.outputs.findChildren(QLabel) if part.text()]
    assert [text for text in shown if "Receipt" in text or "Markdown" in text] == ["Markdown", "Receipt"]
    assert shown[-2:] == [SCRIPTS, SIGNED]
    with qtbot.waitSignal(pane.save_asked) as asked:
        next(one for one in pane.outputs.findChildren(Button) if one.accessibleName() == "Save Receipt").click()
    assert asked.args is not None
    assert asked.args[1] == ("receipt",)
    assert unnamed(pane) == []


def test_it_is_asked_for_again_when_its_job_changed_and_else_not(page: JobsPage, pane: JobPane, qtbot):
    shown: list[Closeup] = []
    pane.feed.shown.connect(shown.append)
    row = pane.job
    assert row is not None
    page.show_snapshot(picture(store(page), changed=[job(2, State.DONE)]))
    assert not pane.feed._busy
    newer = replace(row, pages_failed=0, mean_confidence=99.0)
    store(page).put(newer)
    store(page).closeups[row.id] = Closeup(newer, closeups.marks(failed=0))
    page.show_snapshot(picture(store(page), changed=[newer]))
    qtbot.waitUntil(lambda: len(shown) == 1)
    assert not pane.trouble.isVisible()
    assert pane._pages_note.text() == "64, mean 99.0"


def test_a_closed_pane_asks_nothing(page: JobsPage, qtbot):
    asked: list[UUID] = []
    store(page).page_marks = lambda job_id: asked.append(job_id) or []  # type: ignore[method-assign,func-returns-value]
    click(page, 2)
    page.show_snapshot(picture(store(page), changed=[job(2, State.RUNNING)]))
    qtbot.wait(150)
    assert asked == []
    QTest.keyClick(page.table, Key.Key_Space)
    qtbot.waitUntil(lambda: asked == [job(2).id])


def test_a_job_that_was_deleted_leaves_it_empty(page: JobsPage, pane: JobPane, qtbot):
    del store(page).rows[pane.job.id]  # type: ignore[union-attr]
    pane.feed.ask_again()
    qtbot.waitUntil(lambda: pane.job is None)
    assert pane._empty.isVisible()


def test_while_the_database_is_away_it_shows_what_it_knows(page: JobsPage, pane: JobPane, qtbot):
    store(page).error = DatabaseError("PostgreSQL does not answer.")
    with qtbot.waitSignal(pane.feed.failed):
        pane.feed.ask_again()
    assert pane.job is not None
    assert pane.wall.isVisible()


def test_outputs_are_saved_one_by_one_and_together(pane: JobPane, qtbot):
    buttons = [button for button in pane.outputs.findChildren(Button) if button.isVisible()]
    assert [button.accessibleName() for button in buttons] == ["Save Searchable PDF", "Save Text", "Save hOCR"]
    with qtbot.waitSignal(pane.save_asked) as asked:
        buttons[1].click()
    assert asked.args == [pane.job, ("txt",)]
    with qtbot.waitSignal(pane.save_asked) as asked:
        pane.save_button.click()
    assert asked.args == [pane.job, ()]


def test_the_remedy_is_asked_for_with_a_press(pane: JobPane, qtbot):
    with qtbot.waitSignal(pane.reprocess) as asked:
        pane.trouble.button.click()
    assert asked.args == [[closeups.failing().job.id], {"dpi": 150}]


def test_a_password_is_asked_for_and_tried(qtbot, background: Background, monkeypatch):
    locked = job(1, State.FAILED, error_class="needs_password", error="It is locked.", pages=None)
    pane = alone(qtbot, background, Closeup(locked))
    monkeypatch.setattr(job_pane, "ask_password", lambda _parent, _count: "secret")
    assert pane.trouble.button.text() == "Enter password…"
    with qtbot.waitSignal(pane.retry) as asked:
        QTest.keyClick(pane.trouble.button, Key.Key_Return)
    assert asked.args == [[locked.id], "secret"]
    assert not pane.wall.isVisible()


def test_the_log_is_searched_and_copied(pane: JobPane, qtbot):
    QTest.mouseClick(pane.log_button, Qt.MouseButton.LeftButton)
    log = pane._log
    assert log is not None
    qtbot.waitUntil(lambda: bool(log.text.toPlainText()))
    assert log.text.toPlainText().count("MemoryError") == 2
    QTest.keyClicks(log.field, "memoryerror")
    assert log._hits.text() == "2 places"
    first = log.text.textCursor().position()
    QTest.keyClick(log.field, Key.Key_Return)
    assert log.text.textCursor().position() > first
    QTest.keyClick(log.field, Key.Key_Return)
    assert log.text.textCursor().position() == first
    log.copy_button.click()
    assert "out of memory at 4.1 GB" in QGuiApplication.clipboard().text()
    log.close()
    qtbot.waitUntil(lambda: pane._log is None)


def test_a_log_without_trouble_says_so(qtbot):
    log = JobLog("a.pdf", None)  # type: ignore[arg-type]
    qtbot.addWidget(log)
    assert log.text.placeholderText().startswith("Looking")
    log.show_attempts([closeups.attempt(1, "success")])
    assert log.text.toPlainText() == ""
    assert log.text.placeholderText().startswith("No attempt")


def test_a_log_that_could_not_be_asked_for_says_why(pane: JobPane, qtbot, monkeypatch):
    monkeypatch.setattr(pane.feed._source, "attempts", Mock(side_effect=DatabaseError("Postgres is away.")))
    QTest.mouseClick(pane.log_button, Qt.MouseButton.LeftButton)
    log = pane._log
    assert log is not None
    qtbot.waitUntil(lambda: log.text.placeholderText().startswith("Postgres is away."))


def test_an_open_log_takes_on_another_theme(qtbot):
    log = JobLog("a.pdf", None)  # type: ignore[arg-type]
    qtbot.addWidget(log)
    log.show()
    other = QPalette(log.palette())
    for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Base):
        other.setColor(role, "black")
    log.setPalette(other)
    assert log.text.palette().color(QPalette.ColorRole.Base) == theme.tokens(log)["canvas"]


def test_hostile_words_stay_words(qtbot, background: Background):
    evil = "<img src=x>\u202e\nSELECT 1;"
    row = job(
        1, State.FAILED, name=evil, batch=evil, submitted_by=evil, error_class="x", error=evil, advice="<b>no</b>",
        outputs={f"{evil}{number}": Output("k", 1, "") for number in range(50)},
    )  # fmt: skip
    pane = alone(qtbot, background, Closeup(row))
    assert pane.trouble.sentence == evil
    assert pane.head._name.text() == evil
    assert pane.head._name.textFormat() == Qt.TextFormat.PlainText
    assert len(pane.outputs.formats) == 12


def test_a_click_on_the_open_button_leads_to_the_chosen_page(pane: JobPane, qtbot):
    middle = pane.wall.visualRect(pane.wall.tiles.index(16)).center()
    QTest.mouseClick(pane.wall.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    with qtbot.waitSignal(pane.job_asked) as asked:
        QTest.mouseClick(pane.open_button, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert asked.args == [pane.job.id, 17]  # type: ignore[union-attr]


def test_the_log_of_the_next_job_is_filled_too(pane: JobPane, qtbot):
    pane.log_button.click()
    pane.log_button.click()
    qtbot.waitUntil(lambda: pane._log is not None and bool(pane._log.text.toPlainText()))
    assert pane._log is not None
    pane._log.close()
    qtbot.waitUntil(lambda: pane._log is None)
