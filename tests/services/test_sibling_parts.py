"""Parts of one document that are read at the same time: what the end of one means for the others and for their job."""

from __future__ import annotations

import os

from sqlalchemy import Engine

from tests.services.queued_jobs import change, expire, make_due, queue, uploading, value
from worker.core.errors import CorruptFile, StorageError
from worker.core.jobs import State, TaskState
from worker.core.lease import Lease
from worker.core.leases import Leases
from worker.core.store import Store


def two_parts(leases: Leases, store: Store, password: bytes | None = None) -> tuple[Lease, Lease]:
    """Both read, by two workers."""
    task = queue(store, uploading(store), password=password)
    looking = leases.claim(task, "one@desk")
    assert looking is not None
    bells = leases.spread(looking, [(1, 4), (5, 8)], pages=8, seconds=1.0)
    first, second = (
        leases.claim(bell.task_id, name) for bell, name in zip(bells, ("one@desk", "two@desk"), strict=True)
    )
    assert first is not None
    assert second is not None
    return first, second


def log_of(store: Store, lease: Lease) -> tuple[str, str | None]:
    [entry] = [entry for entry in store.attempts(lease.job_id) if entry.task_id == lease.task_id]
    assert entry.finished is not None
    return entry.status, entry.error


def test_a_part_that_fails_stops_the_others_in_the_log_and_for_the_sweeper(
    leases: Leases, store: Store, engine: Engine
) -> None:
    first, second = two_parts(leases, store)
    assert leases.fail(first, CorruptFile("Broken.")) is TaskState.FAILED
    assert not leases.renew(second)
    assert log_of(store, first) == ("failed", "Broken.")
    assert log_of(store, second) == ("failed", "Stopped: the job has failed.")
    prefix = f"results/{second.job_id}/{second.task_id}-{second.attempt}/"
    assert value(engine, "select due_at > now() + interval '14 min' from leftovers where prefix = :p", p=prefix)


def test_a_part_that_is_taken_back_as_failed_stops_the_others_too(leases: Leases, store: Store, engine: Engine) -> None:
    first, second = two_parts(leases, store)
    change(engine, "update tasks set max_attempts = attempt where id = :task", task=first.task_id)
    leases.crashed("one@desk", [os.getpid()])
    assert store.job(first.job_id).state is State.FAILED
    assert log_of(store, second) == ("failed", "Stopped: the job has failed.")
    prefix = f"results/{second.job_id}/{second.task_id}-{second.attempt}/"
    assert value(engine, "select count(*) from leftovers where prefix = :p", p=prefix) == 1


def test_a_job_that_failed_waits_for_nothing(leases: Leases, store: Store, engine: Engine) -> None:
    """Two parts are lost at once: one may be tried again, the other has ended the job."""
    first, second = two_parts(leases, store)
    change(engine, "update tasks set interruptions = 10 where id = :task", task=second.task_id)
    expire(engine, first.task_id)
    expire(engine, second.task_id)
    attempts = store.job(first.job_id).attempts
    assert leases.reap() == []
    job = store.job(first.job_id)
    assert (job.state, job.attempts) == (State.FAILED, attempts)


def test_a_job_shows_no_error_while_a_part_of_it_runs(leases: Leases, store: Store, engine: Engine) -> None:
    first, second = two_parts(leases, store)
    assert leases.fail(first, StorageError("Away.")) is TaskState.QUEUED
    job = store.job(first.job_id)
    assert (job.state, job.error_class, job.error, job.advice) == (State.RUNNING, None, None, None)
    assert leases.fail(second, StorageError("Still away.")) is TaskState.QUEUED
    job = store.job(first.job_id)
    assert (job.state, job.error_class, job.error) == (State.QUEUED, "storage", "Still away.")
    make_due(engine, first.task_id)
    assert leases.claim(first.task_id, "one@desk")
    assert store.job(first.job_id).error is None


def test_the_password_that_was_given_last_survives_a_cancel_and_its_undo(leases: Leases, store: Store) -> None:
    """Parts that were cancelled before it was given keep the earlier one until no undo can want it."""
    first, _ = two_parts(leases, store, password=b"earlier")
    store.cancel([first.job_id], by="ann@desk")
    for _ in range(2):
        [bell] = store.retry([first.job_id], password=b"later").doorbells
        store.restore(store.cancel([first.job_id], by="ann@desk").stamps)
        looking = leases.claim(bell.task_id, "one@desk")
        assert looking is not None
        assert looking.password == b"later"
        leases.spread(looking, [(1, 8)], pages=8, seconds=1.0)
        [bell] = store.restore(store.cancel([first.job_id], by="ann@desk").stamps).doorbells
        again = leases.claim(bell.task_id, "one@desk")
        assert again is not None
        assert again.password == b"later"
        store.cancel([first.job_id], by="ann@desk")
