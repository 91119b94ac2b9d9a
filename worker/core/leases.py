"""The lease protocol: claim, renew, progress, finish, fail, reap. The only writer of a task's state.

Every change is a conditional UPDATE, fenced by the attempt and the status; the job's status and the task log follow in
the same transaction. Whoever changes a task locks its job's row first, so a job has one writer at a time and nothing
can deadlock. Only the database's clock counts.

What a job shows: QUEUED with an error waits for another try after that error; RUNNING and DONE have none.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, RowMapping

from worker.core import lease_sql as sql
from worker.core.database import single, transaction, unpooled
from worker.core.errors import OcrConsoleError, PageTimedOut, WorkerLost
from worker.core.ids import new_id
from worker.core.jobs import QUEUE, Doorbell, Output, Page, Priority, TaskKind, TaskState
from worker.core.rows import (
    MAX_SENTENCE,
    MAX_TRACEBACK,
    outputs_json,
    priority_of,
    storable,
    to_json,
)

__all__ = ["Lease", "LeaseLost", "Leases", "add_task", "requeue_tasks"]

TRIES = 4  # the first and three automatic retries
MAX_INTERRUPTIONS = 10


class LeaseLost(Exception):
    """This attempt no longer owns its task: cancelled, reaped or past its deadline. Stop; nothing it writes counts."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A task that is ours until the lease runs out."""

    task_id: UUID
    job_id: UUID
    kind: TaskKind
    attempt: int
    max_attempts: int
    first_page: int | None  # 1-based, inclusive; None: the whole document
    last_page: int | None
    worker: str
    password: bytes | None = field(repr=False)  # sealed
    deadline: datetime


class Leases:
    """The protocol on one database.

    Args:
        engine: Where the tasks are.
        lease_s: Seconds without a renewal after which a task is taken back.
        task_limit_s: Seconds after which a task's lease is renewed no more.
    """

    def __init__(self, engine: Engine, *, lease_s: float = 10.0, task_limit_s: float = 600) -> None:
        self.engine = engine
        self.lease_s = lease_s
        self.task_limit_s = task_limit_s

    @cached_property
    def own_connections(self) -> Engine:
        """For renewers, which must not wait for a connection of the pool."""
        return unpooled(self.engine)

    def claim(self, task_id: UUID, worker: str) -> Lease | None:
        """Take the task for this worker. None if another has it, it is not due, or nobody wants it: then do nothing."""
        asked: dict[str, Any] = {"task": task_id, "worker": worker, "pid": os.getpid()}
        asked |= {"lease_s": self.lease_s, "limit_s": self.task_limit_s}
        with transaction(self.engine) as connection:
            if connection.execute(sql.LOCK_CLAIMABLE, asked).first() is None:
                return None
            row = connection.execute(sql.CLAIM, asked).mappings().first()
            if row is None:
                return None
            lease = _lease(row, worker)
            connection.execute(sql.JOB_RUNS, _mine(lease))
            payload = to_json({"job": lease.job_id, "pages": [lease.first_page, lease.last_page]})
            connection.execute(sql.LOG_START, {**_mine(lease), "worker": worker, "payload": payload})
        return lease

    def renew(self, lease: Lease, connection: Connection | None = None) -> bool:
        """Push the end of the lease out. False: it is lost, or past its deadline."""
        asked = {**_mine(lease), "lease_s": self.lease_s}
        if connection is not None:
            return connection.execute(sql.RENEW, asked).first() is not None
        with single(self.engine) as own:
            return own.execute(sql.RENEW, asked).first() is not None

    def vouch(self, worker: str, pids: Sequence[int]) -> int:
        """Renew what these processes of a worker hold: its main process knows that they live.

        A process cannot always do it itself: an engine that reads a page in process may keep the interpreter to itself
        for longer than a lease lasts (tesserocr's ProcessPages does).

        Returns:
            How many leases were renewed; none past its deadline.
        """
        with single(self.engine) as connection:
            asked = {"worker": worker, "pids": list(pids), "lease_s": self.lease_s}
            return connection.execute(sql.VOUCH, asked).rowcount

    def let_go(self, worker: str) -> None:
        """End the leases of a worker that is being stopped, so that others need not wait for them to run out."""
        with single(self.engine) as connection:
            connection.execute(sql.LET_GO, {"worker": worker})

    def progress(self, lease: Lease, page: Page, total_pages: int) -> None:
        """Save a page that was read, in place of what an earlier attempt left; the job's figures follow.

        Raises:
            LeaseLost: This attempt is dead; nothing was written.
        """
        with transaction(self.engine) as connection:
            connection.execute(sql.LOCK_JOB, {"job": lease.job_id})
            if connection.execute(sql.SAVE_PAGE, {**_mine(lease), **_page(page)}).first() is None:
                raise LeaseLost(lease.task_id)
            connection.execute(sql.JOB_PROGRESS, {"job": lease.job_id, "pages": total_pages})

    def finish(
        self,
        lease: Lease,
        *,
        outputs: Mapping[str, Output],
        pages: int,
        engine: Mapping[str, Any],
        notes: Sequence[str] = (),
        seconds: float,
    ) -> bool:
        """End the task and its job with these outputs. Safe to repeat when the answer to the first call was lost.

        Returns:
            False if this attempt is dead: nothing was written, its outputs are leftovers.
        """
        with transaction(self.engine) as connection:
            connection.execute(sql.LOCK_JOB, {"job": lease.job_id})
            if connection.execute(sql.FINISH, _mine(lease)).first() is None:
                return connection.execute(sql.WAS_FINISHED, _mine(lease)).first() is not None
            result = to_json({"pages": pages, "seconds": round(seconds, 3), "formats": list(outputs)})
            connection.execute(sql.LOG_SUCCESS, {**_mine(lease), "result": result})
            done = {"job": lease.job_id, "pages": pages, "seconds": seconds, "engine": to_json(engine)}
            connection.execute(sql.JOB_DONE, {**done, "outputs": outputs_json(outputs), "notes": to_json(notes)})
        return True

    def fail(self, lease: Lease, error: OcrConsoleError, *, traceback: str | None = None) -> TaskState | None:
        """End this attempt with an error: tried again after a while where that may help, else the job has failed.

        Returns:
            QUEUED or FAILED; None if this attempt is dead: nothing was written.
        """
        asked = {**_mine(lease), **_reason(error), "retryable": error.retryable, "tries": TRIES}
        with transaction(self.engine) as connection:
            connection.execute(sql.LOCK_JOB, {"job": lease.job_id})
            status = connection.scalar(sql.FAIL, asked)
            if status is None:
                return None
            state = TaskState(status)
            word = "retrying" if state is TaskState.QUEUED else "failed"
            trace = storable(traceback[-MAX_TRACEBACK:]) if traceback else None
            connection.execute(sql.LOG_FAILURE, {**asked, "word": word, "traceback": trace})
            _end_or_wait(connection, [lease.job_id], asked, failed=state is TaskState.FAILED)
        return state

    def reap(self, limit: int = 200) -> list[Doorbell]:
        """Take back what nobody renews: to the queue with a high priority, or failed when that was too often.

        Not within one lease of a start of PostgreSQL, when nobody could renew. A lease that ran out behind its deadline
        is a task over its time limit and has failed; any other is an interruption, of which ten are allowed.

        Returns:
            The tasks that wait again; they are due after their backoff, and the housekeeper rings for them then.
        """
        with transaction(self.engine) as connection:
            jobs = connection.scalars(sql.LOCK_EXPIRED, {"lease_s": self.lease_s, "limit": limit}).all()
            if not jobs:
                return []
            bounds = {"jobs": list(jobs), "interruptions": MAX_INTERRUPTIONS, "urgent": Priority.HIGH.value}
            rows = [dict(row) for row in connection.execute(sql.REAP, bounds).mappings()]
            for row in sorted(rows, key=lambda row: row["status"] == TaskState.FAILED):  # a failure ends the whole job
                reason = _reason(_why_reaped(row, self.task_limit_s))
                word = "retrying" if row["status"] == TaskState.QUEUED else "failed"
                connection.execute(sql.LOG_FAILURE, {**row, **reason, "word": word, "traceback": None})
                _end_or_wait(connection, [row["job"]], reason, failed=word == "failed")
            again = [row for row in rows if row["status"] == TaskState.QUEUED]
            connection.execute(sql.JOBS_INTERRUPTED, {"jobs": list({row["job"] for row in again})})
        return [Doorbell(row["task"], row["job"], row["queue"], priority_of(row["priority"])) for row in again]


