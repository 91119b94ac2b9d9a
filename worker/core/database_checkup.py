"""What a doctor asks PostgreSQL: its version and clock, how many connections it has left, how long tasks took."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Engine, text

from worker.core.database import single

MOST_ATTEMPTS = 20_000  # the latest that are looked at
_STATE = text("""
select extract(epoch from clock_timestamp())::float as clock,
    current_setting('server_version_num')::integer as number,
    split_part(current_setting('server_version'), ' ', 1) as version,
    (select count(*) from pg_stat_activity where datid is not null) as connections,
    current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
        - coalesce(current_setting('reserved_connections', true)::integer, 0) as most_connections,
    pg_database_size(current_database()) as bytes""")
FEW = 3  # files that are looked for
_AWAITED = text("""
select source_key from jobs where state in ('QUEUED', 'RUNNING') and source_key is not null limit :few""")
_LONGEST = text("""
select greatest(
    (select max(extract(epoch from finished_at - started_at)) from
        (select started_at, finished_at from task_log order by id desc limit :most) latest
        where finished_at > clock_timestamp() - interval '1 day'),
    (select max(extract(epoch from clock_timestamp() - started_at)) from tasks
        where status = 'running' and lease_until > clock_timestamp()))::float""")


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What the server says of itself."""

    number: int  # 180006: its version
    version: str
    connections: int  # of everybody
    most_connections: int  # that are not kept for administrators
    bytes: int  # of our database
    ahead_s: float  # by which its clock is before ours


def database_state(engine: Engine) -> DatabaseState:
    """As it is now. Raises DatabaseError or AccessRefused."""
    with single(engine) as connection:
        asked = time.time()
        row = dict(connection.execute(_STATE).mappings().one())
        ahead_s = row.pop("clock") - (asked + time.time()) / 2
    return DatabaseState(**row, ahead_s=ahead_s)


def longest_task_s(engine: Engine) -> float | None:
    """How long the longest attempt took that ended within a day, or that somebody works at; None where there was none.

    Raises DatabaseError or AccessRefused.
    """
    with single(engine) as connection:
        found: float | None = connection.scalar(_LONGEST, {"most": MOST_ATTEMPTS})
    return found


def awaited_sources(engine: Engine) -> list[str]:
    """Keys of some files that jobs in the queue need. Raises DatabaseError or AccessRefused."""
    with single(engine) as connection:
        return list(connection.scalars(_AWAITED, {"few": FEW}))
