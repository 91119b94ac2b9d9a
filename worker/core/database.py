"""The door to PostgreSQL: engines with bounded waits, transactions, and the driver's errors in plain sentences."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import certifi
import psycopg2
import psycopg2.extensions
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, exc, make_url

from worker.core.answers import Bounded
from worker.core.errors import AccessRefused, DatabaseError, DiskFull, InternalError, OcrConsoleError, SettingsError
from worker.core.said import said
from worker.core.settings import Settings
from worker.core.stopping import Stopped, stoppable

STATEMENT_TIMEOUT_S = 15
LOCK_TIMEOUT_S = 5
STOPPED = "The question was stopped."
_BOUNDS = {  # a dead server, network or client holds nobody up for long; what stands in the URL wins
    "connect_timeout": "3",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
_SESSION = {
    "statement_timeout": f"{STATEMENT_TIMEOUT_S}s",
    "lock_timeout": f"{LOCK_TIMEOUT_S}s",
    "idle_in_transaction_session_timeout": "20s",  # a client that was stopped in a transaction gives its locks back
    "TimeZone": "UTC",
}
_UNTRUSTED = "Name your own authority with sslrootcert= in DATABASE_URL, or with SSL_CERT_FILE."
_TLS: tuple[tuple[str, str, str], ...] = (
    ("certificate verify failed", "{name} shows a certificate that cannot be trusted.", _UNTRUSTED),
    ("does not match host name", "{name} shows the certificate of another host.", "Name it as its certificate does."),
    ("does not support SSL", "{name} does not speak TLS.", "Set it up there, or change sslmode in DATABASE_URL."),
    ("root certificate file", "{name} cannot be checked: the file of sslrootcert cannot be read.", _UNTRUSTED),
)
_REFUSED = re.compile(
    "authentication failed|no pg_hba.conf entry|no password supplied"
    '|(role|user|database) ".*" does not exist|permission denied|not permitted to log in'
)
_BUSY = re.compile("too many (clients|connections)|remaining connection slots")
_STARTING = re.compile("starting up|shutting down|in recovery mode|not yet accepting connections")
_SENTENCES: dict[str, tuple[type[OcrConsoleError], str, str | None]] = {
    "57014": (DatabaseError, "{where} did not answer in time.", "Look at its load, or narrow the question."),
    "55P03": (DatabaseError, "{where} holds the row locked for another program.", "It is tried again by itself."),
    "40P01": (DatabaseError, "{where} broke a deadlock off.", "It is tried again by itself."),
    "40001": (DatabaseError, "{where} asks to do that again.", "It is tried again by itself."),
    "53100": (DiskFull, "{where} has no room left on its disk.", "Free some space on the database server."),
    "53200": (DatabaseError, "{where} is out of memory.", "Give the database server more memory."),
    "53300": (DatabaseError, "{where} has no connection left for us.", "Raise max_connections, or stop some workers."),
    "25006": (DatabaseError, "{where} takes no changes: it is a read-only copy.", "Name the main server."),
    "42501": (AccessRefused, "{where} does not let our user do that.", "Give the user rights on the tables."),
    "42P01": (DatabaseError, "{where} lacks a table of ours.", "Start OCR Console once: it makes its tables."),
    "42703": (DatabaseError, "{where} lacks a column of ours.", "Start OCR Console once: it brings its tables up."),
}


def open_engine(settings: Settings, *, application: str, pool_size: int = 5) -> Engine:
    """Connections to the settings' database, made when first used. Never share one across a fork.

    Args:
        settings: Where the database is.
        application: What `pg_stat_activity` shows for these connections.
        pool_size: Connections that are kept; as many again may be open for a moment.

    Raises:
        SettingsError: The URL is not one.
    """
    try:
        url = make_url(settings.database_url)
    except exc.ArgumentError:
        raise SettingsError("DATABASE_URL is not a URL; expected: postgresql://user:password@host:5432/name.") from None
    return create_engine(
        _bounded(url, application),
        connect_args={"connection_factory": Bounded},
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=5,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def unpooled(engine: Engine) -> Engine:
    """The same database and bounds with a new connection at every `connect()`: for threads that keep their own."""
    return create_engine(
        engine.url, connect_args={"connection_factory": Bounded}, poolclass=NullPool, hide_parameters=True
    )


def where(url: URL) -> str:
    """The database as sentences name it: without user and password."""
    host = url.host or str(url.query.get("host", "a local socket"))
    return f"PostgreSQL at {host}:{url.port or 5432}"


@contextmanager
def database_errors(engine: Engine | None = None) -> Iterator[None]:
    """Turn what SQLAlchemy and psycopg2 raise inside into our errors; `engine` gives the sentence its address."""
    name = where(engine.url) if engine is not None else "PostgreSQL"
    try:
        yield
    except exc.TimeoutError as error:
        raise DatabaseError(
            said("All our connections to {name} are busy.", name=name), "It is tried again by itself."
        ) from error
    except exc.DBAPIError as error:
        raise _ours(error, name) from error
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:  # where SQLAlchemy lets them through: when
        raise _of_connection(str(error), name) from error  # a connection is given back, or its isolation is set
    except Stopped as error:
        raise DatabaseError(STOPPED, "") from error
    except exc.SQLAlchemyError as error:
        raise InternalError(
            said("A query of ours to {name} is wrong ({kind}).", name=name, kind=type(error).__name__)
        ) from error


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction: committed at the end, rolled back on any error; errors are ours."""
    with database_errors(engine), engine.begin() as connection:
        yield connection


