"""A page that is made when it is wanted: once, with all that was to be done with it, and locked as the others are."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui.frame import Frame
from console.ui.guard import ProductionLock
from console.ui.kit.buttons import Button
from console.ui.kit.later import Later


class Page(QWidget):
    """With a button that changes something."""

    def __init__(self) -> None:
        super().__init__()
        self.button = Button("Purge", changes=True)
        QVBoxLayout(self).addWidget(self.button)

    def panes(self) -> list[QWidget]:
        return [self.button]


@pytest.fixture
def later(qtbot) -> Later[Page]:
    made: Later[Page] = Later(Page)
    qtbot.addWidget(made)
    return made


def test_it_is_made_once_when_it_is_shown(later: Later[Page]):
    done: list[Page] = []
    later.then(done.append)
    assert (later.is_made, done) == (False, [])
    later.show()
    assert later.page.isVisible()
    later.then(done.append)
    assert done == [later.page, later.page]
    assert later.panes() == [later.page.button]


def test_it_is_made_after_a_while_though_nobody_looks(qtbot):
    frame, later, closed = Frame("here"), Later(Page), Later(Page)
    qtbot.addWidget(frame)
    qtbot.addWidget(closed)
    frame.add_page("first", QWidget(), text="First", icon="files")
    frame.add_page("later", later, text="Later", icon="files")
    frame.show()
    closed.make_within(1)
    later.make_within(2)
    qtbot.waitUntil(lambda: later.is_made)
    assert not closed.is_made  # its window is not on the screen


def test_what_is_made_late_is_locked_too(qtbot):
    frame = Frame("archive", production=True)
    qtbot.addWidget(frame)
    later: Later[Page] = Later(Page)
    frame.add_page("page", later, text="Page", icon="files")
    lock = ProductionLock(frame, "archive", production=True)
    later.then(lambda _page: lock.mark_new())
    frame.show()
    assert later.page.button.accessibleName() == "Purge, read-only"
