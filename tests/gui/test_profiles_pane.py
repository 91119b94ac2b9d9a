"""The pane of profiles: what is typed is checked, tried, saved or taken back, and no secret is seen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.bridge.background import Background
from console.bridge.profile_editing import Changes, Contents
from console.ops.guard import Guard
from console.ops.profiles import EMBEDDED, Profile
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from tests.gui.accessible import unnamed
from tests.gui.invented import MemoryStore, picture
from tests.gui.profile_days import HERE, PRODUCTION, PROFILES, STAGING, VALUES, tried
from tests.gui.profiles_room import Room, typed

Key = Qt.Key


@pytest.fixture
def room(qtbot, background: Background) -> Room:
    made = Room(background)
    qtbot.addWidget(made.frame)
    qtbot.waitUntil(made.frame.isActiveWindow)
    made.places.show_profile(STAGING.address)
    return made


def test_the_settings_of_the_chosen_one_are_shown_and_no_secret(room: Room):
    assert room.pane.lines.lines[EMBEDDED].accessibleName() == "This machine, embedded, in use"
    assert room.field("DATABASE_URL").text() == "postgresql://ocr:•••@db.prod:5432/ocr"
    assert room.field("MINIO_SECRET_KEY").text() == room.field("MINIO_ACCESS_KEY").text() == "•••"
    assert "geheim" not in room.shown()
    assert room.verdict("MINIO_SECRET_KEY") == "Stored in the system keyring"
    assert "HTTPS_PROXY" in room.pane.editor._others.text()
    assert not room.pane.save_action.isEnabled()
    assert unnamed(room.pane) == []


def test_what_is_typed_is_checked_at_once_and_saved_by_key(room: Room, qtbot):
    typed(room.field("MINIO_OCR_BUCKET"), "No")
    assert "3 to 63 lower-case letters" in room.verdict("MINIO_OCR_BUCKET")
    assert "to look at" in room.pane._note.text()
    assert not room.pane.save_action.isEnabled()  # what is wrong is not written
    typed(room.field("MINIO_OCR_BUCKET"), "archive")
    assert room.verdict("MINIO_OCR_BUCKET") == ""
    qtbot.waitUntil(room.pane.save_action.isEnabled)
    QTest.keyClick(room.field("MINIO_OCR_BUCKET"), Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert room.desk.written == [("staging", {"MINIO_OCR_BUCKET": "archive"}, {"MINIO_SECRET_KEY"})]
    assert "staging is saved" in room.told
    assert not room.pane.save_action.isEnabled()


def test_a_secret_is_replaced_as_a_whole_and_hidden_when_it_is_left(room: Room):
    url = room.pane.editor.fields["DATABASE_URL"]
    url.replace.click()
    assert url.field.text() == ""
    typed(url.field, "postgresql://ocr:new-one@db2/ocr")
    room.field("MINIO_ENDPOINT").setFocus()
    assert url.field.text() == "postgresql://ocr:•••@db2/ocr"
    key = room.pane.editor.fields["MINIO_SECRET_KEY"]
    key.replace.click()
    typed(key.field, "another")
    assert key.field.displayText() == "●" * 7
    room.field("MINIO_ENDPOINT").setFocus()
    assert "new-one" not in room.shown()
    assert "another" not in room.shown()
    room.pane.save()
    assert room.desk.written[0][1] == {
        "DATABASE_URL": "postgresql://ocr:new-one@db2/ocr", "MINIO_SECRET_KEY": "another",
    }  # fmt: skip


def test_a_secret_that_is_not_replaced_after_all_stays(room: Room):
    url = room.pane.editor.fields["DATABASE_URL"]
    ways: tuple[Callable[[], None], ...] = (
        partial(QTest.keyClick, url.field, Key.Key_Escape),
        url.replace.click,
        room.field("MINIO_ENDPOINT").setFocus,
    )
    for leave in ways:
        url.replace.click()
        url.field.setFocus()
        leave()
        assert url.field.text() == "postgresql://ocr:•••@db.prod:5432/ocr"
        assert url.field.isReadOnly()
    assert not room.pane.save_action.isEnabled()


def test_what_was_typed_waits_while_another_profile_is_looked_at_and_is_taken_back(room: Room):
    typed(room.field("MINIO_OCR_BUCKET"), "archive")
    room.pane.lines.choose(PRODUCTION.address)
    assert room.field("MINIO_OCR_BUCKET").text() == "ocr"
    room.pane.lines.choose(STAGING.address)
    assert room.field("MINIO_OCR_BUCKET").text() == "archive"
    assert "not saved" in room.pane.lines.lines[STAGING.address].file.text()
    room.pane.revert_button.click()
    assert room.field("MINIO_OCR_BUCKET").text() == "ocr"
    assert not room.pane.revert_button.isEnabled()


def test_what_is_typed_while_it_is_saved_is_kept_and_nobody_is_led_away(room: Room, monkeypatch):
    def slow(contents: Contents, changes: Changes, _keep: frozenset[str]) -> None:
        room.desk.values = contents.changed(changes)

    monkeypatch.setattr(room.desk, "save", slow)
    typed(room.field("MINIO_OCR_BUCKET"), "archive")
    room.pane.save()
    typed(room.field("MINIO_ENDPOINT"), "other:9000")
    room.pane.lines.choose(PRODUCTION.address)
    room.desk.saved.emit(STAGING.address)
    current = room.pane.lines.current
    assert current is not None
    assert current.address == PRODUCTION.address
    room.pane.lines.choose(STAGING.address)
    assert room.field("MINIO_ENDPOINT").text() == "other:9000"
    assert room.pane.editor.changes == {"MINIO_ENDPOINT": "other:9000"}


def test_all_services_are_tried_and_each_field_says_what_was_found(room: Room):
    room.desk.test = lambda contents, _changes: room.desk.tested.emit(contents.profile.address, tried(s3_s=None))
    room.pane.test_button.click()
    assert room.verdict("CELERY_RESULT_BACKEND") == "Reached in 0.9 ms"
    assert room.verdict("DATABASE_URL").startswith("Reached in 2.4 ms. ")
    assert "does not answer" in room.verdict("MINIO_ENDPOINT")
    typed(room.field("MINIO_ENDPOINT"), "s3:9000")
    assert "does not answer" not in room.verdict("MINIO_ENDPOINT")  # that was of another value


def test_two_settings_under_one_name_are_one(room: Room):
    room.desk.values = {"REDIS_URL": "redis://r:6379/0", **{k: v for k, v in VALUES.items() if "CELERY" not in k}}
    room.pane.lines.choose(PRODUCTION.address)
    typed(room.field("CELERY_BROKER_URL"), "redis://r:6379/3")
    assert room.field("CELERY_RESULT_BACKEND").text() == "redis://r:6379/3"
    room.pane.save()
    assert room.desk.written[0][1] == {"REDIS_URL": "redis://r:6379/3"}


def test_production_colour_and_what_the_keyring_keeps_are_chosen(room: Room):
    look, fields = room.pane.look, room.pane.editor.fields
    look.production.click()
    fields["MINIO_SECRET_KEY"].keep.click()
    fields["DATABASE_URL"].keep.click()
    assert not fields["MINIO_ENDPOINT"].keep.isVisible()
    look.colour.setCurrentIndex(3)
    look.colour.activated.emit(3)
    room.pane.save()
    assert room.desk.written == [
        ("staging", {"OCR_CONSOLE_PRODUCTION": None, "OCR_CONSOLE_COLOUR": "#B26A00"}, {"DATABASE_URL"})
    ]


def test_production_is_given_up_only_by_its_name(room: Room, answer: Callable[..., list[str]]):
    room.places.show_profile(PRODUCTION.address)
    room.pane.look.production.click()

    def type_name(question: Question) -> None:
        field = question.findChild(Field)
        assert field is not None
        assert not question.act.isEnabled()
        field.setText("production")
        question.act.click()

    answer(lambda question: question.safe.click())
    room.pane.save()
    assert room.desk.written == []
    answer(type_name)
    room.pane.save()
    assert [(name, changes) for name, changes, _ in room.desk.written] == [
        ("production", {"OCR_CONSOLE_PRODUCTION": None})
    ]


def test_a_variable_of_the_one_in_use_is_gone_to(room: Room, qtbot):
    room.office._used = Profile(STAGING.name, "a test", cast("Any", object()), STAGING.path)
    room.page.setting_asked.emit("OCR_TIME_LIMIT", {})
    field = room.field("OCR_TIME_LIMIT")
    assert field.isVisible()
    assert field.hasFocus()


def test_the_keyboard_goes_through_the_list_and_one_without_settings_says_why(room: Room):
    lines = list(room.pane.lines.lines.values())
    lines[2].setFocus()
    QTest.keyClick(lines[2], Key.Key_Up)
    assert room.pane.lines.current == PROFILES[1]
    assert "a quote is not closed" in room.pane._plain.text()
    QTest.keyClick(lines[1], Key.Key_Up)
    assert room.pane.lines.current == HERE
    assert room.pane._plain.isVisible()
    assert not room.pane.save_button.isVisible()
    asked: list[str] = []
    room.places.switch_asked.connect(asked.append)
    lines[3].switch.click()
    assert asked == [STAGING.address]


def test_no_part_of_a_new_list_is_a_window_of_its_own_for_a_moment(room: Room):
    """It would take the keyboard from what is open, and close a menu."""
    shown: list[QWidget] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                shown.append(watched)
            return False

    watch, app = Watch(), QApplication.instance()
    assert app is not None
    app.installEventFilter(watch)
    room.office.there = (HERE, STAGING)
    room.office.list()
    menu = room.places.choosing.open_menu()
    app.removeEventFilter(watch)
    menu.close()
    assert shown == [menu]


def test_servers_that_are_others_than_they_were_are_said_and_accepted_by_name(
    qtbot, background: Background, answer: Callable[..., list[str]]
):
    room = Room(background, production=True)
    qtbot.addWidget(room.frame)
    accepted: list[str] = []
    room.places.accept_asked.connect(accepted.append)
    room.lock.watch(cast("Any", Guard(Profile("production", "a test"))))
    guard = Guard(Profile("production", "a test"))
    room.places._guard = guard
    room.places.show(picture(MemoryStore()))
    assert room.pane.band.said == ""
    guard.elsewhere = "Redis at r:6379 is not the one that production pointed to."
    room.places.show(picture(MemoryStore()))
    assert "not the one" in room.pane.band.said
    assert "not the one" in room.told

    def type_name(question: Question) -> None:
        field = question.findChild(Field)
        assert field is not None
        field.setText("production")
        question.act.click()

    answer(type_name)
    room.pane.band.button.click()
    assert accepted == ["production"]
    guard.elsewhere = ""
    room.places.show(picture(MemoryStore()))
    assert room.pane.band.said == ""
