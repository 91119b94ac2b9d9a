"""The wall of pages: what each tile looks like and says, keys, and 5,000 pages of them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from console.ui import job_wall
from console.ui.job_wall import BLANK, FAILED, FAIR, GOOD, KEPT, POOR, UNREAD, Legend, Wall, look_of
from console.ui.page_tiles import Tile
from tests.gui.closeups import marks
from worker.core.jobs import PageMark

Key = Qt.Key


@pytest.fixture
def wall(qtbot) -> Wall:
    made = Wall()
    qtbot.addWidget(made)
    made.resize(331, 200)
    made.show()
    return made


def watch(wall: Wall) -> QAbstractItemModelTester:
    return QAbstractItemModelTester(wall.tiles, QAbstractItemModelTester.FailureReportingMode.Fatal, wall.tiles)


@pytest.mark.parametrize(
    ("mark", "look", "figure"),
    [
        (None, UNREAD, "7"),
        (PageMark(7, "done", confidence=90.0), GOOD, "90"),
        (PageMark(7, "done", confidence=89.96), FAIR, "89"),
        (PageMark(7, "done", confidence=79.99), POOR, "79"),
        (PageMark(7, "failed", error_class="timed_out"), FAILED, ""),
        (PageMark(7, "blank"), BLANK, "–"),
        (PageMark(7, "done"), BLANK, "–"),
        (PageMark(7, "done", source="text"), KEPT, ""),
    ],
)
def test_a_page_is_quiet_when_it_is_good_and_loud_when_not(mark: PageMark | None, look, figure: str):
    assert look_of(Tile(7, mark)) == (look, figure)


def test_the_pages_are_a_list_that_can_be_read_aloud(wall: Wall) -> None:
    watch(wall)
    wall.show_pages(64, marks())
    said = [wall.tiles.index(place).data(Qt.ItemDataRole.AccessibleTextRole) for place in (0, 16, 3)]
    assert said == ["Page 1, confidence 99.0", "Page 17, failed", "Page 4, blank"]
    assert "4.1 GB" in wall.tiles.index(16).data(Qt.ItemDataRole.ToolTipRole)


def test_ten_pages_stand_in_a_row_and_the_arrows_go_along_them(wall: Wall, qtbot):
    wall.show_pages(64, marks())
    wall.setFocus()
    qtbot.waitUntil(wall.hasFocus)
    assert wall.currentIndex().row() == 0
    for key, expected in ((Key.Key_Right, 1), (Key.Key_Down, 11), (Key.Key_Left, 10), (Key.Key_Up, 0)):
        QTest.keyClick(wall, key)
        assert wall.currentIndex().row() == expected
    with qtbot.waitSignal(wall.page_asked) as asked:
        QTest.keyClick(wall, Key.Key_Return)
    assert asked.args == [1]


def test_a_double_click_opens_a_page(wall: Wall, qtbot):
    wall.show_pages(64, marks())
    middle = wall.visualRect(wall.tiles.index(16)).center()
    with qtbot.waitSignal(wall.page_asked) as asked:
        QTest.mouseClick(wall.viewport(), Qt.MouseButton.LeftButton, pos=middle)
        QTest.mouseDClick(wall.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert asked.args == [17]


def test_of_5000_pages_only_those_in_view_are_painted(wall: Wall, qtbot, monkeypatch):
    painted: list[str] = []
    draw = job_wall.draw_tile

    def counted(*given, **more) -> None:
        painted.append("tile")
        draw(*given, **more)

    monkeypatch.setattr(job_wall, "draw_tile", counted)
    watch(wall)
    wall.show_pages(5000, marks(5000))
    wall.grab()
    assert wall.height() == 8 * 27 + 2
    assert 0 < len(painted) <= 3 * 90  # the rows in view, however often they were drawn
    wall.setFocus()
    QTest.keyClick(wall, Key.Key_End)
    assert wall.currentIndex().row() == 4999
    assert wall.viewport().rect().contains(wall.visualRect(wall.currentIndex()).center())
    changed: list[int] = []
    wall.tiles.dataChanged.connect(lambda first, last, _roles: changed.append(last.row() - first.row()))
    wall.show_pages(5000, marks(5000, failed=18))
    assert changed == [1]  # one run of two pages: the rest stays as it is


def test_the_legend_explains_what_occurs_and_takes_the_lines_it_needs(wall: Wall, qtbot):
    legend = Legend()
    qtbot.addWidget(legend)
    legend.resize(320, 22)
    legend.show()
    wall.show_pages(64, marks())
    legend.show_looks(wall.looks)
    assert legend.accessibleName() == "90+, 80–89, under 80, failed, blank"
    assert legend.height() == 22
    wall.show_pages(64, [*marks(20), PageMark(21, "done", source="text")])
    legend.show_looks(wall.looks)
    assert legend.height() == 44
