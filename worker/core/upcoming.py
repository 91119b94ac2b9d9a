"""What is next in each queue, as a sample: which languages it needs, and what kept it from being done before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, text

from worker.core.database import single

SAMPLE = 300  # of each queue, those that run next

# A row at a time along the index of what waits, however much does.
_UPCOMING = text("""
select q.name as queue, coalesce(j.options ->> 'languages', 'eng') as languages, t.error_class,
    count(*) as jobs, min(j.error) as error, min(j.advice) as advice
from unnest(cast(:queues as text[])) q (name) cross join lateral (
    select job_id, error_class from tasks where status = 'queued' and queue = q.name
    order by priority, id limit :sample) t
join jobs j on j.id = t.job_id
group by 1, 2, 3 order by 1, 4 desc, 2, 3""")

_ANYTHING = text("""
select exists (select from tasks where status = 'queued') or exists (select from tasks where status = 'running')""")


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Units of work that are alike, of those that are looked at."""

    queue: str
    languages: str  # tesseract's spelling: deu+eng
    error_class: str | None  # of the try before
    jobs: int
    error: str | None
    advice: str | None


def upcoming(engine: Engine, queues: Sequence[str]) -> list[Upcoming]:
    """The most frequent first in each queue. Raises DatabaseError."""
    with single(engine) as connection:
        rows = connection.execute(_UPCOMING, {"queues": list(queues), "sample": SAMPLE})
        return [Upcoming(**row) for row in rows.mappings()]


def anything(engine: Engine) -> bool:
    """Whether anything waits or runs. Raises DatabaseError."""
    with single(engine) as connection:
        return bool(connection.scalar(_ANYTHING))
