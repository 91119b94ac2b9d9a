"""The SQLAlchemy tables of the work: jobs, tasks, task_log, pages, batches, workers.

The indexes are made for a million jobs: `created` and `changed` serve keyset paging in those two orders and "changes
since", `active` the counts by state and the batches that are open, `batch` the jobs of one in the order in which they
changed, `waiting` the pages that are still to be read, `failed` the groups of what failed, `text` the search in names
and errors. Six beside the primary key are as many as the updates bear; `waiting` holds nothing of a job that has
ended, `failed` nothing of one that goes well. A job's id is a version 7 UUID if it is ours; rows of other senders may
have any version.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NOW = func.now()
JOB_STATES = "state in ('UPLOADING','QUEUED','RUNNING','DONE','FAILED','CANCELLED')"
TASK_STATES = "status in ('queued','running','done','failed','cancelled')"


class Base(DeclarativeBase):
    """All tables, with names for their constraints so that migrations can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it off the class
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class BatchRow(Base):
    """Files that were added together."""

    __tablename__ = "batches"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_by: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    paused: Mapped[bool] = mapped_column(server_default=text("false"))


class JobRow(Base):
    """A document and what became of it. `updated_at` is set by a trigger on every change."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(JOB_STATES, name="state"),
        Index("ix_jobs_created", "created_at", "id"),
        Index("ix_jobs_changed", "updated_at", "id"),
        Index(
            "ix_jobs_active",
            "state",
            "batch_id",
            "id",
            postgresql_where=text("state <> 'DONE'"),
            postgresql_include=["created_at", "updated_at", "finished_at", "error_class"],
        ),
        Index(
            "ix_jobs_waiting",
            "queue",
            postgresql_include=["pages", "pages_done"],
            postgresql_where=text("state in ('QUEUED', 'RUNNING')"),
        ),
        Index("ix_jobs_batch", "batch_id", "updated_at", "id", postgresql_where=text("batch_id is not null")),
        Index("ix_jobs_failed", "error_class", "batch_id", "finished_at", postgresql_where=text("state = 'FAILED'")),
        Index("ix_jobs_source", "source_sha256", postgresql_where=text("source_sha256 is not null")),
        Index(
            "ix_jobs_text",
            literal_column("(name || ' ' || coalesce(error, ''))").label("words"),
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    path: Mapped[str] = mapped_column(server_default="")  # relative to what was dropped
    state: Mapped[str] = mapped_column(server_default="UPLOADING")
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("batches.id", ondelete="SET NULL"))
    queue: Mapped[str] = mapped_column(server_default="ocr")
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="6")
    options: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    source_key: Mapped[str | None]
    source_path: Mapped[str | None]  # where it lay on the machine of `submitted_by`
    source_bytes: Mapped[int | None] = mapped_column(BigInteger)
    source_sha256: Mapped[str | None]
    source_mtime: Mapped[float | None]
    media_type: Mapped[str | None]
    pages: Mapped[int | None]
    pages_done: Mapped[int] = mapped_column(server_default="0")
    pages_failed: Mapped[int] = mapped_column(server_default="0")
    mean_confidence: Mapped[float | None]
    error_class: Mapped[str | None]
    error: Mapped[str | None]
    advice: Mapped[str | None]
    # What the sentences are made of; it counts for as long as it says the same as they do, and is never cleared.
    made_of: Mapped[dict[str, Any] | None]
    attempts: Mapped[int] = mapped_column(server_default="1")
    seconds: Mapped[float | None]
    engine: Mapped[dict[str, Any] | None]
    notes: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    outputs: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))  # format -> key, bytes, sha256
    submitted_by: Mapped[str | None]
    reading: Mapped[int] = mapped_column(server_default="1")  # raised by a reprocess
    upload: Mapped[dict[str, Any] | None]  # an upload in parts that is under way
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class TaskRow(Base):
    """A unit of leased work. `attempt` is the fence: it only ever grows."""

    __tablename__ = "tasks"
    __table_args__ = (
        CheckConstraint(TASK_STATES, name="status"),
        Index("ix_tasks_job_id", "job_id"),
        Index("ix_tasks_due", "queue", "priority", "id", postgresql_where=text("status = 'queued'")),
        Index("ix_tasks_leased", "lease_until", postgresql_where=text("status = 'running'")),
        Index(
            "ix_tasks_aside",
            "lacks",
            "queue",
            "priority",
            "id",
            postgresql_where=text("status = 'queued' and lacks is not null"),
        ),
        Index("ix_tasks_route", "route", postgresql_where=text("route is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    kind: Mapped[str]
    first_page: Mapped[int | None]
    last_page: Mapped[int | None]
    queue: Mapped[str] = mapped_column(server_default="ocr")
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="6")
    status: Mapped[str] = mapped_column(server_default="queued")
    attempt: Mapped[int] = mapped_column(server_default="0")
    max_attempts: Mapped[int] = mapped_column(server_default="4")  # the first and three automatic retries
    interruptions: Mapped[int] = mapped_column(server_default="0")
    worker: Mapped[str | None]
    pid: Mapped[int | None]  # of the process that works on it, on that worker's machine
    message_id: Mapped[str | None]  # Celery's, of the message that was claimed
    page: Mapped[int | None]  # that is being read
    suspect: Mapped[int | None]  # the page at which a process ended
    lease_until: Mapped[datetime | None]
    deadline: Mapped[datetime | None]
    not_before: Mapped[datetime] = mapped_column(server_default=NOW)
    published_at: Mapped[datetime | None]
    lacks: Mapped[str | None]  # the languages of its job, deu+eng, which a worker that was rung for it did not have
    lacks_until: Mapped[float | None]  # it is waited for a worker that has: on the clock of `housekeeping.manned_s`
    route: Mapped[str | None]  # the queue of the one worker that has, and is rung for it
    password: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed, and erased when the task ends
    error_class: Mapped[str | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class TaskLogRow(Base):
    """One attempt at a task, for ever as it was."""

    __tablename__ = "task_log"
    __table_args__ = (UniqueConstraint("task_id", "attempt"), Index("ix_task_log_job_id", "job_id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    task_id: Mapped[UUID]
    task_name: Mapped[str] = mapped_column(server_default="ocr.run_job")
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    attempt: Mapped[int]
    worker: Mapped[str | None]
    payload: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    status: Mapped[str]  # pending, processing, success, failed, retrying
    result: Mapped[dict[str, Any] | None]
    error_type: Mapped[str | None]
    error_message: Mapped[str | None]
    made_of: Mapped[dict[str, Any] | None]
    traceback: Mapped[str | None]
    retry_count: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class PageRow(Base):
    """A page that was read; its text is indexed for search."""

    __tablename__ = "pages"
    __table_args__ = (
        Index("ix_pages_words", "words_tsv", postgresql_using="gin"),
        Index("ix_pages_image_key", "image_key", "read_at", postgresql_where=text("image_key is not null")),
    )

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]  # done, blank, failed
    source: Mapped[str] = mapped_column(server_default="ocr")  # ocr, text
    confidence: Mapped[float | None]
    words: Mapped[int] = mapped_column(server_default="0")
    chars: Mapped[int] = mapped_column(server_default="0")
    text: Mapped[str] = mapped_column(server_default="")
    width: Mapped[int | None]
    height: Mapped[int | None]
    seconds: Mapped[float | None]
    hocr_key: Mapped[str | None]
    pdf_key: Mapped[str | None]
    task_id: Mapped[UUID | None]
    attempt: Mapped[int | None]
    reading: Mapped[int] = mapped_column(server_default="1")  # of the job; an earlier one is to be replaced
    dpi: Mapped[int | None]  # of the image that the engine saw
    drops_text: Mapped[bool] = mapped_column(server_default=literal_column("false"))  # an earlier layer gives way
    skew: Mapped[float | None]  # degrees that were turned back before it was read
    turned: Mapped[int | None]  # quarter turns, clockwise, after which it was read
    tried: Mapped[str | None]  # which second try won: orientation, upscaled, threshold
    gain: Mapped[float | None]  # points of confidence that it brought
    image_key: Mapped[bytes | None] = mapped_column(LargeBinary)  # of what was read, with what and how
    reused: Mapped[bool] = mapped_column(server_default=literal_column("false"))  # what was read of the same before
    error_class: Mapped[str | None]
    error: Mapped[str | None]
    made_of: Mapped[dict[str, Any] | None]
    read_at: Mapped[datetime] = mapped_column(server_default=NOW)
    # A tsvector holds at most 1 MB: half a million characters stay well under it.
    words_tsv: Mapped[str | None] = mapped_column(
        TSVECTOR, Computed("to_tsvector('simple', left(text, 200000))", persisted=True)
    )


class WorkerRow(Base):
    """What a worker's main process says of itself every two seconds."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    version: Mapped[str]
    pool: Mapped[str]
    slots: Mapped[int]
    busy: Mapped[int] = mapped_column(server_default="0")
    queues: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    doing: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    children: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    languages: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    tools: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    memory_mb: Mapped[float | None]
    disk_free_mb: Mapped[float | None]
    autoscale: Mapped[list[Any] | None] = mapped_column(JSONB)  # [most, fewest] processes; None: a fixed number
    paused: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))  # queues that it serves when they go on
    terms: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))  # on which it takes messages
    rival: Mapped[dict[str, Any] | None]  # another that lives and has its name
    ahead_s: Mapped[float | None]  # by which its clock is before the database's
    started_at: Mapped[datetime] = mapped_column(server_default=NOW)
    seen_at: Mapped[datetime] = mapped_column(server_default=NOW)
    stopped_at: Mapped[datetime | None]  # a goodbye
