"""Where a job stands: what is left to do of it, what holds it back, and how much is before it in its queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from worker.core.database import single

MOST_UNITS = 200  # of one job that are looked at, those that run before others
MOST_BEFORE = 2_000  # units of work of a queue that are counted before one
NAMED = 100  # jobs that an entry of the audit names
LATELY_S = 600.0  # an entry of the audit may be written so long after what it tells

# What runs comes first, then in the order in which a queue gives it out.
_UNITS = text("""
select t.id, t.status = 'running' as runs, t.queue, t.priority, t.first_page, t.last_page, t.page,
    coalesce(t.worker, '') as worker, t.error, t.error_class, t.not_before,
    extract(epoch from clock_timestamp() - t.started_at)::float as for_s,
    extract(epoch from t.lease_until - clock_timestamp())::float as lease_s,
    extract(epoch from t.not_before - clock_timestamp())::float as due_s,
    extract(epoch from clock_timestamp() - greatest(t.not_before, t.created_at))::float as waits_s,
    t.started_at as started, coalesce(q.paused, false) as queue_paused, q.changed_by as paused_by,
    t.lacks is not null as set_aside, t.lacks_until - (select manned_s from housekeeping) as given_up_s
from tasks t left join queues q on q.name = t.queue
where t.job_id = :job and t.status in ('queued', 'running')
order by 2 desc, t.priority, t.id limit :most""")
_JOB = text("""
select clock_timestamp() as now, coalesce(b.paused, false) as batch_paused, j.upload -> 'by' as sender
from jobs j left join batches b on b.id = j.batch_id where j.id = :job""")
# A row at a time along the index of what waits, so the bound holds however much does.
_BEFORE = text("""
select count(*) as units, coalesce(sum(case when t.first_page is null
    then greatest(coalesce(j.pages, 1) - j.pages_done, 1) else t.last_page - t.first_page + 1 end), 0)::bigint as pages
from (select job_id, first_page, last_page from tasks
    where status = 'queued' and queue = :queue and (priority, id) < (:priority, :id)
    order by priority, id limit :most) t
join jobs j on j.id = t.job_id""")
# An entry names the first hundred jobs, and that of a purge its queue.
_CANCELLED_BY = text("""
select who from audit
where at between cast(:ended as timestamptz) - interval '5 s'
        and cast(:ended as timestamptz) + make_interval(secs => :lately_s)
    and action in ('cancel', 'purge') and (details::text like :id or details ->> 'queue' = :queue or asked > :named)
order by details::text like :id desc, at limit 1""")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of leased work of the job that has not ended. Seconds are by the database's clock."""

    id: UUID
    runs: bool
    queue: str
    priority: int
    first_page: int | None  # 1-based, inclusive; None: the whole document
    last_page: int | None
    page: int | None  # that is being read
    worker: str  # "": nobody's
    error: str | None  # of the attempt before
    error_class: str | None
    not_before: datetime
    for_s: float | None  # since it was begun
    lease_s: float | None  # that its lease still holds; below 0 it ran out
    due_s: float  # until it may be begun; below 0 it may
    waits_s: float  # since it may be begun
    started: datetime | None
    queue_paused: bool
    paused_by: str | None
    set_aside: bool  # whoever was rung for it lacked a language of it: one that has it fetches it
    given_up_s: float | None  # until it fails for want of them, while workers are there; None: one has them


@dataclass(frozen=True, slots=True)
class Standing:
    """A job that has not ended."""

    now: datetime  # by the database's clock
    batch_paused: bool
    sender: tuple[int, float] | None  # the process that uploads it: its id on that machine, when it began
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """What a queue gives out before a unit of work."""

    units: int
    pages: int
    more: bool  # there is more than was counted


class Standings:
    """Questions about one job, each answered along an index."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, job: UUID) -> Standing:
        """What is left of a job that is there. Raises DatabaseError."""
        with single(self._engine) as connection:
            row = connection.execute(_JOB, {"job": job}).one()
            units = connection.execute(_UNITS, {"job": job, "most": MOST_UNITS}).mappings().all()
        sender = (int(row.sender[0]), float(row.sender[1])) if row.sender else None
        return Standing(row.now, row.batch_paused, sender, tuple(Unit(**one) for one in units))

    def before(self, unit: Unit) -> Before:
        """How much of the unit's queue is before it: in the order of the rows, which is about that of the messages."""
        asked: dict[str, Any] = {"queue": unit.queue, "priority": unit.priority, "id": unit.id}
        with single(self._engine) as connection:
            row = connection.execute(_BEFORE, {**asked, "most": MOST_BEFORE}).one()
        return Before(row.units, row.pages, row.units >= MOST_BEFORE)

    def cancelled_by(self, job: UUID, queue: str, ended: datetime) -> str | None:
        """Who cancelled a job of that queue that ended then; None where no entry tells."""
        asked = {"ended": ended, "lately_s": LATELY_S, "id": f"%{job}%", "queue": queue, "named": NAMED}
        with single(self._engine) as connection:
            who: str | None = connection.scalar(_CANCELLED_BY, asked)
        return who
