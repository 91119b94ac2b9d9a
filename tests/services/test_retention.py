"""What was kept for long enough goes, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import Engine

from tests.services.queued_jobs import cancel, change, queued, uploading, value
from worker.core import retention
from worker.core.jobs import State
from worker.core.old_rows import OldRows
from worker.core.retention import Retention
from worker.core.said import Said
from worker.core.settings import Settings
from worker.core.store import Store, WorkerReport
from worker.core.upload_in_parts import UploadInParts

FILL = """
insert into jobs (id, name, state, source_key, source_bytes, source_sha256, outputs)
select cast(lpad(cast(n as text), 32, '0') as uuid), n || '.pdf', case when n % 2 = 0 then 'DONE' else 'FAILED' end,
    'uploads/' || n || '/source.pdf', 400000000, repeat('a', 60) || lpad(cast(n as text), 4, '0'),
    '{"txt": {"key": "results/x", "bytes": 600000000, "sha256": "a"}}' from generate_series(1, :many) n"""


def aged(engine: Engine, days: float, where: str = "true") -> None:
    """As if they had been left alone for so long."""
    change(
        engine,
        f"""alter table jobs disable trigger jobs_changed;
        update jobs set updated_at = now() - make_interval(secs => :seconds) where {where};
        alter table jobs enable trigger jobs_changed""",
        seconds=days * 86_400,
    )


def fill(engine: Engine, many: int) -> list[UUID]:
    """Ended jobs of 1 GB each, the oldest first."""
    change(engine, FILL, many=many)
    ids = [UUID(f"{n:032}") for n in range(1, many + 1)]
    for age, job in enumerate(reversed(ids), 1):
        aged(engine, age, f"id = '{job}'")
    return ids


def left(engine: Engine) -> int:
    return int(value(engine, "select count(*) from jobs"))


def test_by_default_all_is_kept(store: Store, engine: Engine, settings: Settings) -> None:
    fill(engine, 3)
    aged(engine, 5_000)
    assert Retention(engine, settings, "keeper").expire() == 0
    assert left(engine) == 3


def test_ended_jobs_are_kept_for_so_many_days(
    store: Store, engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "ROWS", 2)
    ids = fill(engine, 7)  # 7, 6, … 1 days old
    active, _ = queued(store)
    half = uploading(store)
    for job in (active, half):
        aged(engine, 90, f"id = '{job}'")
    keeper = Retention(engine, replace(settings, retention_days=2), "keeper")
    assert keeper.expire() == 6
    assert value(engine, "select array_agg(id order by id) from jobs") == sorted([ids[-1], active, half])
    assert value(engine, "select count(*) from leftovers where prefix like 'results/%'") == 6
    entry = "select who || ' ' || action || ' ' || done || ' ' || result from audit"
    assert value(engine, entry) == "keeper retention 6 Older than RETENTION_DAYS (2)."
    assert keeper.expire() == 0
    assert value(engine, "select count(*) from audit") == 1


def test_the_oldest_go_when_all_hold_too_much(
    store: Store, engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "ROWS", 2)
    ids = fill(engine, 6)
    active, _ = queued(store)
    aged(engine, 90, f"id = '{active}'")
    keeper = Retention(engine, replace(settings, retention_gb=2.5), "keeper")
    assert keeper.expire() == 4
    assert value(engine, "select array_agg(id order by id) from jobs") == sorted([*ids[-2:], active])
    assert value(engine, "select result from audit") == "The oldest beyond RETENTION_GB (2.5)."
    assert keeper.expire() == 0


def test_what_jobs_share_counts_once_and_goes_with_the_last(store: Store, engine: Engine, settings: Settings) -> None:
    ids = fill(engine, 4)
    share = "update jobs set source_key = 'uploads/1/source.pdf', source_sha256 = 'a' where id = :id"
    for job in ids[:3]:
        change(engine, share, id=job)
    for age, job in enumerate(reversed(ids), 1):
        aged(engine, age, f"id = '{job}'")
    assert Retention(engine, replace(settings, retention_gb=2.0), "keeper").expire() == 0  # 2 GB, not 4
    assert Retention(engine, replace(settings, retention_gb=1.5), "keeper").expire() == 3
    assert left(engine) == 1


def test_uploads_that_nobody_goes_on_with_have_failed(store: Store, engine: Engine, settings: Settings) -> None:
    old, young = uploading(store, "scan 1.pdf"), uploading(store)
    store.remember_upload(old, UploadInParts("u1", f"uploads/{old}/source.pdf", 8, (1, 2, 3)))
    aged(engine, 8, f"id = '{old}'")
    aged(engine, 6, f"id = '{young}'")
    assert OldRows(engine, settings).expire() == 1
    job = store.job(old)
    assert (job.state, job.error_class, job.advice) == (State.FAILED, "interrupted", "Add it again.")
    assert job.error == "“scan 1.pdf” was never fully uploaded: nothing came of it for 7 days."
    assert isinstance(job.error, Said)
    assert job.error.values == {"name": "scan 1.pdf", "days": 7}
    assert store.job(young).state is State.UPLOADING
    assert value(engine, "select upload_id from leftovers") == "u1"


def test_what_an_undo_needed_is_forgotten_when_its_time_is_over(
    store: Store, engine: Engine, settings: Settings
) -> None:
    jobs = [queued(store)[0] for _ in range(3)]
    change(engine, "update tasks set password = 'sealed'")
    for job in jobs[:2]:
        cancel(engine, job)
    change(engine, "update tasks set finished_at = now() - interval '12 min' where job_id = :job", job=jobs[0])
    change(engine, "update tasks set finished_at = now() - interval '9 min' where job_id = :job", job=jobs[1])
    for minutes in (12, 9):
        store.audit(who="ann", profile="tests", action="cancel", undo={"packed": "x"})
        change(
            engine,
            """alter table audit disable trigger audit_append_only;
            update audit set at = now() - make_interval(mins => :minutes) where id = (select max(id) from audit);
            alter table audit enable trigger audit_append_only""",
            minutes=minutes,
        )
    OldRows(engine, settings).expire()
    with_password = "select array_agg(job_id order by job_id) from tasks where password is not null"
    assert value(engine, with_password) == sorted(jobs[1:])
    assert value(engine, "select array_agg(undo is null order by id) from audit") == [True, False]


def test_rows_of_workers_and_the_audit_do_not_grow_for_ever(store: Store, engine: Engine, settings: Settings) -> None:
    for name, days in (("gone", 8), ("away", 6)):
        store.put_worker(WorkerReport(name, "here", 1, "1"))
        change(
            engine,
            "update workers set seen_at = now() - make_interval(days => :days) where name = :name",
            days=days,
            name=name,
        )
    for days in (800, 700):
        store.audit(who="ann", profile="tests", action="retry")
        change(
            engine,
            """alter table audit disable trigger audit_append_only;
            update audit set at = now() - make_interval(days => :days) where id = (select max(id) from audit);
            alter table audit enable trigger audit_append_only""",
            days=days,
        )
    assert OldRows(engine, settings).expire() == 2
    assert value(engine, "select array_agg(name) from workers") == ["away"]
    assert value(engine, "select count(*) from audit where at < now() - interval '600 days'") == 1
