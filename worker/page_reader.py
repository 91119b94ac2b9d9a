"""Pages read one after the other under a lease: each is stored and lands in its row as it is done."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from worker.attempt import Attempt
from worker.core.addresses import hide
from worker.core.document import Document
from worker.core.errors import (
    DocumentError,
    EngineError,
    InternalError,
    NoEngine,
    NoLanguage,
    OcrConsoleError,
    OutOfMemory,
    PageTimedOut,
    ServiceError,
)
from worker.core.leases import LeaseLost
from worker.core.said import said
from worker.reuse import ReadBefore

if TYPE_CHECKING:
    from worker.pipeline.read import PageReading

log = logging.getLogger("worker.ocr")


class PageReader:
    """Reads pages of one document for one attempt.

    A page that cannot be read costs the others nothing: it is tried once more where a crash costs no process of ours,
    then it is delivered as it is, without text. `failures` and `trace` tell of such pages.
    """

    def __init__(self, attempt: Attempt, document: Document, work: Path) -> None:
        self.failures: list[OcrConsoleError] = []
        self.trace = ""
        self._attempt = attempt
        self._document = document
        self._work = work
        self._earlier = ReadBefore(attempt.desk.store, attempt.desk.blobs)

    def read(self, numbers: Sequence[int]) -> list[PageReading]:
        """Read these pages.

        Raises:
            LeaseLost: the work is another's now.
            OcrConsoleError: what would be so on every page, or may pass: no language, a service that is away.
        """
        attempt, readings = self._attempt, []
        if numbers:
            self._begin(numbers[0])
        for number, following in zip(numbers, [*numbers[1:], None], strict=False):
            attempt.still_ours()
            reading = self._store(self._one(number))
            page = reading.page
            attempt.settle([page], following)
            readings.append(reading)
        return readings

    def _begin(self, number: int) -> None:
        self._attempt.page = number
        self._attempt.desk.leases.begin_page(self._attempt.lease, number)

    def _one(self, number: int) -> PageReading:
        from worker.pipeline.read import failed_page

        suspect = number == self._attempt.lease.suspect
        try:
            return self._tried(number, isolated=suspect)
        except (DocumentError, PageTimedOut) as error:  # so it would be however often
            problem: OcrConsoleError = error
        except (NoLanguage, NoEngine, ServiceError, LeaseLost):  # so it would be on every page
            raise
        except OcrConsoleError as error:
            problem = error
            if not suspect:
                try:
                    return self._tried(number, isolated=True)
                except (NoLanguage, NoEngine):
                    raise
                except (DocumentError, EngineError, InternalError) as second:
                    problem = second
        log.warning("[OCR] page %d of %s cannot be read: %s", number, self._attempt.job.id, problem.sentence)
        self.failures.append(problem)
        return failed_page(number, problem)

    def _tried(self, number: int, *, isolated: bool) -> PageReading:
        """One try; what is no error of ours becomes one, for it too must cost this page only."""
        from billiard.exceptions import SoftTimeLimitExceeded

        from worker.pipeline.read import read_page
        from worker.pipeline.workspace import room_in

        try:
            with room_in(self._work.parent):
                tools = self._attempt.desk.tools(isolated=isolated)
                return read_page(self._document, number, self._attempt.job.options, self._work, tools, self._earlier)
        except (ServiceError, NoLanguage, NoEngine, LeaseLost, SoftTimeLimitExceeded):
            raise
        except OcrConsoleError:
            self._note(number)
            raise
        except MemoryError:
            self._note(number)
            raise OutOfMemory(said("Page {page} needed more memory than this worker has.", page=str(number))) from None
        except Exception as error:
            self._note(number)
            kind = type(error).__name__
            raise InternalError(
                said("Page {page} ran into a fault of the program ({kind}).", page=str(number), kind=kind)
            ) from error

    def _store(self, reading: PageReading) -> PageReading:
        """Put what the assembly needs under a key of this attempt's own, wherever that will run."""
        keys = {}
        for form, kind in (("hocr", "text/html"), ("pdf", "application/pdf")):
            if form in reading.files:
                keys[form] = self._attempt.key(f"pages/{reading.page.number}.{form}")
                self._attempt.desk.blobs.put_file(keys[form], reading.files[form], content_type=kind)
        return reading.stored(hocr_key=keys.get("hocr"), pdf_key=keys.get("pdf"))

    def _note(self, number: int) -> None:
        trace = hide(traceback.format_exc(), self._attempt.desk.settings.secrets)
        self.trace += f"page {number}\n{trace}\n"
