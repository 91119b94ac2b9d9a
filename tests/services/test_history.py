"""The history of figures: sampled once, rolled up without a lie, bounded, and read with its gaps."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.services.connections import elsewhere
from tests.services.dead_ends import HOST, closed_port
from tests.services.queued_jobs import change, queued, value
from worker.core.broker import Broker
from worker.core.database import open_engine
from worker.core.depths import QueueDepth
from worker.core.errors import UsageError
from worker.core.history import MOST_POINTS, History, floor
from worker.core.jobs import Doorbell
from worker.core.sampling import Sampler
from worker.core.series import ALL_QUEUES, FIGURES, Point, Series
from worker.core.settings import Settings
from worker.core.store import Store, WorkerReport

MINUTE = timedelta(minutes=1)
STEP = timedelta(seconds=10)
ENDED = """
insert into jobs (id, name, state, queue, pages, pages_done, created_at, started_at, finished_at, attempts)
select gen_random_uuid(), 'a.pdf', :state, :queue, 2, 2, cast(:at as timestamptz) - make_interval(secs => :wait),
    cast(:at as timestamptz), cast(:at as timestamptz) + interval '1 s', :attempts from generate_series(1, :many)"""
READ = """
insert into pages (job_id, number, state, seconds, read_at)
select id, n, 'done', n, started_at + interval '1 s' from jobs, generate_series(1, 2) n where started_at = :at"""
ROW = """
insert into history (step, queue, at, covered_s, waiting, running, added, begun, done, failed, pages,
    wait_p50_s, wait_p95_s, slots, busy)
