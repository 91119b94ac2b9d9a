"""The feed of the jobs table: pages, pictures, the window of 2,000, what moves and what waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.bridge.background import Background
from console.bridge.job_feed import PAGE, WINDOW, JobFeed
from console.bridge.pace import REST, Pace
from console.bridge.table import TableModel
from console.ui.jobs_columns import job_columns
from tests.gui.invented import NOW, MemoryStore, job, lamps, picture
from worker.core.errors import DatabaseError
from worker.core.filters import JobFilter
from worker.core.jobs import Job, State


@pytest.fixture
def feed(background: Background) -> JobFeed:
    model: TableModel[Job] = TableModel(job_columns(lambda: NOW), key=lambda row: row.id)
    return JobFeed(model, background)


def names(feed: JobFeed) -> list[str]:
    return [row.name for row in feed.model.rows]


def opened(qtbot, feed: JobFeed, *jobs: Job) -> MemoryStore:
    store = MemoryStore(jobs)
    with qtbot.waitSignal(feed.loaded):
        feed.open(store)
    return store


def change(feed: JobFeed, store: MemoryStore, *jobs: Job) -> None:
    store.put(*jobs)
    feed.apply(picture(store, changed=jobs))


def test_the_first_page_comes_and_more_when_it_is_asked_for(qtbot, feed: JobFeed):
    opened(qtbot, feed, *(job(place, ago_s=place) for place in range(PAGE + 50)))
    assert len(feed.model.rows) == PAGE
    assert feed.model.more
    with qtbot.waitSignal(feed.loaded):
        feed.model.wanted.emit()
    assert len(feed.model.rows) == PAGE + 50
    assert feed.complete
    assert names(feed) == sorted(names(feed))


def test_the_window_ends_at_two_thousand_rows(qtbot, feed: JobFeed):
    opened(qtbot, feed, *(job(place, ago_s=place) for place in range(WINDOW + 300)))
    while feed.model.more:
        with qtbot.waitSignal(feed.loaded):
            feed.model.wanted.emit()
    assert len(feed.model.rows) == WINDOW
    assert not feed.complete


def test_a_tick_changes_a_row_where_it_stands(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, *(job(place, State.RUNNING, ago_s=place + 1) for place in range(5)))
    before = names(feed)
    change(feed, store, job(3, State.RUNNING, pages_done=2))
    assert names(feed) == before
    assert feed.model.row(3).pages_done == 2


def test_a_new_state_brings_a_row_to_the_top(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, *(job(place, State.RUNNING, ago_s=place + 1) for place in range(5)))
    change(feed, store, job(3, State.DONE))
    assert names(feed)[0] == job(3).name
    feed.hold_order = True
    change(feed, store, job(4, State.DONE))
    assert names(feed).index(job(4).name) == 4
    assert feed.model.row(4).state is State.DONE


def test_new_jobs_come_in_on_top_while_the_view_is_there(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, *(job(place, ago_s=60 + place) for place in range(5)))
    change(feed, store, job(10, ago_s=2), job(11, ago_s=1))
    assert names(feed)[:2] == [job(11).name, job(10).name]


def test_new_jobs_wait_while_the_view_is_elsewhere(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, *(job(place, ago_s=60 + place) for place in range(5)))
    feed.at_top = False
    with qtbot.waitSignal(feed.waiting_changed) as waiting:
        change(feed, store, job(10), job(11))
    assert waiting.args == [2]
    assert len(feed.model.rows) == 5
    change(feed, store, job(10, State.RUNNING))  # the same one again is not a third
    with qtbot.waitSignals([feed.loaded, feed.waiting_changed]):
        feed.reload()
    assert len(feed.model.rows) == 7


def test_new_jobs_wait_in_an_order_where_they_are_not_first(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, job(1, ago_s=60))
    with qtbot.waitSignal(feed.loaded):
        feed.ask(JobFilter(), "name", descending=False)
    with qtbot.waitSignal(feed.waiting_changed):
        change(feed, store, job(0))
    assert names(feed) == [job(1).name]


def test_a_job_that_no_longer_fits_goes(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, job(1, State.RUNNING, ago_s=9), job(2, State.RUNNING, ago_s=9))
    with qtbot.waitSignal(feed.loaded):
        feed.ask(JobFilter(states=frozenset({State.RUNNING})), "updated", descending=True)
    change(feed, store, job(1, State.DONE), job(3, State.DONE))
    assert names(feed) == [job(2).name]


def test_news_beyond_the_window_push_out_the_last_rows(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, *(job(place, ago_s=place + 10) for place in range(WINDOW)))
    while not feed.complete:
        with qtbot.waitSignal(feed.loaded):
            feed.model.wanted.emit()
    change(feed, store, *(job(5000 + place) for place in range(10)))
    assert len(feed.model.rows) == WINDOW
    assert names(feed)[-1] == job(WINDOW - 11).name


def test_what_changes_while_a_page_is_loaded_is_not_lost(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, job(1, ago_s=60))
    old = store.jobs()
    store.gate.clear()
    feed.reload()
    qtbot.waitUntil(lambda: len(store.asked) >= 3)  # the page is under way with what was so before
    store.rows = {row.id: row for row in old.rows}
    feed.apply(picture(store, changed=[job(1, State.RUNNING), job(2)]))
    with qtbot.waitSignal(feed.loaded):
        store.gate.set()
    assert set(names(feed)) == {job(1).name, job(2).name}
    assert feed.model.row(names(feed).index(job(1).name)).state is State.RUNNING


def test_an_older_picture_of_a_row_changes_nothing(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, job(1, State.DONE, ago_s=5))
    feed.apply(picture(store, changed=[job(1, State.RUNNING, ago_s=6)]))
    assert feed.model.row(0).state is State.DONE


def test_the_answer_to_an_older_question_is_dropped(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, job(1, State.DONE), job(2, State.FAILED))
    store.gate.clear()
    feed.ask(JobFilter(states=frozenset({State.DONE})), "updated", descending=True)
    feed.ask(JobFilter(states=frozenset({State.FAILED})), "updated", descending=True)
    with qtbot.waitSignal(feed.loaded):
        store.gate.set()
    assert names(feed) == [job(2).name]


def test_when_more_changed_than_a_picture_holds_the_rows_are_loaded_anew(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, job(1, ago_s=60))
    store.put(job(2))
    with qtbot.waitSignal(feed.loaded):
        feed.apply(picture(store, complete=False))
    assert len(feed.model.rows) == 2


def test_a_deleted_job_goes(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, job(1), job(2))
    feed.apply(picture(store))
    del store.rows[job(1).id]
    with qtbot.waitSignal(feed.loaded):
        feed.apply(picture(store))
    assert names(feed) == [job(2).name]


def test_a_deleted_job_goes_although_more_arrive(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, job(1, ago_s=1), job(2, ago_s=2))
    feed.apply(picture(store, deleted=7))
    feed.at_top = False
    del store.rows[job(1).id]
    store.put(job(3), job(4))
    feed.apply(picture(store, changed=[job(3), job(4)]))
    with qtbot.waitSignal(feed.loaded):
        feed.apply(picture(store, deleted=8))
    assert job(1).name not in names(feed)


def test_counts_are_the_pictures_own_unless_words_narrow_them(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, job(1, State.DONE, name="invoice.pdf"), job(2, State.FAILED))
    feed.apply(picture(store))
    assert feed.counts[State.FAILED] == 1
    with qtbot.waitSignals([feed.loaded, feed.counts_changed]):
        feed.ask(JobFilter(text="INVOICE"), "updated", descending=True)
    assert (feed.counts[State.DONE], feed.counts[State.FAILED]) == (1, 0)
    feed.apply(picture(store))
    assert feed.counts[State.FAILED] == 0


def test_an_error_is_told_and_the_rows_stay(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, job(1))
    store.error = DatabaseError("Postgres is away.")
    with qtbot.waitSignal(feed.failed) as failed:
        feed.reload()
    assert failed.args[0].sentence == "Postgres is away."
    assert len(feed.model.rows) == 1


def test_what_could_not_be_had_is_asked_for_again_when_the_database_answers(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, *(job(place, ago_s=place) for place in range(PAGE + 5)), job(900, State.FAILED))
    told = list[object]()
    feed.failed.connect(told.append)
    store.error = DatabaseError("PostgreSQL does not answer.")
    with qtbot.waitSignal(feed.failed):
        feed.ask(JobFilter(states=frozenset({State.FAILED})), "name", False)
    qtbot.waitUntil(lambda: not feed._busy)
    feed.model.wanted.emit()
    assert not feed._busy  # no row of what is asked for now comes behind those of before
    feed.apply(picture(store, health=lamps(postgres="PostgreSQL does not answer.")))
    assert not feed._busy
    feed.apply(picture(store))
    qtbot.waitUntil(lambda: not feed._busy)
    assert len(told) == 1
    store.error = None
    with qtbot.waitSignal(feed.loaded):
        feed.apply(picture(store))
    assert names(feed) == [job(900).name]


def test_counts_that_failed_slowly_rest_before_they_are_asked_for_again(qtbot, feed: JobFeed, monkeypatch):
    store, now, asked = opened(qtbot, feed, job(1)), [100.0], list[JobFilter]()

    def counts(chosen: JobFilter | None = None) -> dict[State, int]:
        if chosen is None:  # for a picture
            return {}
        asked.append(chosen)
        now[0] += 4
        raise DatabaseError("PostgreSQL gave up after 4 s.")

    monkeypatch.setattr(store, "counts", counts)
    feed._counts_pace = Pace(lambda: now[0])
    with qtbot.waitSignals([feed.failed, feed.loaded]):
        feed.ask(JobFilter(text="invoice"), "updated", descending=True)
    change(feed, store, job(2))
    assert (len(asked), feed._counting) == (1, False)
    now[0] += 4 * REST
    with qtbot.waitSignal(feed.failed):
        change(feed, store, job(3))
    assert len(asked) == 2


def test_what_could_not_be_had_is_not_asked_for_again_when_it_is_waited_for_no_more(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, job(1))
    store.error = DatabaseError("PostgreSQL does not answer.")
    with qtbot.waitSignal(feed.failed):
        feed.ask(JobFilter(text="invoice"), "updated", True)
    store.gate.clear()
    feed.apply(picture(store))
    assert feed._busy
    feed.stop()
    feed.apply(picture(store))
    store.gate.set()
    assert not feed._busy


def test_reloading_keeps_the_pages_that_were_loaded(qtbot, feed: JobFeed):
    opened(qtbot, feed, *(job(place, ago_s=place) for place in range(3 * PAGE)))
    with qtbot.waitSignal(feed.loaded):
        feed.model.wanted.emit()
    with qtbot.waitSignal(feed.loaded):
        feed.reload()
    assert len(feed.model.rows) == 2 * PAGE


@pytest.mark.parametrize(
    ("chosen", "fits"),
    [
        (JobFilter(), True),
        (JobFilter(states=frozenset({State.FAILED, State.DONE})), True),
        (JobFilter(states=frozenset({State.DONE})), False),
        (JobFilter(text=" HÓA đơn "), True),
        (JobFilter(text="Ho\u0301a"), True),  # typed in pieces, stored whole
        (JobFilter(text="password"), True),
        (JobFilter(text="invoice"), False),
        (JobFilter(error_classes=frozenset({"needs_password"})), True),
        (JobFilter(error_classes=frozenset({"corrupt"})), False),
    ],
)
def test_what_meets_a_filter(chosen: JobFilter, fits: bool):
    row = replace(job(1, State.FAILED), name="Hóa đơn.pdf", error="It needs a password.", error_class="needs_password")
    assert chosen.matches(row) is fits


def test_what_only_goes_on_does_not_push_others_off_the_top(qtbot, feed: JobFeed):
    store = opened(qtbot, feed, job(1, ago_s=60))
    hour = timedelta(hours=1)
    reading = replace(job(2, State.RUNNING), started=NOW - hour)
    begun = replace(job(3, State.RUNNING), started=NOW)
    read = replace(job(4, State.DONE), started=NOW - hour, finished=NOW)
    touched = replace(job(5, State.DONE), finished=NOW - hour)
    change(feed, store, reading, begun, read, touched)
    assert sorted(names(feed)) == sorted([begun.name, read.name, job(1).name])
