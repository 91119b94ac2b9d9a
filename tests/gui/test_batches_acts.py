"""What can be done with batches, by mouse and by key, and one of them from close by."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from tests.gui.accessible import unnamed
from tests.gui.batch_days import an_ordinary_day, batch, running
from tests.gui.batches_page import Heard, click, source
from worker.core.batch_figures import BatchState
from worker.core.filters import JobFilter
from worker.core.jobs import Priority, State

Key = Qt.Key


def test_acts_by_key(show_batches, heard: Heard, monkeypatch):
    page = show_batches(running(1, "a", 30, 100, 20, failed=2), running(2, "b", 30, 100, 20, paused=True))
    first, second = UUID(int=2), UUID(int=3)
    page.table.go_to(first)
    QTest.keyClick(page.table, Key.Key_P)
    QTest.keyClick(page.table, Key.Key_R)
    page.table.go_to(second)
    QTest.keyClick(page.table, Key.Key_P)
    assert page.pause_action.text() == "Resume"
    QTest.keyClick(page.table, Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert heard.calls == [
        ("pause_batches", [first]),
        ("retry_batches", [first]),
        ("resume_batches", [second]),
        ("pause_batches", [first]),
    ]


def test_pause_all_lets_all_go_on_where_all_are_held_back(show_batches, heard: Heard):
    page = show_batches(running(1, "a", 30, 100, 20, paused=True), batch(2))
    assert page._pause_all_button.text() == "Resume all"
    page._pause_all_button.click()
    assert heard.calls == [("resume_batches", [UUID(int=2)])]


def test_small_buttons_of_a_row(show_batches, heard: Heard, monkeypatch):
    page = show_batches(running(1, "a", 30, 100, 20), batch(2))
    click(page, 1, "acts", right=48)
    assert heard.calls == [("pause_batches", [UUID(int=2)])]
    monkeypatch.setattr("console.ui.batch_acts.QFileDialog.getExistingDirectory", lambda *_: "/tmp/out")
    click(page, 2, "acts", right=48)
    name, ids, folder = heard.calls[-1]
    assert (name, ids, str(folder)) == ("save_batches", [UUID(int=3)], "/tmp/out")
    menu = page.table.make_menu()
    assert [action.text() for action in menu.actions() if action.text() and action.isEnabled()] == [
        "Show jobs", "Save results…",
    ]  # fmt: skip
    menu.deleteLater()


def test_what_runs_is_asked_about_before_it_is_cancelled(show_batches, heard: Heard):
    page = show_batches(running(1, "tax", 30, 100, 20), batch(2, states={State.QUEUED: 3}, finished_at=None))
    titles = []

    def answer(accept: bool) -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, Question)
        titles.append(dialog.windowTitle())
        dialog.accept() if accept else dialog.reject()

    page.table.go_to(UUID(int=2))
    QTimer.singleShot(0, partial(answer, False))
    QTest.keyClick(page.table, Key.Key_C)
    QTimer.singleShot(0, partial(answer, True))
    page.pane.cancel.click()
    assert titles == ["Cancel 194 jobs of \u2068tax\u2069"] * 2
    page.table.go_to(UUID(int=3))
    page.pane.cancel.click()
    assert heard.calls == [("cancel_batches", [UUID(int=2)]), ("cancel_batches", [UUID(int=3)])]


def test_one_batch_from_close_by(show_batches, qtbot, heard: Heard):
    page = show_batches(*an_ordinary_day())
    page.table.go_to(UUID(int=2))
    assert source(page).closer == 0  # nobody sees the pane
    with qtbot.waitSignal(page.feed.detailed):
        QTest.keyClick(page.table, Key.Key_Space)
    pane = page.pane
    assert pane.isVisible()
    assert pane._facts.said["So far"] == "973 done, 35 failed"
    assert pane._facts.said["Confidence"] == "97.4 mean, 88 low"
    assert pane._why.text() == "37 files, 3 causes"
    assert [button.text() for button in pane.failures.buttons] == ["Enter password…", "Show files", "Try again"]
    assert pane.chart.accessibleName().startswith("Throughput, ")
    made = [label.text() for label in pane._outputs.findChildren(QLabel)]
    assert made.index("Searchable PDF") < made.index("Text") < made.index("JSON")
    menu = pane.priorities()
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Normal"]
    menu.actions()[0].trigger()
    pane.pause.click()
    pane.failures.buttons[2].click()
    assert heard.calls == [
        ("set_priority_of_batches", [UUID(int=2)], Priority.NEXT), ("pause_batches", [UUID(int=2)]),
        ("retry_batches", [UUID(int=2)], "storage"),
    ]  # fmt: skip
    assert unnamed(page) == []
    page.table.go_to(UUID(int=3))  # as when its row goes
    menu.actions()[1].trigger()
    menu.deleteLater()
    assert heard.calls[-1] == ("set_priority_of_batches", [UUID(int=2)], Priority.HIGH)
    QTest.keyClick(page.table, Key.Key_Escape)
    assert not page.beside.is_open


def test_locked_files_are_tried_with_one_password(show_batches, qtbot, heard: Heard):
    page = show_batches(*an_ordinary_day())
    page.beside.open_pane()
    with qtbot.waitSignal(page.feed.detailed):
        page.table.go_to(UUID(int=2))

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, Question)
        field = dialog.findChild(Field)
        assert isinstance(field, Field)
        field.setText("secret")
        dialog.accept()

    qtbot.waitUntil(lambda: bool(page.pane.failures.buttons))
    QTimer.singleShot(0, answer)
    page.pane.failures.buttons[0].click()
    assert heard.calls == [("retry_batches", [UUID(int=2)], "needs_password", "secret")]


def test_ways_to_the_jobs(show_batches, qtbot):
    page = show_batches(running(1, "tax", 30, 100, 20, failed=2))
    failed, tax = frozenset({State.FAILED}), frozenset({"tax"})
    with qtbot.waitSignal(page.jobs_asked) as asked:
        QTest.keyClick(page.table, Key.Key_Return)
    assert asked.args == [JobFilter(batches=tax)]
    with qtbot.waitSignal(page.jobs_asked) as asked:
        page.pane.failed_asked.emit()
    assert asked.args == [JobFilter(states=failed, batches=tax)]
    page.beside.open_pane()
    qtbot.waitUntil(lambda: bool(page.pane.failures.buttons))
    with qtbot.waitSignal(page.jobs_asked) as asked:
        page.pane.failures.buttons[1].click()
    assert asked.args == [JobFilter(states=failed, batches=tax, error_classes=frozenset({"corrupt"}))]


def test_a_batch_can_be_gone_to_from_elsewhere(show_batches, qtbot):
    page = show_batches(*an_ordinary_day())
    page.filter.chips[BatchState.PAUSED].click()
    page.go_to(UUID(int=2))
    qtbot.waitUntil(lambda: page.table.current_batch().name == "Hồ sơ thuế 2025")
    assert page.beside.is_open
    assert not page.filter.chips[BatchState.PAUSED].isChecked()


def test_pause_all_means_those_that_are_shown(show_batches, heard: Heard, qtbot):
    page = show_batches(running(1, "a", 30, 100, 20), running(2, "b", 30, 100, 20, paused=True), batch(3))
    page.filter.chips[BatchState.PAUSED].click()
    qtbot.waitUntil(lambda: len(page.model.batches()) == 1)
    assert (page.pause_all_action.text(), page._pause_all_button.text()) == ("Resume all", "Resume all")
    page._pause_all_button.click()
    assert heard.calls == [("resume_batches", [UUID(int=3)])]
    page.filter.clear()
    page.filter.chips[BatchState.FINISHED].click()
    qtbot.waitUntil(lambda: [one.name for one in page.model.batches()] == [batch(3).name])
    assert not page.pause_all_action.isEnabled()
