"""A look into a queue takes nothing and shows what runs next, whoever sent it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
import redis
from sqlalchemy import Engine

from console.ops.peeking import peek
from console.ops.services import Services
from tests.services.connections import profile
from tests.services.doorbells import consumer, taken
from tests.services.foreign_worker import sender
from tests.services.queued_jobs import cancel, queued
from worker.core import peeking
from worker.core.jobs import Doorbell, Priority
from worker.core.leases import Leases
from worker.core.peeking import MOST_CHARS
from worker.core.raw_messages import TASK_HEADER
from worker.core.settings import Settings
from worker.core.store import Store


@pytest.fixture
def services(settings: Settings, clean: None) -> Iterator[Services]:
    with Services.open(profile(settings)) as opened:
        yield opened


def test_what_runs_next_comes_first(services: Services, store: Store, engine: Engine) -> None:
    names: list[str] = []
    for priority in (Priority.LOW, Priority.NEXT, Priority.NORMAL, Priority.HIGH, Priority.NEXT):
        names.append(f"{len(names)}-{priority.name}.pdf")
        job, task = queued(store, names[-1])
        services.broker.ring(Doorbell(task, job, "ocr", priority))
    cancel(engine, job)
    seen = peek(services, "ocr")
    assert [one.name for one in seen.ready] == [names[place] for place in (1, 4, 3, 2, 0)]
    assert [one.message.priority for one in seen.ready] == [0, 0, 3, 6, 9]
    assert [one.state for one in seen.ready] == ["QUEUED", "CANCELLED", "QUEUED", "QUEUED", "QUEUED"]
    first = seen.ready[0]
    assert (first.message.task, first.message.ours, first.worker) == ("ocr.run_job", True, None)
    assert first.age_s is not None
    assert first.age_s < 60
    assert [one.name for one in peek(services, "ocr", limit=3).ready] == [names[place] for place in (1, 4, 3)]
    assert services.broker.depths(["ocr"])[0].ready == 5


def test_what_is_held_and_by_whom(services: Services, store: Store, leases: Leases, settings: Settings) -> None:
    for name in ("begun.pdf", "held.pdf"):
        job, task = queued(store, name)
        services.broker.ring(Doorbell(task, job))
    with consumer(settings) as app:
        begun, _ = taken(app), taken(app)
        lease = leases.claim(UUID(begun.headers[TASK_HEADER]), "one@desk", message_id=begun.headers["id"])
        assert lease is not None
        seen = {one.name: (one.worker, one.running) for one in peek(services, "ocr").held}
    assert seen == {"begun.pdf": ("one@desk", True), "held.pdf": (None, False)}


def test_messages_of_others_are_shown_as_they_are(services: Services, settings: Settings) -> None:
    with sender(settings.broker_url) as app:
        app.send_task("theirs.count", ["x" * 5_000], {"deep": True}, queue="theirs", countdown=600)
    with redis.Redis.from_url(settings.broker_url) as client:
        client.rpush("theirs", b"no json", b'{"body": 5, "headers": {"task": 7}}')
    odder, odd, theirs = (one.message for one in peek(services, "theirs").ready)
    assert (odd.task, odder.task, odd.arguments, odd.bytes) == ("", "", "", 7)
    assert (theirs.task, theirs.ours, len(theirs.arguments)) == ("theirs.count", False, MOST_CHARS)
    assert theirs.bytes > 5_000
    assert theirs.eta


def test_large_messages_of_others_are_read_a_few_at_a_time(
    services: Services, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peeking, "MOST_BYTES", 3_000_000)
    raws = [b'{"body": "%05d%s"}' % (number, b"x" * 100_000) for number in range(200)]
    with redis.Redis.from_url(settings.broker_url) as client:
        client.rpush("theirs", *raws)
        client.hset("unacked", mapping={str(place): b"[%s]" % raw for place, raw in enumerate(raws)})
        read = list(services.broker.peeking.raws("theirs", 5_000))
        held = list(services.broker.peeking._held_raws())
        assert list(services.broker.messages.ready("theirs")) == raws
        client.delete("unacked")
    assert read == raws[::-1][: len(read)]
    assert 30 <= len(read) < 150
    assert 30 <= len(held) < 150
