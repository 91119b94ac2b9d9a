"""What is done with jobs: checked ones over a change of order, a frozen list of all that match, priority, reprocess."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.ui.jobs import JobsPage
from console.ui.kit.choices import Choice
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from tests.gui.invented import job, picture
from tests.gui.jobs_page import checked, click, store
from worker.core.filters import JobFilter
from worker.core.jobs import Priority, State

Key = Qt.Key
FAILED = State.FAILED
FAILURES = JobFilter(states=frozenset({FAILED}))


def answer(act: Callable[[Question], None]) -> None:
    """Answer the question that comes."""

    def do() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, Question)
        act(question)

    QTimer.singleShot(0, do)


def frozen(page: JobsPage, qtbot) -> None:
    QTest.keyClick(page.table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.bar.everything.isVisible()
    page.bar.everything.click()
    qtbot.waitUntil(lambda: page.acting._frozen is not None)


def test_all_that_match_are_offered_and_frozen_when_a_page_is_chosen(show, qtbot):
    page = show(*(job(place, FAILED, ago_s=place) for place in range(450)))
    click(page, 3, column=0)
    assert not page.bar.everything.isVisible()
    QTest.keyClick(page.table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.bar.everything.text() == "Select all 450 that match"
    page.bar.everything.click()
    qtbot.waitUntil(lambda: "450 selected, list frozen at" in page.bar._count.text())
    assert not page.bar.everything.isVisible()
    late = job(900, FAILED)
    store(page).put(late)
    page.show_snapshot(picture(store(page), changed=[late]))
    with qtbot.waitSignal(page.retry) as asked:
        QTest.keyClick(page.table, Key.Key_R)
    assert len(asked.args[0]) == 450
    assert late.id not in asked.args[0]
    QTest.keyClick(page.table, Key.Key_Escape)
    assert page.acting.count == 0
    assert not page.bar.isVisible()


def test_of_a_frozen_list_only_what_has_ended_is_deleted_although_more_ends_before_the_answer(show, qtbot):
    page = show(*(job(place, State.RUNNING if place else State.DONE, ago_s=place) for place in range(250)))
    frozen(page, qtbot)
    with qtbot.waitSignal(page.delete_asked) as asked:
        QTest.keyClick(page.table, Key.Key_Delete)
    assert (asked.args[0].ids, asked.args[0].tally.states) == ((job(0).id,), {State.DONE: 1})


def test_of_a_frozen_list_of_which_nothing_has_ended_it_is_said(show, qtbot):
    page = show(*(job(place, State.QUEUED, ago_s=place) for place in range(250)))
    frozen(page, qtbot)
    with qtbot.waitSignal(page.failed) as told:  # no question about no job
        QTest.keyClick(page.table, Key.Key_Delete)
    assert told.args[0].sentence == "None of these jobs has ended."
    assert page.acting.count == 250


def test_a_frozen_list_is_asked_about_as_it_is_by_then(show, qtbot):
    page = show(*(job(place, State.QUEUED, ago_s=place) for place in range(300)))
    frozen(page, qtbot)
    store(page).put(*(job(place, State.RUNNING) for place in range(3)), job(3, State.DONE))
    seen = []

    def act(question: Question) -> None:
        seen.append((question.windowTitle(), question.act.text()))
        question.act.click()

    answer_when_asked(qtbot, act)
    with qtbot.waitSignal(page.cancel) as asked:
        QTest.keyClick(page.table, Key.Key_C)
    assert len(asked.args[0]) == 300
    assert seen == [("Cancel 299 jobs", "Cancel 299 jobs")]


def answer_when_asked(qtbot, act) -> None:
    timer = QTimer(interval=5)

    def look() -> None:
        question = QApplication.activeModalWidget()
        if isinstance(question, Question):
            timer.stop()
            act(question)

    timer.timeout.connect(look)
    timer.start()


def test_another_filter_gives_the_frozen_list_up(show, qtbot):
    page = show(*(job(place, FAILED, ago_s=place) for place in range(300)))
    frozen(page, qtbot)
    with qtbot.waitSignal(page.feed.loaded):
        page.filter.chips[State.DONE].click()
    assert page.acting._frozen is None


def test_what_is_checked_outlives_a_change_of_order(show, qtbot):
    rows = [job(place, FAILED, name=f"{900 - place}.pdf", ago_s=place) for place in range(400)]
    page = show(*rows)
    for place in (0, 150):
        click(page, place, column=0)
        page.table.scrollTo(page.model.index(150, 0))
    header = page.table.header
    with qtbot.waitSignal(page.feed.loaded):
        place = header.sectionViewportPosition(1) + 20
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place, 10))
    assert page.model.row(0).name == "501.pdf"  # neither is among the first 200 by name
    assert checked(page) == []
    assert (page.acting.count, page.bar._count.text()) == (2, "2 selected")
    with qtbot.waitSignal(page.retry) as asked:
        QTest.keyClick(page.table, Key.Key_R)
    assert set(asked.args[0]) == {rows[0].id, rows[150].id}
    with qtbot.waitSignal(page.feed.loaded):
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place, 10))
    assert set(checked(page)) == {rows[0].name, rows[150].name}


@pytest.mark.parametrize(("key", "priority"), [(Key.Key_N, Priority.NEXT), (Key.Key_L, Priority.LOW)])
def test_p_and_a_letter_set_the_priority(show, qtbot, key, priority):
    page = show(job(1, State.QUEUED, ago_s=1), job(2, State.DONE, ago_s=2))
    click(page, 0)

    def choose() -> None:
        menu = QApplication.activePopupWidget()
        assert menu is not None
        QTest.keyClick(menu, key)

    QTest.keyClick(page.table, Key.Key_P)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    with qtbot.waitSignal(page.urge) as asked:
        choose()
    assert asked.args == [[job(1).id], priority]
    click(page, 1)
    assert not page.acting.priority_action.isEnabled()  # it is done


def test_how_to_read_anew_is_asked(show, qtbot):
    page = show(job(1, State.DONE, ago_s=1), job(2, FAILED, ago_s=2))
    QTest.keyClick(page.table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)

    def act(question: Question) -> None:
        assert question.windowTitle() == "Read 2 jobs anew"
        field = question.findChild(Field)
        assert isinstance(field, Field)
        field.setText(" deu, eng ")
        choices = {choice.accessibleName(): choice for choice in question.findChildren(Choice)}
        choices["Pages that already have text"].setCurrentIndex(2)
        choices["Resolution"].setCurrentIndex(4)
        question.act.click()

    answer(act)
    with qtbot.waitSignal(page.reprocess) as asked:
        page.bar.button(page.acting.reprocess_action).click()
    assert asked.args == [[job(1).id, job(2).id], {"languages": "deu+eng", "mode": "force", "dpi": 400}]


def test_results_of_many_are_replaced_only_by_the_red_button(show, qtbot):
    page = show(*(job(place, State.DONE, ago_s=place) for place in range(150)))
    QTest.keyClick(page.table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    kinds = []

    def act(question: Question) -> None:
        kinds.append(question.act._kind)
        question.safe.click()

    answer(act)
    with qtbot.assertNotEmitted(page.reprocess):
        page.acting.reprocess_action.trigger()
    assert kinds == ["destroy"]


def test_where_there_is_little_room_the_keys_give_way(show):
    page = show(*(job(place, FAILED, ago_s=place) for place in range(300)))
    QTest.keyClick(page.table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    retry = page.bar.button(page.acting.retry_action)
    wide = retry.sizeHint().width()
    page.resize(880, 600)
    assert retry.sizeHint().width() < wide
    assert retry.toolTip() == "R"
    assert page.bar.sizeHint().width() <= page.bar.width()
    assert not page.bar.button(page.acting.open_action).isVisible()  # many cannot be opened
    page.resize(1400, 600)
    assert retry.sizeHint().width() == wide


def test_all_that_match_can_be_asked_for_again_after_the_wish_was_given_up(show, qtbot):
    page = show(*(job(place, FAILED, ago_s=place) for place in range(450)))
    esc, other_jobs = partial(QTest.keyClick, page.table, Key.Key_Escape), partial(page.filter.choose, FAILURES)
    for give_up in (page.bar.closed.emit, esc, other_jobs):
        QTest.keyClick(page.table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        page.bar.everything.click()
        assert not page.bar.everything.isEnabled()
        give_up()
        assert page.bar.everything.isEnabled()
    frozen(page, qtbot)
    assert page.acting.count == 450
