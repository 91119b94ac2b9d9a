"""Raw messages on a real Valkey: found, removed, set aside, put back; nothing is lost in between."""

from __future__ import annotations

import json
import random
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
import redis

from tests.services.doorbells import bell, consumer, taken
from worker.core.broker import Broker
from worker.core.errors import UsageError
from worker.core.jobs import LEGACY_QUEUE, QUEUE, Doorbell, Priority
from worker.core.raw_messages import job_of, lists_of, loads, task_of
from worker.core.settings import Settings

FOREIGN = (b"not json", b"\x00\xff\xfe", b'{"headers": null}', b'{"headers": {"task": "their.task"}, "body": "W10="}')


@pytest.fixture(params=["", "ocr-"])
def prefixed(own: Settings, request: pytest.FixtureRequest) -> Settings:
    return replace(own, key_prefix=request.param)


@pytest.fixture
def broker(prefixed: Settings) -> Iterator[Broker]:
    opened = Broker(prefixed)
    yield opened
    opened.close()


@pytest.fixture
def client(own: Settings) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(own.broker_url) as opened:
        yield opened


def everything(client: redis.Redis) -> dict[bytes, list[bytes]]:
    """All lists, from head to tail."""
    keys = [key for key in client.scan_iter() if client.type(key) == b"list"]
    return {key: client.lrange(key, 0, -1) for key in sorted(keys)}  # type: ignore[misc]


def rung(broker: Broker, count: int = 2) -> list[Doorbell]:
    bells = [bell(priority) for priority in Priority for _ in range(count)]
    for one in bells:
        broker.ring(one)
    return bells


def add_foreign(client: redis.Redis, settings: Settings) -> None:
    for name in lists_of(QUEUE):
        client.lpush(settings.key_prefix + name, *FOREIGN)


def test_a_message_says_whose_it_is(broker: Broker, client: redis.Redis) -> None:
    [one] = rung(broker, 1)[:1]
    raw = next(raw for raw in broker.messages.ready(QUEUE))
    message = loads(raw)
    assert message is not None
    assert (task_of(message), job_of(message)) == (one.task_id, one.job_id)
    for other in map(loads, FOREIGN):
        assert other is None or (task_of(other), job_of(other)) == (None, None)


def test_looking_for_what_waits_keeps_no_large_message(
    broker: Broker, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.core.raw_messages.PAGE_BYTES", 1_000_000)
    client.rpush(broker.messages.keys(QUEUE)[0], *[b'{"body": "%s"}' % (b"x" * 100_000)] * 200)
    bells = rung(broker)
    tracemalloc.start()
    found, _ = broker.waiting([QUEUE])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == {one.task_id for one in bells}
    assert peak < 10_000_000  # of 20


def test_exactly_the_messages_of_some_tasks_are_removed(
    broker: Broker, client: redis.Redis, prefixed: Settings
) -> None:
    bells = rung(broker)
    add_foreign(client, prefixed)
    broker.ring(bells[0])  # a second message for the same row
    before = everything(client)
    gone = {one.task_id for one in bells[::2]}
    assert broker.messages.remove([*gone, uuid4()], [QUEUE, LEGACY_QUEUE]) == len(gone) + 1
    kept = {key: [raw for raw in raws if task_of(loads(raw) or {}) not in gone] for key, raws in before.items()}
    assert everything(client) == kept
    assert broker.messages.remove([], [QUEUE]) == 0


def test_thousands_are_removed_from_a_long_queue(broker: Broker, client: redis.Redis, prefixed: Settings) -> None:
    tasks = [uuid4() for _ in range(5_001)]
    raws = [json.dumps({"headers": {"ocr_task": str(task)}}) for task in tasks]
    client.lpush(prefixed.key_prefix + QUEUE, *raws)
    assert broker.messages.remove(tasks[1:5_000], [QUEUE]) == 4_999
    assert [task_of(loads(raw) or {}) for raw in broker.messages.ready(QUEUE)] == [tasks[5_000], tasks[0]]


@pytest.mark.parametrize("seed", range(5))
def test_what_is_set_aside_and_put_back_is_exactly_what_was(
    broker: Broker, client: redis.Redis, prefixed: Settings, seed: int
) -> None:
    chance = random.Random(seed)
    for name in lists_of(QUEUE):
        for _ in range(chance.choice([0, 1, 7, 2_001, 4_500])):
            client.lpush(prefixed.key_prefix + name, chance.randbytes(chance.randrange(1, 60)))
    before = everything(client)
    aside = broker.messages.set_aside(QUEUE)
    assert aside.count == sum(map(len, before.values()))
    assert broker.depths([QUEUE])[0].ready == 0
    broker.messages.settle(aside, tuple(() for _ in aside.messages))
    assert everything(client) == {}
    assert list(client.scan_iter()) == []  # no trace
    broker.messages.put_back(QUEUE, aside.messages)
    assert everything(client) == before


def test_what_came_meanwhile_runs_after_what_is_put_back(broker: Broker, prefixed: Settings) -> None:
    first, later = bell(), bell()
    broker.ring(first)
    aside = broker.messages.set_aside(QUEUE)
    broker.ring(later)
    broker.messages.settle(aside, aside.messages)
    with consumer(prefixed) as app:
        assert [taken(app).headers["ocr_task"] for _ in range(2)] == [str(first.task_id), str(later.task_id)]


def test_one_purge_of_a_queue_at_a_time(broker: Broker) -> None:
    rung(broker, 1)
    aside = broker.messages.set_aside(QUEUE)
    with pytest.raises(UsageError, match="under way"):
        broker.messages.set_aside(QUEUE)
    broker.messages.recover()  # it is under way, not broken off
    assert broker.depths([QUEUE])[0].ready == 0
    broker.messages.settle(aside, aside.messages)
    assert broker.messages.set_aside(QUEUE).count == 4


def test_a_purge_that_was_broken_off_lost_nothing(broker: Broker, client: redis.Redis, prefixed: Settings) -> None:
    rung(broker)
    add_foreign(client, prefixed)
    before = everything(client)
    broker.messages.set_aside(QUEUE)  # and then the program is killed
    for lock in client.scan_iter(match=f"{prefixed.key_prefix}ocr-purging*"):
        client.delete(lock)  # as if its time were over
    broker.messages.recover()
    assert everything(client) == before
    broker.messages.set_aside(QUEUE)
    for lock in client.scan_iter(match=f"{prefixed.key_prefix}ocr-purging*"):
        client.delete(lock)
    later = bell(Priority.NEXT)
    broker.ring(later)
    again = broker.messages.set_aside(QUEUE)  # the next purge has both
    assert again.count == sum(map(len, before.values())) + 1
    assert task_of(loads(again.messages[0][0]) or {}) == later.task_id  # at the head: it came last


def test_more_than_can_be_kept_is_refused_and_stays(
    broker: Broker, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung(broker)
    client.rpush(broker.messages.keys(QUEUE)[0], b"x" * 3_000_000)
    before = everything(client)
    for most, why in (("MOST_KEPT", "9 messages"), ("MOST_MB", r"\d+ MB of messages")):
        with monkeypatch.context() as now:
            now.setattr(f"worker.core.messages.{most}", 2)
            for _ in range(2):
                with pytest.raises(UsageError, match=why):
                    broker.messages.set_aside(QUEUE)
        assert everything(client) == before


def test_nobody_there_is_nobody_who_answers(broker: Broker) -> None:
    assert broker.control.revoke(["some-message"], ["nobody@nowhere"]) == set()
