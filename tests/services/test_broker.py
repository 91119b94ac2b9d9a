"""Doorbells and queues on a real Valkey."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
import redis
from celery import Celery

from tests.services.doorbells import QUEUES, bell, consumer, taken
from worker.core.broker import Broker
from worker.core.jobs import LEGACY_QUEUE, QUEUE, Priority
from worker.core.raw_messages import SENT_HEADER, TASK_HEADER


@pytest.fixture
def broker(own):
    opened = Broker(own)
    yield opened
    opened.close()


def all_waiting(broker: Broker) -> set[UUID]:
    ready, held = broker.waiting(QUEUES)
    return ready | held


def test_a_doorbell_says_which_row_and_nothing_else(broker, own):
    rung = bell()
    before = time.time()
    broker.ring(rung)
    with consumer(own) as app:
        message = taken(app)
        assert message.headers["task"] == "ocr.run_job"
        assert message.headers[TASK_HEADER] == str(rung.task_id)
        assert before - 1 <= message.headers[SENT_HEADER] <= time.time() + 1
        assert message.headers["ignore_result"] is True
        assert message.content_type == "application/json"
        assert json.loads(message.body)[:2] == [[str(rung.job_id)], {}]
        message.ack()


def test_many_doorbells_in_one_go_are_like_single_ones(broker, own):
    many = [bell(priority, queue) for priority in Priority for queue in QUEUES]
    assert list(broker.ring_all(many)) == [many]
    assert list(broker.ring_all([])) == []
    broker.ring(bell())
    assert all_waiting(broker) > {one.task_id for one in many}
    with redis.Redis.from_url(own.broker_url) as client:
        lying = [json.loads(raw) for raw in client.lrange("ocr\x06\x166", 0, -1)]
    one, other = ({**m, "body": "", "headers": set(m["headers"]), "properties": set(m["properties"])} for m in lying)
    assert one == other
    with consumer(own) as app:
        assert taken(app).headers[TASK_HEADER] == str(many[0].task_id)


def test_a_note_goes_with_what_the_server_knew(broker, own):
    assert broker.memory.noted() is None
    broker.memory.note("whole")
    assert broker.memory.noted() == "whole"
    with redis.Redis.from_url(own.broker_url) as client:
        client.set("ocr-note", "another-run whole")
        assert broker.memory.noted() is None
        broker.memory.note("whole")
        client.flushdb()
    assert broker.memory.noted() is None


def test_the_most_urgent_is_taken_first(broker, own):
    rung = {priority: bell(priority) for priority in (Priority.LOW, Priority.NEXT, Priority.NORMAL, Priority.HIGH)}
    for one in rung.values():
        broker.ring(one)
    with consumer(own) as app:
        order = [taken(app).headers[TASK_HEADER] for _ in rung]
    assert order == [str(rung[priority].task_id) for priority in sorted(Priority)]


def declare(app: Celery) -> None:
    """What a worker does when it begins to consume."""
    with app.connection_for_write() as connection:
        for queue in app.amqp.queues.values():
            queue(connection.default_channel).declare()


def test_an_older_sender_reaches_the_default_queue_and_no_other(broker, own):
    with consumer(own) as app, Celery("older", broker=own.broker_url, set_as_current=False) as older:
        declare(app)
        older.send_task("ocr.run_job", ["some-job"])
        ours, legacy = broker.depths(QUEUES)
        assert (ours.ready, legacy.ready) == (0, 1)
        assert TASK_HEADER not in taken(app, LEGACY_QUEUE).headers
        held = broker.depths([LEGACY_QUEUE])[0]
    assert (held.ready, held.held, held.oldest_s) == (0, 1, None)
    assert all_waiting(broker) == set()


def test_a_message_by_way_of_an_exchange_comes_once(broker, own):
    with consumer(own) as app:
        declare(app)
        for queue in QUEUES:
            with app.connection_for_write() as connection:
                connection.Producer().publish({}, exchange=queue, routing_key=queue)
        assert [depth.ready for depth in broker.depths(QUEUES)] == [1, 1]


def test_depths_count_every_priority_and_what_is_held(broker, own):
    for priority in Priority:
        broker.ring(bell(priority))
    broker.ring(bell(queue=LEGACY_QUEUE))
    with consumer(own) as app:
        taken(app)
        ours, legacy, nobody = broker.depths([*QUEUES, "nobody"])
    assert (ours.queue, ours.ready, ours.held, ours.delayed) == (QUEUE, 3, 1, 0)
    assert (legacy.ready, legacy.held) == (1, 0)
    assert (nobody.ready, nobody.held, nobody.delayed, nobody.oldest_s) == (0, 0, 0, None)
    assert 0 <= ours.oldest_s < 60


def test_a_message_for_later_is_delayed_once_a_worker_has_it(broker, own):
    with consumer(own) as app:
        app.send_task("ocr.run_job", [str(uuid4())], countdown=3600, queue=QUEUE)
        assert broker.depths([QUEUE])[0].ready == 1
        taken(app)
        depth = broker.depths([QUEUE])[0]
    assert (depth.ready, depth.held, depth.delayed) == (0, 0, 1)


def test_the_age_is_that_of_the_oldest(broker, own):
    with consumer(own) as app:
        for age in (10, 3000, 20):
            app.send_task("ocr.run_job", ["x"], queue=QUEUE, priority=6, headers={SENT_HEADER: time.time() - age})
        assert 5 < broker.depths([QUEUE])[0].oldest_s < 60  # the tail runs next: order of arrival, not of the stamps
        app.send_task("ocr.run_job", ["x"], queue=QUEUE, priority=0, headers={SENT_HEADER: time.time() - 500})
        assert 490 < broker.depths([QUEUE])[0].oldest_s < 560


def test_waiting_are_the_ready_and_the_held(broker, own):
    rung = [bell(priority, queue) for priority in Priority for queue in QUEUES]
    for one in rung:
        broker.ring(one)
    with consumer(own) as app:
        taken(app)
        ready, held = broker.waiting(QUEUES)
        assert ready | held == {one.task_id for one in rung}
        assert len(held) == 1
        assert broker.ready(QUEUES) == len(ready)
        done = taken(app)
        done.ack()
    assert all_waiting(broker) == {one.task_id for one in rung} - {UUID(done.headers[TASK_HEADER])}


def test_messages_of_others_are_no_trouble(broker, own):
    with redis.Redis.from_url(own.broker_url) as client:
        for raw in (
            b"not json",
            b"[]",
            b"null",
            b'{"headers": null}',
            b'{"headers": {"ocr_task": "x", "ocr_sent": "y"}}',
        ):
            client.lpush(QUEUE, raw)
            client.hset("unacked", raw, raw)
        client.hset("unacked", "short", b"[]")
    rung = bell()
    broker.ring(rung)
    assert all_waiting(broker) == {rung.task_id}
    assert broker.depths([QUEUE])[0].ready == 6


def test_a_long_queue_is_read_to_its_end(broker, own):
    raws = [json.dumps({"headers": {TASK_HEADER: str(uuid4())}}) for _ in range(5_001)]
    with redis.Redis.from_url(own.broker_url) as client:
        client.lpush(QUEUE, *raws)
    assert len(all_waiting(broker)) == 5_001


def test_with_a_key_prefix(own):
    prefixed = replace(own, key_prefix="ocr-")
    broker, rung = Broker(prefixed), bell()
    broker.ring(rung)
    with redis.Redis.from_url(own.broker_url) as client:
        assert {key[:4] for key in client.scan_iter()} == {b"ocr-"}
    with consumer(prefixed) as app:
        assert broker.depths([QUEUE])[0].ready == 1
        taken(app)
        assert broker.depths([QUEUE])[0].held == 1
        assert all_waiting(broker) == {rung.task_id}
    broker.close()


def test_threads_share_it(broker):
    rung = [bell() for _ in range(400)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(broker.ring, rung))
    assert all_waiting(broker) == {one.task_id for one in rung}


def test_connections_that_died_are_replaced(broker, own):
    broker.ring(bell())
    broker.check()
    with redis.Redis.from_url(own.broker_url) as client:
        for connection in client.client_list():
            if connection["name"] == "ocr-console":
                client.client_kill_filter(_id=connection["id"])
    broker.ring(bell())
    broker.check()
    assert broker.depths([QUEUE])[0].ready == 2
