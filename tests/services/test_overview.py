"""What the overview asks beside the pictures, of real servers: pages of today, what the servers are, the last hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis
from sqlalchemy import Engine, text

from console.ops.overview import OverviewSource, Sparing
from console.ops.services import Services
from tests.services.connections import elsewhere, profile
from tests.services.dead_ends import HOST, closed_port
from tests.services.queued_jobs import queued
from worker.core.database import transaction
from worker.core.read_since import Read, read_since
from worker.core.store import Store

MIDNIGHT = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.fixture
def services(settings, clean: None) -> Iterator[Services]:
    with Services.open(profile(settings)) as opened:
        yield opened


def read(engine: Engine, store: Store, pages: int, confidence: float | None, when: datetime, state="DONE") -> None:
    job, _ = queued(store, f"{pages}.pdf")
    change = text("""
        update jobs set state = :state, pages = :pages, pages_done = :pages, mean_confidence = :confidence,
            finished_at = case when :state = 'DONE' then cast(:at as timestamptz) end, updated_at = :at
        where id = :id""")
    with transaction(engine) as connection:
        values = {"id": job, "pages": pages, "confidence": confidence, "at": when, "state": state}
        connection.execute(change, values)


def test_what_was_read_today(engine: Engine, store: Store):
    now = datetime.now(UTC)
    read(engine, store, 30, 90.0, now)
    read(engine, store, 10, 98.0, now)
    read(engine, store, 5, None, now)  # nothing on it could be read
    read(engine, store, 7, 50.0, MIDNIGHT - timedelta(hours=1))
    read(engine, store, 3, None, now, state="RUNNING")
    assert read_since(engine, MIDNIGHT) == Read(pages=48, jobs=3, mean_confidence=92.0)
    assert read_since(engine, now + timedelta(days=1)) == Read()


def test_what_the_overview_asks(services: Services):
    found = OverviewSource(services).overview()
    assert found.hour is not None
    assert found.hour.step_s * len(found.hour.points) >= 3600
    assert found.today == Read()
    servers = found.servers
    assert servers is not None
    assert servers.database is not None
    assert int(servers.database.version.split(".")[0]) >= 14
    assert 0 < servers.database.connections <= servers.database.most_connections
    assert servers.database.bytes > 1_000_000
    assert servers.broker is not None
    assert servers.broker.version
    assert 100_000 < servers.broker.bytes <= servers.broker.peak_bytes
    assert servers.broker.clients >= 1
    assert servers.broker.up_s > 0
    assert (servers.broker.most_bytes, servers.broker.evicts) == (0, "")
    assert (servers.bucket, servers.bucket_place) == (services.blobs.bucket, services.blobs.endpoint)


def test_a_redis_that_would_drop_messages_is_known(services: Services):
    with redis.Redis.from_url(services.settings.broker_url) as client:
        before = client.config_get("maxmemory*")
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("maxmemory", 900_000_000)
        try:
            found = services.broker.memory.server()
        finally:
            client.config_set("maxmemory", before["maxmemory"])
            client.config_set("maxmemory-policy", before["maxmemory-policy"])
    assert (found.most_bytes, found.evicts) == (900_000_000, "allkeys-lru")


def test_a_broker_that_is_away_says_nothing_of_itself(settings, clean: None):
    with Services(profile(elsewhere(settings, "redis", HOST, closed_port()))) as cut:
        servers = OverviewSource(cut).overview().servers
    assert servers is not None
    assert (servers.broker, servers.database is None) == (None, False)


def test_an_answer_is_kept_for_longer_the_longer_it_took(monkeypatch: pytest.MonkeyPatch):
    clock = [100.0]
    monkeypatch.setattr("console.ops.overview.time.monotonic", lambda: clock[0])
    asked: list[float] = []

    def ask() -> int:
        asked.append(clock[0])
        clock[0] += 2.0  # seconds that it takes
        return len(asked)

    kept = Sparing(ask, good_s=5.0)
    said = [kept.answer()]
    for later in (102.0, 141.0, 143.0):
        clock[0] = later
        said.append(kept.answer())
    assert (said, asked) == ([1, 1, 1, 2], [100.0, 143.0])
