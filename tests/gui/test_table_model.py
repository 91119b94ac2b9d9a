"""The keyed table model: it becomes what it is told by differences, and what points at a row keeps pointing at it."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as some
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from console.bridge.table import ROW_ROLE, Column, TableModel, runs


@dataclass(frozen=True)
class Line:
    key: int
    value: str = ""


COLUMNS = (
    Column[Line]("key", "Key", lambda line: str(line.key), end=True, order="key"),
    Column[Line]("value", "Value", lambda line: line.value, tip=lambda line: f"tip {line.value}"),
)
LINES = some.lists(some.builds(Line, some.integers(0, 30), some.sampled_from("abc")), unique_by=lambda line: line.key)


def made(*lines: Line) -> TableModel[Line]:
    model = TableModel(COLUMNS, key=lambda line: line.key)
    model.set_rows(lines)
    return model


def watch(model: TableModel[Line]) -> QAbstractItemModelTester:
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)


@settings(max_examples=150, deadline=None)
@given(LINES, LINES, LINES)
def test_it_becomes_any_rows_and_what_points_at_one_follows_it(qapp, first, second, third):
    model = made(*first)
    watch(model)
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    pointers = {line.key: QPersistentModelIndex(model.index(place, 1)) for place, line in enumerate(first)}
    for lines in (second, third):
        model.set_rows(lines)
        assert list(model.rows) == lines
        assert [model.place(line.key) for line in lines] == list(range(len(lines)))
        pointers = {key: pointer for key, pointer in pointers.items() if key in {line.key for line in lines}}
        assert [model.row(pointer.row()).key for pointer in pointers.values()] == list(pointers)
    assert resets == []


@settings(max_examples=60, deadline=None)
@given(LINES, LINES, some.data())
def test_selection_and_current_row_outlive_changes(qapp, before, after, data):
    model = made(*before)
    selection = QItemSelectionModel(model)
    flags = QItemSelectionModel.SelectionFlag
    chosen = set(data.draw(some.lists(some.sampled_from(before), unique=True))) if before else set()
    for line in chosen:
        place = model.place(line.key)
        assert place is not None
        selection.select(model.index(place, 0), flags.Select | flags.Rows)
        selection.setCurrentIndex(model.index(place, 0), flags.NoUpdate)
    model.set_rows(after)
    kept = {line.key for line in chosen} & {line.key for line in after}
    assert {model.row(index.row()).key for index in selection.selectedRows()} == kept
    current = selection.currentIndex()
    if current.isValid() and chosen and list(chosen)[-1].key in kept:
        assert model.row(current.row()).key == list(chosen)[-1].key


def test_only_what_changed_is_told_in_runs():
    model = made(*(Line(key) for key in range(10)))
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.update_rows([Line(3, "x"), Line(2, "x"), Line(4, "x"), Line(8, "x"), Line(9), Line(77, "x")])
    assert told == [(2, 4), (8, 8)]


def test_appended_rows_come_behind_and_known_ones_change_in_place():
    model = made(Line(1), Line(2))
    watch(model)
    model.append([Line(2, "new"), Line(3)])
    assert list(model.rows) == [Line(1), Line(2, "new"), Line(3)]


def test_a_key_that_comes_twice_counts_once():
    model = made(Line(1, "a"), Line(1, "b"))
    assert list(model.rows) == [Line(1, "a")]


def test_more_is_asked_for_only_while_there_is_more():
    model = made(Line(1))
    asked: list[int] = []
    model.wanted.connect(lambda: asked.append(1))
    model.fetchMore(QModelIndex())
    assert asked == []
    model.more = True
    assert model.canFetchMore(QModelIndex())
    assert not model.canFetchMore(model.index(0, 0))
    model.fetchMore(QModelIndex())
    assert asked == [1]


def test_columns_are_data():
    model = made(Line(7, "seven"))
    across = Qt.Orientation.Horizontal
    assert [model.headerData(section, across) for section in range(3)] == ["Key", "Value", None]
    assert model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole) == "7"
    assert model.data(model.index(0, 1), Qt.ItemDataRole.ToolTipRole) == "tip seven"
    assert model.data(model.index(0, 1), ROW_ROLE) == Line(7, "seven")
    assert model.data(QModelIndex()) is None


def test_a_thousand_changes_in_a_row_are_told_once_and_never_by_a_reset():
    model = made(*(Line(key) for key in range(10_000)))
    told: list[str] = []
    model.dataChanged.connect(lambda first, last, _roles: told.append(f"{first.row()}-{last.row()}"))
    model.modelReset.connect(lambda: told.append("reset"))
    model.update_rows([Line(key, "x") for key in (*range(1_000, 2_000), 7)])
    assert sorted(told) == ["1000-1999", "7-7"]
    model.set_rows([Line(key, "y") for key in range(10_000, 10_500)] + [Line(key) for key in range(9_500, 0, -1)])
    assert len(model.rows) == 10_000
    assert "reset" not in told


def test_runs():
    assert list(runs([])) == []
    assert list(runs([1])) == [(1, 1)]
    assert list(runs([1, 2, 3, 5, 7, 8])) == [(1, 3), (5, 5), (7, 8)]
