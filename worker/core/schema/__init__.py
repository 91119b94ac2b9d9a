"""The schema of the database: brought up to date by whoever starts first, while the others wait."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from worker.core.answers import GRACE_S, silent_for
from worker.core.database import database_errors, single, transaction, where
from worker.core.errors import AccessRefused, DatabaseError, SchemaNewer
from worker.core.said import said

HEAD = "0005"
VERSION_TABLE = "ocr_schema_version"
_LOCK = 0x4F43_5200  # "OCR": of everybody who would migrate
_PATIENCE_S = 120
# Not to_regclass(): after a wait for the lock it may answer from a cache that is older than the winner's commit.
_HAS_TABLE = text("select 1 from pg_tables where tablename = :table and schemaname = any(current_schemas(false))")


def upgrade(engine: Engine) -> None:
    """Bring the schema to this program's version. Any number of programs may do so at once: one does, the rest wait.

    Raises:
        SchemaNewer: A newer program was here; nothing is changed.
        DatabaseError: The database is away, or holds tables that are not ours.
        AccessRefused: Our user may not make tables or the extension.
    """
    if is_current(engine):
        return
    with silent_for(_PATIENCE_S + GRACE_S), transaction(engine) as connection:
        for limit in ("statement_timeout", "lock_timeout"):
            connection.execute(text(f"set local {limit} = '{_PATIENCE_S}s'"))
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if not _is_current(connection, engine):
            _apply(connection, engine)


def version(engine: Engine) -> str | None:
    """The version of the database's schema; None for a database without our tables."""
    with single(engine) as connection:
        return _version(connection)


def is_current(engine: Engine) -> bool:
    """Whether the database has our tables as they are now; nothing is changed. Raises SchemaNewer, DatabaseError."""
    with single(engine) as connection:
        return _is_current(connection, engine)


def _version(connection: Connection) -> str | None:
    if connection.scalar(_HAS_TABLE, {"table": VERSION_TABLE}) is None:
        return None
    found: str | None = connection.scalar(text(f"select version_num from {VERSION_TABLE}"))  # noqa: S608 - a constant
    return found


def _is_current(connection: Connection, engine: Engine) -> bool:
    found = _version(connection)
    if found is not None and found > HEAD:
        template = "The tables in {where} are of version {found}, and this program knows them up to {known}."
        raise SchemaNewer(said(template, where=where(engine.url), found=found, known=HEAD))
    return found == HEAD


def _apply(connection: Connection, engine: Engine) -> None:
    from worker.core.schema.migrate import migrate

    try:
        with database_errors(engine):
            migrate(connection, VERSION_TABLE)
    except AccessRefused as error:
        raise AccessRefused(
            said("{where} does not let our user make the tables.", where=where(engine.url)),
            "Make the user owner of the database, or run `create extension pg_trgm` there as its administrator.",
        ) from error
    except DatabaseError:
        raise
    except Exception as error:
        if "already exists" not in str(error.__cause__):
            raise
        template = "The database in {where} has tables of another program with the names of ours."
        raise DatabaseError(
            said(template, where=where(engine.url)), "Give OCR Console a database of its own."
        ) from error
