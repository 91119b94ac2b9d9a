"""Doorbells and queues on a real Valkey."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from celery import Celery

from tests.services.dead_ends import NO_HOST, black_hole, closed_port, mute_port, tls_front
from worker.core.broker import SENT_HEADER, TASK_HEADER, Broker, celery_settings
from worker.core.errors import AccessRefused, NetworkError, ServiceError
from worker.core.jobs import LEGACY_QUEUE, QUEUE, Doorbell, Priority
from worker.core.settings import Settings

QUEUES = (QUEUE, LEGACY_QUEUE)


@pytest.fixture
def own(settings):
    """The same server, in a database of our own that is empty."""
    alone = replace(settings, broker_url=settings.broker_url.rpartition("/")[0] + "/7")
    with redis.Redis.from_url(alone.broker_url) as client:
        client.flushdb()
    return alone


@pytest.fixture
def broker(own):
    opened = Broker(own)
    yield opened
    opened.close()


def bell(priority: Priority = Priority.NORMAL, queue: str = QUEUE) -> Doorbell:
    return Doorbell(uuid4(), uuid4(), queue, priority)


def consumer(settings: Settings) -> Celery:
    """What a worker is to the broker: Celery itself with our configuration."""
    app = Celery("consumer", set_as_current=False)
    app.conf.update(celery_settings(settings))
    return app


def taken(app: Celery, queue: str = QUEUE) -> Any:
    """The next message, held and not acknowledged."""
    channel = app.connection_for_read().channel()
    until = time.monotonic() + 5
    while (message := channel.basic_get(queue)) is None and time.monotonic() < until:
        pass
    return message


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
    assert broker.waiting_task_ids(QUEUES) == set()


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
        assert broker.waiting_task_ids(QUEUES) == {one.task_id for one in rung}
        done = taken(app)
        done.ack()
    assert broker.waiting_task_ids(QUEUES) == {one.task_id for one in rung} - {UUID(done.headers[TASK_HEADER])}


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
    assert broker.waiting_task_ids(QUEUES) == {rung.task_id}
    assert broker.depths([QUEUE])[0].ready == 6


def test_a_long_queue_is_read_to_its_end(broker, own):
    raws = [json.dumps({"headers": {TASK_HEADER: str(uuid4())}}) for _ in range(5_001)]
    with redis.Redis.from_url(own.broker_url) as client:
        client.lpush(QUEUE, *raws)
    assert len(broker.waiting_task_ids(QUEUES)) == 5_001


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
        assert broker.waiting_task_ids([QUEUE]) == {rung.task_id}
    broker.close()


def test_threads_share_it_and_300_a_second_are_no_trouble(broker):
    rung = [bell() for _ in range(400)]
    began = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(broker.ring, rung))
    assert time.monotonic() - began < 400 / 300
    assert broker.waiting_task_ids(QUEUES) == {one.task_id for one in rung}


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


def refusal(settings: Settings, url: str) -> ServiceError:
    """The error of a check; a doorbell and a look raise the same kind within seconds."""
    broker = Broker(replace(settings, broker_url=url))
    with pytest.raises(ServiceError) as problem:
        broker.check()
    for act in (lambda: broker.ring(bell()), lambda: broker.depths(QUEUES), lambda: broker.waiting_task_ids(QUEUES)):
        began = time.monotonic()
        with pytest.raises(type(problem.value)):
            act()
        assert time.monotonic() - began < 6
    broker.close()
    error: ServiceError = problem.value
    assert "geheim" not in error.sentence + error.advice
    assert error.advice
    return error


def place(settings: Settings) -> str:
    return settings.broker_url.rpartition("@")[2].partition("/")[0]


@pytest.mark.parametrize("who", [":geheim@", "somebody:geheim@", ""])
def test_wrong_credentials(settings, who):
    error = refusal(settings, f"redis://{who}{place(settings)}/0")
    assert isinstance(error, AccessRefused)
    assert error.sentence.startswith(f"Redis at {place(settings)}/0 ")
    assert not error.retryable


def test_a_database_that_is_not_there(settings):
    error = refusal(settings, settings.broker_url.rpartition("/")[0] + "/99")
    assert error.sentence == f"Redis at {place(settings)}/99 has no such database."


def test_nothing_listens(settings):
    port = closed_port()
    error = refusal(settings, f"redis://:geheim@127.0.0.1:{port}/0")
    assert isinstance(error, NetworkError)
    assert error.sentence == f"Redis at 127.0.0.1:{port}/0 cannot be reached."
    assert refusal(settings, f"redis://:geheim@{NO_HOST}/0").sentence.endswith("cannot be reached.")


def test_a_black_hole(settings):
    with black_hole() as port:
        broker = Broker(replace(settings, broker_url=f"redis://127.0.0.1:{port}/0"))
        with pytest.raises(NetworkError, match="did not answer in time"):
            broker.ring(bell())
        broker.close()


def test_a_server_that_says_nothing(settings):
    with mute_port() as port:
        broker = Broker(replace(settings, broker_url=f"redis://127.0.0.1:{port}/0"))
        with pytest.raises(NetworkError, match="did not answer in time"):
            broker.ring(bell())
        broker.close()


def test_another_program_answers(settings):
    assert "not Redis" in refusal(settings, f"redis://{settings.s3_endpoint}/0").sentence


@pytest.fixture
def behind_tls(own, tmp_path):
    host, _, port = place(own).partition(":")
    with tls_front((host, int(port)), tmp_path) as (front, authority):
        password = own.broker_url.partition("@")[0].partition("//")[2]
        yield f"rediss://{password}@{host}:{front}/7", authority


def spelled(settings: Settings, url: str) -> Settings:
    values = settings.as_environment() | {"CELERY_BROKER_URL": url, "CELERY_RESULT_BACKEND": url}
    return Settings.from_mapping(values, "a test")


@pytest.mark.filterwarnings("ignore:Call to deprecated setex:DeprecationWarning")  # Celery's own call
@pytest.mark.parametrize(
    "spelling", ["none", "CERT_NONE", "required", "CERT_REQUIRED", "optional", "CERT_OPTIONAL", ""]
)
def test_every_spelling_of_tls_works_everywhere(own, behind_tls, spelling):
    url, authority = behind_tls
    query = f"ssl_ca_certs={authority}" + (f"&ssl_cert_reqs={spelling}" if spelling else "")
    tls = spelled(own, f"{url}?{query}")
    broker, rung = Broker(tls), bell()
    broker.check()
    broker.ring(rung)
    with consumer(tls) as app:
        assert taken(app).headers[TASK_HEADER] == str(rung.task_id)
        app.backend.store_result("some-task", {"done": 1}, "SUCCESS")
        assert app.backend.get_result("some-task") == {"done": 1}
    broker.close()


@pytest.mark.parametrize("spelling", ["", "?ssl_cert_reqs=required"])
def test_a_certificate_that_nobody_vouches_for(own, behind_tls, spelling):
    error = refusal(own, spelled(own, behind_tls[0] + spelling).broker_url)
    assert "certificate that cannot be trusted" in error.sentence


def test_no_certificate_is_looked_at_where_none_was_asked_for(own, behind_tls):
    tls = spelled(own, behind_tls[0] + "?ssl_cert_reqs=none")
    assert tls.warnings
    Broker(tls).ring(bell())
