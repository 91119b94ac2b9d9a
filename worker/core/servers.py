"""What the servers are, beside whether they answer: versions, connections, sizes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, text

from worker.core.database import single

_DATABASE = text("""
select split_part(current_setting('server_version'), ' ', 1) as version,
    (select count(*) from pg_stat_activity where datname = current_database()) as connections,
    current_setting('max_connections')::integer as most_connections, pg_database_size(current_database()) as bytes""")


@dataclass(frozen=True, slots=True)
class DatabaseServer:
    """PostgreSQL."""

    version: str
    connections: int  # to our database
    most_connections: int  # the server takes
    bytes: int  # of our database


@dataclass(frozen=True, slots=True)
class BrokerServer:
    """Redis, or what speaks like it."""

    version: str
    database: int
    keeps: bool  # writes down every change: messages outlive a restart
    bytes: int = 0  # of memory
    peak_bytes: int = 0  # the most since it was started
    most_bytes: int = 0  # that it may take; 0: as much as there is
    clients: int = 0
    up_s: float = 0.0
    evicts: str = ""  # the policy by which it drops messages when its memory is full; "": it refuses new ones instead


@dataclass(frozen=True, slots=True)
class StorageServer:
    """An S3 server."""

    name: str  # "" where it does not tell
    ahead_s: float | None  # by which its clock is before ours, to half a second; None: it does not tell the time


@dataclass(frozen=True, slots=True)
class Servers:
    """All of them; None where one does not say."""

    database: DatabaseServer | None = None
    broker: BrokerServer | None = None
    bucket: str = ""
    bucket_place: str = ""  # host:port


def database_server(engine: Engine) -> DatabaseServer:
    """Raises DatabaseError or AccessRefused."""
    with single(engine) as connection:
        return DatabaseServer(**connection.execute(_DATABASE).mappings().one())
