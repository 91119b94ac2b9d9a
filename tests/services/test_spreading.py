"""A long document on its way through many tasks: cut, read in parts, assembled once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Engine

from tests.services.queued_jobs import OUTPUTS, change, expire, make_due, queued, value
from worker.core.errors import StorageError
from worker.core.jobs import Doorbell, Page, Priority, State, TaskKind, TaskState
from worker.core.leases import Lease, LeaseLost, Leases
from worker.core.store import Store, WorkerReport


def claimed(leases: Leases, task: UUID) -> Lease:
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    return lease


def spread(leases: Leases, store: Store, parts: list[tuple[int, int]]) -> tuple[UUID, list[Doorbell]]:
    job, task = queued(store)
    bells = leases.spread(claimed(leases, task), parts, pages=parts[-1][1], seconds=0.5)
    return job, bells


def read(leases: Leases, lease: Lease, total: int) -> list[Doorbell]:
    first, last = lease.first_page or 0, lease.last_page or 0
    for number in range(first, last + 1):
        leases.progress(lease, Page(number, "done", confidence=90, words=1), total, next_page=number + 1)
    return leases.finish_pages(lease, pages=last - first + 1, seconds=1.0)


def finish(leases: Leases, lease: Lease) -> bool:
    return leases.finish(lease, outputs=OUTPUTS, pages=4, engine={}, seconds=0.1)


def test_a_document_goes_through_its_parts_to_its_end(leases: Leases, store: Store) -> None:
    job, bells = spread(leases, store, [(1, 2), (3, 4)])
    assert store.job(job).state is State.RUNNING
    assert store.job(job).pages == 4
    first, second = (claimed(leases, bell.task_id) for bell in bells)
    assert (first.kind, first.first_page, first.last_page) == (TaskKind.PAGES, 1, 2)
    assert read(leases, second, 4) == []
    [assembly] = read(leases, first, 4)
    assert assembly.priority is Priority.HIGH
    assert store.job(job).pages_done == 4
    last = claimed(leases, assembly.task_id)
    assert last.kind is TaskKind.ASSEMBLE
    assert finish(leases, last)
    found = store.job(job)
    assert (found.state, found.outputs) == (State.DONE, OUTPUTS)
    assert found.seconds == pytest.approx(0.5 + 2 * 1.0 + 0.1)
    assert [task.state for task in store.tasks(job)] == [TaskState.DONE] * 4


def test_a_document_without_missing_pages_is_assembled(leases: Leases, store: Store) -> None:
    job, task = queued(store)
    [bell] = leases.spread(claimed(leases, task), [], pages=4, seconds=0.5)
    assert claimed(leases, bell.task_id).kind is TaskKind.ASSEMBLE
    assert store.job(job).state is State.RUNNING


def test_parts_that_end_at_once_queue_one_assembly(leases: Leases, store: Store) -> None:
    job, bells = spread(leases, store, [(page, page) for page in range(1, 9)])
    parts = [claimed(leases, bell.task_id) for bell in bells]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda lease: read(leases, lease, 8), parts))
    assert sum(map(len, answers)) == 1
    assert [task.kind for task in store.tasks(job)].count(TaskKind.ASSEMBLE) == 1


def test_an_end_that_is_said_twice_counts_once(leases: Leases, store: Store) -> None:
    job, bells = spread(leases, store, [(1, 1)])
    lease = claimed(leases, bells[0].task_id)
    assert len(read(leases, lease, 1)) == 1
    assert leases.finish_pages(lease, pages=1, seconds=1.0) == []
    assert store.job(job).seconds == pytest.approx(1.5)


def test_a_dead_attempt_spreads_and_reads_nothing(leases: Leases, store: Store, engine: Engine) -> None:
    job, task = queued(store)
    dead = claimed(leases, task)
    expire(engine, task)
    leases.reap()
    make_due(engine, task)
    assert claimed(leases, task).attempt == 2
    assert leases.spread(dead, [(1, 4)], pages=4, seconds=1) == []
    with pytest.raises(LeaseLost):
        leases.progress(dead, Page(1, "done"), 4)
    with pytest.raises(LeaseLost):
        leases.begin_page(dead, 1)
    assert [task.kind for task in store.tasks(job)] == [TaskKind.READ]


def test_a_part_that_fails_ends_the_job_and_a_retry_takes_the_rest(
    leases: Leases, store: Store, engine: Engine
) -> None:
    job, bells = spread(leases, store, [(1, 2), (3, 4), (5, 6)])
    read(leases, claimed(leases, bells[0].task_id), 6)
    failing = claimed(leases, bells[1].task_id)
    change(engine, "update tasks set max_attempts = attempt where id = :task", task=failing.task_id)
    assert leases.fail(failing, StorageError("No answer.")) is TaskState.FAILED
    assert store.job(job).state is State.FAILED
    assert [task.state for task in store.tasks(job)] == [
        TaskState.DONE,
        TaskState.DONE,
        TaskState.FAILED,
        TaskState.CANCELLED,
    ]
    [bell] = store.retry([job]).doorbells
    again = claimed(leases, bell.task_id)
    assert (again.kind, again.attempt, again.max_attempts) == (TaskKind.READ, 2, 5)
    assert store.settled_pages(job) == {1, 2}
    assert store.job(job).pages_done == 2


def test_an_encrypted_document_keeps_its_password_in_every_part(leases: Leases, store: Store, engine: Engine) -> None:
    _, task = queued(store)
    change(engine, "update tasks set password = 'sealed' where id = :task", task=task)
    bells = leases.spread(claimed(leases, task), [(1, 2), (3, 4)], pages=4, seconds=0.5)
    leased = [claimed(leases, bell.task_id) for bell in bells]
    assert [lease.password for lease in leased] == [b"sealed"] * 2
    read(leases, leased[0], 4)
    [assembly] = read(leases, leased[1], 4)
    last = claimed(leases, assembly.task_id)
    assert last.password == b"sealed"
    assert finish(leases, last)
    assert value(engine, "select count(*) from tasks where password is not null") == 0


def test_free_slots_are_those_of_live_workers_that_nobody_uses(leases: Leases, store: Store, engine: Engine) -> None:
    _, task = queued(store)
    lease = claimed(leases, task)
    assert leases.free_slots(lease, "ocr") == 1
    for name, queues in (("one@desk", ("ocr",)), ("two@desk", ("ocr", "celery")), ("other@desk", ("mail",))):
        store.put_worker(WorkerReport(name, "desk", 1, "1", slots=4, queues=queues, languages=("deu", "eng")))
    store.put_worker(WorkerReport("german@desk", "desk", 1, "1", slots=4, queues=("ocr",), languages=("deu",)))
    assert leases.free_slots(lease, "ocr") == 8  # of those that have its language
    claimed(leases, queued(store)[1])
    assert leases.free_slots(lease, "ocr") == 7
    change(engine, "update workers set seen_at = clock_timestamp() - interval '1 min' where name = 'two@desk'")
    assert leases.free_slots(lease, "ocr") == 3
    store.worker_goodbye("one@desk")
    assert leases.free_slots(lease, "ocr") == 1


def test_pages_of_an_earlier_reading_stay_until_the_new_one_is_done(
    leases: Leases, store: Store, engine: Engine
) -> None:
    job, bells = spread(leases, store, [(1, 2)])
    [assembly] = read(leases, claimed(leases, bells[0].task_id), 2)
    assert finish(leases, claimed(leases, assembly.task_id))
    change(engine, "update jobs set state = 'QUEUED', reading = 2, outputs = '{}' where id = :job", job=job)
    change(engine, "update tasks set status = 'queued' where job_id = :job and kind = 'read'", job=job)
    task = value(engine, "select id from tasks where job_id = :job and kind = 'read'", job=job)
    lease = claimed(leases, task)
    assert store.settled_pages(job) == set()
    assert len(store.pages(job)) == 2
    leases.progress(lease, Page(1, "done", text="anew"), 1)
    assert store.job(job).pages_done == 1
    assert leases.finish(lease, outputs=OUTPUTS, pages=1, engine={}, seconds=1)
    assert [page.text for page in store.pages(job)] == ["anew"]
    assert value(engine, "select prefix from leftovers where job_id = :job", job=job) == f"results/{job}/"
