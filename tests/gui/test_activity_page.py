"""The activity page: what was done in words, filters, what can be taken back, and an entry from close by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

import console.ops
from console.bridge.activity_feed import PAGE
from console.ops.fleet import Queue
from console.ui.activity import ActivityPage
from console.ui.activity_columns import UNDO, way_back
from console.ui.activity_words import ACTS, line, person, said, subject
from tests.gui.accessible import unnamed
from tests.gui.audit_days import JOBS, NOW, FakeTrail, an_ordinary_day, entry
from tests.gui.batch_days import running
from tests.gui.invented import job, picture
from worker.core.audit_entry import AuditEntry, Kind, UndoState
from worker.core.errors import DatabaseError
from worker.core.filters import JobFilter
from worker.core.jobs import Job, State

Key = Qt.Key


def jobs(chosen: JobFilter) -> Iterable[Job]:
    """All that are asked for, but the first, which is gone."""
    return [job(one.int - 1, State.CANCELLED) for one in chosen.ids or () if one.int > 1]


@pytest.fixture
def show(qtbot, background):
    def made(*entries: AuditEntry) -> ActivityPage:
        page = ActivityPage(background, production="production")
        qtbot.addWidget(page)
        page.resize(1240, 800)
        page.filter.clear()
        page.open_source(FakeTrail(entries), jobs, kept_days=730)
        assert not trail(page).asked  # nobody looks yet
        with qtbot.waitSignals([page.feed.loaded, page.feed.counted]):
            page.show()
        page.setFocus()
        qtbot.waitUntil(page.isActiveWindow)
        return page

    return made


def trail(page: ActivityPage) -> FakeTrail:
    source = page.feed._source
    assert isinstance(source, FakeTrail)
    return source


def cells(page: ActivityPage, number: int) -> dict[str, str]:
    place = page.model.place(number)
    assert place is not None
    return {column.key: page.model.data(page.model.index(place, at)) for at, column in enumerate(page.model.columns)}


def test_entries_say_who_did_what_to_how_many(show, qtmodeltester):
    page = show(*an_ordinary_day())
    row = cells(page, 20)
    assert (row["who"], row["profile"], row["done"]) == ("minh", "production", "128 of 131")
    assert row["what"] == "Cancelled jobs, \u2068Bauakten Halle 7\u2069"
    assert row["why"] == "3 are done already."
    assert row[UNDO].startswith("Undo until ")
    assert cells(page, 18)["why"] == "–"
    assert cells(page, 13)[UNDO].startswith("Undone ")
    assert cells(page, 14)[UNDO] == "Past"
    assert cells(page, 10)[UNDO] == "Cannot be undone"
    assert cells(page, 8)["who"] == "ocr1@scan-01"
    assert cells(page, 7)["what"] == "something new, It is done"
    assert "730 days" in page._kept.text()
    qtmodeltester.check(page.model)


def test_every_act_of_the_program_has_words():
    folder = Path(next(iter(console.ops.__path__)))
    text = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    named = set(re.findall(r'action: ClassVar\[str\] = "([^"]+)"', text)) | {
        "resume uploads",
        "forget uploads",
        "retention",
    }
    assert named == set(ACTS)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (entry(1, details={"queues": ["a", "b", "c", "d"]}), "\u2068a\u2069, \u2068b\u2069, \u2068c\u2069 and 1 more"),
        (entry(1, "undo", details={"what": "purge"}), "Purged a queue"),
        (entry(1, "unlock", details={"reason": "why"}), "“\u2068why\u2069”"),
        (entry(1, details={"queue": 7}, result="x"), "\u20687\u2069"),
        (entry(1, result="2 of 2 jobs done. And more."), "2 of 2 jobs done"),
    ],
)
def test_on_what_it_was_done(one: AuditEntry, words: str):
    assert subject(one) == words


def test_words_that_stand_alone():
    assert said("nothing known") == ("activity", "nothing known")
    assert (person("ann@desk"), person("ocr1@desk"), person("ann")) == ("ann", "ocr1@desk", "ann")
    assert line(entry(1, asked=131, done=128)) == "Cancelled 128 jobs"
    assert line(entry(1, "retry", done=1)) == "Retried 1 job"
    assert line(entry(1, "pause", details={"queue": "ocr.bulk"})) == "Paused \u2068ocr.bulk\u2069"
    assert line(entry(1, "lock", result="")) == "Locked"


def test_what_somebody_else_did_is_theirs_to_take_back():
    theirs = entry(1, undo=UndoState.OPEN, mine=False, who="linh@scan")
    assert way_back(theirs, NOW).text == "linh can"
    assert way_back(theirs, NOW).link == ""
    mine = entry(1, undo=UndoState.OPEN)
    assert way_back(mine, NOW).link == "Undo"
    assert way_back(mine, NOW + timedelta(minutes=11)).text == "Past"


def test_filters(show, qtbot):
    page = show(*an_ordinary_day())
    assert page.filter.all.accessibleName() == "All, 14"
    assert page.filter.chips[Kind.PARTLY].accessibleName() == "Not all were hit, 3"
    with qtbot.waitSignal(page.feed.loaded):
        page.filter.chips[Kind.UNDONE].click()
    assert [row.id for row in page.model.rows] == [13, 12]
    with qtbot.waitSignal(page.feed.loaded):
        page.filter.all.click()
    with qtbot.waitSignal(page.feed.loaded):
        page.filter.who.setCurrentText("linh@scan")
    assert {row.who for row in page.model.rows} == {"linh@scan"}
    with qtbot.waitSignal(page.feed.loaded):
        page.filter.profile.setCurrentText("staging")
    assert page.rooms.currentWidget() is page.no_hits
    assert page.no_hits.sentences[0].text() == "Nothing here for linh@scan, staging."
    with qtbot.waitSignal(page.feed.loaded):
        QTest.keyClick(page, Key.Key_Escape)
    assert len(page.model.rows) == 14
    with qtbot.waitSignal(page.feed.loaded):
        page.filter.time.setCurrentIndex(1)
    assert {row.id for row in page.model.rows} == set(range(10, 21))
    QTest.keyClick(page.table, Key.Key_Slash)
    with qtbot.waitSignal(page.feed.loaded):
        QTest.keyClicks(page.filter.field, "bauakten")
    assert [row.id for row in page.model.rows] == [20, 19]


def test_undo_by_key_by_click_and_from_the_pane(show, qtbot):
    page = show(*an_ordinary_day())
    page.table.go_to(18)
    with qtbot.waitSignal(page.undo_asked) as asked:
        QTest.keyClick(page.table, Key.Key_U)
    assert asked.args == [18]
    at = page.table.visualRect(page.model.index(0, page._undo_place)).center()
    with qtbot.waitSignal(page.undo_asked) as asked:
        QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked.args == [20]
    page.beside.open_pane()
    with qtbot.waitSignal(page.undo_asked) as asked:
        page.pane.undo.click()
    assert asked.args == [20]
    page.table.go_to(10)
    assert not page.undo_action.isEnabled()
    assert not page.pane.undo.isVisible()


def test_an_entry_from_close_by_with_ways_to_its_jobs(show, qtbot):
    page = show(*an_ordinary_day())
    with qtbot.waitSignal(page.feed.named):
        QTest.keyClick(page.table, Key.Key_Space)
    pane = page.pane
    assert pane._facts.said["How many"] == "128 of 131"
    assert pane._told.text().startswith("128 of 131 jobs cancelled.")
    assert len(pane.hit.links) == 12
    assert [link.text() for link in pane.left.links] == [job(number).name for number in (16, 17, 18)]
    assert pane._what_undo.isVisible()
    with qtbot.waitSignal(page.job_asked) as asked:
        QTest.keyClick(pane.hit.links[0], Key.Key_Space)
    assert asked.args == [UUID(JOBS[1])]  # the first is gone
    with qtbot.waitSignal(page.jobs_asked) as asked:
        pane.show_jobs.click()
    assert asked.args == [JobFilter(ids=tuple(map(UUID, JOBS[:16])))]
    assert unnamed(page) == []
    page.table.go_to(15)
    assert not pane._hit_part.isVisible()
    QTest.keyClick(page.table, Key.Key_Escape)
    assert not page.beside.is_open


def test_what_anybody_does_comes_by_itself(show, qtbot):
    page = show(*an_ordinary_day())
    page.table.go_to(18)
    new = entry(21, "purge", undo=UndoState.OPEN)
    trail(page).put(new)
    with qtbot.waitSignal(page.feed.loaded):
        page.show_snapshot(picture(acts=(new,)))
    assert page.model.row(0).id == 21
    assert page.table.current_row().id == 18
    asked = len(trail(page).asked)
    page.show_snapshot(picture(acts=(new,)))
    page.hide()
    page.show_snapshot(picture(acts=(entry(22),)))
    assert len(trail(page).asked) == asked


def test_older_ones_come_as_far_as_one_looks(show, qtbot):
    page = show(*(entry(number) for number in range(PAGE + 5)))
    assert len(page.model.rows) == PAGE
    with qtbot.waitSignal(page.feed.loaded):
        page.model.wanted.emit()
    assert len(page.model.rows) == PAGE + 5
    assert [one.id for one in page.feed.everything()()] == list(range(PAGE + 4, -1, -1))


def test_an_entry_can_be_gone_to_wherever_it_is(show, qtbot):
    page = show(*(entry(number) for number in range(PAGE + 5)))
    page.go_to(50)
    assert page.table.current_row().id == 50
    with qtbot.waitSignal(page.feed.found):
        page.go_to(2)
    assert page.pane.entry.id == 2
    with qtbot.waitSignal(page.feed.loaded):
        page.feed.reload()
    assert page.pane.entry.id == 2
    page.go_to(50)  # the cursor is there already
    assert page.pane.entry.id == 50
    QTest.keyClick(page.table, Key.Key_J)
    assert page.pane.entry.id == 49


def test_the_entry_that_was_gone_to_is_undone_and_not_the_one_under_the_cursor(show, qtbot):
    page = show(*(entry(number, undo=UndoState.OPEN) for number in range(PAGE + 5)))
    page.table.go_to(50)
    with qtbot.waitSignal(page.feed.found):
        page.go_to(2)
    with qtbot.waitSignal(page.undo_asked) as asked:
        QTest.keyClick(page.table, Key.Key_U)
    assert asked.args == [2]
    row = page.table.currentIndex().row()
    at = page.table.visualRect(page.model.index(row, page._undo_place)).center()
    with qtbot.waitSignal(page.undo_asked) as asked:
        QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked.args == [50]


def test_when_nothing_was_done_it_says_so_and_an_error_is_told(show, qtbot):
    page = show()
    assert page.rooms.currentWidget() is page._none
    page.filter.time.setCurrentIndex(0)
    qtbot.waitUntil(lambda: page.rooms.currentWidget() is page.no_hits)
    page.show_snapshot(picture(acts=()))
    assert page.rooms.currentWidget() is page._none
    trail(page).error = DatabaseError("Postgres is away.")
    with qtbot.waitSignal(page.failed) as failed:
        page.feed.reload()
    assert failed.args[0].sentence == "Postgres is away."
    trail(page).error = None
    trail(page).put(entry(1))
    qtbot.waitUntil(lambda: not page.feed._busy)
    page.show_snapshot(picture(acts=()))
    qtbot.waitUntil(lambda: page.rooms.currentWidget() is page._rows)


def test_what_was_held_back_long_ago_can_be_let_go(show, qtbot):
    old: dict[str, Any] = {"ago_s": 9000, "undo": UndoState.PAST}
    page = show(
        entry(3, "pause", details={"queues": ["ocr", "bulk"]}, **old),
        entry(2, "pause", details={"batches": ["tax"]}, **old),
        entry(1, "pause", details={"queues": ["gone"]}, **old),
    )
    queues = tuple(Queue(name, paused=name == "bulk") for name in ("ocr", "bulk"))
    tax = running(7, "tax", 0, 10, None, paused=True)
    page.show_snapshot(picture(queues=queues, batches=(tax,)))
    assert [cells(page, number)[UNDO] for number in (3, 2, 1)] == ["Resume", "Resume", "Past"]
    page.table.go_to(3)
    with qtbot.waitSignal(page.resume_queues) as asked:
        QTest.keyClick(page.table, Key.Key_U)
    assert asked.args == [["bulk"]]
    page.table.go_to(2)
    with qtbot.waitSignal(page.resume_batches) as asked:
        QTest.keyClick(page.table, Key.Key_U)
    assert asked.args == [[tax.id]]
    page.table.go_to(1)
    assert not page.undo_action.isEnabled()
