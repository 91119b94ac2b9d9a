"""A broker that forgot is told everything again, the most urgent first."""

from __future__ import annotations

import pytest
import redis
from sqlalchemy import Engine, text

from tests.services.queued_jobs import change, many, old, value
from worker.core import outbox
from worker.core.broker import Broker
from worker.core.database import single
from worker.core.jobs import Doorbell
from worker.core.outbox import RESTORING, WHOLE, Outbox
from worker.core.settings import Settings
from worker.core.store import Store

MANY = 2_000
FILL = """
insert into jobs (id, name, state) select md5(n::text)::uuid, n || '.pdf', 'QUEUED' from generate_series(1, :many) n;
insert into tasks (id, job_id, kind, priority, created_at, published_at)
select md5('t' || n)::uuid, md5(n::text)::uuid, 'read', case when n % 100 = 0 then 3 else 6 end,
    now() - interval '1 min', now() - interval '1 min' from generate_series(1, :many) n"""


@pytest.fixture
def filled(engine: Engine, clean: None) -> None:
    change(engine, FILL.replace("::", "\\:\\:"), many=MANY)


def flush(settings: Settings) -> None:
    with redis.Redis.from_url(settings.broker_url) as client:
        client.flushall()


def test_after_a_flush_one_round_rings_for_everything(
    filled: None, engine: Engine, broker: Broker, settings: Settings
) -> None:
    desk = Outbox(engine, broker)
    broker.memory.note(WHOLE)
    flush(settings)
    assert desk.deliver() == MANY
    assert broker.memory.noted() == WHOLE
    assert len(broker.waiting(["ocr"])[0]) == MANY
    assert broker.ready(["ocr"]) == MANY
    with redis.Redis.from_url(settings.broker_url) as client:
        assert client.llen("ocr\x06\x163") == MANY // 100
    assert desk.deliver() == 0


def test_a_restoring_that_was_broken_off_is_ended_by_another(
    filled: None, engine: Engine, broker: Broker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "WINDOW", 500)
    monkeypatch.setattr(outbox, "ROUND_S", 0.0)
    first = Outbox(engine, broker)
    assert first.deliver() == 500
    assert broker.memory.noted() == RESTORING
    with redis.Redis.from_url(settings.broker_url) as client:
        assert client.llen("ocr\x06\x163") == MANY // 100  # the most urgent were first
    monkeypatch.setattr(outbox, "ROUND_S", 60.0)
    assert Outbox(engine, broker).deliver() == MANY - 500
    assert broker.ready(["ocr"]) == MANY
    assert broker.memory.noted() == WHOLE
    assert first.deliver() == 0


def test_a_flush_in_the_middle_of_restoring(
    filled: None, engine: Engine, broker: Broker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "WINDOW", 500)
    monkeypatch.setattr(outbox, "ROUND_S", 0.0)
    desk = Outbox(engine, broker)
    assert desk.deliver() == 500
    flush(settings)
    monkeypatch.setattr(outbox, "ROUND_S", 60.0)
    assert desk.deliver() == MANY
    assert len(broker.waiting(["ocr"])[0]) == MANY


def test_one_message_that_vanished_is_missed_at_once(
    store: Store, engine: Engine, broker: Broker, settings: Settings
) -> None:
    """The queue is not read while there are as many messages as rows."""
    jobs = many(store, 5)
    for job, task in jobs:
        broker.ring(Doorbell(task, job))
    store.mark_published([task for _, task in jobs])
    broker.memory.note(WHOLE)
    old(engine)
    desk = Outbox(engine, broker)
    assert desk.deliver() == 0  # its first look
    with redis.Redis.from_url(settings.broker_url) as client:
        client.rpop("ocr\x06\x166")
    desk._look_not_before = 0.0
    assert desk.deliver() == 1
    assert broker.waiting(["ocr"])[0] == {task for _, task in jobs}
    assert value(engine, "select count(*) from tasks where published_at > now() - interval '30 s'") == 1


def test_what_is_held_back_is_gone_over_once(filled: None, engine: Engine) -> None:
    """Also where a list of it does not fit into memory: that one would be read anew for each row."""
    hold_back = "insert into batches (id, name, paused) values (md5('b')\\:\\:uuid, 'b', true)"
    change(engine, f"{hold_back}; update jobs set batch_id = md5('b')\\:\\:uuid")
    with single(engine) as connection:
        connection.execute(text("analyze jobs, tasks"))
        connection.execute(text("set work_mem = '64kB'"))
        connection.execute(text("set hash_mem_multiplier = 1"))
        held_back = dict(connection.execute(outbox.HELD_BACK).mappings().one())
        plan = "\n".join(connection.scalars(text(f"explain {outbox._STATE.text}"), held_back))
        assert connection.execute(outbox._STATE, held_back).one().rung == 0
        connection.invalidate()  # nobody else is to have so little memory
    assert "Materialize" not in plan
    assert "pk_jobs" in plan
