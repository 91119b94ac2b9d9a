"""A long document cut into tasks, so that every free slot gets a share; the last of them queues the assembly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from sqlalchemy import Connection, Engine

from worker.core import lease_sql as sql
from worker.core.database import single, transaction
from worker.core.jobs import Doorbell, Priority, TaskKind
from worker.core.lease import Lease, add_task, mine
from worker.core.outlasting import outlasts
from worker.core.rows import MAX_TRACEBACK, priority_of, storable, to_json

IN_ONE_TASK = 3  # so many pages are read by whoever looked at the document
LARGEST_SHARE = 8  # pages of a task: what one kill can cost, and what one time limit has to hold


def shares(pages: Sequence[int], slots: int) -> list[tuple[int, int]]:
    """Cut pages, ascending: as first and last page of each task.

    Every slot gets a share of half of what is left, again and again: large ones first, for a task costs something, and
    small ones last, so that all slots end at about the same time though one page takes longer than another.

    Args:
        pages: What is to be read.
        slots: That are free for it.
    """
    slots = max(1, min(slots, len(pages)))
    sizes: list[int] = []
    while left := len(pages) - sum(sizes):
        size = min(-(-left // (2 * slots)) if slots > 1 else left, LARGEST_SHARE)
        sizes += [min(size, left - size * place) for place in range(slots) if size * place < left]
    ends = list(accumulate(sizes))
    return [(pages[end - size], pages[end - 1]) for end, size in zip(ends, sizes, strict=True)]


class Spreading:
    """The part of the protocol for documents that more than one task reads."""

    engine: Engine

    def free_slots(self, lease: Lease, queue: str) -> int:
        """How many processes of live workers of a queue could read its job now, with this one; at least 1."""
        with single(self.engine) as connection:
            free = connection.scalar(sql.SLOTS, {"queue": queue, **mine(lease)})
        return max(1, int(free or 0))

    @outlasts
    def spread(self, lease: Lease, parts: Iterable[tuple[int, int]], *, pages: int, seconds: float) -> list[Doorbell]:
        """End the task that looked at the document: others read these parts of it. Without parts it is assembled.

        Args:
            lease: Of that task.
            parts: First and last page of each.
            pages: Of the job, all told.
            seconds: That this task took.

        Returns:
            What to ring for; empty if this attempt is dead, or was ended before: then the housekeeper rings.
        """
        with transaction(self.engine) as connection:
            connection.execute(sql.LOCK_JOB, {"job": lease.job_id})
            if not _ends(connection, lease, {"spread": pages, "seconds": round(seconds, 3)}):
                return []
            done = {"job": lease.job_id, "pages": pages, "seconds": seconds}
            connection.execute(sql.JOB_PROGRESS, done)
            connection.execute(sql.JOB_SECONDS, done)
            job = connection.execute(sql.JOB_QUEUE, {"job": lease.job_id}).one()
            priority = priority_of(job.priority)
            bells = [
                _add(connection, lease, TaskKind.PAGES, job.queue, priority, pages=(first, last))
                for first, last in parts
            ]
            return bells or [_assembly(connection, lease, job.queue, priority)]

    @outlasts
    def finish_pages(self, lease: Lease, *, pages: int, seconds: float, traceback: str | None = None) -> list[Doorbell]:
        """End a task that read a part; the last one queues the assembly.

        Args:
            lease: Of that task.
            pages: That it read.
            seconds: That it took.
            traceback: Of pages that failed, for engineers.

        Returns:
            The assembly to ring for, if this was the last part.
        """
        with transaction(self.engine) as connection:
            connection.execute(sql.LOCK_JOB, {"job": lease.job_id})
            if not _ends(connection, lease, {"pages": pages, "seconds": round(seconds, 3)}, traceback):
                return []
            connection.execute(sql.JOB_SECONDS, {"job": lease.job_id, "seconds": seconds})
            if not connection.scalar(sql.LAST_OF_PAGES, {"job": lease.job_id}):
                return []
            job = connection.execute(sql.JOB_QUEUE, {"job": lease.job_id}).one()
            return [_assembly(connection, lease, job.queue, priority_of(job.priority))]


def _ends(connection: Connection, lease: Lease, result: dict[str, float], traceback: str | None = None) -> bool:
    if connection.execute(sql.FINISH, mine(lease)).first() is None:
        return False
    trace = storable(traceback[-MAX_TRACEBACK:]) if traceback else None
    connection.execute(sql.LOG_SUCCESS, {**mine(lease), "result": to_json(result), "traceback": trace})
    return True


def _assembly(connection: Connection, lease: Lease, queue: str, priority: Priority) -> Doorbell:
    """Ahead of the backlog: all its pages are read, and somebody waits for it."""
    return _add(connection, lease, TaskKind.ASSEMBLE, queue, min(priority, Priority.HIGH))


def _add(
    connection: Connection,
    lease: Lease,
    kind: TaskKind,
    queue: str,
    priority: Priority,
    *,
    pages: tuple[int, int] | None = None,
) -> Doorbell:
    task = add_task(
        connection, lease.job_id, kind=kind, pages=pages, queue=queue, priority=priority, password=lease.password
    )
    return Doorbell(task, lease.job_id, queue, priority)
