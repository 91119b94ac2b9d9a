"""One task from claim to its end, and everything a dead attempt must not be able to do."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.services.queued_jobs import OUTPUTS, cancel, change, expire, make_due, queue, queued, uploading, value
from worker.core.errors import AccessRefused, CorruptFile, DatabaseError, StorageError
from worker.core.jobs import Job, Page, Priority, State, TaskState
from worker.core.lease import TRIES
from worker.core.leases import Lease, LeaseLost, Leases
from worker.core.store import Store


def claimed(leases: Leases, store: Store) -> Lease:
    _, task = queued(store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    return lease


def again(leases: Leases, engine: Engine, lease: Lease) -> Lease:
    """The task is taken from its worker and claimed by another."""
    expire(engine, lease.task_id)
    assert leases.reap()
    make_due(engine, lease.task_id)
    second = leases.claim(lease.task_id, "two@desk")
    assert second is not None
    return second


def finish(leases: Leases, lease: Lease, seconds: float = 2.5) -> bool:
    return leases.finish(lease, outputs=OUTPUTS, pages=2, engine={"engine": "x"}, notes=["n"], seconds=seconds)


def test_a_claim_sets_everything_at_once(leases: Leases, store: Store) -> None:
    job, task = queued(store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    assert (lease.task_id, lease.job_id, lease.attempt, lease.max_attempts) == (task, job, 1, 4)
    assert store.job(job).state is State.RUNNING
    assert store.job(job).started is not None
    [row] = store.tasks(job)
    assert (row.state, row.attempt, row.worker) == (TaskState.RUNNING, 1, "one@desk")
    [logged] = store.attempts(job)
    assert (logged.task_id, logged.attempt, logged.worker, logged.status) == (task, 1, "one@desk", "processing")
    assert logged.started is not None
    assert logged.finished is None


def test_a_second_doorbell_finds_nothing(leases: Leases, store: Store) -> None:
    lease = claimed(leases, store)
    assert leases.claim(lease.task_id, "two@desk") is None
    assert len(store.attempts(lease.job_id)) == 1


def test_a_doorbell_after_the_end_finds_nothing(leases: Leases, store: Store) -> None:
    lease = claimed(leases, store)
    assert finish(leases, lease)
    before = store.job(lease.job_id)
    assert leases.claim(lease.task_id, "two@desk") is None
    assert store.job(lease.job_id) == before


def test_a_doorbell_before_its_time_finds_nothing(leases: Leases, store: Store, engine: Engine) -> None:
    _, task = queued(store)
    change(engine, "update tasks set not_before = clock_timestamp() + interval '1 h' where id = :task", task=task)
    assert leases.claim(task, "one@desk") is None


def test_a_doorbell_for_nothing(leases: Leases, store: Store) -> None:
    assert leases.claim(uploading(store), "one@desk") is None


def test_progress_shows_in_the_job(leases: Leases, store: Store) -> None:
    lease = claimed(leases, store)
    leases.progress(lease, Page(1, "done", confidence=90, words=10, chars=8, text="one\x00 \ud800"), 3)
    leases.progress(lease, Page(2, "blank"), 3)
    leases.progress(lease, Page(3, "done", confidence=60, words=30), 3)
    job = store.job(lease.job_id)
    assert (job.pages, job.pages_done, job.pages_failed) == (3, 3, 0)
    assert job.mean_confidence == pytest.approx(67.5)  # by words
    first, second, _ = store.pages(lease.job_id)
    assert first.text == "one \ufffd"
    assert second.confidence is None


def test_pages_count_once_however_often_they_are_read(leases: Leases, store: Store, engine: Engine) -> None:
    lease = claimed(leases, store)
    leases.progress(lease, Page(1, "done", confidence=50, words=1, text="first"), 2)
    leases.progress(lease, Page(2, "failed", error_class="timed_out", error="Too slow."), 2)
    second = again(leases, engine, lease)
    assert store.job(lease.job_id).pages_done == 2  # what was read is not lost
    how = {"skew": -1.5, "turned": 2, "tried": "orientation", "gain": 62.25, "image_key": b"\x00\xff", "reused": True}
    anew = Page(1, "done", confidence=80, words=1, text="second", **how)  # type: ignore[arg-type]
    leases.progress(second, anew, 2)
    assert store.pages(lease.job_id)[0] == anew
    job = store.job(lease.job_id)
    assert (job.pages_done, job.pages_failed, job.mean_confidence) == (2, 1, 80)
    assert [page.text for page in store.pages(lease.job_id)] == ["second", ""]


def test_finish_switches_the_job_to_its_outputs(leases: Leases, store: Store) -> None:
    lease = claimed(leases, store)
    assert finish(leases, lease)
    job = store.job(lease.job_id)
    assert (job.state, job.outputs, job.pages, job.notes) == (State.DONE, OUTPUTS, 2, ("n",))
    assert (job.engine, job.seconds, job.attempts) == ({"engine": "x"}, 2.5, 1)
    assert job.finished is not None
    assert store.tasks(lease.job_id)[0].state is TaskState.DONE
    assert store.attempts(lease.job_id)[0].status == "success"
    assert store.attempts(lease.job_id)[0].finished is not None


def test_finish_may_be_repeated_when_its_answer_was_lost(leases: Leases, store: Store) -> None:
    lease = claimed(leases, store)
    assert finish(leases, lease)
    before = store.job(lease.job_id)
    assert finish(leases, lease)
    assert store.job(lease.job_id) == before


def dead_attempt_writes_nothing(leases: Leases, store: Store, lease: Lease) -> None:
    def all_there_is() -> tuple[Job, object, object, object]:
        job = lease.job_id
        return store.job(job), store.tasks(job), store.attempts(job), store.pages(job)

    before = all_there_is()
    assert not leases.renew(lease)
    with pytest.raises(LeaseLost):
        leases.progress(lease, Page(1, "done", text="late"), 9)
    assert leases.fail(lease, StorageError("Late.")) is None
    assert not finish(leases, lease)
    assert all_there_is() == before


def test_late_writes_while_another_reads(leases: Leases, store: Store, engine: Engine) -> None:
    lease = claimed(leases, store)
    second = again(leases, engine, lease)
    assert second.attempt == 2
    dead_attempt_writes_nothing(leases, store, lease)
    assert finish(leases, second)
    dead_attempt_writes_nothing(leases, store, lease)


def test_late_writes_while_it_waits(leases: Leases, store: Store, engine: Engine) -> None:
    lease = claimed(leases, store)
    expire(engine, lease.task_id)
    assert leases.reap()
    dead_attempt_writes_nothing(leases, store, lease)


def test_late_writes_after_its_own_failure(leases: Leases, store: Store) -> None:
    lease = claimed(leases, store)
    assert leases.fail(lease, CorruptFile("It is torn.")) is TaskState.FAILED
    dead_attempt_writes_nothing(leases, store, lease)


def test_a_cancelled_task_refuses_everything(leases: Leases, store: Store, engine: Engine) -> None:
    lease = claimed(leases, store)
    cancel(engine, lease.job_id)
    dead_attempt_writes_nothing(leases, store, lease)
    assert leases.claim(lease.task_id, "two@desk") is None


def test_a_job_that_was_cancelled_while_it_waited_is_not_claimed(leases: Leases, store: Store, engine: Engine) -> None:
    job, task = queued(store)
    change(engine, "update jobs set state = 'CANCELLED' where id = :job", job=job)  # by a program that knows no tasks
    assert leases.claim(task, "one@desk") is None
    assert store.job(job).state is State.CANCELLED


def test_what_can_pass_is_tried_again_later(leases: Leases, store: Store, engine: Engine) -> None:
    lease = claimed(leases, store)
    error = StorageError("S3 is away.", "Wait.")
    assert leases.fail(lease, error, traceback="Traceback …\x00") is TaskState.QUEUED
    job = store.job(lease.job_id)
    assert (job.state, job.error_class, job.error, job.advice) == (State.QUEUED, "storage", "S3 is away.", "Wait.")
    assert job.attempts == 1
    [logged] = store.attempts(lease.job_id)
    assert (logged.status, logged.error_class, logged.traceback) == ("retrying", "storage", "Traceback …")
    assert leases.claim(lease.task_id, "two@desk") is None  # not due
    make_due(engine, lease.task_id)
    assert leases.claim(lease.task_id, "two@desk") is not None
    running = store.job(lease.job_id)
    assert (running.state, running.error, running.advice) == (State.RUNNING, None, None)


def test_backoff_grows_and_the_fourth_failure_is_final(leases: Leases, store: Store, engine: Engine) -> None:
    job, task = queued(store)
    waits = "select extract(epoch from not_before - clock_timestamp()) from tasks where id = :task"
    for doubled in (1, 2, 4):
        lease = leases.claim(task, "one@desk")
        assert lease is not None
        assert leases.fail(lease, DatabaseError("Away.")) is TaskState.QUEUED
        assert doubled * 0.75 - 0.5 < float(value(engine, waits, task=task)) <= doubled * 1.25
        make_due(engine, task)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    assert leases.fail(lease, DatabaseError("Away.")) is TaskState.FAILED
    assert store.job(job).state is State.FAILED
    assert [each.status for each in store.attempts(job)] == ["retrying"] * 3 + ["failed"]


def test_an_outage_uses_up_no_try_and_what_it_cut_off_goes_ahead(leases: Leases, store: Store, engine: Engine) -> None:
    job, task = queued(store)
    for _ in range(TRIES + 2):
        lease = leases.claim(task, "one@desk")
        assert lease is not None
        assert leases.fail(lease, AccessRefused("The key is refused."), outage=True) is TaskState.QUEUED
        make_due(engine, task)
    assert (store.job(job).state, store.job(job).error) == (State.QUEUED, "The key is refused.")
    assert value(engine, "select priority from tasks where id = :task", task=task) == Priority.HIGH
    for left in (3, 2, 1, 0):
        lease = leases.claim(task, "one@desk")
        assert lease is not None
        assert leases.fail(lease, StorageError("Odd.")) is (TaskState.QUEUED if left else TaskState.FAILED)
        make_due(engine, task)


def test_what_cannot_pass_fails_at_once(leases: Leases, store: Store, engine: Engine) -> None:
    job = uploading(store)
    task = queue(store, job, password=b"sealed")
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    assert lease.password == b"sealed"
    assert b"sealed" not in repr(lease).encode()
    assert leases.fail(lease, CorruptFile("It is torn.")) is TaskState.FAILED
    row = store.job(job)
    assert (row.state, row.error_class, row.error) == (State.FAILED, "corrupt", "It is torn.")
    assert row.advice == CorruptFile.default_advice
    assert row.finished is not None
    assert value(engine, "select count(*) from tasks where password is not null") == 0


def test_a_password_waits_with_its_task_and_goes_with_its_end(leases: Leases, store: Store, engine: Engine) -> None:
    task = queue(store, uploading(store), password=b"sealed")
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    leases.fail(lease, StorageError("S3 is away."))
    make_due(engine, task)
    second = leases.claim(task, "one@desk")
    assert second is not None
    assert second.password == b"sealed"
    assert finish(leases, second)
    assert value(engine, "select count(*) from tasks where password is not null") == 0


def test_errors_are_cut_to_size(leases: Leases, store: Store) -> None:
    lease = claimed(leases, store)
    leases.fail(lease, CorruptFile("x" * 100_000), traceback="start " + "y" * 100_000 + " end")
    assert len(store.job(lease.job_id).error or "") == 2000
    [logged] = store.attempts(lease.job_id)
    assert len(logged.traceback or "") == 20_000
    assert (logged.traceback or "").endswith(" end")


def test_a_renewal_carries_the_lease_on(leases: Leases, store: Store, engine: Engine) -> None:
    lease = claimed(leases, store)
    expire(engine, lease.task_id)  # nobody has reaped it yet: a laptop that slept for a moment
    assert leases.renew(lease)
    assert value(engine, "select lease_until > clock_timestamp() from tasks")
    assert leases.reap() == []


def test_no_renewal_behind_the_deadline(leases: Leases, store: Store, engine: Engine) -> None:
    lease = claimed(leases, store)
    change(engine, "update tasks set deadline = clock_timestamp() - interval '1 ms'")
    assert not leases.renew(lease)


def test_the_deadline_is_the_task_limit(store: Store, engine: Engine) -> None:
    claimed(Leases(engine, task_limit_s=120), store)
    left = value(engine, "select extract(epoch from deadline - clock_timestamp()) from tasks")
    assert 115 < left <= 120


def test_a_task_keeps_the_job_s_queue_and_priority(store: Store, engine: Engine) -> None:
    job, _ = queued(store, priority=Priority.LOW)
    [task] = store.tasks(job)
    assert (task.queue, task.priority) == ("ocr", Priority.LOW)
