"""Attempts that did not end by themselves: a page that ends its process fails alone, a task over its time goes on."""

from __future__ import annotations

import os
from uuid import UUID

from sqlalchemy import Engine

from tests.services.queued_jobs import change, expire, make_due, queued, value
from worker.core.errors import PageTimedOut
from worker.core.jobs import Page, Priority, State, TaskState
from worker.core.leases import Lease, Leases
from worker.core.store import Store
from worker.core.taking_back import MAX_INTERRUPTIONS


def reading(leases: Leases, task: UUID, page: int | None) -> Lease:
    """The task, claimed, and at that page."""
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    if page is not None:
        leases.begin_page(lease, page)
    return lease


def overdue(engine: Engine, task: UUID) -> None:
    """As if it had run into its time limit."""
    change(
        engine,
        """update tasks set deadline = clock_timestamp() - interval '2 s',
            lease_until = clock_timestamp() - interval '1 s' where id = :task""",
        task=task,
    )


def test_a_page_that_ended_its_process_is_watched_and_then_fails_alone(leases: Leases, store: Store) -> None:
    job, task = queued(store)
    first = reading(leases, task, 1)
    leases.progress(first, Page(1, "done"), 3, next_page=2)
    [bell] = leases.crashed("one@desk", [os.getpid()])
    assert (bell.task_id, bell.priority) == (task, Priority.HIGH)
    assert store.job(job).state is State.QUEUED
    second = reading(leases, task, 2)
    assert second.suspect == 2
    assert second.attempt == 2
    assert second.max_attempts == 5  # no try was used
    leases.crashed("one@desk", [os.getpid()])
    third = reading(leases, task, None)
    assert third.attempt == 3
    one, two = store.pages(job)
    assert (one.state, two.state, two.error_class) == ("done", "failed", "engine_crashed")
    assert "twice" in (two.error or "")
    assert store.settled_pages(job) == {1, 2}
    assert (store.job(job).pages_done, store.job(job).pages_failed) == (2, 1)


def test_every_page_of_a_task_may_end_its_process(leases: Leases, store: Store) -> None:
    job, task = queued(store)
    for page in range(1, 9):
        for _ in range(2):
            reading(leases, task, page)
            assert leases.crashed("one@desk", [os.getpid()])
    assert store.settled_pages(job) == set(range(1, 9))
    assert reading(leases, task, None).attempt == 17


def test_a_process_that_dies_outside_a_page_uses_a_try(leases: Leases, store: Store, engine: Engine) -> None:
    job, task = queued(store)
    for _ in range(3):
        reading(leases, task, None)
        assert leases.crashed("one@desk", [os.getpid()])
        make_due(engine, task)
    reading(leases, task, None)
    assert leases.crashed("one@desk", [os.getpid()]) == []
    found = store.job(job)
    assert (found.state, found.error_class) == (State.FAILED, "engine_crashed")
    assert [attempt.status for attempt in store.attempts(job)] == ["retrying"] * 3 + ["failed"]


def test_only_what_that_process_of_that_worker_held_is_taken_back(leases: Leases, store: Store) -> None:
    _, task = queued(store)
    reading(leases, task, 1)
    assert leases.crashed("two@desk", [os.getpid()]) == []
    assert leases.crashed("one@desk", [os.getpid() + 1]) == []
    assert leases.crashed("one@desk", []) == []


def test_a_lost_worker_makes_its_page_suspect(leases: Leases, store: Store, engine: Engine) -> None:
    _, task = queued(store)
    reading(leases, task, 7)
    expire(engine, task)
    assert leases.reap()
    make_due(engine, task)
    assert reading(leases, task, None).suspect == 7


def test_a_page_that_is_read_forgives_the_interruptions_before_it(leases: Leases, store: Store, engine: Engine) -> None:
    job, task = queued(store)
    for number in range(1, 2 * MAX_INTERRUPTIONS):
        lease = reading(leases, task, number)
        leases.progress(lease, Page(number, "done"), 50, next_page=number + 1)
        expire(engine, task)
        assert leases.reap()
        make_due(engine, task)
    assert store.job(job).state is State.QUEUED


def test_a_page_at_which_workers_are_lost_again_and_again_fails_alone(
    leases: Leases, store: Store, engine: Engine
) -> None:
    job, task = queued(store)
    for _ in range(MAX_INTERRUPTIONS + 1):
        reading(leases, task, 2)
        expire(engine, task)
        assert leases.reap()
        make_due(engine, task)
    [page] = store.pages(job)
    assert (page.number, page.state, page.error_class) == (2, "failed", "interrupted")
    assert store.job(job).state is State.QUEUED


def test_a_page_at_the_time_limit_fails_and_the_others_go_on(leases: Leases, store: Store, engine: Engine) -> None:
    job, task = queued(store)
    reading(leases, task, 3)
    overdue(engine, task)
    assert leases.reap()
    [page] = store.pages(job)
    assert (page.number, page.error_class) == (3, "timed_out")
    assert reading(leases, task, 4).attempt == 2


def test_what_was_given_back_is_due_at_once_and_used_no_try(leases: Leases, store: Store, engine: Engine) -> None:
    job, task = queued(store)
    lease = reading(leases, task, 1)
    leases.progress(lease, Page(1, "done"), 3, next_page=2)
    assert leases.give_back(lease, PageTimedOut("Too long."))
    assert not leases.give_back(lease, PageTimedOut("Too long."))
    found = store.job(job)
    assert (found.state, found.error) == (State.QUEUED, None)
    assert [task.state for task in store.tasks(job)] == [TaskState.QUEUED]
    again = reading(leases, task, 2)
    assert (again.attempt, again.max_attempts) == (2, 5)


def test_what_a_dead_attempt_stored_is_recorded(leases: Leases, store: Store, engine: Engine) -> None:
    job, task = queued(store)
    reading(leases, task, 1)
    leases.crashed("one@desk", [os.getpid()])
    row = "select prefix from leftovers where due_at > clock_timestamp() + make_interval(secs => 600)"
    assert value(engine, row) == f"results/{job}/{task}-1/"


def test_a_cancelled_task_is_named(leases: Leases, store: Store, engine: Engine) -> None:
    _, one = queued(store)
    _, two = queued(store)
    reading(leases, one, 1)
    change(engine, "update tasks set status = 'cancelled' where id = :task", task=one)
    assert leases.cancelled([one, two]) == [one]


def test_a_job_without_a_unit_of_work_is_adopted(leases: Leases, store: Store, engine: Engine) -> None:
    """As another sender's is, whose doorbell was answered while the database was away."""
    job, task = queued(store)
    change(engine, "delete from tasks where id = :task", task=task)
    assert leases.adopt() == []  # its sender may be at it just now
    age = """alter table jobs disable trigger jobs_changed;
        update jobs set updated_at = now() - interval '1 min'; alter table jobs enable trigger jobs_changed"""
    change(engine, age)
    [bell] = leases.adopt()
    assert bell.job_id == job
    assert leases.claim(bell.task_id, "one@desk") is not None
    change(engine, age)
    assert leases.adopt() == []
