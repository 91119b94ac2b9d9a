"""Listening to workers on a real broker: a flood costs only its last words, and a cut connection is made anew."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from console.ops.heard import Listener
from tests.services.connections import Gates
from tests.waiting import until
from worker.core.broker import Broker
from worker.core.settings import Settings

FLOOD = 4_000
LAST = 77


def message(kind: str, host: str, **values: object) -> bytes:
    """An event as Celery publishes it."""
    body = {"hostname": host, "type": kind, **values}
    sent: Any = [body] if kind.startswith("task-") else body
    encoded = base64.b64encode(json.dumps(sent).encode()).decode()
    return json.dumps({"body": encoded, "headers": {"hostname": host}, "properties": {}}).encode()


@pytest.fixture
def client(own: Settings) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(own.broker_url) as opened:
        yield opened


def beat(client: redis.Redis, host: str, **values: object) -> bool:
    """Whether anybody heard it."""
    topic = "/7.celeryev/worker.heartbeat"
    return bool(client.publish(topic, message("worker-heartbeat", host, **values)))


def test_of_a_flood_the_last_words_are_opened(own: Settings, client: redis.Redis) -> None:
    broker, events = Broker(own), list[dict[str, Any]]()

    def listen() -> None:
        for span in broker.events.listen(0.2):
            events.extend(span)
            if any(event.get("active") == LAST for event in span):
                return

    thread = threading.Thread(target=listen)
    thread.start()
    until(lambda: beat(client, "a@h"), "a listener")
    with client.pipeline(transaction=False) as pipe:
        for number in range(FLOOD):
            pipe.publish("/7.celeryev/task.multi", message("task-started", f"w{number % 3}@h", uuid=str(number)))
        pipe.publish("/7.celeryev/worker.heartbeat", b"no event at all")
        pipe.execute()
    beat(client, "a@h", active=LAST)
    thread.join(30)
    assert len(events) < FLOOD / 10
    begun = [event["uuid"] for event in events if event["type"] == "task-started"]
    assert set(begun) >= {str(FLOOD - number) for number in (1, 2, 3)}
    assert events[-1]["active"] == LAST
    broker.close()


def test_it_listens_again_when_the_broker_is_back(own: Settings, client: redis.Redis) -> None:
    gates = Gates.before(own)
    broker = Broker(gates.settings)
    ears = Listener(broker.events.listen, wait_s=0.1)
    ears.start()
    until(lambda: beat(client, "a@h") and "a@h" in ears.heard(), "the first heartbeat")
    gates.by_name["redis"].close()
    until(lambda: ears.listening_s is None, "the cut to be seen")
    gates.by_name["redis"].reopen()
    until(lambda: beat(client, "b@h") and "b@h" in ears.heard(), "a heartbeat after the cut")
    ears.close()
    gates.close()
    broker.close()
