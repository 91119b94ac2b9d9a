"""Taking a table away as a file: the menu, the progress, the stop, and the notice that leads to it."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QMessageBox, QWidget

from console.bridge.background import Background
from console.bridge.remembered import Remembered
from console.bridge.table import CHECK, Column, TableModel
from console.ops.exporting import Form
from console.ui.exporting import ExportButton, TableExport
from console.ui.jobs import JobsPage
from console.ui.kit.files import ask_where
from console.ui.kit.table import Table
from console.ui.notices import NoticeStrip
from console.ui.tables import Tables
from tests.gui.invented import job
from worker.core.jobs import State

COLUMNS = (
    Column[str](CHECK, "", lambda _row: "", width=40),
    Column[str]("name", "Name", str),
    Column[str]("size", "Size", lambda _row: "–", width=80),
    Column[str]("length", "Length", lambda row: f"{len(row)} letters", width=80, value=len),
    Column[str]("secret", "Secret", lambda _row: "hidden", width=80, hidden=True),
)
Made = Callable[..., TableExport]


@pytest.fixture
def export(qtbot, background: Background) -> Made:
    def made(*rows: str, **given) -> TableExport:
        model = TableModel(COLUMNS, key=str)
        table = Table(model, name="Files")
        model.setParent(table)
        model.set_rows(rows)
        qtbot.addWidget(table)
        table.show()
        return TableExport(table, background, name="files", **given)

    return made


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def test_the_columns_are_written_that_are_shown_in_their_order(export: Made, qtbot, tmp_path: Path):
    made = export("=cmd()", "Hồ sơ")
    made._table.columns.move("length", -2)
    with qtbot.waitSignal(made.exported) as exported:
        made.start(tmp_path / "a.csv", Form.CSV)
    assert exported.args == [tmp_path / "a.csv", 2]
    assert read(tmp_path / "a.csv") == [["Length", "Name", "Size"], ["6", "'=cmd()", ""], ["5", "Hồ sơ", ""]]


@pytest.mark.parametrize(("place", "ending"), [(0, "csv"), (1, "json")])
def test_it_is_asked_how_and_where_to(export: Made, qtbot, tmp_path: Path, monkeypatch, place: int, ending: str):
    made = export("a")
    asked: list[str] = []

    def choose(_parent, _title, proposed: Path, _kind, ending: str) -> Path:
        asked.append(proposed.name)
        return tmp_path / f"list.{ending}"

    monkeypatch.setattr("console.ui.exporting.ask_where", choose)
    button = ExportButton(made)
    qtbot.addWidget(button)
    button.show()
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    qtbot.waitUntil(button.menu_of_forms.isVisible)
    with qtbot.waitSignal(made.exported):
        for _ in range(place + 1):
            QTest.keyClick(button.menu_of_forms, Qt.Key.Key_Down)
        QTest.keyClick(button.menu_of_forms, Qt.Key.Key_Return)
    assert asked == [f"files.{ending}"]
    assert (tmp_path / f"list.{ending}").exists()


def test_a_name_without_its_ending_replaces_no_file_unasked(qtbot, tmp_path: Path):
    (tmp_path / "list.csv").touch()
    window = QWidget()
    asked: list[type] = []
    qtbot.addWidget(window)

    def refuse() -> None:
        question = QApplication.activeModalWidget()
        asked.append(type(question))
        if isinstance(question, QMessageBox):
            question.button(QMessageBox.StandardButton.No).click()

    def name_it() -> None:
        dialog = window.findChild(QFileDialog)
        assert dialog is not None
        dialog.findChild(QLineEdit).setText("list")  # type: ignore[union-attr]
        QTimer.singleShot(0, refuse)
        dialog.accept()
        dialog.reject()

    QTimer.singleShot(0, name_it)
    assert ask_where(window, "Export", tmp_path / "files.csv", "*.csv", "csv") is None
    assert asked == [QMessageBox]


def test_every_table_of_a_page_can_be_taken_away_with_the_keys(qtbot, background: Background, tmp_path, monkeypatch):
    model, other = (TableModel(COLUMNS, key=str) for _ in range(2))
    page = QWidget()
    qtbot.addWidget(page)
    first, second = Table(model, name="First", parent=page), Table(other, name="Second", parent=page)
    other.set_rows(["x"])
    remembered = Remembered(background)
    tables = Tables(background, remembered)
    for _ in range(2):
        tables.adopt({"page": page})
    page.show()
    first.columns.show("secret", True)
    second.columns.move("name", 1)
    assert set(remembered._values) == {"page.columns", "page-2.columns"}
    monkeypatch.setattr("console.ui.exporting.ask_where", lambda *_given: tmp_path / "b.csv")
    QTest.keyClick(second, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    menu = second.findChild(QMenu)
    assert menu is not None
    assert [action.text() for action in menu.actions()] == [
        "Columns…",
        "Export as CSV, for spreadsheets…",
        "Export as JSON, for programs…",
    ]
    with qtbot.waitSignal(tables.exported):
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
            QTest.keyClick(menu, key)
    assert read(tmp_path / "b.csv")[1] == ["", "x", "1"]


def test_a_press_while_it_writes_stops_it(export: Made, qtbot, tmp_path: Path):
    gate = threading.Event()

    def rows() -> Iterator[str]:
        yield "first"
        assert gate.wait(30)
        yield from map(str, range(1000))

    made = export(rows=lambda: rows)
    button = ExportButton(made)
    qtbot.addWidget(button)
    made.start(tmp_path / "a.csv", Form.CSV)
    assert button.text() == "Stop at 0 rows"
    with qtbot.waitSignal(made.exporting.stopped):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        gate.set()
    assert button.text() == "Export list…"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(export: Made, qtbot, tmp_path: Path):
    made = export("a")
    with qtbot.waitSignal(made.failed) as failed:
        made.start(tmp_path / "none" / "a.csv", Form.CSV)
    assert "cannot be written" in failed.args[0].sentence
    assert not made.exporting.running


def test_a_program_that_ends_does_not_wait_for_it(export: Made, background: Background, qtbot, tmp_path: Path):
    begun = threading.Event()

    def rows() -> Iterator[str]:
        begun.set()
        while True:
            yield "for ever"

    made = export(rows=lambda: rows)
    made.start(tmp_path / "a.csv", Form.CSV)
    assert begun.wait(30)
    background.close()
    assert list(tmp_path.iterdir()) == []


def test_all_jobs_of_the_filter_are_written_not_only_those_in_the_table(show, qtbot, tmp_path: Path):
    page: JobsPage = show(
        *(job(place, State.FAILED, ago_s=place) for place in range(500)), *(job(600 + place) for place in range(9))
    )
    with qtbot.waitSignal(page.feed.loaded):
        page.filter.chips[State.FAILED].click()
    assert len(page.model.rows) == 200
    with qtbot.waitSignal(page.export.exported) as exported:
        page.export.start(tmp_path / "jobs.json", Form.JSON)
    assert exported.args[1] == 500
    written = json.loads((tmp_path / "jobs.json").read_text("utf-8"))
    assert [row["name"] for row in written] == [job(place).name for place in range(500)]
    assert (written[0]["state"], written[0]["pages"]) == ("FAILED", 4)
    assert written[0]["updated"].endswith("Z")


def test_a_notice_offers_what_can_be_done_next(qtbot):
    strip = NoticeStrip()
    qtbot.addWidget(strip)
    taken: list[str] = []
    strip.tell("57 rows exported.", "/tmp/jobs.csv", offer=("Show in folder", lambda: taken.append("folder")))
    assert strip.offer_button.isVisible()
    strip.offer_button.click()
    assert taken == ["folder"]
    strip.tell("3 jobs cancelled.")
    assert not strip.offer_button.isVisible()
