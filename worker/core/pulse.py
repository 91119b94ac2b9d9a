"""A few figures that a console wants every second, in one round trip."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine, text

from worker.core.database import single

# Every page that is read touches its job's row, so the jobs that changed in the last minute lead to the pages that
# were read in it by indexes that exist; `pages` itself has none on its time.
_PULSE = text("""
select
    (select coalesce(sum(greatest(coalesce(pages, 1) - pages_done, 0)), 0)::bigint
        from jobs where state in ('QUEUED', 'RUNNING')) as waiting,
    (select count(*) from jobs j join pages p on p.job_id = j.id
        where j.updated_at > now() - interval '61 seconds'
        and p.read_at > clock_timestamp() - interval '60 seconds') as read,
    (select count(*) from jobs where state = 'FAILED' and finished_at >= :since) as failed,
    (select coalesce(json_agg(distinct worker), '[]') from tasks
        where status = 'running' and lease_until > clock_timestamp()) as working,
    (select coalesce(json_object_agg(queue, n), '{}') from
        (select queue, count(*) as n from tasks where status = 'running' group by queue) q) as running,
    (select row_to_json(h) from (select acted_by, reaped, published, swept, expired,
        extract(epoch from clock_timestamp() - acted_at)::float as silent_s from housekeeping) h) as house""")


@dataclass(frozen=True, slots=True)
class House:
    """Who kept house last, and what was done since the beginning."""

    acted_by: str  # a worker's name, or console@host
    silent_s: float  # since it said so, by the database's clock; every two seconds
    reaped: int = 0  # tasks taken back from workers that fell silent
    published: int = 0  # doorbells rung again
    swept: int = 0  # objects deleted that no row names
    expired: int = 0  # jobs and rows that were kept for long enough


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the database says of the work as a whole."""

    pages_waiting: int = 0  # of jobs that are queued or running; a job whose pages are not counted yet is one
    pages_per_minute: int = 0  # read in the last 60 s
    failed: int = 0  # jobs that failed since the moment that was asked for
    working: frozenset[str] = frozenset()  # workers that hold a lease which has not run out
    running: dict[str, int] = field(default_factory=dict)  # tasks by queue
    house: House | None = None  # None: nobody ever kept it


def pulse(engine: Engine, since: datetime) -> Pulse:
    """The figures as they are now; `since` is when counting failures begins."""
    with single(engine) as connection:
        row = connection.execute(_PULSE, {"since": since}).one()
    house = House(**row.house) if row.house else None
    return Pulse(int(row.waiting), row.read, row.failed, frozenset(row.working), dict(row.running), house)
