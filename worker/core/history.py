"""The history of figures: how it is kept in the database, how steps become longer steps, and how it is read."""

# ruff: noqa: S608 - only the constants of this file go into the texts

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from worker.core.database import single
from worker.core.errors import UsageError
from worker.core.said import said
from worker.core.series import ALL_QUEUES, Point, Series

MOST_POINTS = 2_000  # in one series
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tier:
    """Rows of one length, and for how long they are kept."""

    step_s: int
    kept_s: int


TIERS = (Tier(10, 3 * 3_600), Tier(60, 2 * 86_400), Tier(600, 60 * 86_400))  # each rolled up from the one before

# How rows become one of a longer step. Depths: the most, so that a queue that filled and emptied within it is seen.
# Counts: their sum. Percentiles: one cannot have them of percentiles; the mean of the medians by how many they are of,
# and the largest 95th, which is never too small. Slots: the mean over what was looked at.
ROLLED = """
sum(covered_s) as covered_s, max(waiting) as waiting, max(ready) as ready, max(held) as held, max(running) as running,
max(delayed) as delayed, max(oldest_s) as oldest_s,
sum(added) as added, sum(begun) as begun, sum(done) as done, sum(failed) as failed, sum(pages) as pages,
sum(wait_p50_s * begun) / nullif(sum(begun) filter (where wait_p50_s is not null), 0) as wait_p50_s,
max(wait_p95_s) as wait_p95_s,
sum(page_p50_s * pages) / nullif(sum(pages) filter (where page_p50_s is not null), 0) as page_p50_s,
max(page_p95_s) as page_p95_s,
cast(round(1.0 * sum(slots * covered_s) / sum(covered_s)) as integer) as slots,
cast(round(1.0 * sum(busy * covered_s) / sum(covered_s)) as integer) as busy"""

_LATELY = text("""
select coalesce(sum(done), 0)::bigint as done, coalesce(sum(failed), 0)::bigint as failed from history
where step = :step and queue = '' and at >= clock_timestamp() - make_interval(secs => :seconds)""")
_QUEUES = text("""
with recursive names as (
    (select queue from history where step = :step order by queue limit 1)
    union all
    select (select queue from history where step = :step and queue > n.queue order by queue limit 1)
    from names n where n.queue is not null)
select queue from names where queue <> ''""")


@dataclass(frozen=True, slots=True)
class Lately:
    """Jobs that ended by themselves within the last minutes."""

    done: int = 0
    failed: int = 0

    @property
    def ended(self) -> int:
        """Of either kind."""
        return self.done + self.failed


def _rows(tier: Tier) -> str:
    """The rows of this length that no row of the lengths up to the asked-for one covers."""
    span = "queue = :queue and at >= :since and at < :until"
    missing = " ".join(
        f"and not exists (select from history c where c.step = {longer.step_s} and {longer.step_s} <= :tier"
        f" and c.queue = :queue and c.at = date_bin(interval '{longer.step_s} s', h.at, :epoch))"
        for longer in TIERS
        if longer.step_s > tier.step_s
    )
    return f"select * from history h where step = {tier.step_s} and {tier.step_s} <= :tier and {span} {missing}"


# The longest rows that serve, and where those are not there yet, shorter ones.
_SERIES = text(f"""
select date_bin(make_interval(secs => :step), at, cast(:since as timestamptz)) as begins, {ROLLED}
from ({" union all ".join(map(_rows, TIERS))}) h group by 1 order by 1""")


def floor(when: datetime, step_s: int) -> datetime:
    """When the step began in which that moment lies."""
    return when - (when - EPOCH) % timedelta(seconds=step_s)


class History:
    """What was sampled, as series; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def series(self, queue: str, since: datetime, until: datetime, step_s: int) -> Series:
        """The figures of a queue, or of ALL_QUEUES, in whole steps that cover the time from `since` to `until`.

        Raises:
            UsageError: The step is no multiple of ten seconds, or there would be more than MOST_POINTS.
            DatabaseError: The database is away.
        """
        begins, count = _steps(since, until, step_s)
        tier = max(tier.step_s for tier in TIERS if step_s % tier.step_s == 0)
        span = {"since": begins, "until": begins + timedelta(seconds=count * step_s), "epoch": EPOCH}
        with single(self._engine) as connection:
            rows = connection.execute(_SERIES, {**span, "queue": queue, "step": step_s, "tier": tier}).mappings().all()
        found = {row["begins"]: Point(**{name: row[name] for name in Point.__slots__}) for row in rows}
        moments = (begins + timedelta(seconds=number * step_s) for number in range(count))
        return Series(queue, begins, step_s, tuple(map(found.get, moments)))

    def lately(self, seconds: float) -> Lately:
        """What ended within the last so many seconds, as far as it was looked at. Raises DatabaseError."""
        with single(self._engine) as connection:
            row = connection.execute(_LATELY, {"step": TIERS[0].step_s, "seconds": seconds}).one()
        return Lately(row.done, row.failed)

    def queues(self) -> list[str]:
        """The queues of which there is a history of more than ten minutes or of the last hours, by name."""
        with single(self._engine) as connection:
            found = {name for tier in TIERS for name in connection.scalars(_QUEUES, {"step": tier.step_s})}
        return sorted(found - {ALL_QUEUES})


def _steps(since: datetime, until: datetime, step_s: int) -> tuple[datetime, int]:
    if step_s <= 0 or step_s % TIERS[0].step_s:
        none = said("History has no steps of {n} s.", n=step_s)
        raise UsageError(none, said("Ask for a multiple of {n} s.", n=TIERS[0].step_s))
    begins = floor(since, step_s)
    count = -(-(until - begins) // timedelta(seconds=step_s))
    if not 0 < count <= MOST_POINTS:
        many = said("That would be {n} steps of history.", n=count)
        raise UsageError(many, said("Ask for 1 to {most} of them.", most=MOST_POINTS))
    return begins, count
