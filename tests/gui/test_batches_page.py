"""The batches page: rows over the groups, chips, words, and what it does while nobody looks."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.bridge.batch_feed import PAGE, BatchChoice, Section, look
from console.ui.batches_columns import time_of
from tests.gui.batch_days import NOW, FakeBatches, an_ordinary_day, batch, running
from tests.gui.batches_page import names, place_of, said, source
from tests.gui.invented import picture
from worker.core.batch_figures import BatchFigures, BatchState
from worker.core.errors import DatabaseError
from worker.core.jobs import State

Key = Qt.Key


def test_batches_stand_in_groups_and_say_how_far_they_are(show_batches, qtmodeltester):
    page = show_batches(*an_ordinary_day())
    groups = [row.group for row in page.model.rows if isinstance(row, Section)]
    assert groups == ["open", "today", "earlier"]
    assert said(page, 0)["name"] == "Open"
    assert page._note.text() == "7 open, 8 finished"
    row = said(page, place_of(page, 1))
    assert (row["state"], row["progress"], row["pages"], row["failed"]) == ("Running", "71 %", "5,824 of 8,200", "35")
    assert (row["rate"], row["time"]) == ("72/min", "33 min left")
    row = said(page, place_of(page, 11))
    assert (row["state"], row["pages"], row["time"]) == ("Done", "4,988", "1 h 53 min")
    assert said(page, place_of(page, 22))["state"] == "12 cancelled"
    qtmodeltester.check(page.model)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (running(1, "a", 19, 100, 20), "estimating"),
        (running(1, "a", 20, 100, 20), "4 min left"),
        (running(1, "a", 40, 100, 20, paused=True), "–"),
        (running(1, "a", 40, 100, None), "estimating"),
        (running(1, "a", 40, 100, 0), "–"),
        (batch(1, "a", states={State.QUEUED: 3}, pages_done=40, pages=99, finished_at=None, rate_per_min=0), "–"),
    ],
)
def test_time_is_told_only_where_it_is_known(one: BatchFigures, words: str):
    assert time_of(one) == words


def test_chips_choose_and_carry_counts(show_batches, qtbot):
    page = show_batches(*an_ordinary_day())
    assert page.filter.all.accessibleName() == "All, 15"
    assert page.filter.chips[BatchState.RUNNING].accessibleName() == "Running, 5"
    assert page.filter.failures.accessibleName() == "With failures, 5"
    for chip in (page.filter.chips[BatchState.PAUSED], page.filter.failures):
        with qtbot.waitSignal(page.feed.loaded):
            chip.click()
    assert names(page) == [
        "open", "Sổ hộ khẩu phường 9", "合同_2026Q3", "Bauakten Halle 7", "Hồ sơ thuế 2025",
        "earlier", "Mietverträge Nordstadt", "质检报告_2026H1",
    ]  # fmt: skip
    with qtbot.waitSignal(page.feed.loaded):
        page.filter.all.click()
    assert len(page.model.batches()) == 15


def test_words_narrow_and_what_fits_nothing_can_be_cleared(show_batches, qtbot):
    page = show_batches(*an_ordinary_day())
    QTest.keyClick(page.table, Key.Key_Slash)
    assert page.filter.field.hasFocus()
    with qtbot.waitSignal(page.feed.loaded):
        QTest.keyClicks(page.filter.field, "LINH")
    assert {one.created_by for one in page.model.batches()} == {"linh@scan"}
    assert page.filter.all.accessibleName() == "All, 5"
    with qtbot.waitSignal(page.feed.loaded):
        page.filter.field.setText("nowhere")
    assert page.rooms.currentWidget() is page.no_hits
    assert page.no_hits.sentences[0].text() == "Nothing here for “\u2068nowhere\u2069”."
    page.setFocus()
    with qtbot.waitSignal(page.feed.loaded):
        QTest.keyClick(page, Key.Key_Escape)
    assert len(page.model.batches()) == 15


def test_without_batches_it_says_what_to_do(show_batches, qtbot):
    page = show_batches()
    assert page.rooms.currentWidget() is page._none
    assert not page.filter.isVisible()
    for button in (page.add_button, page.new_button):
        with qtbot.waitSignal(page.add_files_asked):
            button.click()
    source(page).put(running(1, "first", 30, 100, 20))
    with qtbot.waitSignal(page.feed.loaded):
        page.show_snapshot(picture())
    assert page.rooms.currentWidget() is page._rows


def test_the_cursor_leaves_the_groups_out(show_batches):
    page = show_batches(*an_ordinary_day())
    visited = []
    for _ in range(20):
        visited.append(page.table.current_batch().name)
        QTest.keyClick(page.table, Key.Key_J)
    assert list(dict.fromkeys(visited)) == [one.name for one in page.model.batches()]
    QTest.keyClick(page.table, Key.Key_Home)
    assert page.table.current_batch().name == "Scans"
    for _ in range(7):
        QTest.keyClick(page.table, Key.Key_Down)
    assert page.table.current_batch().name == "Grundbuchblätter 1–900"


def test_a_page_that_nobody_sees_asks_nothing(show_batches, qtbot, monkeypatch):
    monkeypatch.setattr("console.bridge.batch_feed.REST", 0)  # a busy machine answers late
    page = show_batches(running(1, "a", 30, 100, 20))
    page.hide()
    asked = source(page).asked
    page.show_snapshot(picture())
    assert source(page).asked == asked
    with qtbot.waitSignal(page.feed.loaded):
        page.show()


def test_cursor_and_pane_stay_while_figures_change(show_batches, qtbot):
    page = show_batches(*an_ordinary_day())
    page.beside.open_pane()
    page.table.go_to(UUID(int=3))
    source(page).put(running(2, "Bauakten Halle 7", 1300, 2690, 44))
    with qtbot.waitSignal(page.feed.loaded):
        page.show_snapshot(picture())
    assert page.table.current_batch().pages_done == 1300
    assert page.pane._read.text() == "read, 1,300 of 2,690"


def test_what_is_dear_to_count_comes_later(show_batches, qtbot, background):
    store = FakeBatches([batch(place) for place in range(3)])
    store.dear = {UUID(int=1), UUID(int=2)}
    view = look(store, BatchChoice(), 50, settled=True)
    assert not view.complete
    assert sum(row.at is None for row in view.rows if isinstance(row, BatchFigures)) == 2
    page = show_batches()
    source(page).put(*store.rows.values())
    source(page).dear = {UUID(int=1), UUID(int=2)}
    page.feed.refresh()
    qtbot.waitUntil(lambda: bool(page.model.rows) and page.feed.view.complete)
    assert all(one.at for one in page.model.batches())


def test_earlier_ones_come_as_far_as_one_looks(show_batches, qtbot):
    page = show_batches(*(batch(place, days=2 + place) for place in range(PAGE + 20)))
    assert len(page.model.batches()) == PAGE
    page.go_to(UUID(int=PAGE + 11))
    qtbot.waitUntil(lambda: page.table.current_batch().name == batch(PAGE + 10).name)
    page.table.scrollToBottom()  # where the table asks for more by itself
    qtbot.waitUntil(lambda: len(page.model.batches()) == PAGE + 20)
    assert not page.model.more


def test_an_error_is_told_and_the_rows_stay(show_batches, qtbot):
    page = show_batches(batch(1))
    source(page).error = DatabaseError("Postgres is away.")
    with qtbot.waitSignal(page.failed) as failed:
        page.show_snapshot(picture())
    assert failed.args[0].sentence == "Postgres is away."
    assert len(page.model.batches()) == 1


def test_open_ones_together_say_when_the_last_is_done(show_batches):
    page = show_batches(
        running(1, "a", 40, 100, 20), running(2, "b", 40, 100, 60), running(3, "c", 0, 50, None, paused=True)
    )
    section = page.model.row(0)
    assert (section.pages, section.done_at) == (170, NOW + timedelta(minutes=3))
    unsure = show_batches(running(1, "a", 40, 100, 20), running(2, "b", 2, 100, 60))
    assert unsure.model.row(0).done_at is None


def test_an_export_has_all_that_are_meant_and_no_groups(show_batches):
    page = show_batches(*(batch(place, days=2 + place) for place in range(PAGE + 20)), running(99, "a", 40, 100, 20))
    rows = list(page.feed.everything()())
    assert len(rows) == PAGE + 21
    shown = page.table.columns.shown
    assert "acts" not in [column.key for column in shown]
    values = {column.key: (column.value or column.text)(rows[0]) for column in shown}
    assert (values["name"], values["pages"], values["time"]) == ("a", 40, 180)
