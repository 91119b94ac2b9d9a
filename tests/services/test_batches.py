"""What batches say of themselves: how far, how fast, and nothing of the time that is left where that is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from tests.services.queued_jobs import change
from worker.core import batches as counting
from worker.core.batch_details import BatchDetails, batch_details
from worker.core.batch_figures import HONEST, BatchFigures, BatchState
from worker.core.batches import Batches
from worker.core.jobs import Priority, State
from worker.core.store import Store

_JOB = """insert into jobs (id, name, path, state, batch_id, pages, pages_done, pages_failed, mean_confidence, priority,
    attempts, started_at, finished_at) select gen_random_uuid(), 'scan.pdf', 'scan.pdf', :state, :batch, :pages, :done,
    :failed, :confidence, :priority, :attempts, clock_timestamp() - make_interval(secs => :began),
    case when :ended is not null then clock_timestamp() - make_interval(secs => :ended) end
    from generate_series(1, :jobs)"""


def add(engine: Engine, batch: UUID, state: State, jobs: int = 1, **given: Any) -> None:
    """Jobs of a batch; `began` and `ended` are seconds ago, None for never."""
    values = {"pages": 4, "done": 0, "failed": 0, "confidence": None, "priority": 6, "attempts": 1}
    change(engine, _JOB, state=state, batch=batch, jobs=jobs, **{**values, "began": None, "ended": None, **given})


@pytest.fixture
def batches(store: Store) -> Batches:
    return Batches(store.engine)


def only(batches: Batches) -> BatchFigures:
    (figures,) = batches.open(spend_s=1)
    return figures


def test_a_batch_that_is_open_in_figures(store: Store, engine: Engine, batches: Batches) -> None:
    batch = store.add_batch("tax", "ann@desk")
    add(engine, batch, State.DONE, 10, done=4, confidence=90, began=60, ended=30)
    add(engine, batch, State.DONE, 1, pages=10, done=10, failed=1, confidence=60, began=50, ended=20)
    add(engine, batch, State.FAILED, 2, pages=24, done=5, failed=1, began=40, ended=10)
    add(engine, batch, State.RUNNING, 1, pages=6, done=2, began=5)
    add(engine, batch, State.QUEUED, 3)
    add(engine, batch, State.UPLOADING, 2, pages=None)
    figures = only(batches)
    assert (figures.name, figures.created_by, figures.state) == ("tax", "ann@desk", BatchState.RUNNING)
    assert (figures.jobs, figures.jobs_active, figures.jobs_failed) == (19, 6, 2)
    assert figures.pages_done == 62
    counted = 40 + 10 + 10 + 6 + 12  # what failed is read no further
    assert figures.pages == pytest.approx(counted + 2 * (40 + 10 + 48 + 6 + 12) / 17, abs=1)
    assert figures.pages_failed == 3
    assert figures.mean_confidence == pytest.approx((40 * 90 + 10 * 60) / 50)
    assert figures.share == pytest.approx(62 / figures.pages)
    assert 0.8 < figures.uploaded < 0.9
    assert figures.rate_per_min == pytest.approx(62, rel=0.1)  # it began a minute ago
    assert figures.left_s == pytest.approx(60 * figures.pages_left / 62, rel=0.1)
    assert figures.finished_at is None


def test_a_batch_that_is_finished_says_how_long_it_took(store: Store, engine: Engine, batches: Batches) -> None:
    batch = store.add_batch("tax", "ann@desk")
    add(engine, batch, State.DONE, 30, done=4, began=600, ended=120)
    add(engine, batch, State.CANCELLED, 1, pages=4, done=1, began=500, ended=60)
    (line,) = batches.lines()
    assert (line.is_open, line.has_failures, line.state) == (False, False, BatchState.FINISHED)
    figures = batches.figures([line])[batch]
    assert (figures.state, figures.share, figures.pages) == (BatchState.FINISHED, 1.0, 121)
    assert figures.took_s == pytest.approx(540, abs=2)
    assert figures.rate_per_min == pytest.approx(60 * 121 / 540, rel=0.02)
    assert figures.left_s is None
    assert figures.done_at == figures.finished_at
    assert batches.open(spend_s=1) == ()


@pytest.mark.parametrize(
    ("done", "began", "paused", "known"),
    [(HONEST, 60, False, True), (HONEST - 1, 60, False, False), (40, 3, False, False), (40, 60, True, False)],
)
def test_an_estimate_only_where_it_is_honest(
    store: Store, engine: Engine, batches: Batches, done: int, began: float, paused: bool, known: bool
) -> None:
    batch = store.add_batch("tax", None)
    add(engine, batch, State.RUNNING, pages=100, done=done, began=began)
    change(engine, "update batches set paused = :paused", paused=paused)
    figures = only(batches)
    assert (figures.left_s is not None) is known
    assert (figures.done_at is not None) is known
    assert figures.state is (BatchState.PAUSED if paused else BatchState.RUNNING)


def test_what_was_read_long_ago_makes_no_rate(store: Store, engine: Engine, batches: Batches) -> None:
    batch = store.add_batch("tax", None)
    add(engine, batch, State.RUNNING, pages=100, done=80, began=4000)
    assert only(batches).rate_per_min == 0
    assert only(batches).left_s is None


def test_pages_of_a_long_document_and_of_a_second_try_are_counted_as_they_were_read(
    store: Store, engine: Engine, batches: Batches
) -> None:
    batch = store.add_batch("tax", None)
    add(engine, batch, State.RUNNING, pages=900, done=500, began=4000)
    add(engine, batch, State.RUNNING, pages=40, done=30, began=60, attempts=2)
    change(
        engine,
        """insert into pages (job_id, number, state, read_at) select j.id, n, 'done', clock_timestamp() -
        make_interval(secs => case when n <= 10 then 60 else 3000 end) from jobs j, generate_series(1, 30) n""",
    )
    assert only(batches).rate_per_min == pytest.approx(20 / 5)


def test_a_share_never_goes_back_while_the_batch_is_open(store: Store, engine: Engine, batches: Batches) -> None:
    batch = store.add_batch("tax", None)
    add(engine, batch, State.RUNNING, pages=4, done=2, began=60)
    assert only(batches).share == 0.5
    add(engine, batch, State.UPLOADING, 9, pages=None)
    figures = only(batches)
    assert (figures.pages, figures.share) == (40, 0.5)
    change(engine, "update jobs set state = 'DONE', pages = 4, pages_done = 4, finished_at = clock_timestamp()")
    assert batches.open(spend_s=1) == ()
    add(engine, batch, State.QUEUED, 10)  # it is opened anew: a run of its own
    assert only(batches).share == 0.5
    add(engine, batch, State.QUEUED, 10)
    assert only(batches).share == 0.5


def test_a_batch_is_counted_anew_only_when_a_job_of_it_has_changed(
    store: Store, engine: Engine, batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = store.add_batch("first", None), store.add_batch("second", None)
    add(engine, first, State.QUEUED)
    add(engine, second, State.QUEUED)
    before = batches.open(spend_s=1)
    add(engine, second, State.QUEUED)
    after = batches.open(spend_s=1)
    assert [one.name for one in after] == ["second", "first"]
    assert after[1] is before[1]
    assert after[0].jobs == 2
    change(
        engine,
        "delete from jobs where id = (select max(id::text)::uuid from jobs where batch_id = :b)".replace(
            "::", "\\:\\:"
        ),
        b=second,
    )
    batches.doubt()
    assert batches.open(spend_s=1)[0].jobs == 1
    change(engine, "update batches set paused = true")
    assert {one.state for one in batches.open(spend_s=1)} == {BatchState.PAUSED}
    monkeypatch.setattr(counting, "OLDEST_S", -1.0)
    assert batches.open(spend_s=1)[0].at != after[0].at


def test_large_batches_share_the_time_that_may_be_spent(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each count takes three times of what may be spent in a call, by a clock of our own."""
    clock = [0.0]
    counted: list[str] = []

    def count(_connection: object, line: Any, now: datetime) -> BatchFigures:
        clock[0] += 0.75
        counted.append(line.name)
        return BatchFigures(line.id, line.name, share=0.5, at=now)

    monkeypatch.setattr(counting, "counted", count)
    batches = Batches(engine, clock=lambda: clock[0])
    for name in "abc":
        add(engine, store.add_batch(name, None), State.QUEUED)
    for _ in range(3):
        batches.open(spend_s=0.25)
    assert sorted(counted) == ["a", "b", "c"]  # for the first time: one a call
    counted.clear()
    for _ in range(18):
        change(engine, "update jobs set name = name")
        batches.open(spend_s=0.25)
    assert len(counted) == 6
    assert sorted(counted) == ["a", "a", "b", "b", "c", "c"]  # none of them starves


