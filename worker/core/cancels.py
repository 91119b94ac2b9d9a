"""Jobs that are not to be read: cancelled, purged with their queue, and put back as they were."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text

from worker.core import lease_sql, leftovers
from worker.core.database import single
from worker.core.jobs import ACTIVE, State
from worker.core.outcomes import WHY_NOT, Course, Outcome, Rows, in_batches, locked, sift, unique
from worker.core.retries import queue_again
from worker.core.rows import made_of, storable
from worker.core.said import said

_CANCEL_JOBS = text("""
update jobs set state = 'CANCELLED', error_class = null, error = null, advice = null, finished_at = clock_timestamp()
where id = any(cast(:jobs as uuid[])) returning id, updated_at""")
# The sealed password stays for as long as a cancel can be undone.
_CANCEL_TASKS = text("""
with found as (
    select id as task, status as before from tasks
    where job_id = any(cast(:jobs as uuid[])) and status in ('queued', 'running') order by id for no key update)
update tasks set status = 'cancelled', finished_at = clock_timestamp() from found where id = task
returning id, coalesce(route, queue) as queue, attempt, worker, message_id, before""")
_LOG = text("""
update task_log set status = 'failed', error_message = :why, made_of = cast(:made_of as jsonb),
    finished_at = clock_timestamp()
where task_id = any(cast(:tasks as uuid[])) and status = 'processing'""")
_WAITING_IN = """
select id from jobs where state in ('QUEUED', 'RUNNING') and (
    id in (select job_id from tasks where status = 'queued' and (queue = :queue or id = any(cast(:tasks as uuid[]))))
    or id = any(cast(:jobs as uuid[])))"""
_WAITING = text(_WAITING_IN + " order by id")
_WAITING_BY_BATCH = text(f"""
select b.name, count(*) as jobs, sum(greatest(coalesce(j.pages, 1) - j.pages_done, 0))::bigint as pages,
    array_agg(j.id) as ids
from jobs j left join batches b on b.id = j.batch_id where j.id in ({_WAITING_IN})
group by b.id, b.name order by pages desc, b.name""")  # noqa: S608 - a constant of this file
_BUSY = text("""
select distinct job_id from tasks where job_id = any(cast(:jobs as uuid[]))
    and (status = 'running' or status = 'queued' and id = any(cast(:held as uuid[])))""")
_REOPEN = text("""
update jobs set state = :state, finished_at = null where id = any(cast(:jobs as uuid[]))""")
_STILL_ARRIVING = text("delete from leftovers where prefix = any(:prefixes)")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a job was before it was cancelled, and the change that this was."""

    job_id: UUID
    before: State
    at: datetime  # jobs.updated_at as the cancel left it: any later one is of somebody else


@dataclass(frozen=True, slots=True)
class Cancelled(Outcome):
    """A cancel, and what the broker has to do about it."""

    stamps: list[Stamp] = field(default_factory=list)
    waiting: list[tuple[UUID, str]] = field(default_factory=list)  # tasks whose messages are to go, and their queues
    running: list[tuple[str, str]] = field(default_factory=list)  # workers, and the messages they work on


@dataclass(frozen=True, slots=True)
class WaitingBatch:
    """What waits of one batch."""

    name: str | None  # None: of no batch
    jobs: int
    pages: int  # still to be read; a job whose pages are not counted yet is one
    ids: Sequence[UUID] = field(default=(), repr=False)  # of these jobs


