"""The foot of the side bar: what was done last, and the way to all of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.ui.frame import Frame
from console.ui.going import ACTIVITY
from console.ui.side_bar import SideBar


def test_what_was_done_here_until_the_audit_is_known(qtbot):
    bar = SideBar()
    qtbot.addWidget(bar)
    bar.resize(208, 400)
    bar.show()
    assert not bar.last_acts.isVisible()
    for number in range(4):
        bar.remember(f"act {number}", "14:02")
    assert bar.remembered == ["act 3", "act 2", "act 1"]
    bar.show_acts([("of somebody", "14:05"), ("of another", "14:01")])
    assert bar.remembered == ["of somebody", "of another"]
    bar.remember("act 5", "14:06")  # the audit will have it in a moment
    assert bar.remembered == ["of somebody", "of another"]
    assert bar.last_acts.accessibleName() == "Last actions: of somebody, 14:05; of another, 14:01"
    bar.set_narrow(narrow=True)
    assert not bar.last_acts.isVisible()


def test_by_mouse_and_by_key_to_the_activity(qtbot):
    frame = Frame("This machine")
    qtbot.addWidget(frame)
    frame.add_page("jobs", QWidget(), text="Jobs", icon="files")
    frame.add_page(ACTIVITY, QWidget(), text="Activity", icon="activity", key="G, A", place=False)
    last = frame.side_bar.last_acts
    frame.side_bar.acts_asked.connect(lambda: frame.show_page(ACTIVITY))
    frame.show()
    frame.side_bar.show_acts([("done", "14:05")])
    qtbot.waitUntil(frame.isActiveWindow)
    QTest.mouseClick(last, Qt.MouseButton.LeftButton)
    assert (frame.current_page, last.isChecked()) == (ACTIVITY, True)
    frame.show_page("jobs")
    assert not last.isChecked()
    last.setFocus()
    QTest.keyClick(last, Qt.Key.Key_Space)
    assert frame.current_page == ACTIVITY
    frame.show_page("jobs")
    for key in (Qt.Key.Key_G, Qt.Key.Key_A):
        QTest.keyClick(frame, key)
    assert frame.current_page == ACTIVITY
