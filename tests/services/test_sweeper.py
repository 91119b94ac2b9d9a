"""Only what no row names is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from tests.services.queued_jobs import HASH, change, queued, uploading, value
from worker.core import leftovers
from worker.core.blobs import Blobs
from worker.core.database import transaction
from worker.core.errors import StorageError
from worker.core.jobs import Options
from worker.core.leases import Leases
from worker.core.rows import to_json
from worker.core.settings import Settings
from worker.core.store import Store
from worker.core.sweeper import Sweeper
from worker.core.upload_in_parts import UploadInParts


@pytest.fixture
def blobs(settings: Settings) -> Iterator[Blobs]:
    opened = Blobs(settings)
    opened.ensure_bucket()
    yield opened
    opened.close()


@pytest.fixture
def sweeper(engine: Engine, blobs: Blobs, clean: None) -> Sweeper:
    return Sweeper(engine, blobs)


def put(blobs: Blobs, *keys: str) -> None:
    for key in keys:
        blobs.put_bytes(key, b"x")


def keys(blobs: Blobs, job: UUID) -> set[str]:
    """What there is of a job, without the parts of the keys that all have in common."""
    found = [one.key for place in ("results", "uploads", "thumbnails") for one in blobs.list(f"{place}/{job}")]
    return {key.replace(f"/{job}/", "/") for key in found}


def record(engine: Engine, prefix: str, job: UUID, **given: Any) -> None:
    with transaction(engine) as connection:
        leftovers.add(connection, prefix, job_id=job, **given)


def done(engine: Engine, store: Store, blobs: Blobs) -> UUID:
    """A job that was read, its source, two outputs and a page, and something of an earlier attempt."""
    job, _ = queued(store)
    outputs = {kind: {"key": f"results/{job}/t-2/{kind}", "bytes": 1, "sha256": "ab"} for kind in ("txt", "pdf")}
    change(
        engine,
        "update jobs set state = 'DONE', outputs = cast(:outputs as jsonb), finished_at = now() where id = :job",
        job=job,
        outputs=to_json(outputs),
    )
    page = f"results/{job}/t-1/pages/1"
    change(
        engine,
        "insert into pages (job_id, number, state, hocr_key, pdf_key) values (:job, 1, 'done', :hocr, :pdf)",
        job=job,
        hocr=f"{page}.hocr",
        pdf=f"{page}.pdf",
    )
    put(blobs, f"uploads/{job}/source.pdf", f"results/{job}/t-2/txt", f"results/{job}/t-2/pdf", f"{page}.hocr")
    put(blobs, f"{page}.pdf", f"results/{job}/t-1/txt", f"thumbnails/{job}.webp")
    return job


EARLIER = "results/t-1/txt"
NAMED = {"uploads/source.pdf", "results/t-2/txt", "results/t-2/pdf", "results/t-1/pages/1.hocr"}
NAMED |= {"results/t-1/pages/1.pdf"}


def test_what_a_row_names_stays(store: Store, engine: Engine, blobs: Blobs, sweeper: Sweeper) -> None:
    job = done(engine, store, blobs)
    with transaction(engine) as connection:
        leftovers.add_jobs(connection, [job])
    assert sweeper.sweep() == 1
    assert keys(blobs, job) == NAMED | {f"thumbnails/{job}.webp"}
    assert value(engine, "select count(*) from leftovers") == 0


def test_a_deleted_job_leaves_nothing(store: Store, engine: Engine, blobs: Blobs, sweeper: Sweeper) -> None:
    job, other = done(engine, store, blobs), done(engine, store, blobs)
    assert store.delete([job]).done == [job]
    assert sweeper.sweep() == 7
    assert keys(blobs, job) == set()
    assert len(keys(blobs, other)) == 7


def test_what_another_job_shares_stays_until_that_goes_too(
    store: Store, engine: Engine, blobs: Blobs, sweeper: Sweeper
) -> None:
    job = done(engine, store, blobs)
    again = uploading(store)
    assert store.reuse(again, store.job(job))
    store.delete([job])
    assert sweeper.sweep() == 2  # the earlier attempt's, and the thumbnail
    assert keys(blobs, job) == NAMED
    store.delete([again])
    assert sweeper.sweep() == len(NAMED)
    assert keys(blobs, job) == set()


def test_results_that_are_gone_are_not_used_again(store: Store, engine: Engine, blobs: Blobs) -> None:
    """Between the look for them and their use, their job was deleted or read anew."""
    job = done(engine, store, blobs)
    seen = store.done_like(HASH, Options())
    assert seen is not None
    assert seen.id == job
    again = uploading(store)
    change(engine, "update jobs set outputs = jsonb_set(outputs, '{txt,key}', '\"results/new\"') where id = :j", j=job)
    assert not store.reuse(again, seen)
    store.delete([job])
    assert not store.reuse(again, seen)
    assert store.job(again).state == "UPLOADING"


def test_a_running_attempt_is_left_alone(
    store: Store, engine: Engine, leases: Leases, blobs: Blobs, sweeper: Sweeper
) -> None:
    job, task = queued(store)
    change(engine, "update tasks set attempt = 1, max_attempts = 5 where id = :task", task=task)
    assert leases.claim(task, "one@desk")
    put(blobs, f"results/{job}/{task}-1/txt", f"results/{job}/{task}-2/txt", f"results/{job}/{task}-22/txt")
    record(engine, f"results/{job}/", job)
    assert sweeper.sweep() == 2
    assert keys(blobs, job) == {f"results/{task}-2/txt"}


def test_a_young_zombie_may_go_on_writing(store: Store, engine: Engine, blobs: Blobs, sweeper: Sweeper) -> None:
    job, _ = queued(store)
    prefix = f"results/{job}/t-1/"
    put(blobs, f"{prefix}txt")
    record(engine, prefix, job, after_s=leftovers.ZOMBIE_S)
    record(engine, prefix, job)  # by another, who does not know
    assert sweeper.sweep() == 0
    assert keys(blobs, job) == {"results/t-1/txt"}
    change(engine, "update leftovers set due_at = now()")
    assert sweeper.sweep() == 1


def test_what_is_recorded_once_more_meanwhile_is_looked_at_again(
    store: Store, engine: Engine, blobs: Blobs, sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, _ = queued(store)
    listed = blobs.list

    def list_and_be_late(prefix: str = "") -> Iterator[Any]:
        yield from list(listed(prefix))
        put(blobs, f"results/{job}/t-1/txt")
        record(engine, prefix, job)

    monkeypatch.setattr(blobs, "list", list_and_be_late)
    record(engine, f"results/{job}/", job)
    assert sweeper.sweep() == 0
    monkeypatch.undo()
    assert sweeper.sweep() == 1


def test_storage_that_is_away_is_waited_for(
    store: Store, engine: Engine, blobs: Blobs, settings: Settings, sweeper: Sweeper
) -> None:
    job, _ = queued(store)
    put(blobs, f"results/{job}/t-1/txt")
    record(engine, f"results/{job}/", job)
    away = Blobs(replace(settings, s3_endpoint="127.0.0.1:1"))
    with pytest.raises(StorageError):
        Sweeper(engine, away).sweep()
    away.close()
    assert value(engine, "select count(*) from leftovers where due_at > now() + interval '1 min'") == 1
    assert sweeper.sweep() == 0
    change(engine, "update leftovers set due_at = now()")
    assert sweeper.sweep() == 1


def begun(store: Store, blobs: Blobs, job: UUID, *, remembered: bool) -> tuple[str, str]:
    """An upload in parts: its key and id."""
    key = f"uploads/{job}/source.pdf"
    upload = blobs.parts.begin(key, "application/pdf")
    if remembered:
        store.remember_upload(job, UploadInParts(upload, key, 8, (1, 2, 3)))
    return key, upload


def test_parts_that_nobody_will_complete(store: Store, engine: Engine, blobs: Blobs, sweeper: Sweeper) -> None:
    cancelled, forgotten, live, unwritten = (uploading(store) for _ in range(4))
    uploads = [begun(store, blobs, job, remembered=True) for job in (cancelled, forgotten, live)]
    earlier = begun(store, blobs, live, remembered=False)
    store.cancel([cancelled], by="ann")
    store.abandon_upload(forgotten, None)
    uploads.append(begun(store, blobs, unwritten, remembered=False))
    store.abandon_upload(unwritten, None)
    record(engine, earlier[0], live, upload_id=earlier[1])
    record(engine, f"uploads/{live}/", live, upload_id=uploads[2][1])
    put(blobs, uploads[2][0])
    change(engine, "update leftovers set due_at = now()")
    assert sweeper.sweep() == 0
    there = [blobs.parts.there(*upload) is not None for upload in (*uploads, earlier)]
    assert there == [False, False, True, False, False]
    assert keys(blobs, live) == {"uploads/source.pdf"}
    assert value(engine, "select count(*) from leftovers") == 0
