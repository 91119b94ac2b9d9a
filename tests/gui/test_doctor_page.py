"""Doctor & profiles, the left half: what it says, in which order, by key and by button, and when it looks again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.bridge.background import Background
from console.ops.doctor.verdicts import Report, Verdict
from console.ops.findings import Way
from console.ops.fleet import Presence
from console.ui.doctor import DoctorPage
from console.ui.frame import Frame
from console.ui.guard import ProductionLock
from tests.gui import doctor_days
from tests.gui.accessible import unnamed
from tests.gui.invented import MemoryStore, picture, worker
from worker.core.errors import DatabaseError

Key = Qt.Key


class Doctor:
    """Gives one report after the other, the last one again and again."""

    def __init__(self, *reports: Report | Exception) -> None:
        self.reports, self.asked = list(reports), 0

    def __call__(self) -> Report:
        self.asked += 1
        report = self.reports.pop(0) if len(self.reports) > 1 else self.reports[0]
        if isinstance(report, Exception):
            raise report
        return report


@pytest.fixture
def shown(qtbot, background: Background) -> Callable[[Doctor], DoctorPage]:
    def made(doctor: Doctor) -> DoctorPage:
        page = DoctorPage(background, profile="production")
        qtbot.addWidget(page)
        page.resize(680, 800)
        page.open_source(doctor)
        page.show()
        qtbot.waitUntil(lambda: doctor.asked > 0 and not page.feed.looking)
        page.setFocus()
        qtbot.waitUntil(page.isActiveWindow)
        return page

    return made


def titles(page: DoctorPage) -> list[str]:
    return [row.check.title for row in page.checkup.list.rows]


def test_what_is_wrong_comes_first_then_what_is_not_known_then_what_is_good(shown):
    page = shown(Doctor(doctor_days.an_ordinary_day()))
    rows, good = page.checkup.list.rows, [title for _, title, _ in doctor_days.GOOD]
    assert titles(page)[:4] == [
        one.title for one in (doctor_days.PERSISTENCE, doctor_days.TIMEOUT, doctor_days.TLS, doctor_days.PREFETCH)
    ]
    assert titles(page)[4:] == good
    counts = page.checkup.counts
    assert [counts[verdict].accessibleName() for verdict in Verdict] == [
        "10 good",
        "2 to look at",
        "1 wrong",
        "1 unknown",
    ]
    heard = rows[0].accessibleName()
    assert heard.startswith("Redis may lose what is queued, wrong. appendonly no")
    assert heard.endswith("takes up to 10 s. Have it write to disk")
    assert [[button.text() for button in row.buttons] for row in rows[:4]] == [
        ["Copy the fix"], ["Copy the fix"], ["Edit profile"], []
    ]  # fmt: skip
    assert unnamed(page) == []


def test_only_the_first_button_is_primary_and_nothing_unknown_is_counted_where_all_is_known(shown):
    page = shown(Doctor(doctor_days.report(doctor_days.TLS, doctor_days.PERSISTENCE)))
    primary = [[button._kind == "primary" for button in row.buttons] for row in page.checkup.list.rows]
    assert primary == [[True], [False]]
    assert page.checkup.counts[Verdict.OK].isVisible()
    assert not page.checkup.counts[Verdict.UNKNOWN].isVisible()


def test_arrows_go_through_the_checks_and_enter_presses_the_button(shown, qtbot):
    page = shown(Doctor(doctor_days.an_ordinary_day()))
    rows = page.checkup.list.rows
    assert rows[0].hasFocus()
    for key, place in ((Key.Key_Down, 1), (Key.Key_J, 2), (Key.Key_Up, 1), (Key.Key_End, 13), (Key.Key_Home, 0)):
        QTest.keyClick(page.focusWidget(), key)
        assert rows[place].hasFocus()
    with qtbot.waitSignal(page.copied) as said:
        QTest.keyClick(rows[0], Key.Key_Return)
    assert QGuiApplication.clipboard().text() == "CONFIG SET appendonly yes"
    assert said.args == ["The fix is copied: CONFIG SET appendonly yes"]
    QTest.mouseClick(rows[2], Qt.MouseButton.LeftButton)
    assert rows[2].hasFocus()
    with qtbot.waitSignal(page.remedy_asked) as asked:
        QTest.keyClick(rows[2], Key.Key_Return)
    assert (asked.args[0].way, asked.args[0].subject) == (Way.EDIT_PROFILE, "CELERY_BROKER_URL")


def test_it_looks_when_it_is_seen_first_when_it_is_asked_and_after_something_was_done(shown, qtbot):
    doctor = Doctor(doctor_days.an_ordinary_day())
    page = shown(doctor)
    page.hide()
    page.show()
    assert doctor.asked == 1  # what was found is kept
    for ask in (page.refresh, page.look_again, page.checkup.again.click):
        before = doctor.asked
        ask()
        qtbot.waitUntil(lambda before=before: doctor.asked == before + 1 and not page.feed.looking)
    page.hide()
    page.refresh()
    page.look_again()
    assert doctor.asked == 4
    page.show()
    qtbot.waitUntil(lambda: doctor.asked == 5 and not page.feed.looking)


def test_a_worker_that_was_started_is_seen_as_soon_as_it_is_there(shown, qtbot):
    doctor = Doctor(doctor_days.report(doctor_days.NO_WORKER), doctor_days.all_is_well())
    page = shown(doctor)
    counted: list[int] = []
    page.counted.connect(counted.append)
    store = MemoryStore()
    page.show_snapshot(picture(store))
    QTest.keyClick(page.focusWidget(), Key.Key_Return)
    page.show_snapshot(picture(store, workers=(worker("ocr1@here", state=Presence.SILENT),)))
    assert doctor.asked == 1
    page.show_snapshot(picture(store, workers=(worker("ocr1@here"),)))
    qtbot.waitUntil(lambda: counted == [0])
    assert not page.checkup.list.rows[0].buttons


def test_the_focus_stays_at_the_check_when_it_is_looked_at_again(shown, qtbot):
    page = shown(Doctor(doctor_days.an_ordinary_day(), doctor_days.report(doctor_days.PERSISTENCE, doctor_days.TLS)))
    page.checkup.list.go_to(2)
    page.refresh()
    qtbot.waitUntil(lambda: len(page.checkup.list.rows) == 2)
    assert page.checkup.list.rows[1].hasFocus()
    assert page.checkup.list.rows[1].check is doctor_days.TLS


def test_where_nothing_can_be_looked_at_it_says_why_and_tries_again(shown, qtbot):
    page = shown(Doctor(DatabaseError("It is not there.", "Start it."), doctor_days.all_is_well()))
    assert page.checkup._failed.isVisible()
    assert (page.checkup._failed.title.text(), page.checkup._failed.sentences[0].text()) == (
        "It is not there.",
        "Start it.",
    )
    page.refresh()
    qtbot.waitUntil(page.checkup._found.isVisible)


def test_a_page_that_waits_for_the_services_asks_once_when_they_are_there(qtbot, background):
    page, doctor = DoctorPage(background, profile="p"), Doctor(doctor_days.all_is_well())
    qtbot.addWidget(page)
    page.show()
    assert not page.checkup.again.isEnabled()
    page.open_source(doctor)
    qtbot.waitUntil(lambda: bool(titles(page)) and not page.feed.looking)
    assert doctor.asked == 1


def test_other_services_are_examined_anew(shown, qtbot):
    page = shown(Doctor(doctor_days.an_ordinary_day()))
    page.open_source(Doctor(doctor_days.report(doctor_days.TLS)))
    assert page.checkup.report is None
    qtbot.waitUntil(lambda: titles(page) == [doctor_days.TLS.title])


def test_on_a_read_only_profile_a_press_asks_to_unlock(qtbot, background, monkeypatch):
    asked: list[Any] = []
    frame = Frame("production", production=True)
    qtbot.addWidget(frame)
    lock = ProductionLock(frame, "production", production=True)
    monkeypatch.setattr(lock, "ask_to_unlock", lambda: asked.append("unlock"))
    page = DoctorPage(background, profile="production")
    page.renewed.connect(lock.mark_new)
    page.remedy_asked.connect(asked.append)
    frame.add_page("doctor", page, text="Doctor", icon="stethoscope")
    page.open_source(lambda: doctor_days.report(doctor_days.NO_WORKER, doctor_days.TLS))
    frame.show()
    qtbot.waitUntil(lambda: page.checkup.report is not None and frame.isActiveWindow())
    page.setFocus()
    start, edit = (row.buttons[0] for row in page.checkup.list.rows)
    assert start.accessibleName() == "Start a worker, read-only"
    QTest.keyClick(frame.focusWidget(), Key.Key_Return)
    QTest.mouseClick(start, Qt.MouseButton.LeftButton)
    assert asked == ["unlock", "unlock"]
    QTest.mouseClick(edit, Qt.MouseButton.LeftButton)
    assert asked[2].way is Way.EDIT_PROFILE


def test_what_stands_beside_keeps_its_width(qtbot, background):
    page = DoctorPage(background, profile="p")
    qtbot.addWidget(page)
    page.resize(1200, 700)
    pane = QWidget()
    page.add_pane(pane)
    page.show()
    before = pane.width()
    page.resize(1500, 700)
    qtbot.waitUntil(lambda: page.checkup.width() > 900)
    assert pane.width() == before
    assert page.panes()[-2:] == [page.checkup, pane]


def test_a_fix_and_a_button_of_one_remedy_both_stand_there(shown):
    assert doctor_days.PERSISTENCE.remedy is not None
    assert doctor_days.TLS.remedy is not None
    both = replace(doctor_days.PERSISTENCE.remedy, button=doctor_days.TLS.remedy.button)
    page = shown(Doctor(doctor_days.report(replace(doctor_days.PERSISTENCE, remedy=both))))
    assert [button.text() for button in page.checkup.list.rows[0].buttons] == ["Edit profile", "Copy the fix"]


def test_the_report_is_copied_and_saved(shown, qtbot, monkeypatch, tmp_path):
    page = shown(Doctor(doctor_days.an_ordinary_day()))
    with qtbot.waitSignal(page.copied):
        page.checkup.copy_action.trigger()
    text = QGuiApplication.clipboard().text()
    assert "Not healthy: 1 wrong, 2 to look at, 1 unknown, 10 good." in text
    file, nowhere = tmp_path / "report.md", tmp_path / "none" / "report.md"
    monkeypatch.setattr("console.ui.doctor.ask_where", lambda *_: file)
    with qtbot.waitSignal(page.saved) as saved:
        page.checkup.save.click()
    assert saved.args == [file]
    assert file.read_text("utf-8") == text
    monkeypatch.setattr("console.ui.doctor.ask_where", lambda *_: nowhere)
    with qtbot.waitSignal(page.failed) as failed:
        page.checkup.save.click()
    assert "cannot be written" in failed.args[0].sentence
