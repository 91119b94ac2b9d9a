"""The overview: figures, findings with what helps, services, workers, batches; small, empty, Postgres away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from console.bridge.background import Background
from console.bridge.table import TableModel
from console.ops.findings import Severity
from console.ops.fleet import Presence
from console.ops.snapshot import Snapshot
from console.ui import words
from console.ui.away import switch
from console.ui.overview import OverviewPage
from console.ui.overview_batches import left_words, open_columns
from console.ui.overview_words import figures
from console.ui.overview_workers import MOST, chosen_workers
from tests.gui import working
from tests.gui.accessible import unnamed
from tests.gui.invented import MemoryStore, job, lamps
from tests.gui.working import OneAnswer, at_work
from worker.core.batch_figures import BatchFigures
from worker.core.jobs import State
from worker.core.servers import Servers

Key = Qt.Key
Shown = Callable[..., OverviewPage]


@pytest.fixture
def shown(qtbot, background: Background) -> Shown:
    def made(width: int = 1230, **values: Any) -> OverviewPage:
        page = OverviewPage(background)
        qtbot.addWidget(page)
        page.resize(width, 820)
        page.open_source(OneAnswer())
        page.show()
        with qtbot.waitSignal(page.feed.told):
            page.show_snapshot(at_work(**values))
        qtbot.waitUntil(page.isActiveWindow)
        return page

    return made


@pytest.fixture
def tell(qtbot) -> Callable[[OverviewPage, Snapshot], None]:
    def told(page: OverviewPage, snapshot: Snapshot) -> None:
        with qtbot.waitSignal(page.feed.told):
            page.show_snapshot(snapshot)

    return told


def names(page: OverviewPage) -> list[str]:
    return [tile.accessibleName() for tile in page.figures.tiles]


def test_four_figures_with_what_there_is_to_say(shown: Shown):
    clock = words.clock(working.NOW)
    waiting, rate, read, failed = names(shown())
    assert waiting == "Pages waiting, 5,392, oldest waits 6 min 12 s"
    assert rate.startswith("Throughput, 164 pages/min, ")
    assert rate.endswith(" % above the last hour")
    assert read == "Read today, 41,870 pages, in 2,318 jobs, 97.2 % mean confidence"
    assert failed == f"Failed today, 57 jobs, 31 of them since {clock}"


def test_nothing_is_compared_with_an_hour_that_nobody_saw():
    quiet = at_work(pages_waiting=0, pages_per_minute=0, failed_today=0, queues=())
    notes = [figure.note for figure in figures(quiet, None)]
    assert notes == ["nothing waits", "", "", "nothing failed"]
    assert figures(quiet, working.OVERVIEW)[1].note == "100 % below the last hour"


def test_a_figure_has_its_hour_as_a_line(shown: Shown):
    page = shown()
    assert len(page.figures.tiles[0].shown.values) == 60
    plain = page.figures.tiles[0].grab().toImage()
    page.figures.tiles[0].show_figure(replace(page.figures.tiles[0].shown, values=()))
    assert page.figures.tiles[0].grab().toImage() != plain


def test_a_finding_has_one_button_and_the_first_one_counts_most(shown: Shown, qtbot):
    page = shown()
    rows = [row for row in page.attention.rows if row.isVisible()]
    assert [row.button.text() for row in rows] == [
        *("Enter password…", "Try again", "Read scaled down", "Show files", "Try again", "Show worker"),
    ]
    assert [row.button is row.primary for row in rows] == [True, *([False] * 5)]
    with qtbot.waitSignal(page.remedy_asked) as asked:
        QTest.mouseClick(rows[3].button, Qt.MouseButton.LeftButton)
    assert asked.args == [working.FINDINGS[3]]
    rows[0].button.setFocus()
    with qtbot.waitSignal(page.remedy_asked) as asked:
        QTest.keyClick(rows[0].button, Key.Key_Return)
    assert asked.args == [working.FINDINGS[0]]
    with qtbot.waitSignal(page.failed_asked):
        page.attention.all_failed.click()


def test_what_somebody_meant_so_is_no_first_fix(shown: Shown):
    meant = replace(working.FINDINGS[0], severity=Severity.NOTE)
    page = shown(findings=(meant,))
    assert not any(row.button is row.primary for row in page.attention.rows if row.isVisible())


def test_the_first_that_mends_something_is_the_primary_button(shown: Shown):
    page = shown(findings=(working.FINDINGS[3], *working.FINDINGS[:2]))
    rows = [row for row in page.attention.rows if row.isVisible()]
    assert [row.button is row.primary for row in rows] == [False, True, False]


def test_many_findings_leave_room_for_the_batches(shown: Shown):
    many = tuple(replace(working.FINDINGS[0], subject=f"class {n}") for n in range(9))
    page = shown(findings=many)

    def seen() -> int:
        return sum(row.isVisible() for row in page.attention.rows)

    assert (seen(), page.attention.more.text()) == (6, "3 more")
    page.attention.more.click()
    assert (seen(), page.attention.more.text()) == (9, "Show fewer")
    page.attention.more.click()
    assert seen() == 6


def test_nothing_needs_attention(shown: Shown):
    page = shown(findings=(), failures=())
    assert page.attention._none.isVisible()
    assert not any(row.isVisible() for row in page.attention.rows)
    assert not page.attention.all_failed.isVisible()


def test_a_small_window_stacks_the_parts_and_folds_the_findings(shown: Shown, qtbot):
    page = shown(960)
    rows = page.attention.rows
    assert page.minimumSizeHint().width() <= 960
    assert page.workers.y() > page.attention.y() + page.attention.height() - 2
    assert [row.isVisible() for row in rows[:4]] == [True, True, True, False]
    assert page.attention.more.text() == "3 more"
    assert page.attention._rest.text().startswith("4 files are damaged beyond repair, 1 page")
    QTest.mouseClick(page.attention.more, Qt.MouseButton.LeftButton)
    assert all(row.isVisible() for row in rows[:6])
    page.resize(1230, 820)
    qtbot.waitUntil(lambda: page.services.x() > page.attention.x())
    assert page.services.y() == page.attention.y()


def test_services_say_how_fast_they_are_and_what(shown: Shown, tell):
    page = shown(health=lamps(s3="The S3 server does not answer."))
    tell(page, at_work(health=lamps(s3="The S3 server does not answer.")))
    said = {name: row.accessibleName() for name, row in page.services.rows.items()}
    assert said["redis"] == "Redis, 0.6 ms, 7.0.15, 18.4 MB, no append-only file"
    assert said["postgres"] == "Postgres, 1.9 ms, 16.4, 14 of 100 connections, 8.1 GB"
    assert said["s3"].startswith("S3, away, Since ")
    assert said["s3"].endswith("The S3 server does not answer.")


def test_a_redis_that_drops_messages_says_so(shown: Shown, tell):
    page = shown()
    row = page.services.rows["redis"]
    assert "Database 0, 14 clients, up 10 d. It took 31.0 MB of memory at most." in row.toolTip()
    full = replace(working.REDIS, most_bytes=20_000_000, evicts="allkeys-lru")
    page.feed.told.emit(replace(working.OVERVIEW, servers=Servers(broker=full)))
    assert row.accessibleName() == "Redis, 0.6 ms, Drops messages when it is full"
    assert "18.4 MB of 20.0 MB" in row.toolTip()
    assert "allkeys-lru" in row.toolTip()
    assert row._role == "warn"


def test_workers_say_how_they_are_and_lead_to_themselves(shown: Shown, qtbot):
    page = shown()
    said = [line.accessibleName() for line in page.workers.lines if line.isVisible()]
    assert said[0] == "ocr1@scan-01, online, 8 of 8 slots busy, 61 pages/min"
    assert said[4].endswith("Silent 41 s, was reading")
    assert said[5].endswith("Lost 6 min ago")
    for press in (page.workers.lines[5].click, lambda: QTest.keyClick(page.workers.lines[5], Key.Key_Space)):
        with qtbot.waitSignal(page.workers.worker_asked) as asked:
            press()
        assert asked.args == ["ocr1@scan-03"]


def test_of_many_workers_those_that_do_not_answer_are_seen():
    online = [working.reads(f"ocr{place:02}@a", 1, 4, 9) for place in range(30)]
    lost = [working.reads(f"lost{place}@b", 0, 4, 0, Presence.LOST, 90) for place in range(2)]
    chosen = chosen_workers([*online, *lost])
    assert len(chosen) == MOST
    assert [worker.name for worker in chosen[-2:]] == ["lost0@b", "lost1@b"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((1, 100, None), "Estimating"),
        ((19, 100, 30.0), "Estimating"),
        ((40, 100, 30.0), "2 min"),
        ((40, 100, None), "–"),
        ((0, 100, None), "Waiting"),
    ],
)
def test_no_time_is_guessed_from_too_little(values, said):
    done, pages, rate = values
    assert left_words(working.batch(1, "a", done, pages, rate)) == said


def test_batches_are_opened_and_held_back_by_mouse_and_by_key(shown: Shown, tell, qtbot):
    page = shown()
    table, model = page.batches.table, page.batches.model
    texts = [model.index(0, column).data() for column in range(model.columnCount())]
    assert texts[:6] == ["Hồ sơ thuế 2025", "71 %", "5,824 of 8,200", "35", "72/min", "33 min"]
    assert texts[6] == words.near(working.NOW + timedelta(minutes=33), working.NOW)
    acts = table.visualRect(model.index(1, 7))
    with qtbot.waitSignal(page.batches.pause_asked) as asked:
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=acts.center() + QPoint(2, 0))
    assert asked.args == [[UUID(int=2)]]
    table.setFocus()
    QTest.keyClick(table, Key.Key_Down)
    with qtbot.waitSignal(page.batches.opened) as opened:
        QTest.keyClick(table, Key.Key_Return)
    assert opened.args == [UUID(int=3)]
    paused = replace(working.BATCHES[2], paused=True)
    tell(page, at_work(batches=(paused,)))
    table.go_to(paused.id)
    assert [action.text() for action in table.make_menu().actions()] == ["Open", "Resume"]
    with qtbot.waitSignal(page.batches.resume_asked) as asked:
        page.batches.pause_action.trigger()
    assert asked.args == [[UUID(int=3)]]


def test_the_rows_of_batches_are_a_model(qtmodeltester):
    model: TableModel[BatchFigures] = TableModel(
        open_columns(lambda: working.NOW, locked=lambda: False), key=lambda one: one.id
    )
    qtmodeltester.check(model, force_py=True)
    model.set_rows(working.BATCHES)
    model.set_rows(reversed(working.BATCHES[1:]))
    assert model.rowCount() == 4


def test_without_a_job_it_says_what_to_do_and_without_a_batch_that_there_is_none(shown: Shown, tell):
    page = shown(store=MemoryStore(), batches=(), findings=(), failures=())
    assert page.batches._first.isVisible()
    tell(page, at_work(store=MemoryStore([job(1, State.DONE)]), batches=()))
    assert not page.batches._first.isVisible()
    assert page.batches._none_room.isVisible()


def test_while_the_database_is_away_figures_are_grey_and_nothing_is_cleared(shown: Shown, tell):
    page = shown()
    before, look = names(page), page.figures.tiles[0].grab().toImage()
    away = at_work(health=lamps(postgres="PostgreSQL does not answer."))
    tell(page, away)
    switch(page, away=True)
    assert names(page) == before
    assert page.figures.tiles[0].grab().toImage() != look
    assert len([row for row in page.attention.rows if row.isVisible()]) == 6
    buttons = [row.button.isEnabled() for row in page.attention.rows[:4]]
    assert buttons == [False, False, False, True]


def test_a_page_that_nobody_sees_asks_nothing(qtbot, background: Background):
    page, source = OverviewPage(background), OneAnswer()
    qtbot.addWidget(page)
    page.open_source(source)
    page.show_snapshot(at_work())
    assert source.asked == 0
    with qtbot.waitSignal(page.feed.told):
        page.show()
    assert names(page)[0].startswith("Pages waiting, 5,392")
    page.hide()
    page.show_snapshot(at_work(pages_waiting=1))
    assert (source.asked, names(page)[0][:20]) == (1, "Pages waiting, 5,392")


def test_everything_has_a_name(shown: Shown):
    assert unnamed(shown()) == []


def test_a_latency_is_measured_once_a_picture(shown: Shown):
    page = shown()
    assert {len(row._latencies) for row in page.services.rows.values()} == {1}
