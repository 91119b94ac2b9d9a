"""A lease as data, and the small steps that every change of a task is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping

from worker.core import lease_sql as sql
from worker.core import leftovers
from worker.core.errors import OcrConsoleError
from worker.core.ids import new_id
from worker.core.jobs import QUEUE, Doorbell, Priority, TaskKind
from worker.core.rows import MAX_SENTENCE, made_of, priority_of, storable

TRIES = 4  # the first and three automatic retries


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
    suspect: int | None  # the page at which a process ended last: read it where that costs no process of ours
    worker: str
    password: bytes | None = field(repr=False)  # sealed
    deadline: datetime
    waited_s: float  # since it was due


def lease_of(row: RowMapping, worker: str) -> Lease:
    """The lease out of what a claim returned."""
    password = row["password"]
    values = {**row, "kind": TaskKind(row["kind"]), "password": None if password is None else bytes(password)}
    return Lease(worker=worker, **values)


def mine(lease: Lease) -> dict[str, Any]:
    """What fences a statement: the task, its job, the attempt."""
    return {"task": lease.task_id, "job": lease.job_id, "attempt": lease.attempt}


def reason(error: OcrConsoleError) -> dict[str, Any]:
    """An error as rows keep it."""
    texts = {"error": storable(error.sentence, MAX_SENTENCE), "advice": storable(error.advice, MAX_SENTENCE)}
    return {"error_class": error.error_class, **texts, "made_of": made_of(error=error.sentence, advice=error.advice)}


def end_or_wait(connection: Connection, jobs: list[UUID], why: Mapping[str, Any], *, failed: bool) -> None:
    """The jobs' state after a task of theirs failed for good, or waits for another try."""
    if failed:
        leftovers.add_attempts(connection, jobs)
        connection.execute(sql.LOG_REST, {"jobs": jobs, "why": "Stopped: the job has failed."})
        connection.execute(sql.CANCEL_REST, {"jobs": jobs})
    connection.execute(sql.JOBS_FAILED if failed else sql.JOBS_WAIT, {"jobs": jobs, **why})


def add_task(
    connection: Connection,
    job_id: UUID,
    *,
    kind: TaskKind = TaskKind.READ,
    pages: tuple[int, int] | None = None,
    queue: str = QUEUE,
    priority: Priority = Priority.NORMAL,
    password: bytes | None = None,
) -> UUID:
    """Queue a new unit of work for a job whose row the caller has locked or just made; `pages`: first and last."""
    task = new_id()
    first, last = pages or (None, None)
    values = {"task": task, "job": job_id, "kind": kind.value, "first": first, "last": last, "queue": queue}
    connection.execute(sql.ADD_TASK, {**values, "priority": priority.value, "password": password, "tries": TRIES})
    return task


def requeue_tasks(connection: Connection, job_ids: Sequence[UUID], *, password: bytes | None) -> list[Doorbell]:
    """Have jobs whose rows the caller has locked looked at anew, with all their tries: what is missing is read."""
    asked = {"jobs": list(job_ids), "tries": TRIES, "password": password}
    rows = connection.execute(sql.REQUEUE, asked)
    return [Doorbell(row.id, row.job_id, row.queue, priority_of(row.priority)) for row in rows]
