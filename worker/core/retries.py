"""Jobs that failed or were cancelled, put back into the queue: on a frozen list of ids, in capped batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from worker.core.database import transaction
from worker.core.jobs import Doorbell, State, may_become
from worker.core.leases import add_task, requeue_tasks
from worker.core.rows import priority_of

BATCH = 500

_LOCK = text("""
select id, state, source_key is not null as uploaded, queue, priority from jobs
where id = any(cast(:ids as uuid[])) order by id for no key update""")
# Pages that were read stay, to be looked at, until the retry replaces them.
_DROP_FAILED_PAGES = text("delete from pages where job_id = any(cast(:ids as uuid[])) and state = 'failed'")
_REOPEN = text("""
update jobs j set state = 'QUEUED', attempts = attempts + 1, error_class = null, error = null, advice = null,
    notes = '[]', started_at = null, finished_at = null, pages_failed = 0,
    pages_done = (select count(*) from pages p where p.job_id = j.id)
where id = any(cast(:ids as uuid[]))""")
_WHY_NOT = {
    State.UPLOADING: "is being uploaded",
    State.QUEUED: "is waiting already",
    State.RUNNING: "is running",
    State.DONE: "is done",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many of how many, and why not the others. `doorbells` are to be rung; the rows are already right."""

    asked: int
    done: list[UUID] = field(default_factory=list)
    doorbells: list[Doorbell] = field(default_factory=list)
    refused: list[tuple[UUID, str]] = field(default_factory=list)


class Retries:
    """The way back into the queue."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def retry(self, ids: Iterable[UUID], *, password: bytes | None = None) -> Outcome:
        """Queue failed and cancelled jobs again, each with all its tries.

        Args:
            ids: The frozen list; one named twice counts once.
            password: Sealed, for all of them.
        """
        unique = list(dict.fromkeys(ids))
        outcome = Outcome(len(unique))
        for some in _batches(unique):
            with transaction(self.engine) as connection:
                part = _retry(connection, some, password)
            outcome.done.extend(part.done)
            outcome.doorbells.extend(part.doorbells)
            outcome.refused.extend(part.refused)
        return outcome


def _retry(connection: Connection, ids: Sequence[UUID], password: bytes | None) -> Outcome:
    rows = {row.id: row for row in connection.execute(_LOCK, {"ids": list(ids)})}
    part = Outcome(len(ids))
    for one in ids:
        row = rows.get(one)
        if row is None:
            part.refused.append((one, "no such job"))
        elif not may_become(State(row.state), State.QUEUED) or row.state in _WHY_NOT:
            part.refused.append((one, _WHY_NOT[State(row.state)]))
        elif not row.uploaded:
            part.refused.append((one, "its file never arrived: add the file again"))
        else:
            part.done.append(one)
    if part.done:
        connection.execute(_DROP_FAILED_PAGES, {"ids": part.done})
        connection.execute(_REOPEN, {"ids": part.done})
        part.doorbells.extend(requeue_tasks(connection, part.done, password=password))
        served = {bell.job_id for bell in part.doorbells}
        for job in (rows[one] for one in part.done if one not in served):  # a row that another system made
            priority = priority_of(job.priority)
            task = add_task(connection, job.id, queue=job.queue, priority=priority, password=password)
            part.doorbells.append(Doorbell(task, job.id, job.queue, priority))
    return part


def _batches(ids: Sequence[UUID]) -> Iterator[list[UUID]]:
    rest = iter(ids)
    while some := list(islice(rest, BATCH)):
        yield some
