"""A document's outputs out of its pages, wherever those were read; then the job is done."""

from __future__ import annotations

import hashlib
import logging
import mimetypes
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from worker.attempt import Attempt, TriedOut
from worker.core.document import Document
from worker.core.errors import BY_CLASS, InternalError, OcrConsoleError
from worker.core.jobs import RECEIPT, Job, Output, Page
from worker.core.leases import LeaseLost
from worker.core.said import said, sentences

if TYPE_CHECKING:
    from worker.pipeline.read import PageReading
    from worker.tools.toolbox import Toolbox

FETCHES = 4  # objects at a time
log = logging.getLogger("worker.ocr")


def finish_document(
    attempt: Attempt,
    document: Document,
    work: Path,
    numbers: Sequence[int],
    *,
    at_hand: Iterable[PageReading] = (),
    trace: str = "",
) -> None:
    """Assemble the outputs, store them and end the job.

    Args:
        attempt: Whose work it is.
        document: The original.
        work: A folder of the attempt's own.
        numbers: The pages of the job.
        at_hand: Those that were read just now, with their files.
        trace: Of pages that failed, for engineers.

    Raises:
        LeaseLost: the work is another's now; nothing of this attempt shows.
        TriedOut: not one page could be read.
        OcrConsoleError: the outputs cannot be made or stored.
    """
    readings = _readings(attempt, document, work, numbers, {reading.page.number: reading for reading in at_hand})
    if all(reading.page.state == "failed" for reading in readings):
        raise TriedOut(_why(attempt.job, readings[0].page))
    told = list(document.notes)
    outputs = _store(attempt, _assembled(attempt, document, readings, work, told.append))
    notes = list(dict.fromkeys(told))
    outputs |= _store(attempt, {RECEIPT: _receipt(attempt, readings, outputs, notes, work)})
    finished = attempt.desk.leases.finish(
        attempt.lease,
        outputs=outputs,
        pages=len(readings),
        engine={**attempt.engine, "options": attempt.job.options.as_dict()},
        notes=notes,
        seconds=attempt.seconds,
        traceback=trace or None,
    )
    if not finished:
        raise LeaseLost(attempt.lease.task_id)
    attempt.desk.meter.job("done")
    log.info("[OCR] ✅ Job completed %s", attempt.job.id)


def _readings(
    attempt: Attempt, document: Document, work: Path, numbers: Sequence[int], known: dict[int, PageReading]
) -> list[PageReading]:
    """All pages with their files; what other attempts read is fetched."""
    missing = [number for number in numbers if number not in known]
    if missing:
        rows = {page.number: page for page in attempt.desk.store.pages(attempt.job.id)}
        lost = [number for number in missing if number not in rows]
        if lost:
            raise InternalError(f"Page {lost[0]} of “{attempt.job.name}” was counted as read and is not there.")
        tools = attempt.desk.tools()  # before there are threads: it is made once
        with ThreadPoolExecutor(FETCHES, thread_name_prefix="pages") as pool:
            fetched = pool.map(lambda number: _fetched(attempt, document, work, rows[number], tools), missing)
            known = {**known, **dict(zip(missing, fetched, strict=True))}
    return [known[number] for number in numbers]


def _fetched(attempt: Attempt, document: Document, work: Path, page: Page, tools: Toolbox) -> PageReading:
    from worker.pipeline.read import PageReading, taken

    if page.source == "text" and not page.hocr_key:
        return taken(document, page, work, tools)
    files = {}
    for form, key in (("hocr", page.hocr_key), ("pdf", page.pdf_key)):
        if key:
            files[form] = work / f"page-{page.number}.{form}"
            attempt.desk.blobs.get_file(key, files[form])
    return PageReading(page, files)


def _why(job: Job, page: Page) -> OcrConsoleError:
    """The reason of its first page, with the document's name where a page does not know it."""
    kind = BY_CLASS.get(page.error_class or "", InternalError)
    if page.error and job.name in page.error:
        return kind(page.error)
    return kind(sentences(said("No page of “{name}” could be read.", name=job.name), page.error or ""))


def _assembled(
    attempt: Attempt, document: Document, readings: list[PageReading], work: Path, tell: Callable[[str], None]
) -> dict[str, Path]:
    from worker.pipeline.assemble import assemble

    attempt.still_ours()
    folder = work / "outputs"
    folder.mkdir()
    options, engine, limits = attempt.job.options, attempt.engine, attempt.limits
    return assemble(
        document, readings, options.formats, folder, engine=engine, limits=limits, options=options, tell=tell
    )


def _receipt(
    attempt: Attempt, readings: Sequence[PageReading], outputs: Mapping[str, Output], notes: Sequence[str], work: Path
) -> Path:
    from worker.pipeline.receipt import write_receipt

    target = work / "receipt.json"
    pages = [reading.page for reading in readings]
    write_receipt(target, attempt.job, pages, outputs, notes, engine=attempt.engine, worker=attempt.lease.worker)
    return target


def _store(attempt: Attempt, files: dict[str, Path]) -> dict[str, Output]:
    outputs = {}
    for form, path in files.items():
        attempt.still_ours()
        key = attempt.key(form)
        attempt.desk.blobs.put_file(key, path, content_type=_content_type(form))
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        outputs[form] = Output(key, path.stat().st_size, digest)
    return outputs


def _content_type(form: str) -> str:
    known = {
        "hocr": "text/html",
        "alto": "application/xml",
        RECEIPT: "application/json",
        "tsv": "text/tab-separated-values",
        "txt": "text/plain; charset=utf-8",
        "md": "text/markdown; charset=utf-8",
    }
    return known.get(form) or mimetypes.guess_type(f"x.{form}")[0] or "application/octet-stream"
