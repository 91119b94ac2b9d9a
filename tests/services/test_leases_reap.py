"""What happens to work whose worker is gone."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.services.queued_jobs import change, expire, make_due, many, queued, value
from worker.core.database import transaction
from worker.core.errors import StorageError
from worker.core.jobs import Priority, State, TaskState
from worker.core.lease_sql import LOCK_JOB
from worker.core.leases import Lease, Leases
from worker.core.store import Store
from worker.core.taking_back import MAX_INTERRUPTIONS


def held(leases: Leases, store: Store) -> Lease:
    _, task = queued(store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    return lease


def test_a_live_lease_is_left_alone(store: Store, engine: Engine) -> None:
    leases = Leases(engine, lease_s=60)
    lease = held(leases, store)
    assert Leases(engine, lease_s=0.1).reap() == []
    assert leases.renew(lease)


def test_an_expired_lease_goes_back_ahead_of_the_backlog(leases: Leases, store: Store, engine: Engine) -> None:
    lease = held(leases, store)
    expire(engine, lease.task_id)
    [bell] = leases.reap()
    assert (bell.task_id, bell.job_id, bell.queue, bell.priority) == (
        lease.task_id,
        lease.job_id,
        "ocr",
        Priority.HIGH,
    )
    job = store.job(lease.job_id)
    assert (job.state, job.error_class, job.attempts) == (State.QUEUED, "interrupted", 2)
    assert store.attempts(lease.job_id)[0].status == "retrying"
    wait = value(engine, "select extract(epoch from not_before - clock_timestamp()) from tasks")
    assert 0.2 < wait <= 1.25
    assert leases.reap() == []


def test_backoff_ends_at_ten_minutes(leases: Leases, store: Store, engine: Engine) -> None:
    for earlier, least, most in ((1, 1.0, 2.5), (4, 11, 20), (9, 383, 600)):
        lease = held(leases, store)
        change(engine, "update tasks set interruptions = :n where id = :task", n=earlier, task=lease.task_id)
        expire(engine, lease.task_id)
        assert len(leases.reap()) == 1
        query = "select extract(epoch from not_before - clock_timestamp()) from tasks where id = :task"
        assert least < value(engine, query, task=lease.task_id) <= most


def test_what_was_next_stays_next(leases: Leases, store: Store, engine: Engine) -> None:
    _, task = queued(store, priority=Priority.NEXT)
    assert leases.claim(task, "one@desk")
    expire(engine, task)
    assert [bell.priority for bell in leases.reap()] == [Priority.NEXT]


def test_interruptions_do_not_use_up_the_tries(leases: Leases, store: Store, engine: Engine) -> None:
    """Ten interruptions in between, and still the first try and three retries."""
    job, task = queued(store)
    outcomes = []
    for number in range(MAX_INTERRUPTIONS + 4):
        lease = leases.claim(task, "one@desk")
        assert lease is not None
        assert lease.attempt == number + 1  # never goes back
        if number < MAX_INTERRUPTIONS:
            expire(engine, task)
            assert len(leases.reap()) == 1
        else:
            outcomes.append(leases.fail(lease, StorageError("Away.")))
        make_due(engine, task)
    assert outcomes == [TaskState.QUEUED] * 3 + [TaskState.FAILED]
    assert store.job(job).attempts == 1 + MAX_INTERRUPTIONS


def test_the_eleventh_interruption_is_the_last(leases: Leases, store: Store, engine: Engine) -> None:
    job, task = queued(store)
    change(engine, "update tasks set password = 'sealed'")
    for number in range(MAX_INTERRUPTIONS + 1):
        assert leases.claim(task, "one@desk") is not None
        expire(engine, task)
        assert len(leases.reap()) == (1 if number < MAX_INTERRUPTIONS else 0)
        make_due(engine, task)
    row = store.job(job)
    assert (row.state, row.error_class) == (State.FAILED, "interrupted")
    assert "11 times" in (row.error or "")
    assert row.advice
    assert store.tasks(job)[0].state is TaskState.FAILED
    assert store.attempts(job)[-1].status == "failed"
    assert value(engine, "select count(*) from tasks where password is not null") == 0
    assert leases.claim(task, "one@desk") is None


def test_a_task_over_its_time_limit_has_failed(leases: Leases, store: Store, engine: Engine) -> None:
    """Its worker renewed to the last, and was then refused."""
    lease = held(leases, store)
    change(engine, "update tasks set deadline = clock_timestamp() - interval '5 s'")
    expire(engine, lease.task_id)
    assert leases.reap() == []
    job = store.job(lease.job_id)
    assert (job.state, job.error_class, job.attempts) == (State.FAILED, "timed_out", 1)


def test_a_machine_that_slept_past_the_deadline_was_interrupted(leases: Leases, store: Store, engine: Engine) -> None:
    held(leases, store)
    change(engine, "update tasks set lease_until = clock_timestamp() - interval '2 h'")
    change(engine, "update tasks set deadline = clock_timestamp() - interval '1 h'")
    assert len(leases.reap()) == 1


def test_nothing_is_reaped_within_a_lease_of_a_server_start(store: Store, engine: Engine) -> None:
    up = float(value(engine, "select extract(epoch from clock_timestamp() - pg_postmaster_start_time())"))
    lease = held(Leases(engine, lease_s=up + 1000), store)
    expire(engine, lease.task_id)
    assert Leases(engine, lease_s=up + 1000).reap() == []
    assert len(Leases(engine, lease_s=up / 2).reap()) == 1


def test_a_locked_job_is_reaped_next_time(leases: Leases, store: Store, engine: Engine) -> None:
    first, second = held(leases, store), held(leases, store)
    expire(engine, first.task_id)
    expire(engine, second.task_id)
    with transaction(engine) as holder:
        holder.execute(LOCK_JOB, {"job": first.job_id})
        assert [bell.task_id for bell in leases.reap()] == [second.task_id]
    assert [bell.task_id for bell in leases.reap()] == [first.task_id]


@pytest.mark.parametrize("limit", [1, 7])
def test_many_are_taken_back_in_portions(leases: Leases, store: Store, engine: Engine, limit: int) -> None:
    tasks = {task for _, task in many(store, 12)}
    for task in tasks:
        assert leases.claim(task, "one@desk")
    change(engine, "update tasks set lease_until = clock_timestamp() - interval '1 s'")
    back = set()
    while bells := leases.reap(limit):
        assert len(bells) <= limit
        back |= {bell.task_id for bell in bells}
    assert back == tasks