class Cancels:
    """The way out of the queue, and back."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def cancel(self, ids: Iterable[UUID], *, by: str, course: Course | None = None) -> Cancelled:
        """Cancel jobs that have not ended, with all their tasks: no claim, write or end of these counts any more.

        Args:
            ids: The frozen list; one named twice counts once.
            by: Who does it, for the log of attempts that are cut off.
            course: How far it is, and whether to stop.
        """

        def act(connection: Connection, some: list[UUID]) -> Cancelled:
            part, rows = Cancelled(len(some)), locked(connection, some)
            sift(some, rows, why_no_cancel, part)
            _cancel(connection, rows, part, by)
            return part

        asked = unique(ids)
        return in_batches(self.engine, Cancelled(len(asked)), asked, act, course)

    def purge(
        self,
        queue: str,
        *,
        by: str,
        tasks: Collection[UUID] = (),
        jobs: Collection[UUID] = (),
        held: Collection[UUID],
        only: Collection[UUID] | None = None,
    ) -> Cancelled:
        """Cancel the jobs that wait in a queue; one of which a worker has a part goes on.

        Args:
            queue: Its name; rows count whose message is lost or not due, too.
            by: Who does it.
            tasks: What messages in the queue name.
            jobs: What messages in the queue name that know of no tasks.
            held: Tasks whose messages a worker has.
            only: The jobs that are meant, as a set; None: whichever wait by now.
        """

        def act(connection: Connection, some: list[UUID]) -> Cancelled:
            part, rows = Cancelled(len(some)), locked(connection, some)
            busy = set(connection.scalars(_BUSY, {"jobs": some, "held": list(held)}))
            sift(some, rows, lambda row: "is being worked on" if row.id in busy else why_no_cancel(row), part)
            _cancel(connection, rows, part, by)
            return part

        with single(self.engine) as connection:
            named = {"queue": queue, "tasks": list(tasks), "jobs": list(jobs)}
            waiting = [job for job in connection.scalars(_WAITING, named) if only is None or job in only]
        return in_batches(self.engine, Cancelled(len(waiting)), waiting, act)

    def waiting_in(
        self, queue: str, *, tasks: Collection[UUID] = (), jobs: Collection[UUID] = ()
    ) -> list[WaitingBatch]:
        """Which jobs wait in a queue, as `purge` finds them, the batch with the most pages first."""
        named = {"queue": queue, "tasks": list(tasks), "jobs": list(jobs)}
        with single(self.engine) as connection:
            return [WaitingBatch(**row) for row in connection.execute(_WAITING_BY_BATCH, named).mappings()]

    def restore(self, stamps: Sequence[Stamp]) -> Outcome:
        """Put cancelled jobs back as they were, unless something touched them since.

        Their tasks count as rung for: the caller rings, or puts the messages back, and else the housekeeper does.
        """
        known = {stamp.job_id: stamp for stamp in stamps}

        def why_not(row: Row[Any]) -> str:
            untouched = row.state == State.CANCELLED and row.updated_at == known[row.id].at
            return "" if untouched else "was changed since"

        def act(connection: Connection, some: list[UUID]) -> Outcome:
            part, rows = Outcome(len(some)), locked(connection, some)
            sift(some, rows, why_not, part)
            arriving = [one for one in part.done if known[one].before is State.UPLOADING]
            queued = [one for one in part.done if known[one].before is not State.UPLOADING]
            connection.execute(_REOPEN, {"jobs": arriving, "state": State.UPLOADING.value})
            connection.execute(_STILL_ARRIVING, {"prefixes": [_upload(one) for one in arriving]})
            connection.execute(_REOPEN, {"jobs": queued, "state": State.QUEUED.value})
            part.doorbells.extend(queue_again(connection, rows, queued))
            connection.execute(lease_sql.RUNG, {"tasks": [bell.task_id for bell in part.doorbells]})
            return part

        return in_batches(self.engine, Outcome(len(known)), list(known), act)


def _cancel(connection: Connection, rows: Rows, part: Cancelled, by: str) -> None:
    leftovers.add_attempts(connection, part.done)
    for row in (rows[one] for one in part.done if rows[one].state == State.UPLOADING):
        leftovers.add(connection, _upload(row.id), job_id=row.id, upload_id=row.parts, after_s=leftovers.ZOMBIE_S)
    tasks = connection.execute(_CANCEL_TASKS, {"jobs": part.done}).all()
    cut_off = [task for task in tasks if task.before == "running"]
    why = said("Cancelled by {by}.", by=by)
    log = {"why": storable(why), "made_of": made_of(error=why)}
    connection.execute(_LOG, {"tasks": [task.id for task in cut_off], **log})
    changed = {row.id: row.updated_at for row in connection.execute(_CANCEL_JOBS, {"jobs": part.done})}
    part.stamps.extend(Stamp(one, State(rows[one].state), changed[one]) for one in part.done)
    part.waiting.extend((task.id, task.queue) for task in tasks if task.before == "queued")
    part.running.extend((task.worker, task.message_id) for task in cut_off if task.worker and task.message_id)


def why_no_cancel(row: Row[Any]) -> str:
    """Why a job cannot be cancelled; "" for none."""
    state = State(row.state)
    return "" if state in ACTIVE else WHY_NOT[state]


def _upload(job: UUID) -> str:
    return f"uploads/{job}/"
