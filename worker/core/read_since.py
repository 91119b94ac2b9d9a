"""What was read since a moment: how many pages, of how many jobs, and how sure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text

from worker.core.database import single

# A job that ended since then has changed since then: the index on changes leads to them.
_READ = text("""
select count(*) filter (where state = 'DONE') as jobs, coalesce(sum(pages_done), 0)::bigint as pages,
    (sum(mean_confidence * pages_done) / nullif(sum(pages_done) filter (where mean_confidence is not null), 0))::float
        as mean_confidence
from jobs where updated_at >= :since and (state = 'RUNNING' or (state = 'DONE' and finished_at >= :since))""")


@dataclass(frozen=True, slots=True)
class Read:
    """Pages of jobs that were done since then, and of those that run."""

    pages: int = 0
    jobs: int = 0  # done
    mean_confidence: float | None = None  # 0 to 100, each page counting the same


def read_since(engine: Engine, since: datetime) -> Read:
    """The figures. Raises DatabaseError."""
    with single(engine) as connection:
        return Read(**connection.execute(_READ, {"since": since}).mappings().one())
