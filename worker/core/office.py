"""The housekeeper's office: one holds it, by an advisory lock, and says every two seconds that it acts."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from worker.core.database import database_errors, single, unpooled

ELECTION_KEY = 0x4F43_5201
SAY_EVERY_S = 2.0
STOPPED_S = 10.0  # one that says nothing for so long does not act: its process was stopped, or its machine
ABSENT_S = 15.0  # a worker that was not seen for so long keeps no house

_TRY = text("select pg_try_advisory_lock(:key)")
_IS_FREE = text("select pg_try_advisory_xact_lock(:key)")
# The kernel of a stopped process keeps its connection, and with it the lock, for ever.
_DEPOSE = text("""
select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.classid = 0 and l.objid = :key and l.objsubid = 1 and l.granted
    and l.database = (select oid from pg_database where datname = current_database())
    and a.usename = current_user and a.backend_start < clock_timestamp() - make_interval(secs => :stopped_s)
    and not exists (select from housekeeping where acted_at > clock_timestamp() - make_interval(secs => :stopped_s))""")
_SAY = text("""
insert into housekeeping (acted_by, acted_at, reaped, published, swept, expired)
values (:name, clock_timestamp(), :reaped, :published, :swept, :expired)
on conflict (id) do update set acted_by = excluded.acted_by, acted_at = excluded.acted_at,
    reaped = housekeeping.reaped + excluded.reaped, published = housekeeping.published + excluded.published,
    swept = housekeeping.swept + excluded.swept, expired = housekeeping.expired + excluded.expired""")
_WORKER_THERE = text("""
select exists (select from workers
    where stopped_at is null and seen_at > clock_timestamp() - make_interval(secs => :absent_s))""")


class Office:
    """What one candidate does to get it, to keep it and to be seen in it.

    Args:
        engine: The deployment's database.
        name: Who acts, for people.
        substitute: Acts only while no worker is there.
    """

    def __init__(self, engine: Engine, name: str, *, substitute: bool = False) -> None:
        self._engine = engine
        self._own = unpooled(engine)
        self._name = name
        self._substitute = substitute

    @contextmanager
    def term(self) -> Iterator[Term | None]:
        """A term of office, or None while another acts; one that does not act any more is deposed for the next try."""
        with single(self._engine) as connection:
            if self._substitute and _worker_there(connection):
                yield None
                return
            if not connection.scalar(_IS_FREE, {"key": ELECTION_KEY}):
                connection.execute(_DEPOSE, {"key": ELECTION_KEY, "stopped_s": STOPPED_S})
                yield None
                return
        with database_errors(self._engine), self._own.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            mine = connection.scalar(_TRY, {"key": ELECTION_KEY})
            yield Term(connection, self._name, substitute=self._substitute) if mine else None


class Term:
    """Lasts as long as its connection, which holds the lock."""

    def __init__(self, connection: Connection, name: str, *, substitute: bool) -> None:
        self._connection = connection
        self._name = name
        self._substitute = substitute
        self._sums = dict.fromkeys(("reaped", "published", "swept", "expired"), 0)
        self._said_at = 0.0

    def goes_on(self) -> bool:
        """Say what was done, when it is time; False: a worker is there and takes over. Raises if it was deposed."""
        now = time.monotonic()
        if self._said_at and now < self._said_at + SAY_EVERY_S:
            return True
        self._said_at = now
        if self._substitute and _worker_there(self._connection):
            return False
        self._connection.execute(_SAY, {"name": self._name, **self._sums})
        self._sums = dict.fromkeys(self._sums, 0)
        return True

    def did(self, done: Mapping[str, int]) -> None:
        """Add to what is said next."""
        for what, count in done.items():
            self._sums[what] += count


def _worker_there(connection: Connection) -> bool:
    return bool(connection.scalar(_WORKER_THERE, {"absent_s": ABSENT_S}))
