"""The pages of a document that have good text, taken by whoever looks at it: milliseconds each, many a transaction."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from worker.attempt import Attempt
from worker.core.document import Document

if TYPE_CHECKING:
    from worker.core.jobs import Page
    from worker.pipeline.read import PageReading

TOGETHER = 100  # pages of a transaction: what a crash can cost, and how long a job's row is locked
LONGEST_S = 60.0  # drawings may take seconds each: the rest is shared out before the task's time is over
log = logging.getLogger("worker.ocr")


def take_pages(attempt: Attempt, document: Document, work: Path, numbers: Sequence[int]) -> dict[int, PageReading]:
    """Settle those of the pages that keep their text; all others are to be read, with more care.

    Where that takes long, pages are left that keep theirs: they are taken when they are read.
    A document at which a process ended is not gone through so quickly again: then none is taken here.

    Raises:
        LeaseLost: the work is another's now.
        NoLanguage, NoEngine: as it would be on every page.
        DatabaseError: what was taken could not be saved.
    """
    from worker.pipeline.read import taken
    from worker.pipeline.recognize import check_languages

    lease, options = attempt.lease, attempt.job.options
    if not numbers or document.kind != "pdf" or options.mode == "force" or lease.suspect is not None:
        return {}
    tools = attempt.desk.tools()
    check_languages(options.languages, tools)
    found: dict[int, PageReading] = {}
    until = time.monotonic() + LONGEST_S
    for start in range(0, len(numbers), TOGETHER):
        attempt.still_ours()
        if time.monotonic() >= until:
            break
        some = numbers[start : start + TOGETHER]
        attempt.desk.leases.begin_page(lease, some[0])
        looked_at = (_page(attempt, document, work, number) for number in some if time.monotonic() < until)
        pages = [page for page in looked_at if page is not None]
        attempt.page = None
        if pages:
            attempt.settle(pages)
        found.update({page.number: taken(document, page, work, tools) for page in pages})
    return found


def _page(attempt: Attempt, document: Document, work: Path, number: int) -> Page | None:
    """The page, if it has good text; one that makes trouble is left to those who read."""
    from billiard.exceptions import SoftTimeLimitExceeded

    from worker.core.page_content import Decision
    from worker.pipeline.read import look_at
    from worker.pipeline.take import take_text

    attempt.page, began = number, time.perf_counter()
    tools, options = attempt.desk.tools(), attempt.job.options
    try:
        content = look_at(document, number, work, tools)
        if content.decision(options.mode) is Decision.TAKE:
            return take_text(document, number, content, options, tools, since=began)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # noqa: BLE001 - it is met again where it costs this page only, and is said there
        log.debug("page %d of %s is not taken: %s", number, attempt.job.id, type(error).__name__)
    return None
