"""Messages that are none do not end a worker, and do not keep the others from being taken."""

from __future__ import annotations

import base64
import json
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

import redis
from sqlalchemy import Engine

from tests.services.worker_process import Desk, celery_worker
from tests.waiting import until
from worker.core.jobs import State
from worker.core.settings import Settings
from worker.core.store import Store

BORN_DIGITAL = Path(str(files("resources.samples"))) / "born-digital.pdf"
POISON, KEPT = "ocr.poison", 1000


def message(**changed: Any) -> dict[str, Any]:
    """A doorbell that rings for nothing, as Celery writes it; `changed` replaces parts of it, None takes them away."""
    body = base64.b64encode(json.dumps([[str(uuid4())], {}, {}]).encode()).decode()
    parts: dict[str, Any] = {
        "body": body,
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": headers(),
        "properties": {
            "delivery_info": {"exchange": "", "routing_key": "ocr"},
            "body_encoding": "base64",
            "delivery_tag": str(uuid4()),
        },
    }
    return {name: part for name, part in (parts | {k.replace("_", "-"): v for k, v in changed.items()}).items() if part}


def headers(**changed: Any) -> dict[str, Any]:
    return {"task": "ocr.run_job", "id": str(uuid4()), "timelimit": [None, None], **changed}


# What ended a worker: some once, some every worker that met them, for they went back to their queue.
POISONOUS: dict[str, bytes | dict[str, Any]] = {
    "no JSON": b"hello \xff",
    "empty": b"",
    "too deep": b"[" * 100_000,
    "a list": b"[1, 2]",
    "null": b"null",
    "without anything": b"{}",
    "headers are a list": message(headers=[1]),
    "task is a list": message(headers=headers(task=["ocr.run_job"])),
    "no id": message(headers={"task": "ocr.run_job"}),
    "no body": message(body=None),
    "body is a number": message(body=7),
    "body is not base64": message(body="%%%"),
    "body is an object": message(body=base64.b64encode(b'{"a": 1}').decode()),
    "no content type": message(content_type=None),
    "no properties": message(properties=None),
    "half a time limit": message(headers=headers(timelimit="x")),
    "time limits are words": message(headers=headers(timelimit=["a", "b"])),
}
# What Celery or the task refuses by itself.
REFUSED: dict[str, dict[str, Any]] = {
    "pickle": message(content_type="application/x-python-serialize"),
    "unknown task": message(headers=headers(task="no.such")),
    "no UUID": message(body=base64.b64encode(b'[["no uuid"], {}, {}]').decode()),
    "no UUID in the header": message(headers=headers(ocr_task="no uuid")),
    "no arguments": message(body=base64.b64encode(b"[[], {}, {}]").decode()),
    "huge": message(body=base64.b64encode(json.dumps([["x" * 20_000_000], {}, {}]).encode()).decode()),
}


def raw(one: bytes | dict[str, Any]) -> bytes:
    return one if isinstance(one, bytes) else json.dumps(one).encode()


def test_a_worker_survives_every_message_that_is_none(
    settings: Settings, engine: Engine, store: Store, tmp_path: Path
) -> None:
    desk = Desk(settings, store)
    with redis.Redis.from_url(settings.broker_url) as broker, celery_worker(settings, store, tmp_path) as worker:
        broker.lpush("ocr", *map(raw, [*POISONOUS.values(), *REFUSED.values()]))
        job = desk.ended(desk.add(BORN_DIGITAL))
        until(lambda: not broker.hlen("unacked"), "the last acknowledgement")
        assert (job.state, job.attempts, worker.process.poll()) == (State.DONE, 1, None)
        aside = [json.loads(entry) for entry in broker.lrange(POISON, 0, -1)]
        kept = {entry["message"] for entry in aside}
        assert len(aside) == len(POISONOUS)
        assert {"[1, 2]", "null", "{}", "hello �"} <= kept
        assert all(entry["why"] and entry["queue"] and len(entry["message"]) <= 10_000 for entry in aside)
        assert worker.log.count("no worker can take") == len(POISONOUS)
        assert not broker.llen("ocr")

        broker.lpush("ocr", *[b"flood %d" % number for number in range(KEPT + 5)])
        until(lambda: not broker.llen("ocr"), "the flood is taken")
        assert desk.ended(desk.add(BORN_DIGITAL)).state is State.DONE
        assert broker.llen(POISON) == KEPT
        assert worker.process.poll() is None
