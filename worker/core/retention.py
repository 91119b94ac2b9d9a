"""Deletes jobs that ended long ago, or the oldest of them when all together hold too much; by setting, else never."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Engine, text

from worker.core.answers import silent_for
from worker.core.database import single, transaction
from worker.core.said import said
from worker.core.settings import Settings
from worker.core.store import Store

ROWS = 500  # deleted at once
ROUND_S = 10.0  # then it goes on in the next round
SUM_S = 120.0  # the sum over all jobs may take so long: it takes 4 s for a million
SUM_EVERY_S, SUM_SHARE = 600.0, 100  # and not more than a hundredth of the time
GIGABYTE = 1_000_000_000

_ENDED = "state in ('DONE', 'FAILED', 'CANCELLED')"
# A job changes last when it ends; what somebody did to it afterwards makes it young again.
_OLD = text(f"""
select id from jobs where {_ENDED} and updated_at < clock_timestamp() - make_interval(days => :days)
order by updated_at, id limit :rows""")  # noqa: S608 - a constant
_BYTES = """coalesce(source_bytes, 0) + (
    select coalesce(sum(cast(output.value ->> 'bytes' as bigint)), 0) from jsonb_each(outputs) output)"""
# Jobs that read the same bytes share their objects.
_SUM = text(f"""
select coalesce(sum(bytes), 0) from (
    select max({_BYTES}) as bytes from jobs where source_key is not null group by source_key) held""")  # noqa: S608
_OLDEST = text(f"""
select id, source_key, {_BYTES} as bytes, (
    select count(*) from jobs o where o.source_sha256 = j.source_sha256 and o.source_key = j.source_key) as sharers
from jobs j where {_ENDED} and source_key is not null order by updated_at, id limit :rows""")  # noqa: S608


class Retention:
    """Used by one thread, that of who keeps house.

    Args:
        engine: The database.
        settings: For how long, and how much.
        name: Who does it, for the audit.
    """

    def __init__(self, engine: Engine, settings: Settings, name: str) -> None:
        self._engine = engine
        self._store = Store(engine)
        self._days = settings.retention_days
        self._bytes = settings.retention_gb * GIGABYTE
        self._name = name
        self._untold: Counter[str] = Counter()  # jobs that were deleted, by reason
        self._excess = 0.0
        self._sum_at = 0.0  # of the monotonic clock

    def expire(self) -> int:
        """One round; how many jobs were deleted. Their objects go through the sweeper. Raises DatabaseError."""
        until = time.monotonic() + ROUND_S
        count = self._expire_old(until) if self._days else 0
        count += self._expire_oldest(until) if self._bytes else 0
        self._tell()
        return count

    def _expire_old(self, until: float) -> int:
        count = 0
        while time.monotonic() < until:
            with single(self._engine) as connection:
                ids = list(connection.scalars(_OLD, {"days": self._days, "rows": ROWS}))
            count += self._delete(ids, said("Older than RETENTION_DAYS ({days}).", days=self._days))
            if len(ids) < ROWS:
                break
        return count

    def _expire_oldest(self, until: float) -> int:
        if time.monotonic() >= self._sum_at:
            self._excess = self._sum() - self._bytes
        count = 0
        while self._excess > 0 and time.monotonic() < until:
            ids = self._beyond()
            count += self._delete(ids, said("The oldest beyond RETENTION_GB ({gb}).", gb=f"{self._bytes / GIGABYTE:g}"))
            if not ids:
                break
        return count

    def _sum(self) -> float:
        begun = time.monotonic()
        with silent_for(SUM_S), transaction(self._engine) as connection:
            connection.execute(text(f"set local statement_timeout = '{SUM_S:.0f}s'"))
            held = float(connection.scalar(_SUM) or 0)
        now = time.monotonic()
        self._sum_at = now + max(SUM_EVERY_S, SUM_SHARE * (now - begun))
        return held

    def _beyond(self) -> list[UUID]:
        """The oldest, until what they hold alone is as much as there is too much."""
        ids: list[UUID] = []
        gone: Counter[str] = Counter()
        with single(self._engine) as connection:
            rows = connection.execute(_OLDEST, {"rows": ROWS}).all()
        for row in rows:
            if self._excess <= 0:
                break
            ids.append(row.id)
            gone[row.source_key] += 1
            if gone[row.source_key] >= row.sharers:
                self._excess -= float(row.bytes)
        return ids

    def _delete(self, ids: Sequence[UUID], why: str) -> int:
        count = len(self._store.delete(ids).done) if ids else 0
        self._untold[why] += count
        return count

    def _tell(self) -> None:
        """One entry in the audit for a round; of one that was broken off, with the next."""
        for why, count in self._untold.items():
            if count:
                self._store.audit(who=self._name, profile="", action="retention", asked=count, done=count, result=why)
        self._untold.clear()
