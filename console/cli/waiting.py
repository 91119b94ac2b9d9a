"""Waiting until jobs end, with progress, through short outages of a service."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from console.cli.progress import Progress
from worker.core.errors import DatabaseError
from worker.core.jobs import ENDED, Job, State

if TYPE_CHECKING:
    from console.ops.services import Services

POLL_S = 0.4
PATIENCE_S = 60.0  # a database that is away for longer is reported
ASKED_AT_ONCE = 1000


def wait_for(
    services: Services, ids: Iterable[UUID], progress: Progress, *, check: Callable[[bool], None] | None = None
) -> list[Job]:
    """Wait until every job has ended. Returns them in the order of `ids`; one that was deleted is left out.

    Args:
        services: where the jobs are.
        ids: the jobs.
        progress: told of pages and of every job that ends.
        check: called at every look with whether something is running; what it raises ends the wait.

    Raises:
        DatabaseError: the database was away for more than a minute.
        KeyboardInterrupt: Ctrl-C, with a sentence what becomes of the jobs.
    """
    try:
        return _wait(services, ids, progress, check)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("Stopped waiting. What is not read yet stays in the queue.") from None


def _wait(
    services: Services, ids: Iterable[UUID], progress: Progress, check: Callable[[bool], None] | None
) -> list[Job]:
    wanted = list(ids)
    ended: dict[UUID, Job] = {}
    said: dict[UUID, str | None] = {}  # why those wait that have not ended
    waiting = list(wanted)
    seen_at = time.monotonic()
    while waiting:
        try:
            now = jobs_of(services, waiting)
            seen_at = time.monotonic()
        except DatabaseError as error:
            if time.monotonic() - seen_at > PATIENCE_S:
                raise
            progress.line(f"{error.sentence} Waiting for it.")
            time.sleep(2.0)
            continue
        for job in now:
            if job.state in ENDED:
                ended[job.id] = job
                progress.line(told(job))
            elif said.get(job.id) != job.error:
                said[job.id] = job.error
                if job.error:
                    progress.line(f"waits      {job.path or job.name}: {job.error}")
        waiting = [job.id for job in now if job.state not in ENDED]
        _show(progress, [*ended.values(), *(job for job in now if job.state not in ENDED)])
        if waiting:
            if check is not None:
                check(any(job.state is State.RUNNING for job in now))
            time.sleep(POLL_S)
    return [ended[job_id] for job_id in wanted if job_id in ended]


def jobs_of(services: Services, ids: Sequence[UUID]) -> list[Job]:
    """The rows of these jobs, in this order; those that are gone are left out."""
    from worker.core.store import JobFilter

    rows: dict[UUID, Job] = {}
    for some in _chunks(ids):
        page = services.store.jobs(JobFilter(ids=tuple(some)), limit=len(some))
        rows.update((job.id, job) for job in page.rows)
    return [rows[job_id] for job_id in ids if job_id in rows]


def told(job: Job) -> str:
    """A job that ended, in a line."""
    if job.state is State.DONE:
        pages = f"{job.pages_done} page{'' if job.pages_done == 1 else 's'}"
        sure = "" if job.mean_confidence is None else f", confidence {job.mean_confidence:.0f}"
        lost = f", {job.pages_failed} of them not readable" if job.pages_failed else ""
        return f"done       {job.path or job.name}: {pages}{sure}{lost}"
    why = f"{job.error or ''} {job.advice or ''}".strip()
    return f"{job.state.value.lower():<9}  {job.path or job.name}: {why}"


def _show(progress: Progress, jobs: Sequence[Job]) -> None:
    done = sum(job.pages_done for job in jobs)
    progress.set("Reading", done, sum(_whole(job) for job in jobs), "pages")


def _whole(job: Job) -> int:
    """Its pages; of one that nobody has counted yet it is one, and none if it ended before."""
    uncounted = 0 if job.state in ENDED else 1
    return max(job.pages or uncounted, job.pages_done)


def _chunks(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    rest = iter(ids)
    while some := list(islice(rest, ASKED_AT_ONCE)):
        yield some
