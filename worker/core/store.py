"""Queries and changes of jobs: pages by keyset, counts, changes since, and (from its parts) all acts on them."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from worker.core.admission import Admission
from worker.core.cancels import Cancelled, Cancels, Stamp
from worker.core.database import single
from worker.core.deletes import Deletes
from worker.core.errors import NotFoundError
from worker.core.filters import Cursor, JobFilter, JobPage, behind, conditions, order_of, ordering
from worker.core.jobs import Batch, Doorbell, Job, State
from worker.core.outcomes import Outcome
from worker.core.particulars import Particulars
from worker.core.pauses import Pauses
from worker.core.priorities import Priorities
from worker.core.retries import Retries
from worker.core.rows import BATCHES, JOBS, batch_of, composed, job_of
from worker.core.undoing import Undoable, Undoing
from worker.core.upload_rows import UploadRows
from worker.core.workers import WorkerReport, Workers

__all__ = [
    "Batch",
    "Cancelled",
    "Cursor",
    "Doorbell",
    "JobFilter",
    "JobPage",
    "Outcome",
    "Stamp",
    "Store",
    "Undoable",
    "WorkerReport",
]

OVERLAP_S = 2.0  # a change is stamped before its transaction commits: look back this far for what came late
COUNT_LIMIT = 10_000  # a count of filtered jobs that is larger means "10,000+"
# So many jobs are found and sorted, rather than looked for along the index of the order; those of a batch lie together.
FEW, FEW_OF_A_BATCH = 5_000, 50_000
DONE_KEPT_S = 30.0
DONE_MANY = 50_000  # fewer are counted anew each time: it takes some 15 ms


class Store(Admission, UploadRows, Retries, Cancels, Deletes, Undoing, Pauses, Priorities, Workers, Particulars):
    """All that is known and can be changed of jobs; safe to share between threads, not across a fork."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._done_lock = threading.Lock()
        self._done: tuple[float, int] | None = None  # good until, count

    def job(self, job_id: UUID) -> Job:
        """One job.

        Raises:
            NotFoundError: There is none of that id.
        """
        with single(self.engine) as connection:
            row = connection.execute(text(f"{JOBS} where j.id = :id"), {"id": job_id}).first()
        if row is None:
            raise NotFoundError(f"There is no job {job_id}.", "It may have been deleted. `jobs` lists those there are.")
        return job_of(row)

    def jobs(
        self,
        chosen: JobFilter | None = None,
        *,
        after: Cursor | None = None,
        limit: int = 200,
        order: str = "updated",
        descending: bool = True,
    ) -> JobPage:
        """A page of jobs that meet the filter, from behind `after` on.

        The cost does not depend on how far down the page lies. "updated" and "created" are served by an index at any
        size; the other orders sort what the filter leaves.

        Raises:
            UsageError: There is no such order.
        """
        by = order_of(order)
        with single(self.engine) as connection:
            parts, values = _conditions(connection, chosen or JobFilter())
            if after is not None:
                part, more = behind(by, after, descending=descending)
                parts, values = [*parts, part], {**values, **more}
            few = _are_few(connection, chosen or JobFilter(), parts, values)
            jobs = _found_first(parts) if few else f"{JOBS} {_where(parts)}"
            query = text(f"{jobs} {ordering(by, descending=descending)} limit :limit")
            rows = [job_of(row) for row in connection.execute(query, {**values, "limit": limit + 1}).all()]
        page = tuple(rows[:limit])
        last = page[-1] if len(rows) > limit and page else None
        return JobPage(page, None if last is None else Cursor(getattr(last, by.attribute), last.id))

    def ids(self, chosen: JobFilter, limit: int = 1_000_000) -> list[UUID]:
        """The frozen list of what the filter means now, oldest first."""
        with single(self.engine) as connection:
            parts, values = _conditions(connection, chosen)
            query = text(f"select j.id from jobs j {_where(parts)} order by j.created_at, j.id limit :limit")  # noqa: S608
            return list(connection.execute(query, {**values, "limit": limit}).scalars())

    def changed_since(self, when: datetime | None, *, limit: int = 2000) -> list[Job]:
        """The jobs that changed last, oldest change first.

        Looks back OVERLAP_S behind `when` for transactions that were stamped earlier and committed late, so jobs come
        again that were seen already: compare by id. If `limit` jobs come, there may be more: load the page anew.

        Args:
            when: The largest `updated` seen so far; None for the newest changes of all.
            limit: At most so many, the newest.
        """
        since = None if when is None else when - timedelta(seconds=OVERLAP_S)
        where = "" if since is None else "where j.updated_at > :since"
        query = text(f"{JOBS} {where} order by j.updated_at desc, j.id desc limit :limit")
        values = {"limit": limit} if since is None else {"limit": limit, "since": since}
        with single(self.engine) as connection:
            return [job_of(row) for row in connection.execute(query, values).all()][::-1]

    def counts(self, chosen: JobFilter | None = None) -> dict[State, int]:
        """How many jobs are in each state, all states named; what the filter says of states does not count.

        Without a filter: exact, but for DONE, which may be 30 s old where counting it takes long. With one: figures
        above COUNT_LIMIT mean "more than".
        """
        others = replace(chosen or JobFilter(), states=frozenset())
        with single(self.engine) as connection:
            return self._all_counts(connection) if others == JobFilter() else _filtered_counts(connection, others)

    def batches(self, limit: int = 1000) -> list[Batch]:
        """The newest batches, newest first."""
        with single(self.engine) as connection:
            query = text(f"{BATCHES} order by created_at desc, id desc limit :limit")
            return [batch_of(row) for row in connection.execute(query, {"limit": limit})]

    def find_batch(self, name: str) -> UUID | None:
        """The newest batch of that name."""
        query = text("select id from batches where name = :name order by created_at desc, id desc limit 1")
        with single(self.engine) as connection:
            found: UUID | None = connection.execute(query, {"name": composed(name)}).scalar()
        return found

    def _all_counts(self, connection: Connection) -> dict[State, int]:
        counts = dict.fromkeys(State, 0)
        live = text("select state, count(*) as n from jobs where state <> 'DONE' group by state")
        counts.update({State(row.state): row.n for row in connection.execute(live)})
        counts[State.DONE] = self._count_done(connection)
        return counts

    def _count_done(self, connection: Connection) -> int:
        with self._done_lock:
            if self._done is not None and time.monotonic() < self._done[0]:
                return self._done[1]
            count = int(connection.scalar(text("select count(*) from jobs where state = 'DONE'")) or 0)
            self._done = (time.monotonic() + DONE_KEPT_S, count) if count > DONE_MANY else None
            return count


