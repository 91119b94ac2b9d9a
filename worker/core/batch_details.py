"""What only the pane of one batch asks: why jobs of it failed, what it brought, how fast it went all the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from worker.core.batch_figures import BatchFigures
from worker.core.database import single
from worker.core.failures import FailureGroup
from worker.core.jobs import listed

LOW = 80.0  # a mean confidence under it is worth a look
MOST_STEPS = 80
MOST_PAGES = 50_000  # of a larger batch the ends of its jobs tell when its pages were read
STEPS_S = (10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400)

_FAILURES = text("""
select coalesce(error_class, 'internal') as error_class, count(*) as count,
    min(coalesce(finished_at, updated_at)) as since, max(coalesce(finished_at, updated_at)) as newest
from jobs where batch_id = :batch and state = 'FAILED' group by 1 order by 2 desc, 1 limit 20""")
_OUTPUTS = text("""
select o.key as format, count(*) as files,
    cast(sum(case when jsonb_typeof(o.value -> 'bytes') = 'number' then cast(o.value ->> 'bytes' as bigint) else 0 end)
        as bigint) as bytes
from jobs j cross join lateral jsonb_each(case when jsonb_typeof(j.outputs) = 'object' then j.outputs end) o
where j.batch_id = :batch group by 1""")
_LOW = text("select count(*) from jobs where batch_id = :batch and mean_confidence < :low")
_READ = text("""
select cast(floor(extract(epoch from p.read_at - :start) / :step) as integer) as place, count(*) as pages
from jobs j join pages p on p.job_id = j.id
where j.batch_id = :batch and p.read_at >= :start and p.read_at < :end group by 1""")
_ENDED = text("""
select cast(floor(extract(epoch from finished_at - :start) / :step) as integer) as place, sum(pages_done) as pages
from jobs where batch_id = :batch and finished_at >= :start and finished_at < :end group by 1""")


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a batch brought in one format."""

    format: str
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Throughput:
    """Pages a minute from the start on, a value for each step that is over."""

    start: datetime
    step_s: int
    rates: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over all the time."""
        return sum(self.rates) / len(self.rates) if self.rates else 0.0


@dataclass(frozen=True, slots=True)
class BatchDetails:
    """The rest of what is known of a batch."""

    id: UUID
    failures: tuple[FailureGroup, ...] = ()  # the most of them first
    outputs: tuple[Outputs, ...] = ()
    low: int = 0  # jobs whose mean confidence is under LOW
    throughput: Throughput | None = None  # None: it has not run for a step yet


def batch_details(engine: Engine, figures: BatchFigures) -> BatchDetails:
    """Ask for all of it, in 3 µs a job."""
    asked = {"batch": figures.id}
    with single(engine) as connection:
        failures = [FailureGroup(**row._asdict()) for row in connection.execute(_FAILURES, asked)]
        outputs = {row.format: Outputs(**row._asdict()) for row in connection.execute(_OUTPUTS, asked)}
        low = int(connection.scalar(_LOW, {**asked, "low": LOW}) or 0)
        made = tuple(outputs[name] for name in listed(outputs))
        return BatchDetails(figures.id, tuple(failures), made, low, _throughput(connection, figures))


def _throughput(connection: Connection, figures: BatchFigures) -> Throughput | None:
    start = figures.started
    if start is None:
        return None
    span_s = ((figures.finished_at or datetime.now(UTC)) - start).total_seconds()
    step_s = next((step for step in STEPS_S if span_s <= step * MOST_STEPS), STEPS_S[-1])
    count = min(int(span_s // step_s), MOST_STEPS * 10)
    if not count:
        return None
    end = start + timedelta(seconds=count * step_s)
    query = _READ if figures.pages_done <= MOST_PAGES else _ENDED
    asked: dict[str, Any] = {"batch": figures.id, "start": start, "end": end, "step": step_s}
    pages = {row.place: row.pages for row in connection.execute(query, asked)}
    return Throughput(start, step_s, tuple(60.0 * pages.get(place, 0) / step_s for place in range(count)))
