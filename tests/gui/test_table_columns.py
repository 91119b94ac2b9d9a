"""The columns of a table: hidden, ordered and made wider by mouse and by keyboard, and found again the next day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from console.bridge.background import Background
from console.bridge.columns import WIDEST, as_defined, required, restored
from console.bridge.remembered import Remembered
from console.bridge.table import CHECK, Column, TableModel
from console.ui.kit.columns_panel import ColumnsPanel
from console.ui.kit.table import Table
from console.ui.kit.table_cells import CHECKED
from tests.gui.accessible import unnamed

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton
COLUMNS = (
    Column[str](CHECK, "", lambda _row: "", width=40, look=lambda _row: CHECKED),
    Column[str]("name", "Name", str, order="name"),
    Column[str]("state", "State", lambda row: f"state of\t{row}", width=120),
    Column[str]("pages", "Pages", lambda _row: "7", width=80, end=True, order="pages"),
    Column[str]("batch", "Batch", lambda _row: "b", width=100, hidden=True),
)
Made = Callable[..., Table]


@pytest.fixture
def table(qtbot) -> Made:
    def made(remembered: Remembered | None = None, columns: tuple[Column[str], ...] = COLUMNS) -> Table:
        model = TableModel(columns, key=str)
        table = Table(model, name="Files")
        model.setParent(table)
        model.set_rows(["a", "b"])
        if remembered is not None:
            table.columns.remember(remembered, "files")
        qtbot.addWidget(table)
        table.resize(600, 200)
        table.show()
        return table

    return made


def shown(table: Table) -> list[str]:
    """The columns from left to right, as they stand on the screen."""
    header = table.header
    places = [header.logicalIndex(place) for place in range(header.count())]
    return [header.columns[place].key for place in places if not table.isColumnHidden(place)]


def drag(table: Table, start: int, end: int) -> None:
    """Pull the header from one place to another."""
    view = table.header.viewport()
    QTest.mousePress(view, LEFT, pos=QPoint(start, 12))
    for place in (start + (end - start) // 2, end - 1, end):
        QTest.mouseMove(view, QPoint(place, 12))
    QTest.mouseRelease(view, LEFT, pos=QPoint(end, 12))


def edge(table: Table, key: str) -> int:
    """Where a column ends in the header."""
    place = [column.key for column in table.header.columns].index(key)
    return table.header.sectionViewportPosition(place) + table.header.sectionSize(place)


def test_a_column_is_dragged_to_another_place_and_nothing_is_sorted(table: Made, qtbot):
    made = table()
    with qtbot.assertNotEmitted(made.sort_asked):
        drag(made, edge(made, "pages") - 30, 60)
    assert shown(made) == [CHECK, "pages", "name", "state"]


def test_nothing_comes_before_the_check_boxes(table: Made):
    made = table()
    drag(made, edge(made, "pages") - 30, 5)
    assert shown(made)[0] == CHECK
    drag(made, 20, edge(made, "name") - 40)
    assert shown(made)[0] == CHECK


def test_a_column_is_made_wider_and_the_open_one_gives_the_room(table: Made):
    made = table()
    before = made.columnWidth(1)
    drag(made, edge(made, "state") - 1, edge(made, "state") + 49)
    assert (made.columnWidth(2), made.columnWidth(1)) == (170, before - 50)
    made.resize(700, 200)
    assert (made.columnWidth(2), made.columnWidth(1)) == (170, before + 50)


def test_a_double_click_on_the_edge_makes_it_as_it_was(table: Made, qtbot):
    made = table()
    drag(made, edge(made, "state") - 1, edge(made, "state") + 49)
    place = QPoint(edge(made, "state") - 1, 12)
    QTest.mouseClick(made.header.viewport(), LEFT, pos=place)
    QTest.mouseDClick(made.header.viewport(), LEFT, pos=place)
    assert made.columnWidth(2) == 120
    assert made.columns.arrangement == as_defined(COLUMNS)


def test_columns_that_do_not_fit_are_scrolled_to(table: Made):
    made = table()
    assert made.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    made.columns.resize("state", 700)
    assert made.columnWidth(1) == 120
    assert made.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAsNeeded


def test_a_click_still_sorts(table: Made, qtbot):
    made = table()
    made.columns.move("pages", -2)
    with qtbot.waitSignal(made.sort_asked) as asked:
        QTest.mouseClick(made.header.viewport(), LEFT, pos=QPoint(edge(made, "pages") - 40, 12))
    assert asked.args == ["pages", True]


def test_a_click_that_sorts_makes_no_column_as_wide_as_it_is_for_good(table: Made, qtbot):
    long = Column[str]("seconds", "Seconds that it took", lambda _row: "7", width=60, end=True, order="seconds")
    made = table(columns=(*COLUMNS[:3], long))
    before = made.columns.arrangement
    with qtbot.waitSignal(made.sort_asked):
        QTest.mouseClick(made.header.viewport(), LEFT, pos=QPoint(edge(made, "seconds") - 30, 12))
    assert made.columns.arrangement == before
    assert made.columnWidth(3) >= made.columns._name_width("seconds")


def opened(table: Table, qtbot) -> ColumnsPanel:
    button = table.columns.button()
    qtbot.addWidget(button)
    button.click()
    panel: ColumnsPanel = next(panel for panel in table.findChildren(ColumnsPanel) if panel.isVisible())
    return panel


def test_columns_are_chosen_and_ordered_with_the_keys(table: Made, qtbot):
    made = table()
    panel = opened(made, qtbot)
    assert unnamed(panel) == []
    lines = [panel.list.item(place).text() for place in range(panel.list.count())]
    assert lines == ["Name", "State", "Pages", "Batch"]
    for key, modifier in ((Key.Key_Down, None), (Key.Key_Space, None), (Key.Key_Down, None), (Key.Key_Up, ALT)):
        QTest.keyClick(panel.list, key, modifier or Qt.KeyboardModifier.NoModifier)
    assert shown(made) == [CHECK, "name", "pages"]
    assert made.columns.arrangement.order == (CHECK, "name", "pages", "state", "batch")
    QTest.keyClick(panel.list, Key.Key_End)
    QTest.keyClick(panel.list, Key.Key_Space)
    assert shown(made) == [CHECK, "name", "pages", "batch"]
    QTest.keyClick(panel.list, Key.Key_Escape)
    assert not panel.isVisible()


def test_columns_are_chosen_and_ordered_with_the_mouse(table: Made, qtbot):
    made = table()
    panel = opened(made, qtbot)
    batch = panel.list.visualItemRect(panel.list.item(3))
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=batch.center())
    assert not panel.down_button.isEnabled()
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=QPoint(batch.left() + 14, batch.center().y()))
    QTest.mouseClick(panel.up_button, LEFT)
    assert shown(made) == [CHECK, "name", "state", "batch", "pages"]
    QTest.mouseClick(panel.reset_button, LEFT)
    assert shown(made) == [CHECK, "name", "state", "pages"]


def test_what_says_what_a_row_is_cannot_be_hidden(table: Made, qtbot):
    made = table()
    panel = opened(made, qtbot)
    QTest.keyClick(panel.list, Key.Key_Space)
    made.columns.show(CHECK, False)
    assert shown(made) == [CHECK, "name", "state", "pages"]


def test_the_menu_of_the_header_leads_to_the_list_too(table: Made):
    made = table()
    made.header.customContextMenuRequested.emit(QPoint(10, 10))
    menu = made.findChild(QMenu)
    assert menu is not None
    QTest.keyClick(menu, Key.Key_Down)
    QTest.keyClick(menu, Key.Key_Return)
    assert [panel.isVisible() for panel in made.findChildren(ColumnsPanel)] == [True]


def test_columns_are_found_again(table: Made, background: Background):
    remembered = Remembered(background)
    first = table(remembered)
    first.columns.move("pages", -1)
    first.columns.show("batch", True)
    first.columns.resize("state", 222)
    second = table(remembered)
    assert shown(second) == shown(first) == [CHECK, "name", "pages", "state", "batch"]
    assert second.columnWidth(2) == 222
    second.columns.reset()
    assert remembered.get("files.columns", dict) == {}


def test_a_column_that_is_new_stands_where_it_is_defined():
    kept = {"order": [CHECK, "pages", "name"], "hidden": ["pages", "gone"], "widths": {"gone": 3, "pages": 90}}
    made = restored(COLUMNS, kept)
    assert made.order == (CHECK, "pages", "batch", "name", "state")
    assert made.hidden == {"pages", "batch"}
    assert made.widths == {"pages": 90}


ODD = some.recursive(
    some.none() | some.booleans() | some.integers() | some.sampled_from(["check", "name", "state", "pages", "x"]),
    lambda inner: (
        some.lists(inner, max_size=4) | some.dictionaries(some.sampled_from(["name", "y"]), inner, max_size=3)
    ),
)


@settings(max_examples=100, deadline=None)
@given(some.fixed_dictionaries({"order": ODD, "hidden": ODD, "widths": ODD}))
def test_whatever_was_kept_all_columns_are_there_once(kept: dict[str, Any]):
    made = restored(COLUMNS, kept)
    assert sorted(made.order) == sorted(column.key for column in COLUMNS)
    assert made.order[0] == CHECK
    assert not made.hidden & required(COLUMNS)
    assert all(0 < width <= WIDEST for width in made.widths.values())
    assert restored(COLUMNS, made.as_json()) == made


def test_the_edge_of_the_current_row_stands_at_the_first_column(table: Made):
    made = table(columns=COLUMNS[1:])
    made.columns.move("name", 2)
    assert made.columns.first == 1
    made.columns.show("state", False)
    assert made.columns.first == 2


def test_rows_are_copied_as_they_are_shown(table: Made):
    made = table()
    made.columns.move("pages", -1)
    made.selectAll()
    QTest.keyClick(made, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "a\t7\tstate of a\nb\t7\tstate of b"