def _conditions(connection: Connection, chosen: JobFilter) -> tuple[list[str], dict[str, Any]]:
    batches: list[UUID] = []
    if chosen.batch is not None:
        query = text("select id from batches where name = :name")
        batches = list(connection.execute(query, {"name": composed(chosen.batch)}).scalars())
    return conditions(chosen, batches)


def _are_few(connection: Connection, chosen: JobFilter, parts: list[str], values: dict[str, Any]) -> bool:
    """Whether the part of the filter that has an index of its own leaves few jobs."""
    narrow = [part for part in parts if part.startswith(("j.batch_id", "j.id"))]
    if chosen.states and State.DONE not in chosen.states:
        narrow += [part for part in parts if part.startswith("j.state")]
    if not narrow:
        return False
    few = FEW_OF_A_BATCH if narrow[0].startswith("j.batch_id") else FEW
    query = text(f"select count(*) from (select from jobs j {_where(narrow)} limit :few) f")  # noqa: S608
    return int(connection.scalar(query, {**values, "few": few}) or 0) < few


def _found_first(parts: list[str]) -> str:
    """The query with a fence: find the rows, then sort them.

    Left to itself the planner walks the index of the order and, where the few rows are old ones among a million, finds
    nothing for 1.2 s; this takes 0.02 s.
    """
    return JOBS.replace("from jobs j", f"from (select * from jobs j {_where(parts)} offset 0) j")  # noqa: S608


def _where(parts: list[str]) -> str:
    return f"where {' and '.join(parts)}" if parts else ""


def _filtered_counts(connection: Connection, others: JobFilter) -> dict[State, int]:
    """One bounded count a state: the rare states have an index, and DONE is soon at the limit."""
    parts, values = _conditions(connection, others)
    where = " and ".join(parts)
    bounded = "(select count(*) from (select 1 from jobs j where j.state = '{}' and {} limit :most) f)"
    columns = ", ".join(f"{bounded.format(state, where)} as {state}" for state in State)
    row = connection.execute(text(f"select {columns}"), {**values, "most": COUNT_LIMIT + 1}).one()
    return dict(zip(State, row, strict=True))
