"""One attempt at a task: what it works with, whose work it is, and whether it still is ours."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from worker.bench import Bench
from worker.core.document import Document, Limits
from worker.core.errors import OcrConsoleError, ServiceError, UsageError
from worker.core.examine import examine
from worker.core.jobs import Doorbell, Job, Page
from worker.core.leases import Lease, LeaseLost
from worker.core.page_range import page_numbers
from worker.core.said import said
from worker.core.sealing import unseal

log = logging.getLogger("worker.ocr")


class TriedOut(Exception):
    """The work has failed, and every page of it has had its tries: another attempt would end as this one did."""

    def __init__(self, error: OcrConsoleError) -> None:
        super().__init__(error.sentence)
        self.error = error


class Attempt:
    """What every kind of task needs; `settled`, `page` and `total` say how far it is."""

    def __init__(self, desk: Bench, lease: Lease, lost: threading.Event) -> None:
        self.desk = desk
        self.lease = lease
        self.job: Job = desk.store.job(lease.job_id)
        self.settled = 0  # pages that this attempt brought to an end
        self.page: int | None = None  # that is being read
        self.total = self.job.pages or 1  # of the job, as soon as the document was looked at
        self._lost = lost
        self._started = time.monotonic()

    @cached_property
    def engine(self) -> dict[str, Any]:
        """What reads here, for the record."""
        return self.desk.tools().describe(self.job.options.languages)

    @property
    def limits(self) -> Limits:
        """What a file may ask of this machine."""
        return Limits.of(self.desk.settings)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._started

    @contextmanager
    def opened(self) -> Iterator[tuple[Document, Path]]:
        """The document and a folder to work on it, for as long as the block runs.

        Raises:
            DocumentError: why it cannot be read.
            StorageError, DiskFull: it could not be fetched.
        """
        from worker.pipeline.workspace import workspace

        password = unseal(self.lease.password, self.desk.settings) if self.lease.password else None
        sources, size = self.desk.sources, self.job.source_bytes or 0
        with workspace(size, give_way=sources.give_way) as work, sources.source(self.job, work) as source:
            yield examine(source, name=self.job.name, password=password, limits=self.limits), work

    def wanted(self, document: Document) -> list[int]:
        """The pages of the job, ascending.

        Raises:
            UsageError: it names none that there are.
        """
        numbers = page_numbers(self.job.options.pages, len(document.pages))
        if not numbers:
            none = said(
                "“{name}” has {count} pages, none of them in “{range}”.",
                name=self.job.name,
                count=len(document.pages),
                range=self.job.options.pages,
            )
            raise UsageError(none, "Reprocess it with other pages.")
        self.total = len(numbers)
        return numbers

    def missing(self, numbers: Sequence[int]) -> list[int]:
        """Of these pages, those that are not settled yet."""
        settled = self.desk.store.settled_pages(self.job.id)
        return [number for number in numbers if number not in settled]

    def settle(self, pages: Sequence[Page], following: int | None = None) -> None:
        """Save pages that came to an end; `following`: the one that is read now.

        Raises:
            LeaseLost: the work is another's now; none of them counts.
        """
        self.desk.leases.settle(self.lease, pages, self.total, next_page=following)
        self.settled, self.page = self.settled + len(pages), following
        for page in pages:
            self.desk.meter.page(page.state, page.seconds or 0.0, page.error_class)
            done = (page.number, self.total, self.job.id, page.seconds or 0.0, page.chars)
            log.info("[OCR] page %d/%d of %s: %.2f s, %d chars", *done)

    def key(self, name: str) -> str:
        """Where an object of this attempt, and of no other, lies in the bucket."""
        return f"results/{self.job.id}/{self.lease.task_id}-{self.lease.attempt}/{name}"

    def ring(self, bells: Sequence[Doorbell]) -> None:
        """Ring for what follows. The rows are right already: what does not ring is rung by the housekeeper."""
        rung = []
        with suppress(ServiceError):
            for bell in bells:
                self.desk.broker.ring(bell)
                rung.append(bell.task_id)
        with suppress(ServiceError):
            self.desk.store.mark_published(rung)

    def still_ours(self) -> None:
        """Raises LeaseLost if another may have the work by now."""
        if self._lost.is_set():
            raise LeaseLost(self.lease.task_id)
