"""The ways back into the queue, on a frozen list: a retry, and a reprocess with other options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from worker.core.jobs import Doorbell, State
from worker.core.lease import add_task, requeue_tasks
from worker.core.outcomes import WHY_NOT, Course, Outcome, Rows, in_batches, locked, sift, unique
from worker.core.retried import Retried, WayBack, remembered
from worker.core.rows import options_of, priority_of, to_json

# Pages that were read stay, to be looked at, until the retry replaces them.
_DROP_FAILED_PAGES = text("delete from pages where job_id = any(cast(:jobs as uuid[])) and state = 'failed'")
_REOPEN = text("""
update jobs j set state = 'QUEUED', attempts = attempts + 1, error_class = null, error = null, advice = null,
    notes = '[]', started_at = null, finished_at = null, pages_failed = 0,
    pages_done = (select count(*) from pages p where p.job_id = j.id and p.reading = j.reading)
where id = any(cast(:jobs as uuid[])) returning id, updated_at""")
# Outputs and pages of the earlier reading stay until the new ones are there.
_READ_ANEW = text("""
update jobs set state = 'QUEUED', attempts = attempts + 1, error_class = null, error = null, advice = null,
    notes = '[]', started_at = null, finished_at = null, pages_done = 0, pages_failed = 0,
    reading = reading + 1, options = options || cast(:change as jsonb),
    pages = case when coalesce(options ->> 'pages', '') <> coalesce(cast(:change as jsonb) ->> 'pages',
        options ->> 'pages', '') then null else pages end
where id = any(cast(:jobs as uuid[]))""")
_NEVER_ARRIVED = "its file never arrived: add the file again"
NO_PDF = "makes no searchable PDF: PDF/A needs it"


class Retries(WayBack):
    """The way back into the queue, and out of it again."""

    def retry(self, ids: Iterable[UUID], *, password: bytes | None = None, course: Course | None = None) -> Retried:
        """Queue jobs again that failed, were cancelled or are done but for some pages, each with all its tries.

        Pages that were read are not read again, and earlier outputs stay until there are new ones.

        Args:
            ids: The frozen list; one named twice counts once.
            password: Sealed, for all of them.
            course: How far it is, and whether to stop.
        """

        def act(connection: Connection, some: list[UUID]) -> Retried:
            part, rows = Retried(len(some)), locked(connection, some)
            sift(some, rows, why_no_retry, part)
            before = remembered(connection, part.done)
            connection.execute(_DROP_FAILED_PAGES, {"jobs": part.done})
            for row in connection.execute(_REOPEN, {"jobs": part.done}):
                part.before.append({**before[row.id], "at": row.updated_at.isoformat()})
            part.doorbells.extend(queue_again(connection, rows, part.done, password))
            return part

        asked = unique(ids)
        return in_batches(self.engine, Retried(len(asked)), asked, act, course)

    def reprocess(
        self,
        ids: Iterable[UUID],
        change: Mapping[str, Any],
        *,
        password: bytes | None = None,
        course: Course | None = None,
    ) -> Outcome:
        """Read jobs anew that have ended, every page, with some of their options changed.

        Args:
            ids: The frozen list; one named twice counts once.
            change: Options by their names in the row; what is not named stays as it is in each job. Without a
                preset among them they are taken as chosen on top of the job's own.
            password: Sealed, for all of them.
            course: How far it is, and whether to stop.
        """

        def act(connection: Connection, some: list[UUID]) -> Outcome:
            part, rows = Outcome(len(some)), locked(connection, some)
            sift(some, rows, lambda row: why_not_anew(row) or why_no_pdfa(row, change), part)
            connection.execute(_READ_ANEW, {"jobs": part.done, "change": to_json(change)})
            part.doorbells.extend(queue_again(connection, rows, part.done, password))
            return part

        if change and "preset" not in change:
            change = {"changed": True, **change}
        asked = unique(ids)
        return in_batches(self.engine, Outcome(len(asked)), asked, act, course)


def queue_again(
    connection: Connection, rows: Rows, jobs: Sequence[UUID], password: bytes | None = None
) -> list[Doorbell]:
    """A queued task for each of these jobs, which are locked and QUEUED: the one that it had, or a first one."""
    bells = requeue_tasks(connection, jobs, password=password)
    served = {bell.job_id for bell in bells}
    for row in (rows[one] for one in jobs if one not in served):  # a row that another system made
        priority = priority_of(row.priority)
        task = add_task(connection, row.id, queue=row.queue, priority=priority, password=password)
        bells.append(Doorbell(task, row.id, row.queue, priority))
    return bells


def why_no_retry(row: Row[Any]) -> str:
    """Why a job cannot be queued again; "" for none."""
    state = State(row.state)
    if state is State.DONE and row.pages_failed:
        return ""
    return WHY_NOT[state] if state not in {State.FAILED, State.CANCELLED} else _missing(row)


def why_not_anew(row: Row[Any]) -> str:
    """Why a job cannot be read anew; "" for none."""
    state = State(row.state)
    return WHY_NOT[state] if state not in {State.DONE, State.FAILED, State.CANCELLED} else _missing(row)


def why_no_pdfa(row: Row[Any], change: Mapping[str, Any]) -> str:
    """Why what a job makes, with this change of its options, cannot be a PDF/A; "" for none, or if it is not to be."""
    if not change.get("pdfa") or "pdf" in (change.get("formats") or options_of(row.options).formats):
        return ""
    return NO_PDF


def _missing(row: Row[Any]) -> str:
    return "" if row.uploaded else _NEVER_ARRIVED
