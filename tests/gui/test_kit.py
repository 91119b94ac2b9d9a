"""The parts that pages are made of: keys, names that are read aloud, focus that can be seen, room for long words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAccessible, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QStyle,
    QTableView,
    QWidget,
)

from console.bridge.background import Background
from console.bridge.table import Column, TableModel
from console.ui import icons, theme
from console.ui.frame import Frame
from console.ui.jobs import JobsPage
from console.ui.kit import paint
from console.ui.kit.bars import Bar, Underway
from console.ui.kit.boxes import column
from console.ui.kit.buttons import Button, Kind, key_text
from console.ui.kit.chips import Chip
from console.ui.kit.choices import CheckBox, Choice, Segments
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from console.ui.kit.labels import Label
from console.ui.kit.stepper import Stepper
from console.ui.kit.table import Table
from console.ui.kit.table_columns import SCROLL_BAR
from console.ui.notices import ask

Key = Qt.Key
CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView)


def shown(qtbot, widget: Any) -> Any:
    qtbot.addWidget(widget)
    widget.show()
    return widget


def picture_of(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_keys_are_written_as_people_read_them():
    assert [key_text(key) for key in ("Ctrl+O", "R", "Esc", "Del")] == ["Ctrl O", "R", "Esc", "Del"]


@pytest.mark.parametrize("kind", ["primary", "plain", "ghost", "danger", "destroy", "link"])
def test_a_button_shows_its_focus_and_that_it_is_off(qtbot, kind: Kind):
    window = shown(qtbot, QWidget())
    button = Button("Retry", icon="rotate-cw", kind=kind, key="R", parent=window)
    button.show()
    button.resize(button.sizeHint())
    plain = picture_of(button)
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    assert picture_of(button) != plain
    button.clearFocus()
    button.setEnabled(False)
    assert picture_of(button) != plain


def test_a_busy_button_cannot_be_pressed_twice(qtbot):
    button = shown(qtbot, Button("Retry", icon="rotate-cw"))
    width = button.sizeHint().width()
    button.set_busy(True)
    with qtbot.assertNotEmitted(button.clicked):
        button.click()
    assert button.sizeHint().width() == width
    button.set_busy(False)
    assert button.isEnabled()


def test_a_busy_button_has_the_focus_again_when_its_work_is_done(qtbot):
    both = column(button := Button("Start worker"), other := Button("Purge"))
    shown(qtbot, both)
    for goes_elsewhere in (False, True):
        button.setFocus()
        qtbot.waitUntil(button.hasFocus)
        button.set_busy(True)
        assert both.focusWidget() is None  # nor is it where a key would do something else
        if goes_elsewhere:
            other.setFocus()
        button.set_busy(False)
        assert both.focusWidget() is (other if goes_elsewhere else button)


def test_a_button_without_words_has_a_name():
    button = Button(icon="x", name="Close")
    assert (button.accessibleName(), button.toolTip()) == ("Close", "Close")


def test_a_chip_stays_down_while_chosen(qtbot):
    chip = shown(qtbot, Chip("Failed", icon="circle-x", role="bad"))
    up = picture_of(chip)
    chip.click()
    assert picture_of(chip) != up
    chip.set_count("57")
    assert chip.accessibleName() == "Failed, 57"


def test_esc_empties_a_field_and_then_leaves_it(qtbot):
    field = shown(qtbot, Field(name="Filter", hint="Filter", key="/"))
    QTest.keyClicks(field, "abc")
    QTest.keyClick(field, Key.Key_Escape)
    assert field.text() == ""
    with qtbot.waitSignal(field.left):
        QTest.keyClick(field, Key.Key_Escape)


def test_segments_are_chosen_by_mouse_and_by_arrow(qtbot):
    segments = shown(qtbot, Segments(["Fast", "Balanced", "Careful"], name="Preset", current=1))
    segments.resize(300, 30)
    with qtbot.waitSignal(segments.chosen) as chosen:
        QTest.mouseClick(segments, Qt.MouseButton.LeftButton, pos=QPoint(280, 15))
    assert chosen.args == [2]
    QTest.keyClick(segments, Key.Key_Left)
    QTest.keyClick(segments, Key.Key_Left)
    QTest.keyClick(segments, Key.Key_Left)
    assert (segments.current, segments.accessibleName()) == (0, "Preset, Fast")


def test_a_check_box_and_a_choice_say_what_they_are(qtbot):
    box = shown(qtbot, CheckBox("Searchable PDF", note="19 MB"))
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(60, 13))
    assert box.isChecked()
    assert box.accessibleName() == "Searchable PDF, 19 MB"
    choice = shown(qtbot, Choice(["Normal", "High"], name="Priority"))
    QTest.keyClick(choice, Key.Key_Down)
    assert choice.currentText() == "High"


def test_what_is_scrolled_over_or_let_go_of_elsewhere_changes_nothing(qtbot):
    choice = shown(qtbot, Choice(["Normal", "High"], name="Priority"))
    up, none = Qt.ScrollPhase.NoScrollPhase, Qt.KeyboardModifier.NoModifier
    at, down = QPointF(5, 5), QPoint(0, -120)
    QApplication.sendEvent(choice, QWheelEvent(at, at, QPoint(), down, Qt.MouseButton.NoButton, none, up, False))
    assert choice.currentText() == "Normal"
    box, stepper = shown(qtbot, CheckBox("Searchable PDF")), shown(qtbot, Stepper(name="Processes"))
    stepper.show_value(3)
    for part, place in ((box, QPoint(60, 13)), (stepper, QPoint(stepper.width() - 5, 10))):
        QTest.mousePress(part, Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseRelease(part, Qt.MouseButton.LeftButton, pos=QPoint(place.x(), 400))
    assert (box.isChecked(), stepper.value) == (False, 3)


def test_a_bar_gives_its_value_in_words(qtbot):
    bar = shown(qtbot, Bar(name="Uploaded"))
    bar.set_progress(0.25, 0.5)
    assert bar.accessibleName() == "Uploaded, 50 %"


def test_a_long_text_is_elided_and_told_whole(qtbot):
    label = shown(qtbot, Label("a very long name of a file that nobody can show in full.pdf"))
    label.resize(80, 20)
    assert label.toolTip() == label.text()
    label.resize(900, 20)
    assert label.toolTip() == ""


def test_loading_is_told_only_when_it_lasts(qtbot):
    line = shown(qtbot, Underway())
    line.set_running(True)
    assert not line.is_seen
    qtbot.waitUntil(lambda: line.is_seen)
    line.set_running(False)
    assert not line.is_seen


@pytest.mark.parametrize(("key", "answer"), [(Key.Key_Escape, False), (Key.Key_Return, False)])
def test_a_question_starts_on_the_safe_button(qtbot, key, answer):
    window = shown(qtbot, QWidget())

    def press() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, Question)
        qtbot.waitUntil(question.safe.hasFocus)
        QTest.keyClick(question, key)

    QTimer.singleShot(0, press)
    assert ask(window, title="Delete 128 jobs?", safe="Keep them", act="Delete 128 jobs") is answer


def test_a_question_is_answered_with_its_act(qtbot):
    window = shown(qtbot, QWidget())

    def press() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, Question)
        question.act.click()

    QTimer.singleShot(0, press)
    assert ask(window, title="Delete 128 jobs?", safe="Keep them", act="Delete 128 jobs")


def test_nothing_moves_where_the_system_asks_for_less(qtbot, monkeypatch: pytest.MonkeyPatch):
    line, times = Underway(), {QStyle.StyleHint.SH_Widget_Animation_Duration: 0}
    qtbot.addWidget(line)
    monkeypatch.setattr(line, "style", lambda: SimpleNamespace(styleHint=lambda hint, *_: times[hint]))
    line.resize(200, 2)
    line.show()
    line.set_running(True)
    qtbot.waitUntil(lambda: line.is_seen)
    seen = line.grab().toImage()
    qtbot.wait(60)
    assert line.grab().toImage() == seen
    assert seen.pixelColor(10, 1) == seen.pixelColor(190, 1) != theme.LIGHT["surface"]
    line.set_running(False)


def test_icons_are_drawn_for_the_screen_they_are_on():
    for ratio, pixels in ((1, 32), (2, 32), (3, 48)):
        drawn = icons.pixmap("files", 16, theme.LIGHT["text"], ratio)
        assert (drawn.width(), drawn.deviceIndependentSize().width()) == (pixels, 16)
    drawn_by_kit, drawn_here = (QImage(48, 48, QImage.Format.Format_ARGB32) for _ in range(2))
    for screen in (drawn_by_kit, drawn_here):
        screen.setDevicePixelRatio(3)
        screen.fill(Qt.GlobalColor.white)
    with paint.painting(drawn_by_kit) as painter:
        paint.icon(painter, 0, 0, "files", theme.LIGHT["text"])
    with paint.painting(drawn_here) as painter:
        painter.drawPixmap(0, 0, icons.pixmap("files", 16, theme.LIGHT["text"], 3))
    assert drawn_by_kit == drawn_here


def test_every_control_of_the_window_has_a_name(qtbot, background: Background):
    frame = Frame("This machine")
    qtbot.addWidget(frame)
    frame.add_page("jobs", JobsPage(background, profile="This machine"), text="Jobs", icon="files")
    nameless = [
        f"{type(control).__name__} {control.accessibleName()}"
        for control in frame.findChildren(QWidget)
        if isinstance(control, CONTROLS) and not is_corner(control) and not spoken(control)
    ]
    assert nameless == []


def is_corner(widget: QWidget) -> bool:
    """Qt's own button in the corner of a table, which is never seen."""
    return isinstance(widget.parent(), QTableView) and isinstance(widget, QAbstractButton)


def spoken(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def test_a_hidden_column_leaves_its_room_to_the_open_one(qtbot):
    columns = (
        Column[str]("name", "Name", str),
        Column[str]("size", "Size", str, width=100, hidden=True),
        Column[str]("age", "Age", str, width=80),
    )
    table = shown(qtbot, Table(TableModel(columns, key=str), name="Files"))
    table.resize(500, 200)
    assert [table.isColumnHidden(place) for place in range(3)] == [False, True, False]
    assert table.columnWidth(0) == 500 - 80 - SCROLL_BAR
