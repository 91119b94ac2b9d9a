"""The three kinds of work on a document: look at it, then read it or spread it; read a part; assemble."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from worker.assembly import finish_document
from worker.attempt import Attempt
from worker.core.document import Document
from worker.core.jobs import TaskKind
from worker.core.spreading import IN_ONE_TASK, shares
from worker.page_reader import PageReader
from worker.taking import take_pages

if TYPE_CHECKING:
    from worker.pipeline.read import PageReading


def read_document(attempt: Attempt) -> None:
    """Take the text that a document has, and read what is missing or have it read.

    Up to three pages are read here, more as tasks of their own.
    """
    with attempt.opened() as (document, work):
        wanted = attempt.wanted(document)
        missing = attempt.missing(wanted)
        taken = take_pages(attempt, document, work, missing)
        missing = [number for number in missing if number not in taken]
        if len(missing) > IN_ONE_TASK:
            parts = shares(missing, attempt.desk.leases.free_slots(attempt.lease, attempt.job.queue))
            seconds = attempt.seconds
            attempt.ring(attempt.desk.leases.spread(attempt.lease, parts, pages=len(wanted), seconds=seconds))
            return
        _read_and_finish(attempt, document, work, wanted, missing, at_hand=taken.values())


def read_part(attempt: Attempt) -> None:
    """Read the task's share of the pages; the last of the shares has the document assembled."""
    first, last = attempt.lease.first_page or 1, attempt.lease.last_page or 1
    with attempt.opened() as (document, work):
        wanted = attempt.wanted(document)
        mine = attempt.missing([number for number in wanted if first <= number <= last])
        reader = PageReader(attempt, document, work)
        reader.read(mine)
    bells = attempt.desk.leases.finish_pages(
        attempt.lease, pages=len(mine), seconds=attempt.seconds, traceback=reader.trace or None
    )
    attempt.ring(bells)


def assemble_document(attempt: Attempt) -> None:
    """Make the outputs of a document whose pages are read; one that is missing all the same is read first."""
    with attempt.opened() as (document, work):
        wanted = attempt.wanted(document)
        _read_and_finish(attempt, document, work, wanted, attempt.missing(wanted))


def _read_and_finish(
    attempt: Attempt,
    document: Document,
    work: Path,
    wanted: Sequence[int],
    missing: Sequence[int],
    *,
    at_hand: Iterable[PageReading] = (),
) -> None:
    reader = PageReader(attempt, document, work)
    readings = [*at_hand, *reader.read(missing)]
    finish_document(attempt, document, work, wanted, at_hand=readings, trace=reader.trace)


STEPS: Mapping[TaskKind, Callable[[Attempt], None]] = {
    TaskKind.READ: read_document,
    TaskKind.PAGES: read_part,
    TaskKind.ASSEMBLE: assemble_document,
}
