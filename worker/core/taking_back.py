"""What became of work whose process is gone: it is queued again, and the page that ended it is watched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, RowMapping

from worker.core import lease_sql as sql
from worker.core import leftovers
from worker.core.database import transaction
from worker.core.errors import EngineCrashed, OcrConsoleError, PageTimedOut, WorkerLost
from worker.core.jobs import Doorbell, Priority
from worker.core.lease import end_or_wait, reason
from worker.core.retries import queue_again
from worker.core.rows import priority_of
from worker.core.said import said, said_counted

MAX_INTERRUPTIONS = 10  # without a page in between: a laptop that slept is one
LEFT_MARGIN_S = 300.0  # a dead attempt may write until its time limit ends it


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is done about an attempt that did not end by itself."""

    why: OcrConsoleError
    fails_page: bool = False  # the page that was being read is given up, and the rest goes on
    fails: bool = False  # the job has failed
    suspect: int | None = None  # the page to be read on its own from now on
    interruptions: int = 0
    uses_try: bool = False
    backoff: int = 0  # the n-th wait in a row; 0: none


class TakingBack:
    """The part of the protocol for attempts that did not end by themselves."""

    engine: Engine
    lease_s: float
    task_limit_s: float

    def reap(self, limit: int = 200) -> list[Doorbell]:
        """Take back what nobody renews: to the queue with a high priority, or failed when that was too often.

        Not within one lease of a start of PostgreSQL, when nobody could renew. A lease that ran out behind its deadline
        is a task over its time limit; any other is an interruption, of which ten are allowed.

        Returns:
            The tasks that wait again; they are due after their backoff, and the housekeeper rings for them then.
        """
        with transaction(self.engine) as connection:
            asked = {"lease_s": self.lease_s, "limit": limit}
            jobs = connection.scalars(sql.LOCK_EXPIRED, asked).all()
            if not jobs:
                return []
            lost = connection.execute(sql.EXPIRED, {"jobs": list(jobs)}).mappings().all()
            return self._take_back(connection, [(row, interrupted(row, self.task_limit_s)) for row in lost])

    def crashed(self, worker: str, pids: Sequence[int]) -> list[Doorbell]:
        """Take back what these processes of a worker held: its main process lives and saw them end.

        The page that was being read is read on its own next, where it costs no process of ours. A second time it has
        failed, and the others are read. Without such a page it is a failed try.
        """
        return self._take_back_from(worker, list(pids), lambda row: crash(row, self.task_limit_s)) if pids else []

    def let_go(self, worker: str) -> list[Doorbell]:
        """Give back what a worker that is being stopped still holds: others take it at once, and no try is used up."""
        stopped = WorkerLost("Its worker was stopped while reading it.")
        return self._take_back_from(worker, None, lambda row: Verdict(stopped, interruptions=row["interruptions"]))

    def left_behind(self, worker: str, uptime_s: float) -> list[Doorbell]:
        """Take back what a worker holds for longer than it lives: one of its name held it, which was killed.

        A node name is one worker's. Should two that live share it, what one works at is read twice, and kept once.
        """
        return self._take_back_from(worker, None, lambda row: interrupted(row, self.task_limit_s), for_s=uptime_s)

    def _take_back_from(
        self, worker: str, pids: list[int] | None, verdict: Callable[[RowMapping], Verdict], *, for_s: float = 0.0
    ) -> list[Doorbell]:
        """Take back what a worker holds; `pids`: only what these of its processes hold; `for_s`: and for so long."""
        with transaction(self.engine) as connection:
            asked: dict[str, Any] = {"worker": worker, "pids": pids, "for_s": for_s}
            jobs = connection.scalars(sql.LOCK_HELD, asked).all()
            if not jobs:
                return []
            lost = connection.execute(sql.HELD, {**asked, "jobs": list(jobs)}).mappings().all()
            return self._take_back(connection, [(row, verdict(row)) for row in lost])

    def adopt(self, limit: int = 200) -> list[Doorbell]:
        """Queue what is accepted and has no unit of work: another sender's job whose only doorbell rang in vain."""
        with transaction(self.engine) as connection:
            orphans = {row.id: row for row in connection.execute(sql.ORPHANS, {"limit": limit})}
            return queue_again(connection, orphans, list(orphans)) if orphans else []

    def _take_back(self, connection: Connection, lost: Sequence[tuple[RowMapping, Verdict]]) -> list[Doorbell]:
        bells: list[Doorbell] = []
        for row, verdict in sorted(lost, key=lambda pair: pair[1].fails):  # a failure ends the whole job
            why, task = reason(verdict.why), {name: row[name] for name in ("task", "job", "attempt")}
            word = "failed" if verdict.fails else "retrying"
            connection.execute(sql.LOG_FAILURE, {**task, **why, "word": word, "traceback": None})
            self._leave(connection, row["job"], row["task"], row["attempt"])
            if verdict.fails_page:
                connection.execute(sql.SETTLE_FAILED_PAGE, {**task, **why, "page": row["page"]})
                connection.execute(sql.JOB_COUNTS, task)
            if verdict.fails:
                connection.execute(sql.END_LOST, task)
            else:
                bells.append(_queue_again(connection, task, verdict))
            end_or_wait(connection, [row["job"]], why, failed=verdict.fails)
        failed = {row["job"] for row, verdict in lost if verdict.fails}
        bells = [bell for bell in bells if bell.job_id not in failed]
        connection.execute(sql.JOBS_INTERRUPTED, {"jobs": list({bell.job_id for bell in bells})})
        return bells

    def _leave(self, connection: Connection, job: UUID, task: UUID, attempt: int) -> None:
        """What the attempt stored is left over, but for the pages that rows name."""
        after_s = self.task_limit_s + LEFT_MARGIN_S
        leftovers.add(connection, f"results/{job}/{task}-{attempt}/", job_id=job, after_s=after_s)


