"""Saved filters: shown with their counts, saved under a name, renamed, deleted and brought back, kept for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.bridge.background import Background
from console.bridge.remembered import Remembered
from console.bridge.saved_views import EVERY_S, MOST, SavedViews, View, ViewCounts
from console.ui.frame import Frame
from console.ui.going import JOBS
from console.ui.jobs import JobsPage
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from console.ui.saving import Saving
from tests.gui.invented import MemoryStore, job, picture
from worker.core.filters import JobFilter
from worker.core.jobs import State

FAILED = frozenset({State.FAILED})
HALLE = View("Halle 7", JobFilter(batches=frozenset({"Halle 7"})), "name", False)


class Window:
    """The frame with its jobs page and its saved filters."""

    def __init__(self, background: Background, home: Path) -> None:
        self.remembered = Remembered(background, home)
        self.frame = Frame("This machine")
        self.page = JobsPage(background, profile="This machine", remembered=self.remembered)
        self.frame.add_page(JOBS, self.page, text="Jobs", icon="files")
        self.saving = Saving(self.frame, lambda: self.page, background, self.remembered)
        self.saving.watch(self.page)
        rows = [job(1, State.FAILED, error_class="needs_password", finished=job(1).created), job(2, State.DONE)]
        self.store = MemoryStore([*rows, job(3, batch="Halle 7", mean_confidence=70.0)])
        self.frame.show()
        self.page.open_source(self.store)
        self.saving.open_source(self.store)

    @property
    def names(self) -> list[str]:
        return [entry.view.name for entry in self.frame.side_bar.saved.entries]

    def entry(self, name: str):
        return next(entry for entry in self.frame.side_bar.saved.entries if entry.view.name == name)


@pytest.fixture
def window(qtbot, background: Background, tmp_path: Path) -> Iterator[Window]:
    made = Window(background, tmp_path)
    qtbot.addWidget(made.frame)
    qtbot.waitUntil(lambda: bool(made.page.model.rows))
    yield made
    made.remembered.close()


def answer(act: Callable[[Question, Field], None]) -> None:
    def do() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, Question)
        field = question.findChild(Field)
        assert isinstance(field, Field)
        act(question, field)

    QTimer.singleShot(0, do)


def name_it(name: str) -> Callable[[Question, Field], None]:
    def act(question: Question, field: Field) -> None:
        field.setText(name)
        assert question.act.isEnabled()
        question.act.click()

    return act


def test_those_that_everybody_has_are_counted_and_lead_to_their_jobs(window: Window, qtbot):
    with qtbot.waitSignal(window.saving.counts.counted):
        window.saving.show_snapshot(picture(window.store))
    said = [entry.accessibleName() for entry in window.frame.side_bar.saved.entries]
    assert said == ["Failed today, 1", "Low confidence, 1", "Needs a password, 1"]
    with qtbot.waitSignal(window.page.feed.loaded):
        window.entry("Low confidence").click()
    assert [row.mean_confidence for row in window.page.model.rows] == [70.0]
    assert window.page.filter.field.text() == "conf:<80"
    assert (window.page.table.header.order, window.page.table.header.descending) == ("mean_confidence", False)
    assert window.entry("Low confidence").isChecked()
    window.page.filter.clear()
    assert not window.entry("Low confidence").isChecked()


def test_what_changes_soon_after_a_count_is_counted_when_it_is_time(window: Window, qtbot, monkeypatch):
    now = [100.0]
    counts = window.saving.counts
    monkeypatch.setattr(counts, "_clock", lambda: now[0])
    with qtbot.waitSignal(counts.counted):
        window.saving.show_snapshot(picture(window.store))
    qtbot.waitUntil(lambda: not counts._latest.asking)
    new = job(4, State.DONE, mean_confidence=60.0)
    window.store.put(new)
    window.saving.show_snapshot(picture(window.store, changed=[new]))
    assert not counts._latest.asking
    now[0] += EVERY_S
    with qtbot.waitSignal(counts.counted):
        window.saving.show_snapshot(picture(window.store))
    assert window.entry("Low confidence").accessibleName() == "Low confidence, 2"


def test_ctrl_s_keeps_filter_order_and_columns_under_a_name(window: Window, qtbot):
    window.page.table.columns.show("queue", True)
    window.page.filter.choose(HALLE.chosen)
    with qtbot.waitSignal(window.page.feed.loaded):
        window.page.table.header.ask(window.page.model.columns[1])
    answer(name_it("Halle 7"))
    window.page.setFocus()
    qtbot.waitUntil(window.page.isActiveWindow)
    QTest.keyClick(window.page.table, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert window.names[-1] == "Halle 7"
    window.page.filter.clear()
    window.page.table.columns.show("queue", False)
    window.page.table.header.ask(window.page.model.columns[2])
    with qtbot.waitSignal(window.page.feed.loaded):
        window.entry("Halle 7").click()
    qtbot.waitUntil(lambda: [row.batch for row in window.page.model.rows] == ["Halle 7"])
    assert (window.page.feed.order, window.page.feed.descending) == ("name", False)
    assert "queue" in [column.key for column in window.page.table.columns.shown]


def test_one_is_renamed_deleted_and_brought_back_where_it_was(window: Window, qtbot):
    for view in (HALLE, View("Last", JobFilter(text="x"))):
        window.saving.views.save(view)
    answer(name_it("Hall of fame"))
    QTest.keyClick(window.entry("Halle 7"), Qt.Key.Key_F2)
    assert window.names[3:] == ["Hall of fame", "Last"]
    QTest.keyClick(window.entry("Hall of fame"), Qt.Key.Key_Delete)
    assert window.names[3:] == ["Last"]
    assert "Hall of fame" in window.frame.notices.accessibleName()
    window.frame.notices.undo_button.click()
    assert window.names[3:] == ["Hall of fame", "Last"]
    actions = [action.text() for action in window.entry("Last").make_menu().actions()]
    assert actions == ["Rename…", "Delete"]


def test_a_name_that_everybody_has_is_not_taken(window: Window):
    def act(question: Question, field: Field) -> None:
        for text, may in (("", False), ("Low confidence", False), ("Mine", True)):
            field.setText(text)
            assert question.act.isEnabled() is may
        question.safe.click()

    answer(act)
    window.saving.save()
    assert len(window.names) == 3


def test_they_are_there_the_next_day(background: Background, tmp_path: Path):
    first = Remembered(background, tmp_path)
    views = SavedViews(first)
    views.save(HALLE)
    first.close()
    assert SavedViews(Remembered(background, tmp_path)).views == (HALLE,)


def test_what_cannot_be_read_is_left_out(background: Background):
    remembered = Remembered(background)
    odd = [7, {}, {"name": " "}, {"name": "a", "filter": 7, "order": "colour", "columns": 3, "more": 1}]
    remembered.put("jobs.views", odd)
    assert SavedViews(remembered).views == (View("a", JobFilter()),)


def test_counts_are_asked_for_seldom(qtbot, background: Background):
    now = [100.0]
    counts = ViewCounts(background, clock=lambda: now[0])
    store = MemoryStore([job(1)])
    counts.open(store)
    with qtbot.waitSignal(counts.counted) as counted:
        counts.refresh([JobFilter()])
    assert counted.args == [{JobFilter(): 1}]
    qtbot.waitUntil(lambda: not counts._latest.asking)
    with qtbot.assertNotEmitted(counts.counted, wait=20):
        counts.refresh([JobFilter()])
    now[0] += EVERY_S
    with qtbot.waitSignal(counts.counted):
        counts.refresh([JobFilter()])


def test_no_filter_is_lost_without_a_word(window: Window):
    for number in range(MOST):
        window.saving.views.save(View(f"No {number}", JobFilter(text=str(number))))
    window.saving.save()
    assert "40" in window.frame.notices.accessibleName()
    assert window.names[-1] == f"No {MOST - 1}"

    def act(question: Question, field: Field) -> None:
        field.setText("No 1")
        assert not question.act.isEnabled()
        question.safe.click()

    answer(act)
    window.saving.rename(View("No 0", JobFilter(text="0")))


def test_what_a_filter_means_is_its_tool_tip_with_a_count_too(window: Window):
    saved = window.frame.side_bar.saved
    saved.show_counts({entry.view.chosen: 3 for entry in saved.entries})
    assert window.entry("Needs a password").toolTip() == "Failed, Needs password"
