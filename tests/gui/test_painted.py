"""What waits for the first paint is done once, and a window that is never painted holds it up for a second."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.ui.kit import painted
from console.ui.kit.painted import Painted


def test_it_is_done_once_behind_the_first_paint(qtbot) -> None:
    widget, done = QWidget(), []
    qtbot.addWidget(widget)
    Painted(widget, lambda: done.append(1))
    assert done == []
    widget.show()
    qtbot.waitUntil(lambda: done == [1])
    widget.repaint()
    qtbot.wait(20)
    assert done == [1]


def test_a_window_that_stays_hidden_does_not_hold_it_up(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(painted, "AT_MOST_MS", 10)
    widget, done = QWidget(), []
    qtbot.addWidget(widget)
    Painted(widget, lambda: done.append(1))
    qtbot.waitUntil(lambda: done == [1])
