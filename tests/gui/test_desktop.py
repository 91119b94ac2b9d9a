"""One notification for what is newly bad, and only while somebody looks elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtWidgets import QWidget

from console.bridge.notifying import Notifying
from console.ops.findings import Finding, Remedy, Severity, Way
from console.ops.notifying import GATHER_S, Notification
from console.ui.desktop import Desktop
from tests.gui.invented import picture


def lost(name: str) -> Finding:
    remedy = Remedy(Way.SHOW_WORKER, name)
    return Finding("worker_lost", name, Severity.BAD, f"{name} is lost", "It is gone.", datetime.now(UTC), remedy)


class FakeTray:
    """Notes what it was to show."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.visible = False

    def show(self) -> None:
        self.visible = True

    def hide(self) -> None:
        self.visible = False

    def showMessage(self, title: str, message: str, icon: object, msecs: int) -> None:
        self.shown.append(f"{title}: {message}")


def test_what_is_new_is_told_once_and_together(qapp) -> None:
    now = [0.0]
    told: list[Notification] = []
    notifying = Notifying(clock=lambda: now[0])
    notifying.told.connect(told.append)
    for at, findings in ((0.0, ()), (1.0, (lost("a"),)), (2.0, (lost("a"), lost("b")))):
        now[0] = at
        notifying.take(picture(findings=findings))
    assert told == []
    for at in (1.0 + GATHER_S, 30.0, 300.0):
        now[0] = at
        notifying.take(picture(findings=(lost("a"), lost("b"))))
    assert [notification.title for notification in told] == ["2 things need attention"]


def test_the_window_in_front_needs_no_notification(qtbot) -> None:
    window, tray = QWidget(), FakeTray()
    qtbot.addWidget(window)
    desktop = Desktop(window, tray)
    window.show()
    qtbot.waitUntil(window.isActiveWindow)
    desktop.tell(Notification((lost("a"),)))
    assert tray.shown == []
    window.hide()
    desktop.tell(Notification((lost("a"),)))
    assert tray.shown == ["a is lost: It is gone."]
    desktop.close()
    assert not tray.visible


def test_without_a_tray_nothing_breaks(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    Desktop(window).tell(Notification((lost("a"),)))
