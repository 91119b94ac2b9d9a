"""What failed, in groups: one a class of error, with the batches in which it happened."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, text

from worker.core.database import single

MOST_GROUPS = 50  # classes are ours, but rows may come from elsewhere
BATCHES = 3  # named in a group
SHARE = 50  # asking takes at most a fiftieth of the time, however much has failed

# Names are the first and the last of each batch, as bytes: sorting all of 100,000 would take longer than the rest.
_FAILED = text("""
with parts as (
    select coalesce(error_class, 'internal') as error_class, batch_id, count(*) as n,
        count(*) filter (where finished_at >= :today) as today,
        min(coalesce(finished_at, updated_at)) as since, max(coalesce(finished_at, updated_at)) as newest,
        min(name collate "C") as first, max(name collate "C") as last
    from jobs where state = 'FAILED' group by 1, 2),
ranked as (
    select *, row_number() over (
        partition by error_class, batch_id is null order by n desc, newest desc, batch_id) as place from parts)
select r.error_class, cast(sum(n) as bigint) as jobs, cast(sum(today) as bigint) as today,
    min(since) as since, max(newest) as newest, count(batch_id) as batch_count,
    array_agg(array[first, last] order by n desc) filter (where place <= :batches) as names,
    coalesce(jsonb_agg(jsonb_build_array(b.id, b.name, n) order by n desc, newest desc) filter (where b.id is not null),
        '[]') as batches
from ranked r left join batches b on b.id = r.batch_id and r.place <= :batches
group by r.error_class order by jobs desc, r.error_class limit :most""")


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
    names: tuple[str, ...] = ()  # of some of them
    batches: tuple[FailedBatch, ...] = ()  # with the most of them, most first
    batch_count: int = 0  # in how many there are any


@dataclass(frozen=True, slots=True)
class Failures:
    """All that is failed now."""

    groups: tuple[FailureGroup, ...] = ()  # the largest first
    today: int = 0  # jobs that failed since the moment that was asked for


def failures(engine: Engine, today: datetime) -> Failures:
    """What is failed now, by an index of what is not done; `today` is when counting begins. Raises DatabaseError."""
    with single(engine) as connection:
        values = {"today": today, "batches": BATCHES, "most": MOST_GROUPS}
        rows = connection.execute(_FAILED, values).all()
    groups = tuple(
        FailureGroup(
            row.error_class,
            row.jobs,
            row.since,
            row.newest,
            tuple(dict.fromkeys(name for pair in row.names for name in pair))[:BATCHES],
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