@contextmanager
def single(engine: Engine) -> Iterator[Connection]:
    """For statements that stand alone, each its own transaction: saves two round trips; errors are ours."""
    with database_errors(engine), engine.connect() as connection, stoppable(_raw(connection)):
        yield connection.execution_options(isolation_level="AUTOCOMMIT")


def _raw(connection: Connection) -> psycopg2.extensions.connection:
    """The driver's own connection."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg2.extensions.connection)
    return driver


def _bounded(url: URL, application: str) -> URL:
    """All bounds live in the URL, so that `unpooled` inherits them."""
    if url.get_backend_name() not in {"postgres", "postgresql"}:
        raise SettingsError(
            said(
                "DATABASE_URL names {scheme}; expected: postgresql://user:password@host:5432/name.",
                scheme=url.drivername,
            )
        )
    given = dict(url.query)
    if str(given.get("sslmode", "")).startswith("verify") and "sslrootcert" not in given and not _has_own_root():
        given["sslrootcert"] = os.environ.get("SSL_CERT_FILE") or certifi.where()
    session = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    options = {"options": f"{session} {given.get('options', '')}".strip(), "application_name": application[:63]}
    return url.set(drivername="postgresql+psycopg2", query={**_BOUNDS, **given, **options})


def _has_own_root() -> bool:
    """Whether there is a file of authorities where PostgreSQL's own library looks for one."""
    try:
        return (Path.home() / ".postgresql" / "root.crt").is_file()
    except RuntimeError:  # an account without a home
        return False


def _ours(error: exc.DBAPIError, name: str) -> OcrConsoleError:
    state = getattr(error.orig, "pgcode", None)
    if state == "57014" and "user request" in str(error.orig):
        return DatabaseError(STOPPED, "")
    if state in _SENTENCES:
        kind, sentence, advice = _SENTENCES[state]
        return kind(said(sentence, where=name), advice)
    if isinstance(error, exc.OperationalError | exc.InterfaceError) or error.connection_invalidated:
        return _of_connection(str(error.orig), name)
    return InternalError(
        said("{name} refused a statement of ours ({kind}).", name=name, kind=type(error.orig).__name__)
    )


def _of_connection(message: str, name: str) -> OcrConsoleError:
    """Failures to connect carry no SQLSTATE: their text is all there is."""
    if _BUSY.search(message):
        kind, sentence, advice = _SENTENCES["53300"]
        return kind(said(sentence, where=name), advice)
    if _STARTING.search(message):
        return DatabaseError(
            said("{name} is starting or stopping.", name=name), "Wait a moment: it is tried again by itself."
        )
    for mark, sentence, advice in _TLS:
        if mark in message:
            return AccessRefused(said(sentence, name=name), advice)
    if _REFUSED.search(message):
        return AccessRefused(
            said("{name} refused us: {reason}.", name=name, reason=_reason(message)),
            "Correct DATABASE_URL in the profile.",
        )
    if "could not translate host name" in message:
        return DatabaseError(said("{name} cannot be found: no such host.", name=name))
    if "Connection refused" in message:
        return DatabaseError(said("{name} cannot be reached: nothing listens there.", name=name))
    if "timeout expired" in message or "timed out" in message:
        return DatabaseError(said("{name} cannot be reached: no answer in 3 s.", name=name))
    if "no answer in" in message:
        return DatabaseError(
            said("{name} did not answer in time.", name=name), "Look whether it hangs, or the network does."
        )
    return DatabaseError(said("The connection to {name} broke.", name=name), "It is tried again by itself.")


def _reason(message: str) -> str:
    """The server's own words, which name the user or database and hold no password."""
    found = re.search(r"(?:FATAL|ERROR|fe_sendauth):\s+(.+)", message) or re.search(r"failed: (.+)", message)
    return found.group(1).strip().rstrip(".") if found else "wrong name or password"