def add_task(
    connection: Connection,
    job_id: UUID,
    *,
    kind: TaskKind = TaskKind.READ,
    queue: str = QUEUE,
    priority: Priority = Priority.NORMAL,
    password: bytes | None = None,
) -> UUID:
    """Queue a new unit of work for a job whose row the caller has locked or just made."""
    task = new_id()
    values = {"task": task, "job": job_id, "kind": kind.value, "queue": queue, "priority": priority.value}
    connection.execute(sql.ADD_TASK, {**values, "password": password, "tries": TRIES})
    return task


def requeue_tasks(connection: Connection, job_ids: Sequence[UUID], *, password: bytes | None) -> list[Doorbell]:
    """Queue the failed and cancelled tasks of jobs whose rows the caller has locked, with all their tries again."""
    asked = {"jobs": list(job_ids), "tries": TRIES, "password": password}
    rows = connection.execute(sql.REQUEUE, asked)
    return [Doorbell(row.id, row.job_id, row.queue, priority_of(row.priority)) for row in rows]


def _lease(row: RowMapping, worker: str) -> Lease:
    password = row["password"]
    values = {**row, "kind": TaskKind(row["kind"]), "password": None if password is None else bytes(password)}
    return Lease(worker=worker, **values)


def _end_or_wait(connection: Connection, jobs: list[UUID], reason: Mapping[str, Any], *, failed: bool) -> None:
    """The jobs' state after a task of theirs failed for good, or waits for another try."""
    if failed:
        connection.execute(sql.CANCEL_REST, {"jobs": jobs})
    connection.execute(sql.JOBS_FAILED if failed else sql.JOBS_WAIT, {"jobs": jobs, **reason})


def _why_reaped(row: Mapping[str, Any], limit_s: float) -> OcrConsoleError:
    if row["over_limit"]:
        return PageTimedOut(f"Reading it took longer than the limit of {limit_s:.0f} s.")
    times = "" if row["interruptions"] == 1 else f" {row['interruptions']} times"
    return WorkerLost(f"Its worker was lost{times} while reading it.")


def _mine(lease: Lease) -> dict[str, Any]:
    return {"task": lease.task_id, "job": lease.job_id, "attempt": lease.attempt}


def _reason(error: OcrConsoleError) -> dict[str, Any]:
    advice = storable(error.advice, MAX_SENTENCE)
    return {"error_class": error.error_class, "error": storable(error.sentence, MAX_SENTENCE), "advice": advice}


def _page(page: Page) -> dict[str, Any]:
    values = {name: getattr(page, name) for name in Page.__slots__}
    cleaned = {name: storable(values[name]) for name in ("text", "hocr_key", "pdf_key")}
    return {**values, **cleaned, "error": storable(page.error, MAX_SENTENCE)}
