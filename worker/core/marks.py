"""Marks of ours in a deployment's servers: by them a server is known again, wherever an address leads.

What Redis says of itself does not do: its run id is another one after every start. The mark is a key like any other,
so it outlasts what the queue outlasts, and goes to a replica with it. A bucket has no name but what everybody may
choose, and its date changes on some servers when its policy does. PostgreSQL has a name of its own.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import redis
from sqlalchemy import Engine, text

from worker.core.broker_access import Access
from worker.core.database import single
from worker.core.errors import AccessRefused

if TYPE_CHECKING:
    from worker.core.blobs import Blobs

KEY = "ocr-mark"
OBJECT = "results/mark"
_OWN_NAME = text("select system_identifier::text from pg_control_system()")
_DATABASE = text("select oid::text from pg_database where datname = current_database()")


@dataclass(frozen=True, slots=True)
class BrokerSeen:
    """What there is to know a database of a Redis by."""

    mark: str  # "": there is none
    run: str  # names this run of the server, and the database; "": it does not say
    started: float | None = None  # seconds since the epoch, by our clock
    keeps: bool = False  # it writes down every change, so a mark is not lost by a new start


class BrokerMarks:
    """The mark in a broker."""

    def __init__(self, access: Access) -> None:
        self._redis, self._key, self._errors = access.client, access.prefix + KEY, access.errors

    def seen(self) -> BrokerSeen:
        """What there is now. Raises NetworkError or AccessRefused."""
        with self._errors():
            found = self._redis.get(self._key)
            mark = found.decode(errors="replace") if isinstance(found, bytes) else ""
            try:
                about = {**self._redis.info("server"), **self._redis.info("persistence")}
            except redis.exceptions.NoPermissionError:
                return BrokerSeen(mark, "")
        run, up_s = about.get("run_id"), about.get("uptime_in_seconds")
        database = self._redis.connection_pool.connection_kwargs.get("db", 0)
        return BrokerSeen(
            mark,
            f"{run}/{database}/{self._key}" if run else "",
            None if up_s is None else time.time() - float(up_s),
            bool(about.get("aof_enabled")),
        )

    def leave(self, mark: str) -> str:
        """Put a mark where there is none; the one that is there then. Raises NetworkError or AccessRefused."""
        with self._errors():
            self._redis.set(self._key, mark, nx=True)
        return self.seen().mark


def database_name(engine: Engine) -> str:
    """What tells a database from all others: its cluster's own name, if we may know it, and its number there.

    Raises:
        DatabaseError: It is away.
    """
    with single(engine) as connection:
        number = str(connection.scalar(_DATABASE))
    try:
        with single(engine) as connection:
            return f"{connection.scalar(_OWN_NAME)}/{number}"
    except AccessRefused:
        return f"/{number}"


def bucket_mark(blobs: Blobs) -> str:
    """The mark in a bucket; "" where there is none. Raises StorageError or AccessRefused."""
    return blobs.get_bytes(OBJECT, 100).decode(errors="replace") if blobs.stat(OBJECT) else ""


def mark_bucket(blobs: Blobs, mark: str) -> str:
    """Put a mark where there is none; the one that is there then. Raises StorageError or AccessRefused."""
    blobs.put_bytes(OBJECT, mark.encode(), "text/plain")
    return bucket_mark(blobs)
