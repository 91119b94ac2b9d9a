"""The window of a production profile: read-only, unlocked by its name, locked by itself and by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.ui.actions import Action
from console.ui.frame import Frame
from console.ui.guard import ProductionLock
from console.ui.kit.buttons import Button
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field

Key = Qt.Key


class Rule:
    """A lock that a test turns."""

    def __init__(self, left_s: float = 0.0) -> None:
        self.left_s = left_s

    @property
    def locked(self) -> bool:
        return self.left_s <= 0


class Page(QWidget):
    """With one of each kind of button."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.retry = Action(self, "Retry", lambda: self.done.append("retry"), key="R", changes=True)
        self.open = Action(self, "Open", lambda: self.done.append("open"), key="O")
        self.start = Button("Start", icon="play", changes=True, parent=self)
        self.start.clicked.connect(lambda: self.done.append("start"))


@pytest.fixture
def page(qtbot) -> Page:
    return Page()


@pytest.fixture
def make(qtbot, page: Page) -> Callable[..., tuple[Frame, ProductionLock]]:
    def made(rule: Rule | None, *, production: bool = True) -> tuple[Frame, ProductionLock]:
        frame = Frame("archive", production=production)
        qtbot.addWidget(frame)
        frame.add_page("page", page, text="Page", icon="files")
        lock = ProductionLock(frame, "archive", production=production)
        if rule is not None:
            lock.watch(rule)
        frame.show()
        qtbot.waitUntil(frame.isActiveWindow)
        return frame, lock

    return made


def stay(question: Question) -> None:
    question.safe.click()


def give(name: str, reason: str = "") -> Callable[[Question], None]:
    def reply(question: Question) -> None:
        first, *more = question.findChildren(Field)
        assert question.focusWidget() is first
        assert not question.act.isEnabled()
        QTest.keyClicks(first, name)
        for field in more:
            QTest.keyClicks(field, reason)
        (question.act if question.act.isEnabled() else question.safe).click()

    return reply


@pytest.mark.parametrize(
    "press",
    [
        lambda page: QTest.mouseClick(page.start, Qt.MouseButton.LeftButton),
        lambda page: QTest.keyClick(page.start, Key.Key_Space),
        lambda page: QTest.keyClick(page, Key.Key_R),
    ],
    ids=["mouse", "space", "key"],
)
def test_what_changes_something_leads_to_the_name_instead(make: Any, page: Page, answer: Any, press: Any):
    make(Rule())
    seen = answer(stay)
    press(page)
    assert (page.done, seen) == ([], ["Unlock archive for 10 minutes?"])


def test_looking_is_always_allowed(make: Any, page: Page):
    make(Rule())
    QTest.keyClick(page, Key.Key_O)
    assert page.done == ["open"]


def test_the_buttons_keep_their_place_and_say_that_they_are_locked(make: Any, page: Page):
    frame, lock = make(Rule())
    width = page.start.sizeHint().width()
    assert page.start.accessibleName() == "Start, read-only"
    assert frame.top_bar.badge.accessibleName() == "Production profile archive, Read-only"
    assert frame.top_bar.lock_button.text() == "Unlock…"
    rule = Rule(522)
    lock.watch(rule)
    assert page.start.accessibleName() == "Start"
    assert page.start.sizeHint().width() == width
    assert frame.top_bar.badge.accessibleName() == "Production profile archive, Unlocked 8:42"
    assert frame.top_bar.lock_button.text() == "Lock now"
    page.start.click()
    QTest.keyClick(page, Key.Key_R)
    assert page.done == ["start", "retry"]


def test_what_is_made_later_is_locked_with_the_next_picture(make: Any, page: Page, answer: Any):
    _, lock = make(Rule())
    later = Button("Retry", changes=True, parent=page)
    action = Action(page, "Forget", lambda: page.done.append("forget"), key="F", changes=True)
    lock.mark_new()
    assert later.accessibleName() == "Retry, read-only"
    later.setText("Enter password…")
    assert later.accessibleName() == "Enter password…, read-only"
    seen = answer(stay)
    action.trigger()
    assert (page.done, len(seen)) == ([], 1)


def test_a_button_that_is_called_more_than_it_says_keeps_its_name(make: Any, page: Page):
    _, lock = make(Rule())
    button = Button("Set", name="Set the rate", changes=True, parent=page)
    lock.mark_new()
    assert button.accessibleName() == "Set the rate, read-only"
    lock.watch(Rule(100))
    assert button.accessibleName() == "Set the rate"


def test_it_is_locked_again_when_its_time_is_over(make: Any, page: Page, qtbot):
    rule = Rule(522)
    frame, _ = make(rule)
    rule.left_s = 0
    qtbot.waitUntil(lambda: frame.top_bar.badge.accessibleName().endswith("Read-only"))
    assert page.start.accessibleName() == "Start, read-only"


def test_nothing_but_the_name_unlocks(make: Any, answer: Any, qtbot):
    frame, lock = make(Rule())
    asked: list[tuple[str, str]] = []
    lock.unlock_asked.connect(lambda name, reason: asked.append((name, reason)))
    answer(give("archiv"))
    frame.top_bar.lock_button.click()
    assert asked == []


def test_the_name_and_the_reason_are_told(make: Any, answer: Any, qtbot):
    frame, lock = make(Rule())
    answer(give("archive", "a late delivery"))
    with qtbot.waitSignal(lock.unlock_asked) as asked:
        frame.top_bar.lock_button.click()
    assert asked.args == ["archive", "a late delivery"]


def test_lock_now(make: Any, qtbot):
    frame, lock = make(Rule(100))
    with qtbot.waitSignal(lock.lock_asked):
        frame.top_bar.lock_button.click()


def test_a_drop_leads_to_the_name_too(make: Any, answer: Any):
    _, lock = make(Rule())
    taken: list[object] = []
    seen = answer(stay)
    lock.only_unlocked(taken.append)(["/a.pdf"])
    assert (taken, len(seen)) == ([], 1)


def test_before_the_services_are_open_nothing_can_be_changed_or_unlocked(make: Any, page: Page):
    frame, lock = make(None)
    assert lock.locked
    QTest.mouseClick(page.start, Qt.MouseButton.LeftButton)
    frame.top_bar.lock_button.click()
    assert page.done == []


def test_what_destroys_asks_for_the_name_although_it_is_unlocked(make: Any, answer: Any):
    _, lock = make(Rule(100))
    words = {"title": "Delete 3 jobs?", "safe": "Keep them", "act": "Delete 3 jobs"}
    answer(give("archiv"))
    assert lock.ask_to_destroy(**words) is None
    answer(give("archive"))
    assert lock.ask_to_destroy(**words) == "archive"


def test_any_other_profile_is_open(make: Any, page: Page, answer: Any):
    frame, lock = make(Rule(), production=False)
    assert not frame.top_bar.lock_button.isVisible()
    page.start.click()
    answer(lambda question: question.act.click())
    assert lock.ask_to_destroy(title="Delete?", safe="Keep", act="Delete") == ""
    assert page.done == ["start"]
