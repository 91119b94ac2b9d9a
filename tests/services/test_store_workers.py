"""What workers say of themselves, and what people did."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from tests.services.queued_jobs import change, queued, value
from worker.core.errors import OcrConsoleError
from worker.core.leases import Leases
from worker.core.store import Store, WorkerReport

REPORT = WorkerReport(
    name="one@desk",
    host="desk",
    pid=4711,
    version="0.1.0",
    slots=2,
    busy=1,
    queues=("ocr", "celery"),
    doing=({"job": "j", "pages": [1, 3]},),
    children=(4712, 4713),
    languages=("deu", "eng"),
    tools={"tesseract": "5.5.2"},
    memory_mb=210.5,
    disk_free_mb=9000.0,
    terms={"prefetch": 1, "acks_late": True},
    rival={"host": "attic", "pid": 12},
)


def test_a_report_comes_back_as_it_was(store: Store) -> None:
    store.put_worker(REPORT)
    [report] = store.workers()
    assert replace(report, started=None, seen=None, silent_s=0, ahead_s=None) == REPORT
    assert report.started is not None
    assert report.ahead_s is not None  # of this process's clock
    assert abs(report.ahead_s) < 5
    assert report.silent_s < 5


def test_what_an_earlier_version_forgot_is_brought_back(store: Store) -> None:
    store.put_worker(REPORT)
    store.worker_goodbye(REPORT.name)
    [row] = store.forget_workers([REPORT.name], lost_s=30)
    for column in ("paused", "terms", "rival", "ahead_s"):
        del row[column]
    assert store.remember_workers([row]) == [REPORT.name]
    [report] = store.workers()
    assert (report.paused, report.terms) == ((), {})


def test_silence_is_measured_by_the_database(store: Store, engine: Engine) -> None:
    store.put_worker(REPORT)
    change(engine, "update workers set seen_at = seen_at - interval '20 s'")
    assert 20 <= store.workers()[0].silent_s < 25
    store.put_worker(REPORT)
    assert store.workers()[0].silent_s < 5


def test_the_same_process_keeps_its_start_and_a_new_one_has_its_own(store: Store) -> None:
    store.put_worker(REPORT)
    first = store.workers()[0].started
    store.put_worker(replace(REPORT, busy=0))
    assert store.workers()[0].started == first
    store.put_worker(replace(REPORT, pid=5000))
    assert store.workers()[0].started != first


def test_who_spoke_last_under_the_same_name_is_told(store: Store) -> None:
    assert store.put_worker(REPORT) is None
    assert store.put_worker(REPORT) is None
    assert store.put_worker(replace(REPORT, pid=5000)) == {"host": "desk", "pid": 4711}
    assert store.put_worker(replace(REPORT, host="attic")) == {"host": "desk", "pid": 5000}
    store.worker_goodbye("one@desk")
    assert store.put_worker(REPORT) is None


def test_a_goodbye_holds_until_it_is_back(store: Store) -> None:
    store.put_worker(REPORT)
    store.worker_goodbye("one@desk")
    [gone] = store.workers()
    assert gone.stopped is not None
    assert (gone.busy, gone.doing, gone.children) == (0, (), ())
    store.put_worker(REPORT)
    assert store.workers()[0].stopped is None


def test_what_a_worker_holds(store: Store, leases: Leases) -> None:
    job, task = queued(store)
    assert store.doing("one@desk") == []
    assert leases.claim(task, "one@desk")
    assert store.doing("one@desk") == [{"job": str(job), "pages": None}]
    assert store.doing("two@desk") == []


def test_the_audit_keeps_who_what_and_how_many(store: Store, engine: Engine) -> None:
    number = store.audit(
        who="ann@desk",
        profile="local",
        action="retry",
        asked=3,
        done=2,
        result="2 of 3\x00",
        details={"class": "corrupt"},
    )
    found = value(
        engine,
        "select row_to_json(a) from audit a where id = :id",
        id=number,
    )
    assert (found["who"], found["profile"], found["action"], found["asked"], found["done"]) == (
        "ann@desk",
        "local",
        "retry",
        3,
        2,
    )
    assert (found["result"], found["details"], found["undo"]) == ("2 of 3", {"class": "corrupt"}, None)
    assert found["host"]


@pytest.mark.parametrize(
    "statement",
    [
        "update audit set done = 3",
        "update audit set who = 'bob@desk'",
        "update audit set at = at - interval '1 day'",
        "update audit set result = 'all of them'",
        "update audit set undo = cast('{\"jobs\": []}' as jsonb)",
        "delete from audit",
    ],
)
def test_nobody_changes_or_removes_an_entry(store: Store, engine: Engine, statement: str) -> None:
    store.audit(who="ann@desk", profile="local", action="purge", asked=3, done=2, undo={"jobs": ["a"]})
    kept = value(engine, "select audit::text from audit")
    with pytest.raises(OcrConsoleError):
        change(engine, statement)
    assert value(engine, "select audit::text from audit") == kept


def test_an_entry_is_undone_once_and_loses_what_undoing_needs(store: Store, engine: Engine) -> None:
    store.audit(who="ann@desk", profile="local", action="purge", undo={"jobs": ["a"]})
    change(engine, "update audit set undone_at = now(), undo = null")
    with pytest.raises(OcrConsoleError):
        change(engine, "update audit set undone_at = null")
