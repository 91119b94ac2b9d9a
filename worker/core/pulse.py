"""What a console wants of the database every second: what runs where, who keeps house, whether jobs were deleted."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, text

from worker.core.database import single

_HOUSE = text("""
select acted_by, reaped, published, swept, expired, extract(epoch from clock_timestamp() - acted_at)::float as silent_s
from housekeeping""")
# As many as there are slots, by an index of their own.
_RUNNING = text("""
select t.id as task, t.job_id as job, j.name, t.kind, t.queue, coalesce(t.worker, '') as worker,
    t.message_id as message, t.first_page, t.last_page, t.page,
    coalesce(extract(epoch from clock_timestamp() - t.started_at), 0)::float as for_s,
    coalesce(extract(epoch from t.lease_until - clock_timestamp()), 0)::float as lease_s
from tasks t join jobs j on j.id = t.job_id where t.status = 'running' order by t.started_at, t.id""")

# The server counts them as they go: no row tells of a job that is no more.
_DELETED = text("select pg_stat_get_tuples_deleted(cast('jobs' as regclass))")


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
class Running:
    """A unit of leased work that somebody has, by the database's clock."""

    task: UUID
    job: UUID
    name: str  # of the document
    kind: str  # a TaskKind
    queue: str
    worker: str
    message: str | None  # Celery's id of the message that was claimed
    first_page: int | None  # 1-based, inclusive; None: the whole document
    last_page: int | None
    page: int | None  # that is being read
    for_s: float
    lease_s: float  # that its lease still holds; below 0 it ran out

    @property
    def held(self) -> bool:
        """Whether somebody renews its lease."""
        return self.lease_s > 0


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the database says of the work as a whole."""

    running: tuple[Running, ...] = ()  # what began first comes first
    house: House | None = None  # None: nobody ever kept it
    deleted: int = 0  # jobs, since the server's statistics began; some seconds late

    @property
    def working(self) -> frozenset[str]:
        """Workers that hold a lease which has not run out."""
        return frozenset(one.worker for one in self.running if one.held)


def pulse(engine: Engine) -> Pulse:
    """As it is now."""
    with single(engine) as connection:
        row = connection.execute(_HOUSE).mappings().first()
        running = tuple(Running(**one) for one in connection.execute(_RUNNING).mappings())
        deleted = connection.scalar(_DELETED) or 0
    return Pulse(running, House(**row) if row else None, deleted)
