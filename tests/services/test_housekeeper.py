"""What was lost is rung for again, by one of many."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import pytest
import redis
from sqlalchemy import Engine, text

from tests.services.queued_jobs import cancel, change, expire, make_due, old, queued, value
from tests.waiting import until
from worker.core.broker import Broker
from worker.core.database import open_engine, single
from worker.core.errors import NetworkError, StorageError
from worker.core.housekeeper import Housekeeper, Tick
from worker.core.jobs import Doorbell, State
from worker.core.leases import Leases
from worker.core.office import ELECTION_KEY
from worker.core.outbox import WHOLE
from worker.core.settings import Settings
from worker.core.store import Store


@pytest.fixture
def keeper(engine: Engine, leases: Leases, broker: Broker) -> Housekeeper:
    broker.memory.note(WHOLE)  # nothing was lost since
    return Housekeeper(engine, leases, broker)


def rung(broker: Broker) -> set[UUID]:
    ready, held = broker.waiting(["ocr", "celery"])
    return ready | held


def test_a_doorbell_that_was_never_rung(store: Store, engine: Engine, keeper: Housekeeper, broker: Broker) -> None:
    """A console that died between the row and the message."""
    _, task = queued(store)
    assert keeper.tick() == Tick(0, 0)  # its sender is about to ring
    old(engine)
    assert keeper.tick() == Tick(0, 1)
    assert rung(broker) == {task}
    assert value(engine, "select published_at is not null from tasks")
    assert keeper.tick() == Tick(0, 0)


def test_what_lies_in_the_broker_is_not_rung_for(
    store: Store, engine: Engine, keeper: Housekeeper, broker: Broker
) -> None:
    job, task = queued(store)
    broker.ring(Doorbell(task, job))
    store.mark_published([task])
    old(engine)
    assert keeper.tick() == Tick(0, 0)
    assert broker.depths(["ocr"])[0].ready == 1


def test_a_redis_that_lost_everything(
    store: Store, engine: Engine, keeper: Housekeeper, broker: Broker, settings: Settings
) -> None:
    tasks = set()
    for _ in range(5):
        job, task = queued(store)
        broker.ring(Doorbell(task, job))
        tasks.add(task)
    store.mark_published(list(tasks))
    old(engine)
    with redis.Redis.from_url(settings.broker_url) as server:
        server.flushall()
    assert keeper.tick().published == 5
    assert rung(broker) == tasks


def test_a_retry_is_rung_for_when_it_is_due(
    store: Store, leases: Leases, engine: Engine, keeper: Housekeeper, broker: Broker
) -> None:
    _, task = queued(store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    leases.fail(lease, StorageError("S3 is away."))
    old(engine)
    assert keeper.tick() == Tick(0, 0)
    make_due(engine, task)
    assert keeper.tick() == Tick(0, 1)
    assert rung(broker) == {task}


def test_an_expired_lease_is_taken_back_and_rung_for(
    store: Store, leases: Leases, engine: Engine, keeper: Housekeeper, broker: Broker
) -> None:
    job, task = queued(store)
    assert leases.claim(task, "one@desk")
    expire(engine, task)
    old(engine)
    assert keeper.tick() == Tick(1, 0)
    assert store.job(job).state is State.QUEUED
    make_due(engine, task)
    assert keeper.tick() == Tick(0, 1)
    assert broker.depths(["ocr"])[0].ready == 1
    assert leases.claim(task, "two@desk") is not None


def test_nobody_rings_for_what_was_cancelled(store: Store, engine: Engine, keeper: Housekeeper) -> None:
    cancelled, _ = queued(store)
    cancel(engine, cancelled)
    queued(store)
    change(engine, "update jobs set state = 'CANCELLED'")  # by a program that knows no tasks
    old(engine)
    assert keeper.tick() == Tick(0, 0)


def test_what_was_rung_before_the_broker_went_is_marked(
    store: Store, engine: Engine, leases: Leases, caplog: pytest.LogCaptureFixture
) -> None:
    class Whole:
        def noted(self) -> str | None:
            return WHOLE

        def note(self, word: str) -> None: ...

    class GoesAway:
        memory = Whole()

        def ring_all(self, bells: Iterable[Doorbell]) -> Iterator[list[Doorbell]]:
            yield list(bells)[:2]
            raise NetworkError("Redis is away.")

        def ready(self, queues: object) -> int:
            return 0

        def waiting(self, queues: object) -> tuple[set[UUID], set[UUID]]:
            return set(), set()

    for _ in range(4):
        queued(store)
    old(engine)
    assert Housekeeper(engine, leases, GoesAway()).tick() == Tick(0, 0)
    assert value(engine, "select count(*) from tasks where published_at is not null") == 2
    assert "Redis is away." in caplog.text


@contextmanager
def running(*keepers: Housekeeper) -> Iterator[None]:
    stop = threading.Event()
    threads = [threading.Thread(target=keeper.run, args=(stop, 0.05)) for keeper in keepers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in threads)


def test_one_of_three_acts_and_another_follows(
    store: Store, engine: Engine, leases: Leases, broker: Broker, settings: Settings
) -> None:
    """The one that acts loses its connection to the database, and with it the office."""
    keepers = [Housekeeper(engine, leases, broker) for _ in range(3)]
    holder = text("select pid from pg_locks where locktype = 'advisory' and objid = :key and granted")

    def pid() -> int | None:
        with single(engine) as connection:
            found: int | None = connection.scalar(holder, {"key": ELECTION_KEY})
        return found

    with running(*keepers):
        until(pid)
        first = pid()
        until(lambda: sum(keeper.acting.is_set() for keeper in keepers) == 1)
        _, task = queued(store)
        old(engine)
        until(lambda: rung(broker) == {task})
        with single(engine) as connection:
            connection.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": first})
        until(lambda: pid() not in {None, first})
        assert broker.depths(["ocr"])[0].ready == 1
    until(lambda: pid() is None)


def test_it_waits_for_a_broker_that_is_away(
    store: Store, engine: Engine, leases: Leases, broker: Broker, settings: Settings
) -> None:
    """The thread lives on, and the leases are reaped all the same."""
    away = Broker(replace(settings, broker_url="redis://127.0.0.1:1/0"))
    job, task = queued(store)
    old(engine)
    with running(Housekeeper(engine, leases, away)):
        assert leases.claim(task, "one@desk")
        expire(engine, task)
        until(lambda: store.job(job).state is State.QUEUED)
    away.close()


def test_it_waits_for_a_database_that_is_away(
    settings: Settings, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    url = settings.database_url.replace(settings.database_url.rsplit(":", 1)[1], "1/none")
    nowhere = open_engine(replace(settings, database_url=url), application="tests")
    keeper = Housekeeper(nowhere, Leases(nowhere), broker)
    with running(keeper):
        until(lambda: caplog.text.count("cannot be reached") > 1)
        assert not keeper.acting.is_set()
    nowhere.dispose()


def take(settings: Settings, task: UUID) -> None:
    """As a worker does that died with the message in its hand."""
    with redis.Redis.from_url(settings.broker_url) as client:
        raw = client.rpop("ocr\x06\x166")
        assert raw is not None
        client.hset("unacked", str(task), b"[" + raw + b', "ocr", "ocr"]')


def test_what_was_interrupted_is_rung_for_though_its_old_message_is_held(
    store: Store, settings: Settings, engine: Engine, keeper: Housekeeper, broker: Broker, leases: Leases
) -> None:
    job, task = queued(store)
    broker.ring(Doorbell(task, job))
    store.mark_published([task])
    assert leases.claim(task, "gone@desk")
    take(settings, task)
    expire(engine, task)
    assert keeper.tick().reaped == 1
    make_due(engine, task)
    old(engine)
    assert keeper.tick() == Tick(0, 1)
    assert broker.waiting(["ocr"])[0] == {task}


def test_what_a_dead_worker_held_unclaimed_is_rung_for_once_more(
    store: Store, settings: Settings, engine: Engine, keeper: Housekeeper, broker: Broker, leases: Leases
) -> None:
    job, task = queued(store)
    broker.ring(Doorbell(task, job))
    store.mark_published([task])
    take(settings, task)
    old(engine)
    assert keeper.tick() == Tick(0, 1)
    old(engine)
    assert Housekeeper(engine, leases, broker).tick() == Tick(0, 0)
    assert broker.depths(["ocr"])[0].ready == 1
