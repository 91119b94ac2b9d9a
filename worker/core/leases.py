"""The lease protocol: claim, renew, progress, finish, fail, spread, take back. The only writer of a task's state.

Every change is a conditional UPDATE, fenced by the attempt and the status; the job's status and the task log follow in
the same transaction. Whoever changes a task locks its job's row first, so a job has one writer at a time and nothing
can deadlock. Only the database's clock counts.

What a job shows: QUEUED with an error waits for another try after that error; RUNNING and DONE have none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from worker.core import lease_sql as sql
from worker.core import leftovers
from worker.core.aside import Fetching, lacking, set_aside
from worker.core.database import single, transaction, unpooled
from worker.core.errors import OcrConsoleError
from worker.core.jobs import Output, Page, Priority, TaskState
from worker.core.lease import TRIES, Lease, LeaseLost, add_task, end_or_wait, lease_of, mine, reason, requeue_tasks
from worker.core.outlasting import outlasts
from worker.core.rows import MAX_SENTENCE, MAX_TRACEBACK, made_of, outputs_json, storable, to_json
from worker.core.spreading import Spreading
from worker.core.taking_back import TakingBack

__all__ = ["Lease", "LeaseLost", "Leases", "add_task", "requeue_tasks"]


class Leases(Spreading, TakingBack, Fetching):
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

    def claim(
        self,
        task_id: UUID,
        worker: str,
        *,
        message_id: str | None = None,
        languages: Collection[str] | None = None,
    ) -> Lease | None:
        """Take the task for this worker. None: another has it, it is not due or held back, or nobody wants it.

        Where a language of it is missing here it is set aside for a worker that has it, and the answer is None too.

        Args:
            task_id: Which.
            worker: Celery's node name of the one who takes it.
            message_id: Celery's id of the message that rang for it; a cancel aims at it.
            languages: That can be read here; None: it is claimed whatever its languages are.
        """
        asked: dict[str, Any] = {"task": task_id, "worker": worker, "pid": os.getpid(), "message": message_id}
        asked |= {"lease_s": self.lease_s, "limit_s": self.task_limit_s}
        with transaction(self.engine) as connection:
            claimable = connection.execute(sql.LOCK_CLAIMABLE, asked).mappings().first()
            if claimable is None:
                return None
            if lacks := lacking(claimable, languages):
                set_aside(connection, asked, lacks)
                return None
            asked |= claimable
            row = connection.execute(sql.CLAIM, asked).mappings().first()
            if row is None:  # its queue or its batch is paused
                connection.execute(sql.UNRING, asked)
                return None
            lease = lease_of(row, worker)
            connection.execute(sql.JOB_RUNS, mine(lease))
            payload = to_json({"job": lease.job_id, "pages": [lease.first_page, lease.last_page]})
            connection.execute(sql.LOG_START, {**mine(lease), "worker": worker, "payload": payload})
        return lease

    def renew(self, lease: Lease, connection: Connection | None = None) -> bool:
        """Push the end of the lease out. False: it is lost, or past its deadline."""
        asked = {**mine(lease), "lease_s": self.lease_s}
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

    def held(self, worker: str) -> list[tuple[int, str]]:
        """What a worker holds: the process that is at each of its tasks, and the message that rang for it."""
        with single(self.engine) as connection:
            rows = connection.execute(sql.HELD_NOW, {"worker": worker})
            return [(row.pid, row.message_id) for row in rows]

    def cancelled(self, tasks: Sequence[UUID]) -> list[UUID]:
        """Of these tasks, those that nobody wants any more."""
        with single(self.engine) as connection:
            return list(connection.scalars(sql.CANCELLED, {"tasks": list(tasks)}))

    @outlasts
    def begin_page(self, lease: Lease, number: int) -> None:
        """Say which page is read now: if its process ends, that page is the one to look at.

        Raises:
            LeaseLost: This attempt is dead.
        """
        with single(self.engine) as connection:
            if connection.execute(sql.BEGIN_PAGE, {**mine(lease), "page": number}).first() is None:
                raise LeaseLost(lease.task_id)

    def progress(self, lease: Lease, page: Page, total_pages: int, *, next_page: int | None = None) -> None:
        """Save a page that was read; see `settle`."""
        self.settle(lease, [page], total_pages, next_page=next_page)

    @outlasts
    def settle(self, lease: Lease, pages: Sequence[Page], total_pages: int, *, next_page: int | None = None) -> None:
        """Save pages in place of what an earlier attempt left, all or none of them; the job's figures follow.

        Args:
            lease: Whose pages they are.
            pages: What came of each.
            total_pages: Of the job.
            next_page: The one that is read now.

        Raises:
            LeaseLost: This attempt is dead; nothing was written.
        """
        rows = to_json([_page(page) for page in pages])
        with transaction(self.engine) as connection:
            connection.execute(sql.LOCK_JOB, {"job": lease.job_id})
            if connection.execute(sql.SETTLES, {**mine(lease), "next": next_page}).first() is None:
                raise LeaseLost(lease.task_id)
            connection.execute(sql.SAVE_PAGES, {**mine(lease), "pages": rows})
            connection.execute(sql.JOB_PROGRESS, {"job": lease.job_id, "pages": total_pages})

    @outlasts
    def finish(
        self,
        lease: Lease,
        *,
        outputs: Mapping[str, Output],
        pages: int,
        engine: Mapping[str, Any],
        notes: Sequence[str] = (),
        seconds: float,
        traceback: str | None = None,
    ) -> bool:
        """End the task and its job with these outputs. Safe to repeat when the answer to the first call was lost.

        Args:
            lease: Whose work it was.
            outputs: What the job's row switches to.
            pages: Of the job.
            engine: What read them, for the record.
            notes: For the user.
            seconds: That this task took.
            traceback: Of pages that failed, for engineers.

        Returns:
            False if this attempt is dead: nothing was written, its outputs are leftovers.
        """
        with transaction(self.engine) as connection:
            connection.execute(sql.LOCK_JOB, {"job": lease.job_id})
            if connection.execute(sql.FINISH, mine(lease)).first() is None:
                return connection.execute(sql.WAS_FINISHED, mine(lease)).first() is not None
            result = to_json({"pages": pages, "seconds": round(seconds, 3), "formats": list(outputs)})
            connection.execute(sql.LOG_SUCCESS, {**mine(lease), "result": result, "traceback": _bounded(traceback)})
            done = {"job": lease.job_id, "pages": pages, "seconds": seconds, "engine": to_json(engine)}
            done |= {"outputs": outputs_json(outputs), "notes": to_json(notes)}
            if connection.scalar(sql.JOB_DONE, done):
                connection.execute(sql.DROP_EARLIER_PAGES, {"job": lease.job_id})
                leftovers.add(connection, f"results/{lease.job_id}/", job_id=lease.job_id)
        return True

    @outlasts
    def fail(
        self,
        lease: Lease,
        error: OcrConsoleError,
        *,
        traceback: str | None = None,
        outage: bool = False,
        final: bool = False,
    ) -> TaskState | None:
        """End this attempt with an error: tried again after a while where that may help, else the job has failed.

        Args:
            lease: Whose attempt it was.
            error: What ended it.
            traceback: For engineers.
            outage: What the work needs is away, refuses us or is full: it is tried again, ahead of what
                waits, and uses up no try.
            final: What may pass was tried out already.

        Returns:
            QUEUED or FAILED; None if this attempt is dead: nothing was written.
        """
        retryable = (error.retryable or outage) and not final
        asked = {**mine(lease), **reason(error), "retryable": retryable, "tries": TRIES}
        asked |= {"free": int(outage), "urgent": Priority.HIGH.value}
        with transaction(self.engine) as connection:
            connection.execute(sql.LOCK_JOB, {"job": lease.job_id})
            status = connection.scalar(sql.FAIL, asked)
            if status is None:
                return None
            state = TaskState(status)
            word = "retrying" if state is TaskState.QUEUED else "failed"
            connection.execute(sql.LOG_FAILURE, {**asked, "word": word, "traceback": _bounded(traceback)})
            self._leave(connection, lease.job_id, lease.task_id, lease.attempt)
            end_or_wait(connection, [lease.job_id], asked, failed=state is TaskState.FAILED)
        return state

    def give_back(self, lease: Lease, error: OcrConsoleError, *, lacks: str | None = None) -> bool:
        """End this attempt before the work is done: the rest is queued at once, and no try is used up.

        Args:
            lease: Whose work it was.
            error: Why it was not done in one go, for the task log.
            lacks: Its languages, if one of them is missing here: the rest is set aside for a worker that has them.

        Returns:
            False if this attempt is dead: nothing was written.
        """
        with transaction(self.engine) as connection:
            connection.execute(sql.LOCK_JOB, {"job": lease.job_id})
            if connection.execute(sql.GIVE_BACK, {**mine(lease), "lacks": lacks}).first() is None:
                return False
            entry = {**mine(lease), **reason(error), "word": "retrying", "traceback": None}
            connection.execute(sql.LOG_FAILURE, entry)
            self._leave(connection, lease.job_id, lease.task_id, lease.attempt)
            waits = {"error_class": None, "error": None, "advice": None, "made_of": None}
            connection.execute(sql.JOBS_WAIT, {"jobs": [lease.job_id], **waits})
        return True


def _bounded(traceback: str | None) -> str | None:
    return storable(traceback[-MAX_TRACEBACK:]) if traceback else None


def _page(page: Page) -> dict[str, Any]:
    """As JSON has it."""
    values = {name: getattr(page, name) for name in Page.__slots__}
    key, told = page.image_key, made_of(error=page.error)
    values |= {"image_key": None if key is None else f"\\x{key.hex()}", "error": storable(page.error, MAX_SENTENCE)}
    return values | {"made_of": None if told is None else json.loads(told)}
