"""What a job consists of, as a window looks at it: little, and only of the present reading."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.services.queued_jobs import change, make_due, queued
from worker.core.errors import StorageError
from worker.core.jobs import PageMark
from worker.core.leases import Leases
from worker.core.store import Store

FIVE_THOUSAND = """
insert into pages (job_id, number, state, confidence, text, error_class, error, reading)
select :job, n, case when n = 17 then 'failed' else 'done' end, case when n <> 17 then 96 end, repeat('x', 3000),
    case when n = 17 then 'out_of_memory' end, case when n = 17 then repeat('y', 2000) end, 1
from generate_series(1, 5000) n"""


def test_the_marks_of_5000_pages_carry_no_texts(store: Store, engine: Engine) -> None:
    job, _task = queued(store)
    change(engine, FIVE_THOUSAND, job=job)
    marks = store.page_marks(job)
    assert len(marks) == 5000
    assert marks[0] == PageMark(1, "done", "ocr", 96.0)
    assert marks[16] == PageMark(17, "failed", "ocr", None, "out_of_memory", "y" * 300)


def test_pages_of_an_earlier_reading_have_no_marks(store: Store, engine: Engine) -> None:
    job, _task = queued(store)
    change(engine, FIVE_THOUSAND, job=job)
    change(engine, "update jobs set reading = 2")
    change(engine, "update pages set reading = 2 where number = 9")
    assert [mark.number for mark in store.page_marks(job)] == [9]


def test_the_newest_attempts_without_their_tracebacks(store: Store, leases: Leases, engine: Engine) -> None:
    job, task = queued(store)
    for _ in range(3):
        lease = leases.claim(task, "one@desk")
        assert lease is not None
        leases.fail(lease, StorageError("S3 is away."), traceback="Traceback: …")
        make_due(engine, task)
    assert [one.attempt for one in store.attempts(job)] == [1, 2, 3]
    assert {one.traceback for one in store.attempts(job)} == {"Traceback: …"}
    lines = store.attempts(job, limit=2, traces=False)
    assert [(one.attempt, one.error, one.traceback) for one in lines] == [
        (2, "S3 is away.", None),
        (3, "S3 is away.", None),
    ]