def too_slow(limit_s: float) -> PageTimedOut:
    """What a task fails with that took longer than its limit, in seconds."""
    return PageTimedOut(said("Reading it took longer than the limit of {limit} s.", limit=f"{limit_s:.0f}"))


def interrupted(row: RowMapping, limit_s: float) -> Verdict:
    """Of a task whose lease ran out."""
    page: int | None = row["page"]
    if row["over_limit"]:
        slow = too_slow(limit_s)
        return Verdict(slow, fails_page=page is not None, fails=page is None)
    count = row["interruptions"] + 1
    lost = WorkerLost(
        said_counted(
            count,
            "Its worker was lost while reading it.",
            "Its worker was lost {times} times while reading it.",
            times=str(count),
        )
    )
    if count <= MAX_INTERRUPTIONS:
        return Verdict(lost, suspect=page, interruptions=count, backoff=count)
    if page is None:
        return Verdict(lost, fails=True)
    template = "The worker was lost {times} times while it read page {page}."
    return Verdict(WorkerLost(said(template, times=str(count), page=str(page))), fails_page=True)


def crash(row: RowMapping, limit_s: float) -> Verdict:
    """Of a task whose process died while its worker lives."""
    page: int | None = row["page"]
    if row["over_limit"]:
        return interrupted(row, limit_s)
    if page is None:
        last = row["attempt"] >= row["max_attempts"]
        died = EngineCrashed("The process that worked on it died.")
        return Verdict(died, fails=last, uses_try=True, backoff=1, interruptions=row["interruptions"])
    if page != row["suspect"]:
        died = EngineCrashed(said("Page {page} stopped the process that read it.", page=str(page)))
        return Verdict(died, suspect=page, interruptions=row["interruptions"])
    advice = "Read it scaled down, or give a worker more memory."
    return Verdict(
        EngineCrashed(said("Page {page} stopped its worker twice.", page=str(page)), advice), fails_page=True
    )


def _queue_again(connection: Connection, task: dict[str, Any], verdict: Verdict) -> Doorbell:
    """Ahead of the backlog."""
    values = {"suspect": verdict.suspect, "interruptions": verdict.interruptions, "backoff": verdict.backoff}
    values |= {"more": 0 if verdict.uses_try else 1, "urgent": Priority.HIGH.value}
    row = connection.execute(sql.TAKE_BACK, {**task, **values}).one()
    return Doorbell(task["task"], task["job"], row.queue, priority_of(row.priority))
