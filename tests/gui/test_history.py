"""The history page: spans, queues, what stood out, what can be taken away, and how seldom it asks."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from console.bridge.background import Background
from console.bridge.table import TableModel
from console.ui.history import HistoryPage
from console.ui.history_charts import history_charts, history_marks
from console.ui.history_incidents import incident_columns, lasted_words
from console.ui.kit.dialogs import Question
from console.ui.kit.fields import Field
from tests.gui import working
from tests.gui.accessible import unnamed
from tests.gui.invented import lamps
from tests.gui.working import Archive, at_work
from worker.core.incidents import Incident
from worker.core.series import FIGURES

Key = Qt.Key


@pytest.fixture
def archive() -> Archive:
    return Archive()


@pytest.fixture
def page(qtbot, background: Background, archive: Archive) -> HistoryPage:
    made = HistoryPage(background)
    qtbot.addWidget(made)
    made.resize(1230, 800)
    made.open_source(archive)
    with qtbot.waitSignals([made.feed.told, made.feed.queues_told]):
        made.show()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def answered(qtbot, page: HistoryPage) -> Callable[[Callable[[], object]], None]:
    """Do something, and wait until what it asked for is there."""

    def done(act: Callable[[], object]) -> None:
        with qtbot.waitSignals([page.feed.told, page.feed.queues_told]):
            act()

    return done


def test_nothing_can_be_taken_away_before_there_is_anything(qtbot, background: Background):
    page = HistoryPage(background)
    qtbot.addWidget(page)
    assert not page.export.isEnabled()


def test_four_charts_of_a_day(page: HistoryPage):
    shown = history_charts(working.past("day"))
    assert [chart.title for chart in shown] == [
        *("Pages waiting", "Pages read a minute", "Wait until reading", "Failed jobs in 5 min"),
    ]
    assert shown[0].say([7533.0]) == "7,533 pages"
    assert shown[1].say([150.0]) == "150/min"
    assert shown[2].say([346.0, 148.0]) == "p95 5 min 46 s, p50 2 min 28 s"
    assert (shown[2].say([None, None]), shown[3].say([None])) == ("no job began", "nobody looked")
    assert shown[3].bars
    assert page._note.text().endswith(", in steps of 5 min")


def test_a_span_and_a_queue_are_chosen_by_mouse_and_by_key(page: HistoryPage, archive: Archive, answered):
    assert archive.asked == [("day", "")]
    answered(lambda: QTest.mouseClick(page.span, Qt.MouseButton.LeftButton, pos=QPoint(page.span.width() - 9, 9)))
    answered(lambda: QTest.keyClick(page.span, Key.Key_Left))
    answered(lambda: QTest.keyClick(page.span, Key.Key_Left))
    assert [span for span, _ in archive.asked] == ["day", "week", "day", "hour"]
    assert [page.queue.itemText(place) for place in range(page.queue.count())] == ["All queues", "ocr", "ocr.bulk"]
    page.queue.setFocus()

    def second() -> None:
        QTest.keyClick(page.queue, Key.Key_Down)
        page.queue.activated.emit(page.queue.currentIndex())

    answered(second)
    assert archive.asked[-1] == ("hour", "ocr")


def test_what_stood_out_is_marked_listed_and_leads_to_its_moment(page: HistoryPage, qtbot):
    marks = history_marks(working.INCIDENTS)
    assert [mark.role for mark in marks] == ["bad", "bad", "warn"]  # a pause was meant so
    assert [mark.end is None for mark in marks] == [True, False, False]
    table = page.incidents.table
    assert [row.title for row in page.incidents.model.rows] == [one.title for one in working.INCIDENTS]
    middle = table.visualRect(page.incidents.model.index(1, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    place = page.charts.place
    assert place is not None
    table.setFocus()
    QTest.keyClick(table, Key.Key_Up)
    QTest.keyClick(table, Key.Key_Return)
    assert page.charts.place is not None
    assert page.charts.place > place
    assert "ocr1@scan-03 is lost" in page.charts.accessibleName()


def test_a_moment_is_marked_by_key_and_by_button(page: HistoryPage, answered, answer):
    heard: list[str] = []
    page.mark_asked.connect(heard.append)

    def say(question: Question) -> None:
        assert not question.act.isEnabled()  # a mark says something
        (field,) = question.findChildren(Field)
        QTest.keyClicks(field, "deployed 1.4")
        QTest.keyClick(field, Key.Key_Return)

    answer(say)
    QTest.keyClick(page, Key.Key_M)
    assert heard == ["deployed 1.4"]
    seen = answer(lambda question: question.safe.click())
    page.mark.click()
    assert (heard, seen) == (["deployed 1.4"], ["Mark this moment"] * 2)
    answered(page.show_mark)  # it was written: it is asked for at once


def test_a_mark_is_a_line_with_a_flag_and_no_finding(page: HistoryPage):
    one = working.incident(9, "mark", "ann@desk", "note", "deployed 1.4", "Noted by ann@desk.", 30, 0)
    (mark,) = history_marks([one])
    assert (mark.role, mark.icon, mark.end) == ("accent", "tag", mark.start)
    assert mark.text.startswith("deployed 1.4, ")
    assert lasted_words(one, working.NOW) == "–"
    page.incidents.show_incidents([one])
    assert page.incidents._note.text() == ""


def test_how_long_it_was_so():
    assert lasted_words(working.INCIDENTS[0], working.NOW) == "since 6 min"
    assert lasted_words(working.INCIDENTS[3], working.NOW) == "31 min"


def test_what_stood_out_is_a_model(qtmodeltester):
    model: TableModel[Incident] = TableModel(incident_columns(lambda: working.NOW), key=lambda one: one.id)
    qtmodeltester.check(model, force_py=True)
    model.set_rows(working.INCIDENTS)
    model.set_rows(working.INCIDENTS[1:])
    assert model.rowCount() == 3


def test_it_asks_again_only_when_a_step_is_over(page: HistoryPage, archive: Archive, answered, monkeypatch):
    clock = [time.monotonic()]
    monkeypatch.setattr("console.bridge.history_feed.time.monotonic", lambda: clock[0])
    for later in (0, 1, 290):
        clock[0] += later
        page.show_snapshot(at_work())
    assert len(archive.asked) == 1
    clock[0] += 10
    answered(lambda: page.show_snapshot(at_work()))
    assert len(archive.asked) == 2
    page.hide()
    clock[0] += 1000
    page.show_snapshot(at_work())
    assert len(archive.asked) == 2


def test_what_is_shown_can_be_taken_away(page: HistoryPage, qtbot, monkeypatch, tmp_path: Path):
    chosen = [tmp_path / "day.png", tmp_path / "day.csv", tmp_path / "no" / "day.csv", None]
    monkeypatch.setattr("console.ui.history.ask_where", lambda *_args: chosen.pop(0))
    picture, table = page.make_menu().actions()
    for action, name in ((picture, "day.png"), (table, "day.csv")):
        with qtbot.waitSignal(page.saved) as saved:
            action.trigger()
        assert saved.args == [tmp_path / name]
    assert QImage(str(tmp_path / "day.png")).width() == 2 * page.charts.width()
    with (tmp_path / "day.csv").open(encoding="utf-8-sig") as file:
        head, *rows = csv.reader(file)
    assert (head, len(rows)) == (["at", *FIGURES], 288)
    with qtbot.waitSignal(page.failed) as failed:
        table.trigger()
    assert "day.csv" in failed.args[0].sentence
    table.trigger()  # the question was left without an answer
    assert chosen == []


def test_while_the_database_is_away_it_is_grey_and_stays(page: HistoryPage):
    before, look = page.charts._charts, page.charts.grab().toImage()
    page.show_snapshot(at_work(health=lamps(postgres="PostgreSQL does not answer.")))
    assert page.charts._charts == before
    assert page.charts.grab().toImage() != look


def test_without_any_history_it_says_what_to_do(page: HistoryPage, archive: Archive, answered, qtbot):
    archive.empty = True
    answered(lambda: page.span.choose(0))
    assert page._none.isVisible()
    assert not page.export.isEnabled()
    with qtbot.waitSignal(page.workers_asked):
        page.to_workers.click()


def test_it_fits_into_a_small_window_and_everything_has_a_name(page: HistoryPage):
    assert page.minimumSizeHint().width() <= 960
    assert unnamed(page) == []