values (:step, :queue, :at, :step, :waiting, 0, 0, :begun, :pages, 0, :pages, :p50, :p95, 4, :busy)"""


@pytest.fixture
def sampler(engine: Engine, broker: Broker) -> Sampler:
    return Sampler(engine, broker)


@pytest.fixture
def history(engine: Engine, clean: None) -> History:
    return History(engine)


@pytest.fixture
def began() -> datetime:
    """When ten seconds began that are over."""
    return floor(datetime.now(UTC), 10) - timedelta(minutes=10)


def only(history: History, queue: str, at: datetime) -> Point:
    (point,) = history.series(queue, at, at + STEP, 10).points
    assert point is not None
    return point


def ended(engine: Engine, at: datetime, many: int, state: str = "DONE", **given: Any) -> None:
    change(engine, ENDED, **{"at": at, "many": many, "state": state, "queue": "ocr", "wait": 3, "attempts": 1, **given})


def put(engine: Engine, at: datetime, *, step: int = 10, queue: str = "", **given: Any) -> None:
    values = {"waiting": 0, "begun": 0, "pages": 0, "p50": None, "p95": None, "busy": 0}
    change(engine, ROW, at=at, step=step, queue=queue, **{**values, **given})


def waiting(series: Series) -> Sequence[float | None]:
    return series.figures("waiting")


def test_what_waits_is_counted_by_queue_and_over_all(
    sampler: Sampler, history: History, store: Store, broker: Broker, engine: Engine, began: datetime
) -> None:
    for _ in range(3):
        job, task = queued(store)  # 2 pages
        broker.ring(Doorbell(task, job, queue="scans"))
    change(engine, "update jobs set queue = 'scans'; update tasks set queue = 'scans'")
    store.put_worker(WorkerReport("ocr@a", "a", 1, "1", slots=4, busy=1, queues=("ocr", "scans")))
    store.put_worker(WorkerReport("ocr@b", "b", 1, "1", slots=2, busy=2, queues=("ocr",)))
    store.put_worker(WorkerReport("ocr@gone", "b", 1, "1", slots=8, queues=("ocr",)))
    change(engine, "update workers set seen_at = now() - interval '1 min' where name = 'ocr@gone'")
    assert sampler.sample_span(began) == 4  # all, ocr, celery, scans
    scans, everything = only(history, "scans", began), only(history, ALL_QUEUES, began)
    assert (scans.waiting, scans.ready, scans.held, scans.running, scans.delayed) == (6, 3, 0, 0, 0)
    assert scans.oldest_s is not None
    assert (scans.slots, scans.busy) == (4, 1)
    assert (everything.waiting, everything.ready, everything.slots, everything.busy) == (6, 3, 6, 3)
    assert (only(history, "ocr", began).waiting, only(history, "ocr", began).slots) == (0, 6)
    assert history.queues() == ["celery", "ocr", "scans"]


class ThreeHeld:
    """A broker that gave three messages of every queue away, one of them for later."""

    def depths(self, queues: Sequence[str]) -> list[QueueDepth]:
        return [QueueDepth(queue, ready=4, held=2, delayed=1, oldest_s=9.0, ready_oldest_s=5.0) for queue in queues]


def test_a_message_that_is_claimed_runs_and_is_not_held(
    history: History, store: Store, engine: Engine, began: datetime
) -> None:
    queued(store)
    change(engine, "update tasks set status = 'running'")
    Sampler(engine, ThreeHeld()).sample_span(began)
    point, everything = only(history, "ocr", began), only(history, ALL_QUEUES, began)
    assert (point.ready, point.running, point.held, point.delayed, point.oldest_s) == (4, 1, 1, 1, 5)
    assert (everything.ready, everything.running, everything.held, everything.delayed) == (8, 1, 3, 2)


def test_what_happened_within_the_span_and_nothing_else(
    sampler: Sampler, history: History, engine: Engine, began: datetime
) -> None:
    ended(engine, began, 3)
    ended(engine, began, 1, "FAILED", wait=7)
    ended(engine, began, 1, "CANCELLED", queue="scans", attempts=2)  # a retry: since when it waits nobody knows
    ended(engine, began - STEP, 5)
    ended(engine, began + STEP, 5)
    for when in (began - STEP, began, began + STEP):
        change(engine, READ, at=when)
    change(engine, "update jobs set finished_at = null, state = 'RUNNING' where started_at = :at", at=began - STEP)
    sampler.sample_span(began)
    ocr, everything = only(history, "ocr", began), only(history, ALL_QUEUES, began)
    assert (ocr.done, ocr.failed, ocr.begun, ocr.pages, ocr.covered_s) == (3, 1, 4, 8, 10)
    assert ocr.wait_p50_s == 3
    assert ocr.wait_p95_s == pytest.approx(6.4)
    assert (ocr.page_p50_s, ocr.page_p95_s) == (1.5, 2)
    assert (ocr.pages_per_minute, ocr.failure_rate) == (48, 0.25)
    assert (everything.done, everything.begun, everything.pages) == (3, 4, 10)


def test_jobs_added_within_the_span(
    sampler: Sampler, history: History, store: Store, engine: Engine, began: datetime
) -> None:
    for when in (began - STEP, began, began + timedelta(seconds=9.9), began + STEP):
        job, _ = queued(store)
        change(engine, "update jobs set created_at = :at where id = :job", at=when, job=job)
    sampler.sample_span(began)
    assert only(history, "ocr", began).added == 2


def test_without_the_broker_its_figures_are_missing_and_the_rest_is_there(
    engine: Engine, history: History, settings: Settings, store: Store, began: datetime
) -> None:
    queued(store)
    away = Broker(elsewhere(settings, "redis", HOST, closed_port()))
    Sampler(engine, away).sample_span(began)
    away.close()
    for queue in ("ocr", ALL_QUEUES):
        point = only(history, queue, began)
        assert (point.ready, point.held, point.delayed, point.oldest_s) == (None, None, None, None)
        assert point.waiting == 2


def test_the_first_look_at_a_span_stands(
    sampler: Sampler, history: History, store: Store, engine: Engine, began: datetime
) -> None:
    sampler.sample_span(began)
    queued(store)
    sampler.sample_span(began)
    assert only(history, ALL_QUEUES, began).waiting == 0


def test_two_housekeepers_at_once_write_every_span_once(
    settings: Settings, engine: Engine, broker: Broker, history: History, began: datetime
) -> None:
    """Both at every span of two minutes, which are rolled up on the way."""
    first = floor(began, 600)
    ended(engine, first, 1)
    engines = [open_engine(settings, application="sampler", pool_size=1) for _ in range(2)]
    together = threading.Barrier(2)

    def keep(own: Engine) -> None:
        sampler = Sampler(own, broker)
        for number in range(12):
            together.wait(30)
            sampler.sample_span(first + number * STEP)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(keep, engines))
    for each in engines:
        each.dispose()
    assert value(engine, "select count(*) from history where step = 10 and queue = ''") == 12
    assert value(engine, "select count(*) from history where step = 60 and queue = ''") == 2
    assert [point and point.done for point in history.series("", first, first + 2 * MINUTE, 60).points] == [1, 0]


def test_a_span_is_sampled_when_it_is_over_and_once(sampler: Sampler, engine: Engine) -> None:
    assert sampler.sample() == 3
    assert sampler.sample() == 0  # not before the next ten seconds are over
    over = "select clock_timestamp() - at from history where queue = ''"
    assert timedelta(seconds=12) <= value(engine, over) < timedelta(seconds=60)


def test_ten_seconds_become_a_minute_and_ten(sampler: Sampler, engine: Engine, history: History) -> None:
    hour = floor(datetime.now(UTC), 3600) - timedelta(hours=1)
    put(engine, hour, waiting=5, begun=1, pages=10, p50=1, p95=9, busy=4)
    put(engine, hour + STEP, waiting=50, begun=3, pages=20, p50=5, p95=6)
    put(engine, hour + 2 * STEP, waiting=2)  # nothing began: its percentiles count for nothing
    sampler.sample_span(hour + timedelta(seconds=590))
    (minute,) = history.series("", hour, hour + MINUTE, 60).points
    assert minute is not None
    assert (minute.covered_s, minute.waiting, minute.pages, minute.begun, minute.done) == (30, 50, 30, 4, 30)
    assert (minute.wait_p50_s, minute.wait_p95_s) == (4, 9)
    assert minute.pages_per_minute == 60  # of what was looked at, half a minute
    assert (minute.slots, minute.busy) == (4, 1)
    (ten,) = history.series("", hour, hour + 10 * MINUTE, 600).points
    assert ten is not None
    assert (ten.covered_s, ten.waiting, ten.pages, ten.wait_p50_s, ten.wait_p95_s) == (40, 50, 30, 4, 9)
    assert value(engine, "select array_agg(step order by step) from history where queue = '' and step > 10") == [
        60,
        60,
        600,
    ]


def test_what_was_not_rolled_up_before_a_restart_is_afterwards(
    sampler: Sampler, engine: Engine, history: History
) -> None:
    hour = floor(datetime.now(UTC), 3600) - timedelta(hours=1)
    put(engine, hour, pages=1)
    put(engine, hour + MINUTE, pages=2)
    sampler.sample_span(hour + 20 * MINUTE)  # nobody kept house in between
    assert [point and point.pages for point in history.series("", hour, hour + 3 * MINUTE, 60).points] == [1, 2, None]
    assert value(engine, "select pages from history where step = 600 and queue = '' and at = :at", at=hour) == 3


def test_rows_are_kept_for_so_long_and_no_longer(sampler: Sampler, engine: Engine) -> None:
    now = floor(datetime.now(UTC), 600)
    for step, hours in ((10, 3), (60, 48), (600, 60 * 24)):
        put(engine, now - timedelta(hours=hours, minutes=20), step=step)
        put(engine, now - timedelta(hours=hours, minutes=-20), step=step)
    sampler.sample_span(now - timedelta(minutes=10, seconds=10))
    left = "select count(*) from history where queue = '' and step = :step and at < now() - interval '30 min'"
    assert value(engine, left, step=10) == 1
    assert value(engine, left, step=600) >= 1
    for step, hours in ((10, 3), (60, 48), (600, 60 * 24)):
        oldest = value(engine, "select min(at) from history where step = :step", step=step)
        assert oldest >= now - timedelta(hours=hours)


def test_a_series_has_a_gap_where_nobody_looked(engine: Engine, history: History, began: datetime) -> None:
    put(engine, began, waiting=7)
    put(engine, began + 2 * STEP, waiting=9)
    put(engine, began + 2 * STEP, waiting=1, queue="other")
    series = history.series("", began + timedelta(seconds=3), began + 4 * STEP, 10)
    assert waiting(series) == (7, None, 9, None)
    assert (series.since, series.until) == (began, began + 4 * STEP)
    assert [at for at, _ in series.steps()] == [began + number * STEP for number in range(4)]
    assert series.latest is not None
    assert series.latest.waiting == 9
    assert [len(series.figures(name)) for name in FIGURES] == [4] * len(FIGURES)


def test_steps_between_the_kept_ones_are_grouped(engine: Engine, history: History) -> None:
    hour = floor(datetime.now(UTC), 3600) - timedelta(hours=1)
    for minute, pages in enumerate((1, 2, 4, 8, 16, 32)):
        put(engine, hour + minute * MINUTE, step=60, pages=pages)
    found = history.series("", hour, hour + 10 * MINUTE, 300).points
    assert [point and (point.pages, point.covered_s) for point in found] == [(31, 300), (32, 60)]


def test_where_long_steps_are_not_there_yet_shorter_ones_serve(engine: Engine, history: History) -> None:
    """A week begins with the first ten seconds, and nothing counts twice."""
    hour = floor(datetime.now(UTC), 3600) - timedelta(hours=1)
    put(engine, hour, step=600, pages=100)
    put(engine, hour + 5 * MINUTE, step=60, pages=60)  # in the hundred
    put(engine, hour + 5 * MINUTE, pages=10)  # in the sixty
    put(engine, hour + 10 * MINUTE, step=60, pages=7)
    put(engine, hour + 10 * MINUTE, pages=5)  # in the seven
    put(engine, hour + 11 * MINUTE, pages=3)
    found = history.series("", hour, hour + 30 * MINUTE, 600).points
    assert [point and point.pages for point in found] == [100, 10, None]


@pytest.mark.parametrize(("seconds", "step"), [(3600, 7), (3600, 0), (0, 10), (10 * (MOST_POINTS + 1), 10)])
def test_what_cannot_be_a_series_is_refused(history: History, began: datetime, seconds: int, step: int) -> None:
    with pytest.raises(UsageError):
        history.series("", began, began + timedelta(seconds=seconds), step)