def test_priority_is_that_of_what_has_not_ended(store: Store, engine: Engine, batches: Batches) -> None:
    batch = store.add_batch("tax", None)
    add(engine, batch, State.DONE, priority=0)
    add(engine, batch, State.QUEUED, priority=3)
    assert only(batches).priority is Priority.HIGH
    add(engine, batch, State.QUEUED, priority=9)
    assert only(batches).priority is None


def test_lines_of_all_batches_the_latest_change_first(store: Store, engine: Engine, batches: Batches) -> None:
    for name, state in (("failed", State.FAILED), ("waiting", State.QUEUED), ("done", State.DONE)):
        add(engine, store.add_batch(name, None), state)
    store.add_batch("empty", None)
    lines = batches.lines()
    assert [line.name for line in lines] == ["done", "waiting", "failed"]
    assert [line.state for line in lines] == [BatchState.FINISHED, BatchState.WAITING, BatchState.FINISHED]
    assert [line.has_failures for line in lines] == [False, False, True]
    assert [line.name for line in batches.lines(most=1)] == ["done"]


def test_more_batches_than_are_remembered_are_all_told(
    store: Store, engine: Engine, batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "KEPT", 1)
    for name in ("one", "two", "three"):
        add(engine, store.add_batch(name, None), State.DONE, done=4)
    lines = batches.lines()
    assert batches.figures(lines).keys() == {line.id for line in lines}


