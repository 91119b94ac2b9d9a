"""The window where words run from right to left: what lies where, and that the pointer hits what it points at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.bridge.table import LOOK_ROLE
from console.ui.kit.choices import Segments
from console.ui.kit.fields import Field
from console.ui.kit.row_acts import MENU, ActTable
from console.ui.kit.splits import GRIP, STEP, Split
from console.ui.kit.stepper import Stepper
from console.ui.kit.table_cells import PADDING
from tests.gui import scenes
from tests.gui.pseudo import Speaking
from tests.gui.queues_page import column
from tests.gui.whole import Window, wait

Key, Left = Qt.Key, Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def mirrored(qapp: QApplication, appearance) -> Iterator[Window]:
    with Speaking(qapp, right_to_left=True):
        window = Window()
        yield window
        window.close()


def start(widget: QWidget) -> int:
    """Where it begins, for people who read from the right."""
    return widget.mapTo(widget.window(), QPoint(widget.width(), 0)).x()


def test_what_was_left_is_right(mirrored: Window):
    page, frame = scenes.jobs(mirrored), mirrored.frame
    QApplication.processEvents()
    assert start(frame.side_bar) == frame.width()
    assert start(page) == frame.side_bar.mapTo(frame, QPoint(0, 0)).x()
    assert start(frame.top_bar.badge) > start(frame.top_bar.go_to) > start(frame.top_bar.lamps["s3"])
    chips = [chip for chip in mirrored.places.jobs.filter.chips.values() if chip.isVisible()]
    assert chips == sorted(chips, key=start, reverse=True)
    scenes.job_pane(mirrored)
    assert mirrored.places.jobs.pane.x() == 0


def test_margins_are_where_the_words_begin(mirrored: Window):
    """A table pads its cells: its words stand under the page's title."""
    scenes.batches(mirrored)
    table = mirrored.places.batches.table
    assert start(table) == start(mirrored.places.batches) - 16


def test_a_field_keeps_its_room_for_the_icon_and_the_key(mirrored: Window):
    field = Field(name="Filter", icon="list-filter", key="/")
    assert (field.textMargins().right(), field.textMargins().left()) == (32, 26)


def test_the_first_of_few_is_at_the_right(mirrored: Window, qtbot):
    segments = Segments(["Hour", "Day", "Week"], name="Span", current=1)
    qtbot.addWidget(segments)
    segments.resize(300, 30)
    segments.show()
    QTest.mouseClick(segments, Left, pos=QPoint(280, 15))
    assert segments.current == 0
    QTest.keyClick(segments, Key.Key_Left)
    assert segments.current == 1


def test_plus_is_at_the_left_end(mirrored: Window, qtbot):
    stepper = Stepper(name="Processes")
    qtbot.addWidget(stepper)
    stepper.show_value(4)
    stepper.show()
    QTest.mouseClick(stepper, Left, pos=QPoint(10, 15))
    assert stepper.value == 5


def test_the_wall_and_the_header_are_hit_where_they_are_seen(mirrored: Window, qtbot):
    scenes.job_pane(mirrored)
    page = mirrored.places.jobs
    wall = page.pane.wall
    first, second = (wall.visualRect(wall.tiles.index(place)) for place in (0, 1))
    assert first.left() > second.right()
    with qtbot.waitSignal(wall.page_asked) as asked:
        QTest.mouseClick(wall.viewport(), Left, pos=second.center())
        QTest.mouseDClick(wall.viewport(), Left, pos=second.center())
    assert asked.args == [2]
    header = page.table.header
    place = next(at for at, column in enumerate(page.model.columns) if column.key == "name")
    middle = header.sectionViewportPosition(place) + header.sectionSize(place) // 2
    with qtbot.waitSignal(header.order_asked) as sorted_by:
        QTest.mouseClick(header.viewport(), Left, pos=QPoint(middle, 10))
    assert sorted_by.args[0] == "name"


def test_small_buttons_of_a_row_are_hit(mirrored: Window, qtbot):
    scenes.queues(mirrored)
    table = mirrored.places.queues.queues.table
    assert isinstance(table, ActTable)
    index = table.model().index(1, column(table, "acts"))
    look, cell = index.data(LOOK_ROLE), QRectF(table.visualRect(index)).adjusted(PADDING, 0, -PADDING, -1)
    for act, place in look._placed(cell):
        if act.name == MENU:
            continue
        with qtbot.waitSignal(table.act_chosen) as chosen:
            seen = QPointF(cell.left() + cell.right() - place.center().x(), place.center().y())
            QTest.mouseClick(table.viewport(), Left, pos=seen.toPoint())
        assert chosen.args == [act.name]


def test_a_line_between_parts_is_moved_by_pointer_and_by_key(mirrored: Window, qtbot):
    split = Split(Qt.Orientation.Horizontal)
    qtbot.addWidget(split)
    first, second = QWidget(), QWidget()
    for part in (first, second):
        split.addWidget(part)
    split.resize(409, 100)
    split.show()
    qtbot.waitUntil(split.isActiveWindow)
    split.setSizes([200, 200])
    handle, before = split.handle(1), split.handle(1).x()
    assert first.x() > second.x()
    QTest.mousePress(handle, Left, pos=QPoint(4, 50))
    QTest.mouseMove(handle, QPoint(-36, 50))
    QTest.mouseRelease(handle, Left, pos=QPoint(4, 50))
    assert abs(handle.x() - (before - 40)) <= GRIP  # Qt is off by the handle's width here
    before = handle.x()
    handle.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(handle, Key.Key_Right)
    assert handle.x() == before + STEP


def test_time_runs_to_the_right_all_the_same(mirrored: Window):
    scenes.history(mirrored)
    charts = mirrored.places.history.charts
    wait(lambda: charts.isVisible() and charts._span is not None)
    room, span = charts._room, charts._span
    assert span is not None
    QTest.mouseMove(charts, QPointF(room.right - 1, 60).toPoint())
    wait(lambda: charts.place is not None)
    assert charts.place is not None
    assert charts.place >= span.count - 2
    charts.go_to(None)


def test_paper_is_not_turned(mirrored: Window):
    scenes.viewer(mirrored)
    sheet = mirrored.looking.page.sheet
    wait(lambda: sheet.showing)
    picture = QImage(QSize(100, 140), QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    for x in range(50):
        for y in range(140):
            picture.setPixelColor(x, y, Qt.GlobalColor.red)
    sheet._paper.picture = picture
    place: QRectF = sheet._paper.place()
    shown = sheet._paper.grab().toImage()
    colours = [
        shown.pixelColor(round(place.left() + place.width() * part), round(place.top()) + 40) for part in (0.2, 0.8)
    ]
    assert [colour.name() for colour in colours] == ["#ff0000", "#ffffff"]
