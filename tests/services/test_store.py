"""How jobs come in, and what can be asked of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.services.queued_jobs import HASH, OUTPUTS, change, make_due, queue, queued, uploading, value
from worker.core.changes import Mark
from worker.core.database import open_engine, single, transaction
from worker.core.errors import DatabaseError, NotFoundError, OcrConsoleError, StorageError, UsageError
from worker.core.ids import new_id
from worker.core.jobs import Options, Page, Priority, State, TaskState
from worker.core.leases import Leases
from worker.core.settings import Settings
from worker.core.store import Store


def done(store: Store, leases: Leases, name: str = "letter.pdf") -> UUID:
    job, task = queued(store, name)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    leases.progress(lease, Page(1, "done", confidence=80, words=4, text="Dear Ann"), 1)
    assert leases.finish(lease, outputs=OUTPUTS, pages=1, engine={"engine": "x"}, notes=["n"], seconds=3)
    return job


def test_a_job_from_upload_to_queue(store: Store, engine: Engine) -> None:
    options = Options(languages="deu", formats=("txt",), pages="1-2")
    batch = store.add_batch("March", "ann@desk")
    job = uploading(store, "Nga\u0302n \x00.pdf", path="a/b.pdf", options=options, batch_id=batch)
    row = store.job(job)
    assert (row.state, row.name, row.path, row.batch) == (State.UPLOADING, "Ngân .pdf", "a/b.pdf", "March")
    assert (row.options, row.submitted_by, row.source_bytes) == (options, "ann@desk", 1234)
    assert store.tasks(job) == []
    task = queue(store, job, pages=7, size=99)
    row = store.job(job)
    assert (row.state, row.source_sha256, row.source_bytes, row.pages) == (State.QUEUED, HASH, 99, 7)
    assert row.source_key == f"uploads/{job}/source.pdf"
    [only] = store.tasks(job)
    assert (only.id, only.state, only.attempt, only.max_attempts) == (task, TaskState.QUEUED, 0, 4)
    assert value(engine, "select source_mtime from jobs") == 1.5


def test_times_are_aware_and_in_utc(store: Store) -> None:
    job, _ = queued(store)
    created = store.job(job).created
    assert created is not None
    assert created.utcoffset() is not None
    assert abs(created.timestamp() - time.time()) < 60


def test_an_unknown_job(store: Store) -> None:
    with pytest.raises(NotFoundError):
        store.job(new_id())
    with pytest.raises(NotFoundError):
        queue(store, new_id())
    assert store.next_task(new_id()) is None
    assert [*store.tasks(new_id()), *store.attempts(new_id()), *store.pages(new_id())] == []


def test_queueing_may_be_repeated_when_its_answer_was_lost(store: Store) -> None:
    job, task = queued(store)
    assert queue(store, job) == task
    assert len(store.tasks(job)) == 1


def test_an_upload_that_comes_too_late(store: Store, engine: Engine) -> None:
    job = uploading(store)
    change(engine, "update jobs set state = 'CANCELLED'")
    with pytest.raises(UsageError, match="CANCELLED"):
        queue(store, job)
    assert store.tasks(job) == []


def test_an_upload_that_failed(store: Store) -> None:
    job = uploading(store)
    assert store.abandon_upload(job, StorageError("S3 is away.", "Wait."))
    row = store.job(job)
    assert (row.state, row.error_class, row.error, row.advice) == (State.FAILED, "storage", "S3 is away.", "Wait.")


def test_an_upload_that_is_forgotten(store: Store) -> None:
    job = uploading(store)
    assert store.abandon_upload(job, None)
    with pytest.raises(NotFoundError):
        store.job(job)


@pytest.mark.parametrize("error", [None, StorageError("S3 is away.")])
def test_only_an_upload_can_be_abandoned(store: Store, error: OcrConsoleError | None) -> None:
    job, _ = queued(store)
    assert not store.abandon_upload(job, error)
    assert store.job(job).state is State.QUEUED


def test_unfinished_uploads_are_those_of_one_user(store: Store) -> None:
    first, second = uploading(store, "1.pdf"), uploading(store, "2.pdf")
    uploading(store, "3.pdf", submitted_by="bob@desk")
    queued(store, "4.pdf")
    assert [one.job.id for one in store.unfinished_uploads("ann@desk")] == [first, second]


def test_the_same_file_with_the_same_options(store: Store, leases: Leases) -> None:
    job = done(store, leases)
    found = store.done_like(HASH, Options())
    assert found is not None
    assert found.id == job
    assert store.done_like(HASH, Options(languages="deu")) is None
    assert store.done_like("0" * 64, Options()) is None


def test_a_job_that_is_not_done_cannot_be_reused(store: Store) -> None:
    queued(store)
    assert store.done_like(HASH, Options()) is None


def test_reuse_ends_the_upload_with_the_earlier_results(store: Store, leases: Leases) -> None:
    done(store, leases)
    earlier = store.done_like(HASH, Options())
    assert earlier is not None
    job = uploading(store, "copy.pdf")
    store.reuse(job, earlier)
    row = store.job(job)
    assert (row.state, row.outputs, row.pages, row.pages_done) == (State.DONE, OUTPUTS, 1, 1)
    assert (row.mean_confidence, row.engine, row.source_sha256) == (80, {"engine": "x"}, HASH)
    assert row.notes[0] == "n"
    assert "Read before" in row.notes[1]
    assert store.pages(job) == store.pages(earlier.id)


def test_reuse_of_a_job_that_is_no_upload_changes_nothing(store: Store, leases: Leases) -> None:
    done(store, leases)
    earlier = store.done_like(HASH, Options())
    assert earlier is not None
    job, _ = queued(store)
    store.reuse(job, earlier)
    assert store.job(job).state is State.QUEUED
    assert store.pages(job) == []


def test_published_tasks_are_stamped_while_they_wait(store: Store, leases: Leases, engine: Engine) -> None:
    (_, first), (_, second) = queued(store), queued(store)
    assert leases.claim(second, "one@desk")
    store.mark_published([first, second])
    store.mark_published([])
    assert value(engine, "select array_agg(id) from tasks where published_at is not null") == [first]


def foreign(engine: Engine, state: str = "QUEUED") -> UUID:
    """A row as an older sender makes it: its own kind of id, no task."""
    job = uuid4()
    change(
        engine,
        "insert into jobs (id, name, state, source_key, queue, priority) values (:id, 'x', :state, 'k', 'celery', 3)",
        id=job,
        state=state,
    )
    return job


def test_an_older_sender_s_job_gets_a_task(store: Store, leases: Leases, engine: Engine) -> None:
    job = foreign(engine)
    task = store.next_task(job)
    assert task is not None
    assert store.next_task(job) == task
    [row] = store.tasks(job)
    assert (row.queue, row.priority) == ("celery", Priority.HIGH)
    assert leases.claim(task, "one@desk") is not None
    assert store.next_task(job) is None


@pytest.mark.parametrize("state", ["UPLOADING", "DONE", "FAILED", "CANCELLED"])
def test_a_job_that_is_not_waiting_gets_no_task(store: Store, engine: Engine, state: str) -> None:
    job = foreign(engine, state)
    assert store.next_task(job) is None
    assert store.tasks(job) == []


def test_a_doorbell_without_a_task_means_one_that_is_due(store: Store, leases: Leases, engine: Engine) -> None:
    job, task = queued(store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    leases.fail(lease, StorageError("S3 is away."))
    assert store.next_task(job) is None
    make_due(engine, task)
    assert store.next_task(job) == task


def test_an_older_system_s_retry_uses_the_task_that_failed(store: Store, leases: Leases, engine: Engine) -> None:
    job, task = queued(store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    leases.fail(lease, UsageError("No."))
    change(engine, "update jobs set state = 'QUEUED'")
    assert store.next_task(job) == task
    assert len(store.tasks(job)) == 1
    assert leases.claim(task, "one@desk") is not None


def test_batches_newest_first(store: Store) -> None:
    made = [store.add_batch(name, "ann@desk") for name in ("March", "April", "March")]
    assert [batch.id for batch in store.batches()] == made[::-1]
    assert store.find_batch("March") == made[2]
    assert store.find_batch("May") is None


def test_each_change_is_told_once_in_order(store: Store, engine: Engine) -> None:
    jobs = [queued(store, f"{number}.pdf")[0] for number in range(6)]
    first = store.changes(Mark())
    assert (first.jobs, first.complete) == ((), True)
    seen = store.changes(first.mark)  # what changed just before the first look may come
    change(engine, "update jobs set pages_done = 1 where id = :job", job=jobs[2])
    change(engine, "update jobs set pages_done = 1 where id = :job", job=jobs[0])
    then = store.changes(seen.mark)
    assert [job.id for job in then.jobs] == [jobs[2], jobs[0]]
    assert store.changes(then.mark).jobs == ()
    newest = store.changes(seen.mark, limit=1)
    assert ([job.id for job in newest.jobs], newest.complete) == ([jobs[0]], False)


def test_the_first_job_of_all_is_a_change(store: Store) -> None:
    nothing = store.changes(Mark())
    job, _ = queued(store)
    assert [one.id for one in store.changes(nothing.mark).jobs] == [job]


def test_a_change_that_commits_late_is_still_seen(store: Store, engine: Engine) -> None:
    slow, quick = queued(store, "slow.pdf")[0], queued(store, "quick.pdf")[0]
    mark = store.changes(store.changes(Mark()).mark).mark
    with transaction(engine) as late:
        late.execute(text("update jobs set pages_done = 1 where id = :job"), {"job": slow})
        change(engine, "update jobs set pages_done = 1 where id = :job", job=quick)
        between = store.changes(mark)
        assert [job.id for job in between.jobs] == [quick]
    assert [job.id for job in store.changes(between.mark).jobs] == [slow]


def test_counts_name_every_state(store: Store, leases: Leases, engine: Engine) -> None:
    assert store.counts() == dict.fromkeys(State, 0)
    for number in range(3):
        uploading(store, f"{number}.pdf")
    done(store, leases)
    queued(store)
    counts = store.counts()
    assert {state: count for state, count in counts.items() if count} == {
        State.UPLOADING: 3,
        State.DONE: 1,
        State.QUEUED: 1,
    }


def test_many_done_are_counted_rarely(store: Store, leases: Leases, monkeypatch: pytest.MonkeyPatch) -> None:
    done(store, leases)
    assert store.counts()[State.DONE] == 1
    done(store, leases)
    assert store.counts()[State.DONE] == 2  # few: counted anew
    monkeypatch.setattr("worker.core.questions.DONE_MANY", 1)
    assert store.counts()[State.DONE] == 2
    done(store, leases)
    assert store.counts()[State.DONE] == 2
    store._done = (time.monotonic() - 1, 2)
    assert store.counts()[State.DONE] == 3


def test_a_database_that_is_away_says_so(settings: Settings) -> None:
    away = open_engine(settings, application="tests")
    nowhere = create_engine(away.url.set(port=1))
    store, leases = Store(nowhere), Leases(nowhere)
    calls: list[Callable[[], object]] = [
        store.jobs,
        store.counts,
        store.workers,
        leases.reap,
        lambda: store.changes(Mark()),
        lambda: store.retry([new_id()]),
        lambda: store.next_task(new_id()),
        lambda: leases.claim(new_id(), "one@desk"),
    ]
    for call in calls:
        with pytest.raises(DatabaseError, match=r"127\.0\.0\.1:1 "):
            call()


def test_statements_that_stand_alone_commit_by_themselves(engine: Engine, store: Store) -> None:
    with single(engine) as connection:
        connection.execute(text("insert into batches (id, name) values (:id, 'x')"), {"id": new_id()})
    assert store.find_batch("x") is not None
