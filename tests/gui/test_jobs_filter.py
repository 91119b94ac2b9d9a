"""The filter of the jobs page: what is typed, chips and lists that write into it, what is offered and what is wrong."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.ui.filter_sentences import described
from tests.gui.invented import job
from tests.gui.jobs_page import choose, store
from worker.core.filters import JobFilter
from worker.core.jobs import Priority, State
from worker.core.spans import Span

Key = Qt.Key
FAILED = frozenset({State.FAILED})


def typed(page, qtbot, text: str) -> None:
    page.filter.field.setFocus()
    page.filter.field.clear()
    with qtbot.waitSignal(page.filter.changed):
        QTest.keyClicks(page.filter.field, text)
        qtbot.waitUntil(lambda: not page.filter._typing.isActive())
    page.filter.field._popup.hide()


def test_what_is_typed_is_asked_for_and_shown_on_the_chips(show, qtbot):
    rows = [
        job(1, State.FAILED, error_class="corrupt", queue="ocr.bulk"),
        job(2, State.FAILED, error_class="needs_password", queue="ocr.bulk"),
        job(3, State.DONE, queue="ocr.bulk", mean_confidence=71.0),
    ]
    page = show(*rows)
    with qtbot.waitSignal(page.feed.loaded):
        typed(page, qtbot, "state:failed -class:corrupt queue:ocr.bulk")
    assert [row.id for row in page.model.rows] == [rows[1].id]
    assert page.filter.chips[State.FAILED].isChecked()
    assert not page.filter.all.isChecked()
    with qtbot.waitSignal(page.feed.loaded):
        typed(page, qtbot, "conf:<80")
    assert [row.id for row in page.model.rows] == [rows[2].id]
    assert page.filter.all.isChecked()


def test_chips_and_lists_write_into_the_field(show, qtbot):
    page = show(job(1, State.FAILED, batch="Halle 7"), job(2, State.DONE, batch="Halle 7"), job(3, State.FAILED))
    page.feed.ask_batches()
    qtbot.waitUntil(lambda: page.filter.batches.count() == 2)
    typed(page, qtbot, "scan")
    for act in (
        page.filter.chips[State.FAILED].click,
        lambda: choose(page.filter.batches, "Halle 7"),
        lambda: choose(page.filter.times, "Last hour"),
    ):
        with qtbot.waitSignal(page.feed.loaded):
            act()
    assert page.filter.field.text() == 'state:failed batch:"Halle 7" updated:1h scan'
    assert [row.id for row in page.model.rows] == [job(1).id]
    with qtbot.waitSignal(page.feed.loaded):
        page.filter.all.click()
    assert page.filter.field.text() == 'batch:"Halle 7" updated:1h scan'


def test_a_chip_under_a_not_takes_its_place(show, qtbot):
    page = show(job(1, State.FAILED), job(2, State.DONE))
    typed(page, qtbot, "-state:done")
    assert page.filter.states == frozenset(State) - {State.DONE}
    with qtbot.waitSignal(page.feed.loaded):
        page.filter.chips[State.FAILED].click()
    assert page.filter.chosen.states == frozenset(State) - {State.DONE, State.FAILED}
    assert page.filter.chosen.unless is None


def test_what_cannot_be_read_is_one_sentence_and_the_rows_stay(show, qtbot):
    page = show(job(1, State.FAILED), job(2, State.DONE))
    asked = len(store(page).asked)
    page.filter.field.setFocus()
    QTest.keyClicks(page.filter.field, "colour:red ")
    qtbot.waitUntil(page.filter.problem.isVisible)
    assert "colour" in page.filter.problem.text()
    assert (len(page.model.rows), len(store(page).asked)) == (2, asked)
    with qtbot.waitSignal(page.feed.loaded):
        typed(page, qtbot, "state:done")
    assert not page.filter.problem.isVisible()
    with qtbot.waitSignal(page.feed.loaded):
        QTest.keyClick(page.filter.field, Key.Key_Escape)
    assert len(page.model.rows) == 2


def test_keys_and_values_are_offered_and_taken_from_the_keyboard(show, qtbot):
    page = show(job(1, State.FAILED), job(2, State.DONE))
    field = page.filter.field
    field.setFocus()
    QTest.keyClicks(field, "sta")
    assert field.choices == ["state:"]
    QTest.keyClick(field, Key.Key_Tab)
    assert field.text() == "state:"
    assert "failed" in field.choices
    QTest.keyClicks(field, "fa")
    QTest.keyClick(field, Key.Key_Tab)
    assert field.text() == "state:failed "
    qtbot.waitUntil(lambda: page.filter.chosen == JobFilter(states=FAILED))
    QTest.keyClicks(field, "cl")
    assert field.is_offering
    QTest.keyClick(field, Key.Key_Escape)
    assert (field.is_offering, field.text()) == (False, "state:failed cl")


def test_enter_leads_to_the_rows_and_keeps_what_was_typed(show, qtbot):
    page = show(job(1, State.FAILED), job(2, State.DONE))
    field = page.filter.field
    field.setFocus()
    QTest.keyClicks(field, "state:failed")
    with qtbot.waitSignal(page.feed.loaded):
        QTest.keyClick(field, Key.Key_Return)
    assert page.table.hasFocus()
    assert (field.text(), [row.state for row in page.model.rows]) == ("state:failed", [State.FAILED])


def test_another_page_leads_to_a_filter(show, qtbot):
    batch = UUID(int=77)
    page = show(job(1, batch="Minutes", batch_id=batch), job(2))
    with qtbot.waitSignal(page.feed.loaded):
        page.filter.choose(JobFilter(batch_ids=frozenset({batch})))
    assert [row.id for row in page.model.rows] == [job(1).id]
    assert page.filter.batches.currentText() == "1 batch"
    assert page.filter.field.text() == f"batch-id:{batch}"


def test_every_part_of_a_filter_has_words():
    parts: dict[str, Any] = {
        "states": FAILED,
        "error_classes": frozenset({"corrupt"}),
        "batch_ids": frozenset({UUID(int=1)}),
        "batches": frozenset({"Halle 7"}),
        "queues": frozenset({"ocr"}),
        "workers": frozenset({"one@desk"}),
        "submitters": frozenset({"ann@desk"}),
        "priorities": frozenset({Priority.HIGH}),
        "text": "invoice",
        "created": Span("2h"),
        "updated": Span("", "today"),
        "finished": Span("2h", "1h"),
        "confidence_from": 80.0,
        "confidence_below": 90.0,
        "pages_failed": True,
        "ids": (UUID(int=1),),
    }
    assert {*parts, "unless"} == set(JobFilter.__slots__)
    assert described(JobFilter()) == ""
    said = [described(JobFilter(**{name: value})) for name, value in parts.items()]
    assert all(said)
    assert len(set(said)) == len(said)
    assert described(JobFilter(unless=JobFilter(states=FAILED))) == "not: Failed"


def test_several_batches_are_not_the_name_of_one(show, qtbot):
    page = show(job(1, batch="a"), job(2, batch="b"), job(3, batch="c"))
    two = JobFilter(batches=frozenset({"a", "b"}))
    page.filter.choose(two)
    choose(page.filter.batches, "2 batches")
    assert page.filter.chosen == two
