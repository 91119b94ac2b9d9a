"""A real worker with two processes and a document of many pages; a page that kills whoever reads it."""

from __future__ import annotations

import os
import signal
from importlib.resources import files
from pathlib import Path
from uuid import UUID

import pikepdf
import pytest
from sqlalchemy import Engine

from tests.services.queued_jobs import value
from tests.services.worker_process import Desk, celery_worker
from tests.unit.documents import scan_pdf
from tests.waiting import until
from worker.core.jobs import Options, State, TaskKind
from worker.core.settings import Settings
from worker.core.store import Store

SCAN = Path(str(files("resources.samples"))) / "english-scan.pdf"
WORDS = ("apple", "bread", "cheese", "dinner", "engine", "forest", "garden", "harbour", "island", "jungle")


@pytest.fixture
def desk(settings: Settings, store: Store) -> Desk:
    return Desk(settings, store)


def numbered(folder: Path, count: int, *, slow: int | None = None) -> Path:
    """A scan whose pages differ by a word; the page `slow` takes a second or two to read."""
    path = folder / f"{count}-pages.pdf"
    with pikepdf.new() as pdf, pikepdf.open(SCAN) as sample:
        for number in range(1, count + 1):
            if number == slow:
                pdf.pages.append(sample.pages[0])
                continue
            with pikepdf.open(scan_pdf(folder / "one.pdf", f"The word is {WORDS[number - 1]} here")) as one:
                pdf.pages.extend(one.pages)
        pdf.save(path)
    return path


def test_ten_pages_are_shared_by_two_processes(desk: Desk, settings: Settings, store: Store, tmp_path: Path) -> None:
    with celery_worker(settings, store, tmp_path, slots=2):
        job = desk.ended(desk.add(numbered(tmp_path, 10)))
    assert (job.state, job.pages, job.pages_done, job.pages_failed) == (State.DONE, 10, 10, 0)
    tasks = store.tasks(job.id)
    assert [(task.kind, task.first_page, task.last_page) for task in tasks] == [
        (TaskKind.READ, None, None),
        *((TaskKind.PAGES, first, last) for first, last in [(1, 3), (4, 6), (7, 7), (8, 8), (9, 9), (10, 10)]),
        (TaskKind.ASSEMBLE, None, None),
    ]
    log = {entry.task_id: entry for entry in store.attempts(job.id)}
    one, two = (log[task.id] for task in tasks[1:3])
    assert max(str(one.started), str(two.started)) < min(str(one.finished), str(two.finished))  # side by side
    pages = desk.text(job).split("\f")
    assert [word in page for word, page in zip(WORDS, pages, strict=True)] == [True] * 10
    assert all(page.hocr_key and page.pdf_key and page.dpi == 300 for page in store.pages(job.id))
    target = tmp_path / "made.pdf"
    desk.blobs.get_file(job.outputs["pdf"].key, target)
    with pikepdf.open(target) as made:
        assert len(made.pages) == 10
        assert all(
            "/Font" in str(page.obj.Resources.XObject.keys()) or len(page.obj.Resources.XObject) > 1
            for page in made.pages
        )


def test_a_range_of_pages_is_read_and_nothing_else(
    desk: Desk, settings: Settings, store: Store, tmp_path: Path
) -> None:
    with celery_worker(settings, store, tmp_path, slots=1):
        job = desk.ended(desk.add(numbered(tmp_path, 10), Options(pages="1-2,5,8-9", formats=("txt",))))
    assert (job.pages, job.pages_done) == (5, 5)
    assert [page.number for page in store.pages(job.id)] == [1, 2, 5, 8, 9]
    assert [word in desk.text(job) for word in WORDS] == [number in {1, 2, 5, 8, 9} for number in range(1, 11)]


def killed_at(engine: Engine, store: Store, job_id: UUID, page: int, attempt: int) -> None:
    """The process that reads a page, at one of its tries, is killed."""
    query = """select pid from tasks where job_id = :job and status = 'running' and page = :page
        and attempt = :attempt"""

    def reader() -> int | None:
        found: int | None = value(engine, query, job=job_id, page=page, attempt=attempt)
        return found

    until(reader, f"page {page} is read", every=0.01)
    pid = reader()
    assert pid is not None, "it was read too quickly"
    os.kill(pid, signal.SIGKILL)


def test_a_page_that_kills_its_process_twice_fails_alone(
    desk: Desk, settings: Settings, engine: Engine, store: Store, tmp_path: Path
) -> None:
    with celery_worker(settings, store, tmp_path, slots=1):
        job_id = desk.add(numbered(tmp_path, 5, slow=3), Options(formats=("txt", "pdf")))
        for attempt in (1, 2):
            killed_at(engine, store, job_id, 3, attempt)
        job = desk.ended(job_id)
        single = desk.add(numbered(tmp_path, 1, slow=1))
        for attempt in (1, 2):
            killed_at(engine, store, single, 1, attempt)
        alone = desk.ended(single)
    assert (alone.state, alone.error_class) == (State.FAILED, "engine_crashed")  # no page of it is left
    assert [entry.status for entry in store.attempts(single)] == ["retrying", "retrying", "failed"]
    assert (job.state, job.pages_done, job.pages_failed, job.error) == (State.DONE, 5, 1, None)
    assert [page.state for page in store.pages(job_id)] == ["done", "done", "failed", "done", "done"]
    assert [word in desk.text(job) for word in WORDS[:5]] == [True, True, False, True, True]
    part = next(task for task in store.tasks(job_id) if task.kind is TaskKind.PAGES)
    entries = [entry for entry in store.attempts(job_id) if entry.task_id == part.id]
    assert [(entry.status, entry.error_class) for entry in entries] == [
        ("retrying", "engine_crashed"),
        ("retrying", "engine_crashed"),
        ("success", None),
    ]
