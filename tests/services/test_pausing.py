"""Queues and batches held back and let go, on real servers: rows, claims, doorbells, undo."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from console.ops.acting import act
from console.ops.pausing import PauseBatch, PauseQueues, ResumeBatch, ResumeQueues
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from console.ops.undo import Undo
from tests.services.queued_jobs import change, old, queued, value
from tests.waiting import until
from worker.core.errors import NotFoundError, UsageError
from worker.core.jobs import QUEUE, Doorbell, State
from worker.core.leases import Leases
from worker.core.outbox import WHOLE, Outbox
from worker.core.settings import Settings
from worker.core.store import Store


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    with Services.open(Profile(EMBEDDED, "the embedded stack"), settings) as opened:
        yield opened


def batch_of(services: Services, name: str = "May") -> tuple[UUID, UUID, UUID]:
    """A batch, a job of it, and its task."""
    batch = services.store.add_batch(name, None)
    return batch, *queued(services.store, batch_id=batch)


def test_a_pause_is_a_row_and_its_undo_the_other(services: Services, engine: Engine) -> None:
    done = act(PauseQueues((QUEUE, "other")), services)
    assert (done.data, services.store.paused_queues()) == ((QUEUE, "other"), frozenset({QUEUE, "other"}))
    assert act(PauseQueues((QUEUE,)), services).message == "ocr is paused already."
    assert value(engine, "select changed_by is not null from queues where name = 'ocr'")
    assert act(ResumeQueues(("other",)), services).data == ("other",)
    assert done.undo is not None
    back = act(done.undo, services)
    assert "ocr is going on again" in back.message
    assert services.store.paused_queues() == frozenset()
    assert act(Undo(), services).data.what == "resume"  # that of the other queue
    assert services.store.paused_queues() == frozenset({"other"})
    assert value(engine, "select string_agg(action, ' ' order by id) from audit") == "pause pause resume undo undo"
    with pytest.raises(UsageError):
        act(PauseQueues(()), services)


def test_what_is_wanted_while_workers_are_asked_round_is_done_last(services: Services, engine: Engine) -> None:
    with ThreadPoolExecutor(1) as other:
        paused = other.submit(act, PauseQueues((QUEUE,)), services)
        until(services.store.paused_queues, "the row")
        assert not paused.done()  # a worker of another program would have a second to answer
        assert act(ResumeQueues((QUEUE,)), services).data == (QUEUE,)
        assert paused.result().data == (QUEUE,)
    assert value(engine, "select string_agg(action, ' ' order by id) from audit") == "pause resume"


def test_a_batch_is_paused_once_and_let_go_by_undo(services: Services) -> None:
    batch, _, _ = batch_of(services)
    done = act(PauseBatch((batch,)), services)
    assert done.message.startswith("May is paused.")
    assert [one.paused for one in services.store.batches()] == [True]
    assert act(PauseBatch((batch,)), services).data == ()
    assert act(Undo(), services).data.what == "pause"
    assert [one.paused for one in services.store.batches()] == [False]
    assert act(ResumeBatch((batch,)), services).data == ()
    with pytest.raises(NotFoundError):
        act(PauseBatch((uuid4(),)), services)


def unrung(engine: Engine, task: UUID) -> bool:
    return bool(value(engine, "select published_at is null from tasks where id = :task", task=task))


@pytest.mark.parametrize("what", ["queue", "batch"])
def test_what_is_held_back_is_not_claimed_and_not_rung_for_and_nothing_is_lost(
    services: Services, engine: Engine, leases: Leases, what: str
) -> None:
    batch, job, task = batch_of(services)
    pause, go_on = (
        (PauseQueues((QUEUE,)), ResumeQueues((QUEUE,)))
        if what == "queue"
        else (PauseBatch((batch,)), ResumeBatch((batch,)))
    )
    services.broker.memory.note(WHOLE)
    services.store.mark_published([task])
    act(pause, services)
    assert leases.claim(task, "one@desk") is None
    assert unrung(engine, task)  # its message is gone
    old(engine)
    outbox = Outbox(engine, services.broker)
    assert outbox.deliver() == 0
    act(go_on, services)
    assert outbox.deliver() == 1
    assert services.broker.waiting([QUEUE])[0] == {task}
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    act(pause, services)
    assert leases.renew(lease)  # what is running goes on
    assert services.store.job(job).state is State.RUNNING


def test_a_broker_that_forgot_is_told_of_what_is_held_back_when_that_goes_on(
    services: Services, engine: Engine
) -> None:
    batch, _, held = batch_of(services)
    _, free = queued(services.store)
    services.store.mark_published([held, free])
    old(engine)
    act(PauseBatch((batch,)), services)
    outbox = Outbox(engine, services.broker)  # of a broker that knows nothing
    assert outbox.deliver() == 1
    assert services.broker.waiting([QUEUE])[0] == {free}
    act(ResumeBatch((batch,)), services)
    outbox._look_not_before = 0.0
    assert outbox.deliver() == 1
    assert services.broker.waiting([QUEUE])[0] == {free, held}


def test_messages_of_a_paused_queue_hide_nothing_that_others_lack(services: Services, engine: Engine) -> None:
    """They lie there and count for nothing, or the outbox would see as many messages as rows."""
    _, waits = queued(services.store)
    change(engine, "update tasks set queue = 'other'")
    _, lost = queued(services.store)
    services.broker.ring(Doorbell(waits, waits, "other"))
    services.store.mark_published([waits, lost])
    services.broker.memory.note(WHOLE)
    old(engine)
    act(PauseQueues(("other",)), services)
    outbox = Outbox(engine, services.broker)
    outbox._look_at = time.monotonic() + 60  # it looks only if messages are missing
    assert outbox.deliver() == 1
    assert services.broker.waiting([QUEUE])[0] == {lost}


def test_pages_of_a_document_wait_when_its_batch_is_paused_meanwhile(
    services: Services, engine: Engine, leases: Leases
) -> None:
    batch, job, task = batch_of(services)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    act(PauseBatch((batch,)), services)
    bells = leases.spread(lease, [(1, 4), (5, 8)], pages=8, seconds=1.0)
    assert [leases.claim(bell.task_id, "one@desk") for bell in bells] == [None, None]
    act(ResumeBatch((batch,)), services)
    assert all(leases.claim(bell.task_id, "one@desk") for bell in bells)
    assert services.store.job(job).state is State.RUNNING