def test_an_estimate_by_the_clock() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    counts = dict.fromkeys(State, 0) | {State.RUNNING: 1}
    figures = BatchFigures(uuid4(), "tax", counts=counts, pages=100, pages_done=40, rate_per_min=30, at=now)
    assert figures.left_s == 120
    assert figures.done_at == now + timedelta(minutes=2)
    assert replace(figures, rate_per_min=0).done_at is None


def test_what_the_pane_of_a_batch_asks(
    store: Store, engine: Engine, batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = store.add_batch("tax", None)
    add(engine, batch, State.DONE, 6, done=10, pages=10, confidence=75, began=600, ended=300)
    add(engine, batch, State.DONE, 1, done=4, confidence=95, began=500, ended=1)
    add(engine, batch, State.FAILED, 2, began=400, ended=350)
    add(engine, batch, State.FAILED, 1, began=400, ended=360)
    add(engine, store.add_batch("another", None), State.FAILED)
    change(
        engine,
        """update jobs set error_class = case when finished_at > now() - interval '355 s' then 'needs_password'
            else 'corrupt' end where state = 'FAILED' and batch_id = :batch;
        update jobs set outputs = jsonb_build_object('pdf', jsonb_build_object('bytes', 1000), 'txt', 'elsewhere')
            where state = 'DONE';
        insert into pages (job_id, number, state, read_at) select id, n, 'done', finished_at - interval '2 s'
            from jobs, generate_series(1, 10) n where state = 'DONE' and pages = 10""",
        batch=batch,
    )
    figures = batches.figures(batches.lines())[batch]
    details = batch_details(engine, figures)
    assert [(one.error_class, one.count) for one in details.failures] == [("needs_password", 2), ("corrupt", 1)]
    assert [(one.format, one.files, one.bytes) for one in details.outputs] == [("txt", 7, 0), ("pdf", 7, 7000)]
    assert details.low == 6
    assert details.throughput is not None
    assert (details.throughput.step_s, len(details.throughput.rates)) == (10, 59)
    assert sum(details.throughput.rates) * 10 / 60 == pytest.approx(60)
    assert details.throughput.mean == pytest.approx(60 / 590 * 60)
    monkeypatch.setattr("worker.core.batch_details.MOST_PAGES", 10)
    by_ends = batch_details(engine, figures).throughput
    assert by_ends is not None
    assert sum(by_ends.rates) * 10 / 60 == pytest.approx(60)


def test_a_batch_that_has_not_begun_has_no_throughput(store: Store, engine: Engine, batches: Batches) -> None:
    batch = store.add_batch("tax", None)
    add(engine, batch, State.QUEUED)
    assert batch_details(engine, only(batches)) == BatchDetails(batch)
