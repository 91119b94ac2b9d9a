"""A cancel that holds, and its undo: on a frozen list, against everything that can come at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Engine

from tests.services.queued_jobs import OUTPUTS, change, many, queue, queued, uploading, value
from worker.core.errors import DatabaseError, UnreadableFile, UsageError
from worker.core.ids import new_id
from worker.core.jobs import Page, Priority, State, TaskState
from worker.core.leases import Lease, LeaseLost, Leases
from worker.core.store import Store

BY = "ann@desk"


def running(store: Store, leases: Leases) -> Lease:
    _, task = queued(store, priority=Priority.LOW)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    return lease


def test_a_queued_job_is_cancelled_and_never_claimed(store: Store, leases: Leases) -> None:
    job, task = queued(store)
    outcome = store.cancel([job], by=BY)
    assert (outcome.asked, outcome.done, outcome.refused, outcome.running) == (1, [job], [], [])
    assert outcome.waiting == [(task, "ocr")]
    assert (store.job(job).state, store.tasks(job)[0].state) == (State.CANCELLED, TaskState.CANCELLED)
    assert store.job(job).finished is not None
    assert leases.claim(task, "one@desk") is None
    assert store.next_task(job) is None  # what an older sender's message comes to


def test_a_running_attempt_is_fenced_logged_and_swept(store: Store, leases: Leases, engine: Engine) -> None:
    lease = running(store, leases)
    leases.progress(lease, Page(1, "done", text="kept"), 2)
    change(engine, "update tasks set message_id = 'm-1'")
    outcome = store.cancel([lease.job_id], by=BY)
    assert (outcome.waiting, outcome.running) == ([], [("one@desk", "m-1")])
    assert not leases.renew(lease)
    with pytest.raises(LeaseLost):
        leases.progress(lease, Page(2, "done", text="late"), 2)
    assert not leases.finish(lease, outputs=OUTPUTS, pages=2, engine={}, seconds=1)
    assert leases.fail(lease, DatabaseError("late")) is None
    assert store.job(lease.job_id).state is State.CANCELLED
    [attempt] = store.attempts(lease.job_id)
    assert (attempt.status, attempt.error_class, attempt.error) == ("failed", None, "Cancelled by ann@desk.")
    prefix = f"results/{lease.job_id}/{lease.task_id}-1/"
    assert value(engine, "select due_at > now() + interval '14 min' from leftovers where prefix = :p", p=prefix)


def test_an_upload_under_way_is_cancelled_and_refused_politely_when_it_arrives(store: Store, engine: Engine) -> None:
    job = uploading(store)
    change(engine, """update jobs set upload = '{"id": "parts-7"}'""")
    assert store.cancel([job], by=BY).done == [job]
    with pytest.raises(UsageError, match="CANCELLED"):
        queue(store, job)
    left = "select upload_id from leftovers where prefix = :p and due_at > now() + interval '10 min'"
    assert value(engine, left, p=f"uploads/{job}/") == "parts-7"


def test_what_is_refused_and_why(store: Store, leases: Leases) -> None:
    done = running(store, leases)
    assert leases.finish(done, outputs=OUTPUTS, pages=1, engine={}, seconds=1)
    failed, cancelled, missing = uploading(store), queued(store)[0], new_id()
    store.abandon_upload(failed, UnreadableFile("It is gone."))
    store.cancel([cancelled], by=BY)
    good, _ = queued(store)
    outcome = store.cancel([done.job_id, failed, cancelled, missing, good, good], by=BY)
    assert (outcome.asked, outcome.done) == (5, [good])
    assert dict(outcome.refused) == {
        done.job_id: "is done",
        failed: "has failed",
        cancelled: "is cancelled already",
        missing: "no such job",
    }


def test_many_are_cancelled_and_restored_in_capped_batches(store: Store, engine: Engine) -> None:
    jobs = [job for job, _ in many(store, 1_200)]
    outcome = store.cancel(jobs, by=BY)
    assert outcome.done == jobs
    assert len(outcome.waiting) == len(outcome.stamps) == 1_200
    assert value(engine, "select count(distinct xmin::text) from jobs where state = 'CANCELLED'") == 3
    assert store.restore(outcome.stamps).done == jobs
    assert value(engine, "select count(*) from tasks where status = 'queued' and attempt = 0") == 1_200


def test_two_who_cancel_the_same_jobs_share_them(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.core.outcomes.BATCH", 4)
    jobs = [job for job, _ in many(store, 40)]
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda ids: store.cancel(ids, by=BY), [jobs, jobs[::-1], jobs, jobs[::-1]]))
    assert sorted(job for outcome in outcomes for job in outcome.done) == sorted(jobs)
    assert {why for outcome in outcomes for _, why in outcome.refused} == {"is cancelled already"}


def test_against_claims_and_ends_one_of_both_wins(
    store: Store, leases: Leases, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes second finds a state that is settled: never a CANCELLED job with a task that runs or is done."""
    monkeypatch.setattr("worker.core.outcomes.BATCH", 5)
    pairs = many(store, 60)

    def work(pair: tuple[UUID, UUID]) -> bool:
        lease = leases.claim(pair[1], "one@desk")
        return lease is not None and leases.finish(lease, outputs=OUTPUTS, pages=1, engine={}, seconds=1)

    with ThreadPoolExecutor(4) as pool:
        cancelling = pool.submit(store.cancel, [job for job, _ in reversed(pairs)], by=BY)
        finished = {job for (job, _), ended in zip(pairs, pool.map(work, pairs), strict=True) if ended}
        outcome = cancelling.result()
    assert set(outcome.done).isdisjoint(finished)
    assert set(outcome.done) | finished == {job for job, _ in pairs}
    assert {why for _, why in outcome.refused} <= {"is done"}
    odd = """select count(*) from jobs j join tasks t on t.job_id = j.id
        where (j.state = 'CANCELLED') <> (t.status = 'cancelled') or t.status in ('queued', 'running')"""
    assert value(engine, odd) == 0
    assert value(engine, "select count(*) from task_log where status = 'processing'") == 0


