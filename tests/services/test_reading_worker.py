"""What a real worker reads with: another engine after a crash, nothing twice that was read before."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import Engine

from tests.services.worker_process import Desk, Worker, celery_worker
from tests.unit import engines
from tests.unit.documents import scan_pdf
from tests.unit.pipeline.test_recognize import LINES, lying
from worker.core.jobs import Options, Page, State
from worker.core.settings import Settings
from worker.core.store import Store
from worker.core.sweeper import Sweeper

DEADLY = Path(__file__).parent / "deadly"
WORDS = ("apple", "bread", "cheese", "dinner", "engine")


@pytest.fixture(scope="module")
def shared(
    settings: Settings, engine: Engine, emptied: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worker]:
    """One worker for the tests that leave it as it was."""
    with celery_worker(settings, Store(engine), tmp_path_factory.mktemp("worker"), name="reading@desk") as worker:
        yield worker


@pytest.fixture
def desk(settings: Settings, engine: Engine) -> Desk:
    return Desk(settings, Store(engine))


def pages_of(folder: Path, *texts: str) -> Path:
    """A document of pages with these words on them."""
    path = folder / f"{'-'.join(texts)}.pdf"
    with pikepdf.new() as pdf:
        for text in texts:
            with pikepdf.open(scan_pdf(folder / "one.pdf", f"The word is {text} here")) as one:
                pdf.pages.extend(one.pages)
        pdf.save(path)
    return path


def test_what_the_engine_dies_of_is_read_where_it_dies_alone(
    desk: Desk, settings: Settings, engine: Engine, store: Store, tmp_path: Path
) -> None:
    """Page 2 ends its process, page 4 does not come back and lets nothing else run."""
    engines.engine("tesserocr")
    path = f"{DEADLY}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    with celery_worker(settings, store, tmp_path, PYTHONPATH=path, OCR_PAGE_TIMEOUT="2") as worker:
        job = desk.ended(desk.add(pages_of(tmp_path, *WORDS), Options(formats=("txt",))))
        log = worker.log
    assert (job.state, job.pages_done, job.pages_failed) == (State.DONE, 5, 0)
    assert [word in page for word, page in zip(WORDS, desk.text(job).split("\f"), strict=True)] == [True] * 5
    assert "signal 11 (SIGSEGV)" in log
    assert "signal 14 (SIGALRM)" in log
    (pages,) = {entry.task_id for entry in store.attempts(job.id) if entry.status == "retrying"}
    entries = [entry for entry in store.attempts(job.id) if entry.task_id == pages]
    assert [entry.status for entry in entries] == ["retrying", "retrying", "success"]


def test_a_worker_that_reads_in_its_main_process_leaves_it_to_a_program(
    desk: Desk, settings: Settings, store: Store, tmp_path: Path
) -> None:
    """An engine in that process would keep it from saying that it lives, and take the worker with it."""
    engines.engine("tesserocr")
    with celery_worker(settings, store, tmp_path, name="solo@desk", options=("-P", "solo")):
        job = desk.ended(desk.add(pages_of(tmp_path, "solo"), Options(formats=("txt",))))
        tools = next(report.tools for report in store.workers() if report.name == "solo@desk")
    assert job.engine is not None
    assert (job.state, job.engine["engine"]) == (State.DONE, "tesseract")
    assert "tesseract" in tools


def test_a_page_that_lies_wrong_says_in_its_row_what_was_done(shared: Worker, desk: Desk, tmp_path: Path) -> None:
    lying(2).save(tmp_path / "a.png", dpi=(300, 300))
    job = desk.ended(desk.add(tmp_path / "a.png", Options(formats=("txt",))))
    (page,) = desk.store.pages(job.id)
    assert (page.tried, page.turned, page.text.split()) == ("orientation", 2, LINES.split())
    assert page.gain is not None
    assert page.confidence is not None
    assert 20 < page.gain < page.confidence


def test_an_image_is_not_read_twice(shared: Worker, desk: Desk, engine: Engine, tmp_path: Path) -> None:
    texts = Options(formats=("txt", "pdf"))
    first = desk.ended(desk.add(pages_of(tmp_path, "kettle", "lantern", "kettle"), texts))
    assert [page.reused for page in desk.store.pages(first.id)] == [False, False, True]
    again = desk.ended(desk.add(pages_of(tmp_path, "lantern"), texts, known=True))
    assert again.state is State.DONE
    (page,) = desk.store.pages(again.id)
    assert (page.reused, page.source, "lantern" in page.text) == (True, "ocr", True)
    assert not keys([page]) & keys(desk.store.pages(first.id)), "two jobs share an object"
    assert all(desk.blobs.stat(key) for key in keys([page]))
    assert "lantern" in desk.text(again)
    for other in (Options(formats=("txt",), deskew=False), Options(formats=("txt",), dpi=200)):
        job = desk.ended(desk.add(pages_of(tmp_path, "lantern"), other, known=True))
        assert [page.reused for page in desk.store.pages(job.id)] == [False]


def test_what_was_taken_over_outlives_whom_it_was_taken_from(
    shared: Worker, desk: Desk, engine: Engine, tmp_path: Path
) -> None:
    texts, source = Options(formats=("txt",)), pages_of(tmp_path, "mango")
    first = desk.ended(desk.add(source, texts))
    second = desk.ended(desk.add(Path(shutil.copy(source, tmp_path / "b.pdf")), texts, known=True))
    desk.store.delete([first.id])
    Sweeper(engine, desk.blobs).sweep()
    assert not list(desk.blobs.list(f"results/{first.id}/"))
    kept = desk.store.pages(second.id)
    assert kept[0].reused
    assert all(desk.blobs.stat(key) for key in keys(kept))
    third = desk.ended(desk.add(source, texts, known=True))
    assert desk.store.pages(third.id)[0].reused


def test_what_is_gone_is_read_anew_in_silence(shared: Worker, desk: Desk, tmp_path: Path) -> None:
    texts, source = Options(formats=("txt",)), pages_of(tmp_path, "nectar")
    first = desk.ended(desk.add(source, texts))
    desk.blobs.delete(keys(desk.store.pages(first.id)))
    again = desk.ended(desk.add(source, texts, known=True))
    (page,) = desk.store.pages(again.id)
    assert (again.state, page.reused, "nectar" in page.text, again.attempts) == (State.DONE, False, True, 1)


def keys(pages: list[Page]) -> set[str]:
    """Of all that was stored of these pages."""
    return {key for page in pages for key in (page.hocr_key, page.pdf_key) if key}
