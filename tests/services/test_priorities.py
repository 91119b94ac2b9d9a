"""How urgent jobs are, changed on a frozen list of any size, stopped in the middle, and taken back."""

from __future__ import annotations

from uuid import UUID

import pytest
import redis
from sqlalchemy import Engine

from console.ops.acting import act
from console.ops.acts import STILL_IN_LINE, Cancel, SetPriority
from console.ops.commands import Acted, Done
from console.ops.on_batches import cancel_batches, prioritise_batches, retry_batches
from console.ops.services import Services
from console.ops.undo import Undo
from console.ops.ways_back import Undone
from tests.services.queued_jobs import change, queued, value
from tests.services.test_acts import away, ids, rung
from worker.core.errors import NotFoundError
from worker.core.filters import JobFilter
from worker.core.jobs import QUEUE, Priority, State
from worker.core.leases import Leases
from worker.core.outcomes import BATCH, NOT_REACHED, Course
from worker.core.raw_messages import lists_of

MANY = 10_000
FILL = """
insert into jobs (id, name, state) select md5(n::text)::uuid, n || '.pdf', 'QUEUED' from generate_series(1, :many) n;
insert into tasks (id, job_id, kind, published_at) select md5('t' || n)::uuid, md5(n::text)::uuid, 'read', now()
from generate_series(1, :many) n"""


def lengths(client: redis.Redis) -> list[int]:
    """Messages by priority, the most urgent first."""
    return [int(str(client.llen(key))) for key in lists_of(QUEUE)]


def undone(done: Done[Acted], services: Services) -> Done[Undone]:
    assert isinstance(done.undo, Undo)
    return act(done.undo, services)


def end(engine: Engine, job: UUID) -> None:
    change(engine, "update tasks set status = 'done' where job_id = :job", job=job)
    change(engine, "update jobs set state = 'DONE' where id = :job", job=job)


def test_jobs_move_to_the_front_with_their_messages_and_back_by_undo(
    services: Services, engine: Engine, client: redis.Redis
) -> None:
    normal, low, over = rung(services, 3), rung(services, 2, priority=Priority.LOW), rung(services)
    end(engine, over[0][0])
    chosen = ids([*normal, *low, *over])
    done = act(SetPriority(chosen, Priority.NEXT), services)
    assert done.message == "5 of 6 jobs moved to the front. 1 is done."
    assert lengths(client) == [5, 0, 1, 0]  # that of the one which is done is of no consequence
    assert value(engine, "select count(*) from tasks where priority = 0 and published_at is not null") == 5
    assert act(SetPriority(chosen, Priority.NEXT), services).data.done == ()
    act(SetPriority(ids(normal)[:1], Priority.HIGH), services)
    end(engine, low[0][0])
    back = undone(done, services)
    assert back.data.jobs == 3
    assert {one.id: one.why for one in back.data.refused} == {
        normal[0][0]: "has another priority by now",
        low[0][0]: "is done",
    }
    assert services.store.job(normal[1][0]).priority is Priority.NORMAL
    assert services.store.job(low[1][0]).priority is Priority.LOW
    assert lengths(client) == [1, 1, 3, 1]


def test_of_a_running_job_what_remains_is_moved_and_an_assembly_stays_ahead(
    services: Services, engine: Engine, leases: Leases, client: redis.Redis
) -> None:
    job, task = queued(services.store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    bells = leases.spread(lease, [(1, 4), (5, 8)], pages=8, seconds=1.0)
    for _ in services.broker.ring_all(bells):
        services.store.mark_published([bell.task_id for bell in bells])
    act(SetPriority((job,), Priority.LOW), services)
    assert lengths(client) == [0, 0, 0, 2]
    for bell in bells:
        part = leases.claim(bell.task_id, "one@desk")
        assert part is not None
        [*assembly] = leases.finish_pages(part, pages=4, seconds=1.0)
    assert [bell.priority for bell in assembly] == [Priority.HIGH]
    act(SetPriority((job,), Priority.NORMAL), services)
    assert value(engine, "select priority from tasks where kind = 'assemble'") == Priority.HIGH


def test_without_the_broker_the_rows_change_and_that_is_told(
    services: Services, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    [(job, _)] = rung(services)
    monkeypatch.setattr(services.broker.messages, "remove", away)
    assert act(SetPriority((job,), Priority.HIGH), services).message.endswith(STILL_IN_LINE)
    assert value(engine, "select priority from tasks") == Priority.HIGH


def test_a_batch_is_acted_on_by_the_jobs_that_it_has_then(services: Services, engine: Engine) -> None:
    batch = services.store.add_batch("May", None)
    waits, over, broken = (queued(services.store, batch_id=batch)[0] for _ in range(3))
    other, _ = queued(services.store)
    end(engine, over)
    assert act(prioritise_batches((batch,), Priority.HIGH), services).data.done == (waits, broken)
    change(engine, "update tasks set status = 'failed', attempt = 1 where job_id = :job", job=broken)
    change(engine, "update jobs set state = 'FAILED', error = 'x', error_class = 'x' where id = :job", job=broken)
    assert act(retry_batches((batch,)), services).data.done == (broken,)
    cancelled = act(cancel_batches((batch,)), services)
    assert set(cancelled.data.done) == {waits, broken}
    assert services.store.job(other).state is State.QUEUED
    assert value(engine, "select string_agg(action, ' ' order by id) from audit") == "priority retry cancel"
    assert undone(cancelled, services).data.jobs == 2
    with pytest.raises(NotFoundError):
        act(cancel_batches((UUID(int=1),)), services)


def test_ten_thousand_are_moved_watched_and_taken_back(services: Services, engine: Engine, client: redis.Redis) -> None:
    change(engine, FILL.replace("::", "\\:\\:"), many=MANY)
    told: list[tuple[int, int]] = []
    course = Course(lambda done, asked: told.append((done, asked)))
    done = act(SetPriority(_all(services), Priority.HIGH, course=course), services)
    assert done.message == "10,000 of 10,000 jobs set to high priority."
    assert told == [(count, MANY) for count in range(BATCH, MANY + 1, BATCH)]
    assert lengths(client) == [0, MANY, 0, 0]
    assert undone(done, services).data.jobs == MANY
    assert lengths(client) == [0, 0, MANY, 0]


def test_a_long_act_that_is_stopped_says_what_was_done(services: Services, engine: Engine) -> None:
    change(engine, FILL.replace("::", "\\:\\:"), many=3 * BATCH)
    course = Course(lambda done, _asked: course.stop.set() if done == 2 * BATCH else None)
    done = act(Cancel(_all(services), course=course), services)
    assert done.message == "1,000 of 1,500 jobs cancelled. 500 were not reached before the stop."
    assert {one.why for one in done.data.refused} == {NOT_REACHED}
    assert value(engine, "select count(*) from jobs where state = 'CANCELLED'") == 2 * BATCH
    assert value(engine, "select asked || ' ' || done from audit") == "1500 1000"
    assert undone(done, services).data.jobs == 2 * BATCH


def _all(services: Services) -> tuple[UUID, ...]:
    return tuple(services.store.ids(JobFilter()))