def test_an_undo_puts_back_what_was(store: Store, leases: Leases, engine: Engine) -> None:
    arriving, lease = uploading(store), running(store, leases)
    waiting, task = queued(store, priority=Priority.HIGH)
    leases.progress(lease, Page(1, "done", text="kept"), 2)
    change(engine, "update tasks set password = 'sealed' where job_id = :job", job=waiting)
    outcome = store.cancel([arriving, lease.job_id, waiting], by=BY)
    assert value(engine, "select password from tasks where id = :task", task=task)  # an undo needs it
    restored = store.restore(outcome.stamps)
    assert (restored.asked, restored.done, restored.refused) == (3, [arriving, lease.job_id, waiting], [])
    assert {bell.task_id: bell.priority for bell in restored.doorbells} == {
        lease.task_id: Priority.LOW,
        task: Priority.HIGH,
    }
    assert [store.job(job).state for job in restored.done] == [State.UPLOADING, State.QUEUED, State.QUEUED]
    assert {store.job(job).attempts for job in restored.done} == {1}
    assert {store.job(job).finished for job in restored.done} == {None}
    assert [page.text for page in store.pages(lease.job_id)] == ["kept"]
    assert value(engine, "select count(*) from leftovers where prefix like 'uploads/%'") == 0
    assert queue(store, arriving)  # the upload goes on
    again = leases.claim(task, "two@desk")
    assert again is not None
    assert again.password == b"sealed"
    assert not leases.finish(lease, outputs=OUTPUTS, pages=2, engine={}, seconds=1)  # the dead attempt stays dead


def test_an_undo_leaves_what_something_touched_since(store: Store, engine: Engine) -> None:
    jobs = [job for job, _ in many(store, 4)]
    outcome = store.cancel(jobs, by=BY)
    store.retry(jobs[:1])
    store.retry(jobs[1:2])
    store.cancel(jobs[1:2], by="bob@desk")  # cancelled again, by somebody else
    change(engine, "delete from jobs where id = :job", job=jobs[2])
    before = [store.job(job) for job in jobs[:2]]
    restored = store.restore(outcome.stamps)
    assert (restored.asked, restored.done) == (4, jobs[3:])
    assert dict(restored.refused) == {
        jobs[0]: "was changed since",
        jobs[1]: "was changed since",
        jobs[2]: "no such job",
    }
    assert [store.job(job) for job in jobs[:2]] == before
    assert store.restore(outcome.stamps).done == []  # each once


def test_a_purge_takes_what_waits_and_leaves_what_a_worker_has(store: Store, leases: Leases, engine: Engine) -> None:
    waiting, lease = queued(store)[0], running(store, leases)
    held, held_task = queued(store)
    elsewhere, _ = queued(store)
    change(engine, "update tasks set queue = 'slow' where job_id = :job", job=elsewhere)
    older = queued(store)[0]  # whose message, in this queue, knows of no tasks
    change(engine, "update tasks set queue = 'celery' where job_id = :job", job=older)
    arriving = uploading(store)
    assert [(one.name, one.jobs, one.pages) for one in store.waiting_in("ocr")] == [(None, 2, 4)]
    outcome = store.purge("ocr", by=BY, jobs=[older], held=[held_task])
    assert sorted(outcome.done) == sorted([waiting, older])
    assert dict(outcome.refused) == {held: "is being worked on"}
    states = {job: store.job(job).state for job in (held, elsewhere, arriving, lease.job_id)}
    assert states == {
        held: State.QUEUED,
        elsewhere: State.QUEUED,
        arriving: State.UPLOADING,
        lease.job_id: State.RUNNING,
    }


def test_what_waits_is_told_by_batch_and_page(store: Store, engine: Engine) -> None:
    hall, tax = store.add_batch("Hall 7", None), store.add_batch("Tax", None)
    queued(store, batch_id=hall)
    uncounted, _ = queued(store, batch_id=tax)
    change(engine, "update jobs set pages = null where id = :job", job=uncounted)
    begun, _ = queued(store, batch_id=hall)
    change(engine, "update jobs set pages = 9, pages_done = 4 where id = :job", job=begun)
    told = [(one.name, one.jobs, one.pages) for one in store.waiting_in("ocr")]
    assert told == [("Hall 7", 2, 7), ("Tax", 1, 1)]
    assert store.waiting_in("slow") == []


def test_a_document_of_which_a_part_is_read_is_not_purged(store: Store, leases: Leases, engine: Engine) -> None:
    lease = running(store, leases)
    change(
        engine,
        "insert into tasks (id, job_id, kind, first_page, last_page) values (:id, :job, 'pages', 9, 16)",
        id=new_id(),
        job=lease.job_id,
    )
    outcome = store.purge("ocr", by=BY, held=[])
    assert (outcome.done, outcome.refused) == ([], [(lease.job_id, "is being worked on")])
    assert {task.state for task in store.tasks(lease.job_id)} == {TaskState.RUNNING, TaskState.QUEUED}
