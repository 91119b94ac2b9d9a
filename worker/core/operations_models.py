"""The SQLAlchemy tables of operations: audit, queues, history, incidents, leftovers, housekeeping."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import REAL, BigInteger, CheckConstraint, Identity, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from worker.core.models import NOW, Base


class AuditRow(Base):
    """Who did what to how many; a trigger keeps it append-only."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_at", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    who: Mapped[str]
    host: Mapped[str]
    profile: Mapped[str]
    action: Mapped[str]
    asked: Mapped[int] = mapped_column(server_default="0")
    done: Mapped[int] = mapped_column(server_default="0")
    result: Mapped[str] = mapped_column(server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    undo: Mapped[dict[str, Any] | None]
    made_of: Mapped[dict[str, Any] | None]
    undone_at: Mapped[datetime | None]


class QueueRow(Base):
    """A queue about which something was said; one without a row is not paused."""

    __tablename__ = "queues"

    name: Mapped[str] = mapped_column(primary_key=True)
    paused: Mapped[bool] = mapped_column(server_default=text("false"))
    told: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))  # workers of others that left it for that
    changed_by: Mapped[str | None]  # user@host
    changed_at: Mapped[datetime] = mapped_column(server_default=NOW)


class HistoryRow(Base):
    """Figures of one queue, or of all together, over a span of time; `series.Point` says what each is."""

    __tablename__ = "history"

    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # seconds that a row stands for
    queue: Mapped[str] = mapped_column(primary_key=True)  # "": all together
    at: Mapped[datetime] = mapped_column(primary_key=True)  # when the span begins
    covered_s: Mapped[int]
    waiting: Mapped[int]
    ready: Mapped[int | None]
    held: Mapped[int | None]
    running: Mapped[int]
    delayed: Mapped[int | None]
    oldest_s: Mapped[float | None] = mapped_column(REAL)
    added: Mapped[int]
    begun: Mapped[int]
    done: Mapped[int]
    failed: Mapped[int]
    pages: Mapped[int]
    wait_p50_s: Mapped[float | None] = mapped_column(REAL)
    wait_p95_s: Mapped[float | None] = mapped_column(REAL)
    page_p50_s: Mapped[float | None] = mapped_column(REAL)
    page_p95_s: Mapped[float | None] = mapped_column(REAL)
    slots: Mapped[int]
    busy: Mapped[int]


class IncidentRow(Base):
    """Something that needed attention, from when to when."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_open", "rule", "subject", unique=True, postgresql_where=text("closed_at is null")),
        Index("ix_incidents_opened_at", "opened_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    rule: Mapped[str]
    subject: Mapped[str]  # the queue, the worker, the service, the class of error
    severity: Mapped[str]  # note, warn, bad
    title: Mapped[str]
    sentence: Mapped[str]
    made_of: Mapped[dict[str, Any] | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    seen_at: Mapped[datetime] = mapped_column(server_default=NOW)  # by any console, while it goes on


class LeftoverRow(Base):
    """Where objects may lie that no row names any more; what is still named there stays."""

    __tablename__ = "leftovers"
    __table_args__ = (Index("ix_leftovers_due_at", "due_at"),)

    prefix: Mapped[str] = mapped_column(primary_key=True)  # of keys, or one key
    job_id: Mapped[UUID]
    source_sha256: Mapped[str | None]  # jobs that read the same bytes may share the objects
    upload_id: Mapped[str | None]  # of an upload in parts that nobody will complete
    due_at: Mapped[datetime] = mapped_column(server_default=NOW)


class HousekeepingRow(Base):
    """Who kept house last, and what was done since the beginning; one row."""

    __tablename__ = "housekeeping"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, server_default="1")
    acted_by: Mapped[str]
    acted_at: Mapped[datetime]
    reaped: Mapped[int] = mapped_column(BigInteger, server_default="0")
    published: Mapped[int] = mapped_column(BigInteger, server_default="0")
    swept: Mapped[int] = mapped_column(BigInteger, server_default="0")
    expired: Mapped[int] = mapped_column(BigInteger, server_default="0")
    manned_s: Mapped[float] = mapped_column(server_default="0")  # that a worker was there, while it mattered
    manned_at: Mapped[datetime | None]  # when that was told last
