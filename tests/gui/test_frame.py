"""The window: pages, keys, lamps, the strip, the band, notices, closing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.ops.fleet import Presence
from console.ui.actions import Action
from console.ui.frame import Frame
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Field
from console.ui.theme import LIGHT
from console.ui.words import clock
from tests.gui.invented import AWAY_SINCE, MemoryStore, job, lamps, picture, worker
from worker.core.jobs import State
from worker.core.pulse import House

Key, Ctrl = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def frame(qtbot) -> Frame:
    made = Frame("This machine")
    qtbot.addWidget(made)
    for name in ("jobs", "batch"):
        made.add_page(name, QWidget(), text=name.title(), icon="files", key=f"G, {name[0].upper()}")
    made.show()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_pages_are_reached_by_click_and_by_key(frame: Frame, qtbot):
    assert frame.current_page == "jobs"
    with qtbot.waitSignal(frame.page_shown) as shown:
        frame.side_bar.place("batch").click()
    assert (shown.args, frame.current_page) == (["batch"], "batch")
    QTest.keyClick(frame, Key.Key_G)
    QTest.keyClick(frame, Key.Key_J)
    assert frame.current_page == "jobs"
    assert frame.side_bar.place("jobs").isChecked()
    assert not frame.side_bar.place("batch").isChecked()


def test_a_sign_has_no_second_key_that_is_another_sign(frame: Frame):
    """Shift and the key of "/" are "?" on most keyboards; an action of each would leave both undone."""
    keys = {key: Action(frame, key, list, key=key).shortcuts() for key in ("/", "?", "=", "+")}
    written = {key: [one.toString() for one in sequences] for key, sequences in keys.items()}
    assert written == {"/": ["/"], "?": ["?", "Shift+?"], "=": ["="], "+": ["+", "Shift++"]}


def test_an_entry_stands_there_only_while_its_page_has_something_to_show(frame: Frame):
    frame.list_page("batch", False)
    assert not frame.side_bar.place("batch").isVisible()
    frame.list_page("batch")
    assert frame.side_bar.place("batch").isVisible()


def test_counts_are_read_aloud(frame: Frame):
    frame.set_count("jobs", "48,204")
    assert frame.side_bar.place("jobs").accessibleName() == "Jobs, 48,204"


def test_a_small_window_shows_icons_and_leaves_out_latencies(frame: Frame, qtbot):
    wide = frame.side_bar.width()
    frame.resize(1024, 640)
    qtbot.waitUntil(lambda: frame.side_bar.width() < wide)
    assert frame.minimumSizeHint().width() <= 1024
    assert frame.side_bar.place("jobs").toolTip() == "Jobs"


def test_lamps_say_what_is_the_matter(frame: Frame):
    frame.show_snapshot(picture(health=lamps(s3="The S3 server does not answer.")), 2)
    assert frame.top_bar.lamps["redis"].accessibleName() == "Redis, 0.6 ms"
    assert frame.top_bar.lamps["s3"].accessibleName() == "S3, away"
    assert "does not answer" in frame.top_bar.lamps["s3"].toolTip()
    assert f"Since {clock(AWAY_SINCE, seconds=True)}." in frame.top_bar.lamps["s3"].toolTip()


def test_nothing_is_changed_while_the_database_is_away(frame: Frame):
    pressed: list[str] = []
    retry = Action(frame, "Retry", lambda: pressed.append("retry"), key="R", changes=True)
    button, forget, look = retry.button(), Button("Forget", changes=True), Button("Look")
    for one in (button, forget, look):
        one.setParent(frame)
    frame.show_snapshot(picture(health=lamps(postgres="PostgreSQL does not answer.")), 2)
    assert [one.isEnabled() for one in (retry, button, forget, look)] == [False, False, False, True]
    forget.setEnabled(True)  # its page knows nothing of it
    retry.setEnabled(False)
    assert not forget.isEnabled()
    frame.show_snapshot(picture(health=lamps(redis="Redis does not answer.")), 2)
    assert [one.isEnabled() for one in (retry, button, forget)] == [False, False, True]


def test_no_lamp_moves_when_a_figure_grows(frame: Frame):
    before = frame.top_bar.lamps["redis"].sizeHint()
    frame.top_bar.lamps["redis"].show_state("slow", "1,400 ms")
    assert frame.top_bar.lamps["redis"].sizeHint() == before


def test_the_band_stands_while_a_service_is_away(frame: Frame, qtbot):
    frame.show_snapshot(picture(health=lamps(postgres="PostgreSQL does not answer.")), 8)
    assert frame.away.isVisible()
    said = frame.away.said
    with qtbot.waitSignal(frame.away.doctor_asked):
        next(one for one in frame.away.findChildren(Button) if one.text() == "Ask the doctor").click()
    assert said.startswith("PostgreSQL does not answer.")
    assert f"Since {clock(AWAY_SINCE, seconds=True)}. What you see is from" in said
    assert said.endswith("Next try in 8 s. Check that it runs.")
    roles: list[str] = [frame.strip.items[0].figure.role]
    with qtbot.waitSignal(frame.refresh_asked):
        QTest.keyClick(frame, Key.Key_F5)
    frame.show_snapshot(picture(), 1)
    assert not frame.away.isVisible()
    roles.append(frame.strip.items[0].figure.role)
    assert roles == ["text3", "text"]  # grey while nobody can say whether they are still so


def test_the_strip_counts_pages_workers_and_failures(frame: Frame):
    workers = (worker("a"), worker("b"), worker("c", Presence.LOST))
    shown = picture(pages_waiting=5392, pages_per_minute=164, failed_today=57, workers=workers)
    frame.show_snapshot(shown, 1)
    strip = frame.strip
    texts = [f"{item.figure.text()} {item.words.text()}".strip() for item in strip.items]
    assert texts[:2] == ["164 pages/min", "5,392 pages waiting"]
    assert texts[2].startswith("33 min left, until ")
    assert texts[3:] == ["2 of 3 workers online", "57 failed today"]


def test_the_strip_says_who_keeps_house(frame: Frame):
    house = House("ocr-1@scan-01", 1.2, reaped=3, published=12, swept=1040, expired=2)
    frame.show_snapshot(picture(house=house), 1)
    tip = frame.strip.workers.toolTip()
    assert tip.splitlines() == [
        "Housekeeping by ocr-1@scan-01, 1 s ago",
        "3 taken back, 12 rung again, 1,040 objects swept, 2 expired",
    ]
    assert not frame.strip.unkept.isVisible()


def test_the_strip_says_when_nobody_keeps_house_and_work_waits(frame: Frame):
    nobody, waits = House("ocr-1@scan-01", 95.0), MemoryStore([job(1, State.QUEUED)])
    frame.show_snapshot(picture(waits, house=nobody), 1)
    unkept = frame.strip.unkept
    assert f"{unkept.figure.text()} {unkept.words.text()}" == "No housekeeping for 1 min 35 s"
    assert unkept.isVisible()
    frame.show_snapshot(picture(house=nobody), 1)
    assert not unkept.isVisible()  # nothing can be lost
    frame.show_snapshot(picture(waits, house=replace(nobody, silent_s=12.0)), 1)
    assert not unkept.isVisible()


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"pages_waiting": 0}, "Idle"),
        ({"pages_waiting": 9, "pages_per_minute": 100, "workers": (worker("a"),)}, "Reading"),
        ({"pages_waiting": 900, "workers": ()}, "Waiting"),
    ],
)
def test_no_time_is_guessed_from_too_little(frame: Frame, values, text):
    frame.show_snapshot(picture(**values), 1)
    assert frame.strip.items[2].figure.text() == text


def test_an_old_picture_is_called_old(frame: Frame):
    frame.show_snapshot(picture(), 1)
    assert frame.strip.age.text().startswith("Updated")
    frame.strip.tick(datetime.now(UTC) + timedelta(seconds=30))
    assert frame.strip.age.text().endswith("old")


def test_copied_files_can_be_pasted(frame: Frame, qtbot, tmp_path):
    copied = QMimeData()
    copied.setUrls([QUrl.fromLocalFile(str(tmp_path)), QUrl("https://example.org/x.pdf")])
    QGuiApplication.clipboard().setMimeData(copied)
    with qtbot.waitSignal(frame.files_dropped) as dropped:
        QTest.keyClick(frame, Key.Key_V, Ctrl)
    assert dropped.args == [[str(tmp_path)]]


def test_pasting_into_a_field_is_the_fields_matter(frame: Frame, qtbot, tmp_path):
    field = Field(name="Filter", parent=frame)
    field.show()
    field.setFocus()
    QGuiApplication.clipboard().setText("invoice")
    with qtbot.assertNotEmitted(frame.files_dropped):
        QTest.keyClick(field, Key.Key_V, Ctrl)
    assert field.text() == "invoice"


def test_what_happened_can_be_taken_back_once(frame: Frame, qtbot):
    undone: list[int] = []
    frame.notices.tell("128 jobs cancelled.", "3 were already done.", undo=lambda: undone.append(1))
    assert frame.notices.accessibleName() == "128 jobs cancelled. 3 were already done."
    with qtbot.assertNotEmitted(frame.undo_asked):
        QTest.keyClick(frame, Key.Key_Z, Ctrl)
    with qtbot.waitSignal(frame.undo_asked):  # no notice stands: whatever was the last
        QTest.keyClick(frame, Key.Key_Z, Ctrl)
    assert undone == [1]
    assert not frame.notices.isVisible()


def test_the_notice_is_worked_with_the_mouse_too(frame: Frame, qtbot):
    undone: list[int] = []
    frame.notices.tell("Retried 2 jobs.", undo=lambda: undone.append(1))
    frame.notices.undo_button.click()
    assert undone == [1]
    frame.notices.tell("Again.")
    assert not frame.notices.undo_button.isVisible()
    frame.notices.close_button.click()
    assert not frame.notices.isVisible()


def test_last_actions_are_remembered_newest_first(frame: Frame):
    for number in range(5):
        frame.side_bar.remember(f"Act {number}", "14:02")
    assert frame.side_bar.remembered == ["Act 4", "Act 3", "Act 2"]


def test_the_window_stays_while_something_is_unfinished(frame: Frame, qtbot):
    frame.may_close = lambda: False
    with qtbot.assertNotEmitted(frame.closed):
        assert not frame.close()
    frame.may_close = lambda: True
    with qtbot.waitSignal(frame.closed):
        assert frame.close()


def test_a_production_profile_is_framed_and_named(qtbot):
    framed = Frame("production", production=True)
    qtbot.addWidget(framed)
    framed.show()
    shown = framed.grab().toImage()
    edges = [(1, 400), (shown.width() - 2, 400), (700, 1), (700, shown.height() - 2)]
    assert {shown.pixelColor(*edge).name() for edge in edges} == {QColor(LIGHT["bad_fill"]).name()}
    assert framed.top_bar.badge.accessibleName() == "Production profile production"


def test_a_picture_without_facts_leaves_the_strip_empty(frame: Frame):
    frame.show_snapshot(picture(MemoryStore([job(1)]), at=None), 1)
    assert not frame.strip.items[0].isVisible()
    assert frame.strip.age.text() == "Connecting"
