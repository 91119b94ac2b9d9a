"""What failed, in groups: one a class of error, with the batches in which it happened."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, text

from worker.core.database import single

MOST_GROUPS = 50  # classes are ours, but rows may come from elsewhere
FEW = 3  # batches and files that are named of a group
SHARE = 50  # asking takes at most a fiftieth of the time, however much has failed

# All but the names stands in the index of what is failed; read backwards, what belongs to no batch comes first in it.
_FAILED = text("""
with parts as (
    select coalesce(error_class, 'internal') as error_class, batch_id, count(*) as n,
        count(*) filter (where finished_at >= :today) as today, min(finished_at) as since, max(finished_at) as newest
    from jobs where state = 'FAILED' group by 1, 2),
ranked as (
    select *, row_number() over (
        partition by error_class, batch_id is null order by n desc, newest desc, batch_id) as place from parts),
classes as (
    select error_class, cast(sum(n) as bigint) as jobs, cast(sum(today) as bigint) as today,
        coalesce(min(since), clock_timestamp()) as since, coalesce(max(newest), clock_timestamp()) as newest,
        count(batch_id) as batch_count
    from ranked group by error_class order by 2 desc, 1 limit :most)
select c.*,
    array(select name from jobs j where j.state = 'FAILED' and j.error_class = c.error_class
        order by j.error_class desc, j.batch_id desc, j.finished_at desc limit :few) as names,
    array(select jsonb_build_array(b.id, b.name, r.n) from ranked r join batches b on b.id = r.batch_id
        where r.error_class = c.error_class and r.place <= :few order by r.place) as batches
from classes c order by c.jobs desc, c.error_class""")


@dataclass(frozen=True, slots=True)
class FailedBatch:
    """A batch with jobs of a group."""

    id: UUID
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """All jobs that are failed with one class of error."""

    error_class: str
    count: int
    since: datetime  # when the first of them failed
    newest: datetime  # when the last did
    names: tuple[str, ...] = ()  # of some of them, those that belong to no batch before others
    batches: tuple[FailedBatch, ...] = ()  # with the most of them, most first
    batch_count: int = 0  # in how many there are any


@dataclass(frozen=True, slots=True)
class Failures:
    """All that is failed now."""

    groups: tuple[FailureGroup, ...] = ()  # the largest first
    today: int = 0  # jobs that failed since the moment that was asked for


def failures(engine: Engine, today: datetime) -> Failures:
    """What is failed now, by an index of its own; `today` is when counting begins. Raises DatabaseError."""
    with single(engine) as connection:
        values = {"today": today, "few": FEW, "most": MOST_GROUPS}
        rows = connection.execute(_FAILED, values).all()
    groups = tuple(
        FailureGroup(
            row.error_class,
            row.jobs,
            row.since,
            row.newest,
            tuple(row.names),
            tuple(FailedBatch(UUID(key), name, count) for key, name, count in row.batches),
            row.batch_count,
        )
        for row in rows
    )
    return Failures(groups, sum(row.today for row in rows))


class FailureWatch:
    """Asks again only when something may have failed or ceased to be; used on one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known = Failures()
        self._asked: tuple[datetime, int] | None = None  # since when "today" is, and how many were failed
        self._due_at = 0.0  # by the monotonic clock

    def look(self, today: datetime, count: int, *, moved: bool) -> Failures:
        """What is failed now, or was a little while ago if finding out takes long.

        Args:
            today: When counting begins.
            count: How many jobs are failed.
            moved: Whether a job may have failed since the last look though their number is the same.
        """
        if moved:
            self._asked = None
        if self._asked == (today, count) or time.monotonic() < self._due_at:
            return self._known
        begun = time.monotonic()
        self._known = failures(self._engine, today)
        self._asked = today, count
        now = time.monotonic()
        self._due_at = now + SHARE * (now - begun)
        return self._known
