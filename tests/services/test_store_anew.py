"""Read anew with other options, retried for some pages, deleted: what stays, what goes, and what the sweeper hears."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine

from tests.services.queued_jobs import HASH, OUTPUTS, queued, uploading, value
from worker.core.errors import CorruptFile
from worker.core.ids import new_id
from worker.core.jobs import Page, State
from worker.core.leases import Leases
from worker.core.store import Store


def done(store: Store, leases: Leases, *, failed_page: bool = False) -> UUID:
    job, task = queued(store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    leases.progress(lease, Page(1, "done", confidence=90, words=3, text="kept"), 2)
    leases.progress(lease, Page(2, "failed" if failed_page else "done", text=""), 2)
    assert leases.finish(lease, outputs=OUTPUTS, pages=2, engine={}, seconds=1)
    return job


def test_a_reprocess_keeps_outputs_and_pages_until_there_are_new_ones(
    store: Store, leases: Leases, engine: Engine
) -> None:
    job = done(store, leases)
    outcome = store.reprocess([job], {"languages": "deu", "dpi": 200})
    assert (outcome.asked, outcome.done, outcome.refused) == (1, [job], [])
    row = store.job(job)
    assert (row.state, row.attempts, row.pages, row.pages_done) == (State.QUEUED, 2, 2, 0)
    assert (row.options.languages, row.options.dpi, row.options.mode) == ("deu", 200, "auto")
    assert (row.options.preset, row.options.changed) == ("balanced", True)
    assert row.outputs == OUTPUTS
    assert [page.number for page in store.pages(job)] == [1, 2]
    assert value(engine, "select reading from jobs") == 2
    [bell] = outcome.doorbells
    assert leases.claim(bell.task_id, "two@desk") is not None


def test_each_job_keeps_the_options_that_are_not_named(store: Store, leases: Leases) -> None:
    one, other = done(store, leases), done(store, leases)
    store.reprocess([one], {"mode": "force"})
    leases.claim(store.tasks(one)[0].id, "one@desk")
    store.cancel([one], by="ann@desk")
    assert store.reprocess([one, other], {"pages": "2"}).done == [one, other]
    options = [store.job(job).options for job in (one, other)]
    assert [(each.mode, each.pages) for each in options] == [("force", "2"), ("auto", "2")]
    assert store.job(one).pages is None  # how many that are is not known yet


def test_only_what_makes_a_pdf_can_make_it_a_pdfa(store: Store, leases: Leases) -> None:
    usual, bare = done(store, leases), done(store, leases)
    store.reprocess([bare], {"formats": ["txt"]})
    leases.claim(store.tasks(bare)[0].id, "one@desk")
    store.cancel([bare], by="ann@desk")
    outcome = store.reprocess([usual, bare], {"pdfa": True})
    assert (outcome.done, outcome.refused) == ([usual], [(bare, "makes no searchable PDF: PDF/A needs it")])
    assert [store.job(job).options.pdfa for job in (usual, bare)] == [True, False]
    assert store.reprocess([bare], {"pdfa": True, "formats": ["pdf"]}).done == [bare]


def test_what_cannot_be_read_anew(store: Store) -> None:
    waiting, arriving, lost, missing = queued(store)[0], uploading(store), uploading(store), new_id()
    store.abandon_upload(lost, CorruptFile("It is torn."))
    outcome = store.reprocess([waiting, arriving, lost, missing], {})
    assert dict(outcome.refused) == {
        waiting: "is waiting already",
        arriving: "is being uploaded",
        lost: "its file never arrived: add the file again",
        missing: "no such job",
    }


def test_a_done_job_with_failed_pages_is_retried_for_those(store: Store, leases: Leases) -> None:
    whole, part = done(store, leases), done(store, leases, failed_page=True)
    outcome = store.retry([whole, part])
    assert (outcome.done, outcome.refused) == ([part], [(whole, "is done")])
    job = store.job(part)
    assert (job.state, job.pages_done, job.pages_failed, job.outputs) == (State.QUEUED, 1, 0, OUTPUTS)
    assert [page.text for page in store.pages(part)] == ["kept"]
    assert [bell.job_id for bell in outcome.doorbells] == [part]


def test_a_deleted_job_is_gone_with_all_its_rows_and_the_sweeper_knows(
    store: Store, leases: Leases, engine: Engine
) -> None:
    gone, stays = done(store, leases), done(store, leases)
    waiting, missing = queued(store)[0], new_id()
    outcome = store.delete([gone, waiting, missing, gone])
    assert (outcome.asked, outcome.done) == (3, [gone])
    assert dict(outcome.refused) == {waiting: "is waiting: to be cancelled first", missing: "no such job"}
    for table in ("tasks", "task_log", "pages"):
        assert value(engine, f"select count(*) from {table} where job_id = :job", job=gone) == 0
        assert value(engine, f"select count(*) from {table} where job_id = :job", job=stays) > 0
    left = value(engine, "select string_agg(prefix, ' ' order by prefix) from leftovers where due_at <= now()")
    assert left == f"results/{gone}/ thumbnails/{gone}.webp uploads/{gone}/"
    assert value(engine, "select count(*) from leftovers where source_sha256 = :hash", hash=HASH) == 3
