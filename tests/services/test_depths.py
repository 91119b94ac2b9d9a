"""Figures of queues at their extremes: very many messages in hands, keys of another kind, a burst of 50,000 jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from uuid import uuid4

import pytest
import redis
from sqlalchemy import Engine

from console.ops.queues import queues
from console.ops.services import Services
from console.ops.snapshot import Watcher
from tests.services.connections import profile
from tests.services.queued_jobs import change, queued
from tests.waiting import until
from worker.core import depths
from worker.core.broker import Broker
from worker.core.depths import QueueDepth
from worker.core.jobs import State
from worker.core.settings import Settings
from worker.core.store import Store

BURST, PORTION = 50_000, 5_000


@pytest.fixture
def broker(own: Settings) -> Iterator[Broker]:
    opened = Broker(own)
    yield opened
    opened.close()


def held(queue: str, **headers: object) -> bytes:
    message = {"headers": headers, "properties": {"delivery_info": {"routing_key": queue}}, "body": "x" * 300}
    return json.dumps([message, "", queue]).encode()


def hold(settings: Settings, counts: dict[str, int]) -> None:
    """As if workers had so many messages of these queues."""
    with redis.Redis.from_url(settings.broker_url) as client:
        for queue, count in counts.items():
            client.hset("unacked", mapping={str(uuid4()): held(queue) for _ in range(count)})


def figures(found: list[QueueDepth]) -> list[tuple[int, bool]]:
    return [(one.held, one.estimated) for one in found]


def test_twelve_thousand_in_hands_are_counted_exactly(broker: Broker, own: Settings) -> None:
    hold(own, {"a": 9_000, "b": 3_000})
    until(lambda: figures(broker.depths(["a", "b"])) == [(9_000, False), (3_000, False)], "the whole count")
    hold(own, {"b": 7})
    assert figures(broker.depths(["a", "b"])) == [(9_000, False), (3_007, False)]


def test_bodies_are_fetched_once_and_not_all_at_a_time(
    broker: Broker, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(depths, "FETCH_BYTES", 100_000)  # some 250 of these
    hold(own, {"a": 600, "b": 200})
    first, second = broker.depths(["a", "b"])
    assert first.estimated
    assert first.held + second.held == pytest.approx(800, abs=1)
    until(lambda: figures(broker.depths(["a", "b"])) == [(600, False), (200, False)], "the whole count")
    with redis.Redis.from_url(own.broker_url) as client:
        before = client.info("stats")["total_net_output_bytes"]
        broker.depths(["a", "b"])
        assert client.info("stats")["total_net_output_bytes"] - before < 200_000  # names, and no bodies


def test_more_than_can_be_known_is_judged_by_a_sample(
    broker: Broker, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(depths, "KNOWN", 1_000)
    hold(own, {"a": 3_000, "b": 1_000})
    first, second = broker.depths(["a", "b"])
    assert first.estimated
    assert first.held + second.held == pytest.approx(4_000, abs=2)
    assert 2_400 < first.held < 3_600
    with redis.Redis.from_url(own.broker_url) as client:
        client.delete("unacked")
    hold(own, {"a": 3})
    until(lambda: figures(broker.depths(["a"])) == [(3, False)], "the exact figure")


def test_another_program_s_keys_of_that_name_are_no_queue(broker: Broker, own: Settings) -> None:
    with redis.Redis.from_url(own.broker_url) as client:
        client.set("theirs", "a text")
        client.lpush("ours", b"{}")
    assert [one.ready for one in broker.depths(["theirs", "ours"])] == [0, 1]


def test_an_older_sender_s_message_is_as_old_as_its_job(settings: Settings, store: Store, engine: Engine) -> None:
    job, _ = queued(store)
    change(engine, "update jobs set created_at = created_at - interval '5 minutes' where id = :job", job=job)
    with Services.open(profile(settings)) as services:
        services.broker._opened().send_task("ocr.run_job", [str(job)], queue="celery")
        legacy = queues(services)[1]
    assert legacy.ready == 1
    assert legacy.oldest_s is not None
    assert 300 <= legacy.oldest_s < 360


@pytest.fixture
def roomy(engine: Engine, clean: None) -> Iterator[None]:
    """What is put into a table by the ten thousands leaves no holes for the tests that follow."""
    yield
    change(engine, "truncate jobs cascade")


def test_a_burst_of_fifty_thousand_jobs_is_counted_to_the_last_one(
    settings: Settings, engine: Engine, roomy: None
) -> None:
    with Services.open(profile(settings)) as services, redis.Redis.from_url(settings.broker_url) as client:
        watcher, seen = Watcher(services), []
        for _ in range(BURST // PORTION):
            change(
                engine,
                """insert into jobs (id, name, state, queue, pages)
                    select gen_random_uuid(), n || '.pdf', 'QUEUED', 'ocr', 2 from generate_series(1, :n) n""",
                n=PORTION,
            )
            client.lpush("ocr\x06\x166", *[f'{{"headers": {{"id": "{n}"}}}}' for n in range(PORTION)])
            picture = watcher.take()
            seen.append((picture.counts[State.QUEUED], picture.queues[0].ready))
        assert seen == [(PORTION * turn, PORTION * turn) for turn in range(1, 11)]
        assert all(before < after for before, after in pairwise(seen))
        until(lambda: watcher.take().queues[0].pages == 2 * BURST, "every page")
        assert watcher.take().queues[0].pages_in == 2 * BURST
