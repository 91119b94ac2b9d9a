"""Back into the queue: a frozen list, how many of how many, and why not the others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from tests.services.queued_jobs import OUTPUTS, cancel, change, expire, many, queue, queued, uploading, value
from worker.core.errors import CorruptFile, UnreadableFile
from worker.core.ids import new_id
from worker.core.jobs import Page, Priority, State, TaskState
from worker.core.leases import Lease, Leases
from worker.core.store import Store


def failed(store: Store, leases: Leases, **given: object) -> Lease:
    _, task = queued(store, **given)  # type: ignore[arg-type]
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    leases.progress(lease, Page(1, "done", confidence=70, words=3, text="kept"), 3)
    leases.progress(lease, Page(2, "failed", error="Too slow."), 3)
    assert leases.fail(lease, CorruptFile("It is torn.")) is TaskState.FAILED
    return lease


def test_a_failed_job_starts_anew_and_keeps_its_pages(store: Store, leases: Leases) -> None:
    lease = failed(store, leases, priority=Priority.LOW)
    outcome = store.retry([lease.job_id], password=b"sealed")
    assert (outcome.asked, outcome.done, outcome.refused) == (1, [lease.job_id], [])
    [bell] = outcome.doorbells
    assert (bell.task_id, bell.job_id, bell.queue, bell.priority) == (
        lease.task_id,
        lease.job_id,
        "ocr",
        Priority.LOW,
    )
    job = store.job(lease.job_id)
    assert (job.state, job.attempts, job.error_class, job.error, job.advice) == (State.QUEUED, 2, None, None, None)
    assert (job.pages_done, job.pages_failed, job.finished) == (1, 0, None)
    assert [page.text for page in store.pages(lease.job_id)] == ["kept"]  # the failed page is to be read again
    second = leases.claim(lease.task_id, "two@desk")
    assert second is not None
    assert (second.attempt, second.max_attempts, second.password) == (2, 5, b"sealed")
    assert not leases.finish(lease, outputs=OUTPUTS, pages=1, engine={}, seconds=1)  # the dead attempt stays dead
    assert len(store.attempts(lease.job_id)) == 2


def test_a_retry_has_all_its_tries_and_interruptions_again(store: Store, leases: Leases, engine: Engine) -> None:
    lease = failed(store, leases)
    change(engine, "update tasks set attempt = 14, max_attempts = 14, interruptions = 10")
    store.retry([lease.job_id])
    [task] = store.tasks(lease.job_id)
    assert (task.attempt, task.max_attempts) == (14, 18)
    assert leases.claim(task.id, "two@desk")
    expire(engine, task.id)
    assert len(leases.reap()) == 1


def test_a_cancelled_job_can_be_retried(store: Store, leases: Leases, engine: Engine) -> None:
    job, task = queued(store)
    cancel(engine, job)
    assert store.retry([job]).done == [job]
    assert leases.claim(task, "one@desk") is not None


def test_what_is_refused_and_why(store: Store, leases: Leases) -> None:
    done, running = queued(store), queued(store)
    lease = leases.claim(done[1], "one@desk")
    assert lease is not None
    assert leases.finish(lease, outputs=OUTPUTS, pages=1, engine={}, seconds=1)
    assert leases.claim(running[1], "one@desk")
    waiting, _ = queued(store)
    arriving, lost, missing = uploading(store), uploading(store), new_id()
    store.abandon_upload(lost, UnreadableFile("It is gone."))
    good = failed(store, leases).job_id
    everything = [done[0], running[0], waiting, arriving, lost, missing, good, good]
    before = {job: store.job(job) for job in everything if job not in {missing, good}}
    outcome = store.retry(everything)
    assert outcome.asked == 7
    assert outcome.done == [good]
    assert dict(outcome.refused) == {
        done[0]: "is done",
        running[0]: "is running",
        waiting: "is waiting already",
        arriving: "is being uploaded",
        lost: "its file never arrived: add the file again",
        missing: "no such job",
    }
    assert {job: store.job(job) for job in before} == before


def test_another_system_s_row_gets_a_task(store: Store, leases: Leases, engine: Engine) -> None:
    job = new_id()
    change(
        engine,
        "insert into jobs (id, name, state, source_key, queue, priority) values (:id, 'x', 'FAILED', 'k', 'slow', 9)",
        id=job,
    )
    [bell] = store.retry([job]).doorbells
    assert (bell.queue, bell.priority) == ("slow", Priority.LOW)
    assert leases.claim(bell.task_id, "one@desk") is not None


@pytest.mark.parametrize("size", [1, 7])
def test_batches_are_capped(store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr("worker.core.outcomes.BATCH", size)
    jobs = [job for job, _ in many(store, 16)]
    change(engine, "update jobs set state = 'FAILED'")
    change(engine, "update tasks set status = 'failed'")
    outcome = store.retry(jobs)
    assert outcome.done == jobs
    assert {bell.job_id for bell in outcome.doorbells} == set(jobs)
    assert value(engine, "select count(*) from tasks where status = 'queued'") == 16
    assert value(engine, "select count(distinct xmin::text) from jobs") == -(-16 // size)


def test_two_who_retry_the_same_jobs_share_them(store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.core.outcomes.BATCH", 4)
    jobs = [job for job, _ in many(store, 40)]
    change(engine, "update jobs set state = 'FAILED'")
    change(engine, "update tasks set status = 'failed'")
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(store.retry, [jobs, jobs[::-1], jobs, jobs[::-1]]))
    assert sorted(job for outcome in outcomes for job in outcome.done) == sorted(jobs)
    assert {store.job(job).attempts for job in jobs} == {2}


def test_nothing_asked(store: Store) -> None:
    outcome = store.retry([])
    assert (outcome.asked, outcome.done, outcome.refused, outcome.doorbells) == (0, [], [], [])


def test_a_password_serves_a_job_that_needs_it(store: Store, leases: Leases, engine: Engine) -> None:
    job = uploading(store)
    task = queue(store, job, password=b"old")
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    leases.fail(lease, CorruptFile("Locked."))
    store.retry([job])
    assert value(engine, "select password from tasks") is None
