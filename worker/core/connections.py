"""Which workers have connections to the database open: a process that was stopped keeps them, one that ended cannot."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Engine, text

from worker.core.database import single

MOST_BYTES = 63  # of a name that PostgreSQL keeps
YOUNG_S = 60.0  # a server that was started just now has not been found again by everybody
_MARK = "ocr worker "
_CONNECTED = text("""
select extract(epoch from clock_timestamp() - pg_postmaster_start_time())::float as up_s,
    array(select distinct application_name from pg_stat_activity
        where datname = current_database() and usename = current_user
        and starts_with(application_name, :mark)) as names""")


@dataclass(frozen=True, slots=True)
class Connected:
    """The names under which workers are connected; None: nothing can be said."""

    names: frozenset[str] | None = None

    def has(self, worker: str) -> bool | None:
        """Whether a connection of this worker is open; None: nothing can be said."""
        return None if self.names is None else application_of(worker) in self.names


def application_of(worker: str) -> str:
    """What PostgreSQL shows for the connections of a worker of this name: another for every name, in 63 bytes."""
    plain = worker.encode("ascii", "replace").decode()
    if plain == worker and len(_MARK + plain) <= MOST_BYTES:
        return _MARK + plain
    mark = "~" + hashlib.sha256(worker.encode(errors="replace")).hexdigest()[:8]
    return (_MARK + plain)[: MOST_BYTES - len(mark)] + mark


def connected(engine: Engine) -> Connected:
    """Who is connected now. Raises DatabaseError."""
    with single(engine) as connection:
        row = connection.execute(_CONNECTED, {"mark": _MARK}).one()
    return Connected(None if row.up_s < YOUNG_S else frozenset(row.names))
