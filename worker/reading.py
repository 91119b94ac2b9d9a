"""One document, read under a lease: fetch it, read page by page, assemble, store, finish."""

from __future__ import annotations

import hashlib
import logging
import mimetypes
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from worker.bench import Bench
from worker.core.document import Document, Limits
from worker.core.errors import (
    DocumentError,
    EngineError,
    NoEngine,
    NoLanguage,
    OcrConsoleError,
    StorageError,
    UsageError,
)
from worker.core.examine import examine
from worker.core.jobs import Job, Output
from worker.core.leases import Lease, LeaseLost
from worker.core.page_range import page_numbers
from worker.core.sealing import unseal

if TYPE_CHECKING:
    from worker.pipeline.read import PageReading

log = logging.getLogger("worker.ocr")


class Reading:
    """The reading of one document by one attempt."""

    def __init__(self, desk: Bench, lease: Lease, lost: threading.Event) -> None:
        self._desk = desk
        self._lease = lease
        self._lost = lost
        self._job: Job = desk.store.job(lease.job_id)
        self._tools = desk.tools(isolated=lease.attempt > 1)
        self._engine = self._tools.describe(self._job.options.languages)
        self._failures: list[OcrConsoleError] = []
        self._started = time.monotonic()

    def run(self) -> None:
        """Read it all.

        Raises:
            LeaseLost: the work is another's now; nothing of this attempt shows.
            OcrConsoleError: why it cannot be read.
        """
        from worker.pipeline.workspace import workspace

        with workspace(self._job.source_bytes or 0) as work:
            document = self._fetch(work)
            readings = self._read(document, work)
            outputs = self._store(self._assemble(document, readings, work))
        self._finish(document, readings, outputs)

    def _fetch(self, work: Path) -> Document:
        if not self._job.source_key:
            raise StorageError(f"“{self._job.name}” was never uploaded.", "Add it again.")
        source = work / "source"
        self._desk.blobs.get_file(self._job.source_key, source)
        password = unseal(self._lease.password, self._desk.settings) if self._lease.password else None
        limits = Limits.of(self._desk.settings)
        return examine(source, name=self._job.name, password=password, limits=limits)

    def _read(self, document: Document, work: Path) -> list[PageReading]:
        numbers = page_numbers(self._job.options.pages, len(document.pages))
        if not numbers:
            raise UsageError(
                f"“{self._job.name}” has {len(document.pages)} pages, none of them in “{self._job.options.pages}”.",
                "Reprocess it with other pages.",
            )
        readings = []
        for place, number in enumerate(numbers, 1):
            self._still_ours()
            reading = self._read_page(document, number, work)
            page = reading.page
            self._desk.leases.progress(self._lease, page, len(numbers))
            done = (place, len(numbers), self._job.id, page.seconds or 0.0, page.chars)
            log.info("[OCR] page %d/%d of %s: %.2f s, %d chars", *done)
            readings.append(reading)
        if len(self._failures) == len(numbers):
            raise self._failures[0]
        return readings

    def _read_page(self, document: Document, number: int, work: Path) -> PageReading:
        """A page that cannot be read costs the others nothing: it is delivered as it is, without text."""
        from worker.pipeline.read import failed_page, read_page

        try:
            return read_page(document, number, self._job.options, work, self._tools)
        except (NoLanguage, NoEngine):  # so it would be on every page
            raise
        except (DocumentError, EngineError) as error:
            if error.retryable and self._lease.attempt < self._lease.max_attempts:
                raise
            log.warning("[OCR] page %d of %s cannot be read: %s", number, self._job.id, error.sentence)
            self._failures.append(error)
            return failed_page(number, error)

    def _assemble(self, document: Document, readings: list[PageReading], work: Path) -> dict[str, Path]:
        from worker.pipeline.assemble import assemble

        self._still_ours()
        folder = work / "outputs"
        folder.mkdir()
        return assemble(
            document, readings, self._job.options.formats, folder, engine=self._engine, limits=self._tools.limits
        )

    def _store(self, files: dict[str, Path]) -> dict[str, Output]:
        """Put the outputs under a key that is this attempt's alone."""
        outputs = {}
        for form, path in files.items():
            self._still_ours()
            key = f"results/{self._job.id}/{self._lease.task_id}-{self._lease.attempt}/{form}"
            self._desk.blobs.put_file(key, path, content_type=_content_type(form))
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            outputs[form] = Output(key, path.stat().st_size, digest)
        return outputs

    def _finish(self, document: Document, readings: list[PageReading], outputs: dict[str, Output]) -> None:
        finished = self._desk.leases.finish(
            self._lease,
            outputs=outputs,
            pages=len(readings),
            engine={**self._engine, "options": self._job.options.as_dict()},
            notes=document.notes,
            seconds=time.monotonic() - self._started,
        )
        if not finished:
            raise LeaseLost
        log.info("[OCR] ✅ Job completed %s", self._job.id)

    def _still_ours(self) -> None:
        if self._lost.is_set():
            raise LeaseLost


def _content_type(form: str) -> str:
    known = {"hocr": "text/html", "tsv": "text/tab-separated-values", "txt": "text/plain; charset=utf-8"}
    return known.get(form) or mimetypes.guess_type(f"x.{form}")[0] or "application/octet-stream"
