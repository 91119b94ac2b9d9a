"""Documents that have their text already: it is taken by whoever looks at them, and only the rest is spread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pikepdf
import pytest
from sqlalchemy import Engine

from tests.services.queued_jobs import queued, value
from tests.services.worker_process import Desk, Worker, celery_worker
from tests.unit.documents import SENTENCE, scan_pdf, text_pdf
from worker.core.jobs import Options, Page, State, TaskKind
from worker.core.leases import LeaseLost, Leases
from worker.core.settings import Settings
from worker.core.store import Store

FORMATS = ("txt", "pdf", "tsv")


@pytest.fixture(scope="module")
def digital(
    settings: Settings, engine: Engine, emptied: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worker]:
    with celery_worker(settings, Store(engine), tmp_path_factory.mktemp("digital"), name="digital@desk") as worker:
        yield worker


@pytest.fixture
def desk(settings: Settings, engine: Engine, digital: Worker) -> Desk:
    return Desk(settings, Store(engine))


def document(folder: Path, kinds: str) -> Path:
    """A page for each letter: t has text of its own, s is a scan."""
    path = folder / f"{kinds}.pdf"
    with pikepdf.new() as pdf:
        for number, kind in enumerate(kinds, 1):
            one = folder / "one.pdf"
            if kind == "t":
                text_pdf(one, [f"Page number {number} was written by a program", "and has text of its own."])
            else:
                scan_pdf(one)
            with pikepdf.open(one) as made:
                pdf.pages.extend(made.pages)
        pdf.save(path)
    return path


def kinds_of(store: Store, job: UUID) -> list[TaskKind]:
    return [task.kind for task in store.tasks(job)]


def test_a_document_with_text_is_one_task_and_no_object_a_page(desk: Desk, tmp_path: Path) -> None:
    job = desk.ended(desk.add(document(tmp_path, "t" * 113), Options(formats=FORMATS)))
    assert (job.state, job.pages, job.pages_done, job.mean_confidence) == (State.DONE, 113, 113, 100)
    assert kinds_of(desk.store, job.id) == [TaskKind.READ]
    pages = desk.store.pages(job.id)
    assert {(page.source, page.hocr_key, page.pdf_key) for page in pages} == {("text", None, None)}
    assert not [found for found in desk.blobs.list(f"results/{job.id}/") if "/pages/" in found.key]
    assert desk.text(job).split("\f")[41].startswith("Page number 42 was written")
    assert desk.text(job, "tsv").count("\nprogram") == 0
    assert desk.text(job, "tsv").count("\tprogram\n") == 113


def test_of_a_mixed_document_only_the_scans_are_spread(desk: Desk, tmp_path: Path) -> None:
    source = document(tmp_path, "tstssttstt")
    job = desk.ended(desk.add(source, Options(formats=FORMATS)))
    assert (job.state, job.pages_done, job.pages_failed) == (State.DONE, 10, 0)
    tasks = desk.store.tasks(job.id)
    assert [(task.kind, task.first_page, task.last_page) for task in tasks] == [
        (TaskKind.READ, None, None),
        (TaskKind.PAGES, 2, 8),
        (TaskKind.ASSEMBLE, None, None),
    ]
    assert "".join(page.source[0] for page in desk.store.pages(job.id)) == "totoottott"
    assert [SENTENCE in text for text in desk.text(job).split("\f")] == [kind == "s" for kind in source.stem]
    words = [line.split("\t") for line in desk.text(job, "tsv").splitlines()]
    assert {int(word[1]) for word in words if word[0] == "5"} == set(range(1, 11))
    again = desk.store.reprocess([job.id], {"pages": "1-2,9", "mode": "force"}).doorbells
    desk.broker.ring(again[0])
    anew = desk.ended(job.id)
    assert (anew.state, anew.pages) == (State.DONE, 3)
    assert [(page.number, page.source) for page in desk.store.pages(job.id)] == [(1, "ocr"), (2, "ocr"), (9, "ocr")]


def test_many_pages_are_saved_together_or_not_at_all(leases: Leases, store: Store, engine: Engine) -> None:
    job, task = queued(store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    pages = [Page(number, "done", source="text", confidence=100, words=2, text="ab cd") for number in range(1, 9)]
    leases.settle(lease, pages, 9)
    found = store.job(job)
    assert (found.pages, found.pages_done, found.mean_confidence) == (9, 8, 100)
    assert store.settled_pages(job) == set(range(1, 9))
    store.cancel([job], by="ann@desk")
    with pytest.raises(LeaseLost):
        leases.settle(lease, [Page(8, "done", text="late"), Page(9, "done", text="late")], 9)
    assert value(engine, "select count(*) from pages where job_id = :job and text = 'late'", job=job) == 0


def test_where_a_process_ended_no_page_is_taken_in_passing(
    leases: Leases, store: Store, engine: Engine, desk: Desk, tmp_path: Path
) -> None:
    job = desk.add(document(tmp_path, "ttttt"), Options(formats=("txt",)), ring=False)
    [task] = store.tasks(job)
    lease = leases.claim(task.id, "other@desk")
    assert lease is not None
    leases.settle(lease, [Page(1, "done", source="text", text="taken before")], 5)
    leases.begin_page(lease, 2)
    pid = value(engine, "select pid from tasks where id = :task", task=task.id)
    [bell] = leases.crashed("other@desk", [pid])
    desk.broker.ring(bell)
    ended = desk.ended(job)
    assert (ended.state, ended.pages_done, ended.pages_failed) == (State.DONE, 5, 0)
    assert TaskKind.PAGES in kinds_of(store, job)
    assert desk.text(ended).split("\f")[0] == "taken before\n"
