"""What the rows know of uploads under way: which process sends a file, in which parts; given up, and never lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from worker.core import leftovers
from worker.core.database import single, transaction
from worker.core.errors import OcrConsoleError, UsageError
from worker.core.jobs import Job
from worker.core.lease import reason
from worker.core.rows import JOBS, job_of, storable, to_json
from worker.core.upload_in_parts import UploadInParts

Process = tuple[int, float]  # its id on the machine of `submitted_by`, and when it began in seconds since 1970

_MINE = "j.state = 'UPLOADING' and j.submitted_by = :submitter"
_UNFINISHED = text(f"{JOBS} where {_MINE} order by j.created_at, j.id")
_SENDERS = text(f"select j.id, j.upload -> 'by' as by from jobs j where {_MINE}")  # noqa: S608 - a constant
_TOGETHER = """(j.created_at, j.submitted_by) in (
    select created_at, submitted_by from jobs where id = any(cast(:jobs as uuid[])))"""
_SUBMITTED_WITH = text(f"{JOBS} where {_TOGETHER} order by j.id")
_TIMES = text(f"select j.id, j.source_mtime from jobs j where {_TOGETHER}")  # noqa: S608 - a constant
_TAKE = text("""
update jobs set upload = coalesce(upload, '{}') || cast(:by as jsonb)
where id = any(cast(:jobs as uuid[])) and state = 'UPLOADING'""")
_LET_GO = text("""
update jobs set upload = nullif(upload - 'by', '{}')
where id = any(cast(:jobs as uuid[])) and state = 'UPLOADING'""")
_REMEMBER = text("""
update jobs set upload = coalesce(upload, '{}') || cast(:upload as jsonb)
where id = :job and state = 'UPLOADING' returning id""")
_ABANDON = text("""
update jobs set state = 'FAILED', error_class = :error_class, error = :error, advice = :advice, upload = null,
    made_of = cast(:made_of as jsonb), finished_at = clock_timestamp()
where id = :job and state = 'UPLOADING' returning id""")
_FORGET = text("delete from jobs where id = :job and state = 'UPLOADING' returning id")


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A job whose upload did not end, and the process that sends it, or was sending it."""

    job: Job
    by: Process | None


class UploadRows:
    """The rows of uploads that have begun."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def unfinished_uploads(self, submitted_by: str) -> list[Unfinished]:
        """Jobs of that user and machine ("user@host") that are being uploaded or were cut off, oldest first."""
        with single(self.engine) as connection:
            mine = {"submitter": storable(submitted_by)}
            jobs = [job_of(row) for row in connection.execute(_UNFINISHED, mine)]
            senders = {row.id: row.by for row in connection.execute(_SENDERS, mine)}
        return [Unfinished(job, tuple(by) if (by := senders.get(job.id)) else None) for job in jobs]

    def submitted_with(self, job_ids: Iterable[UUID]) -> list[tuple[Job, float | None]]:
        """The jobs that were accepted in one transaction with these, and when their files had been changed last."""
        some = {"jobs": list(job_ids)}
        with single(self.engine) as connection:
            jobs = [job_of(row) for row in connection.execute(_SUBMITTED_WITH, some)]
            times = {row.id: row.source_mtime for row in connection.execute(_TIMES, some)}
        return [(job, times.get(job.id)) for job in jobs]

    def take_uploads(self, job_ids: Iterable[UUID], by: Process) -> None:
        """That process sends these from now on."""
        with single(self.engine) as connection:
            connection.execute(_TAKE, {"jobs": list(job_ids), "by": to_json({"by": by})})

    def let_uploads_go(self, job_ids: Iterable[UUID]) -> None:
        """Nobody sends these any more; those that have ended meanwhile stay as they are."""
        with single(self.engine) as connection:
            connection.execute(_LET_GO, {"jobs": list(job_ids)})

    def upload_in_parts(self, job_id: UUID) -> UploadInParts | None:
        """What the row remembers of an upload that was begun."""
        with single(self.engine) as connection:
            kept = connection.scalar(text("select upload from jobs where id = :job"), {"job": job_id})
        return _in_parts(kept)

    def remember_upload(self, job_id: UUID, upload: UploadInParts) -> None:
        """Keep what it takes to go on with an upload, before its first part is sent.

        Raises:
            UsageError: The job was cancelled or ended meanwhile, or is gone.
        """
        with single(self.engine) as connection:
            values = {"job": job_id, "upload": to_json(asdict(upload))}
            if connection.execute(_REMEMBER, values).first() is None:
                raise UsageError("The upload came too late: the job has ended by now.")

    def abandon_upload(self, job_id: UUID, error: OcrConsoleError | None) -> bool:
        """Give an upload up: the job has failed with that error, or is forgotten without one.

        What was sent of it is recorded for the sweeper.

        Returns:
            False if the job was not uploading any more; it is left as it is.
        """
        values: dict[str, Any] = {"job": job_id}
        if error is not None:
            values |= reason(error)
        with transaction(self.engine) as connection:
            leave_upload(connection, job_id)
            return connection.execute(_FORGET if error is None else _ABANDON, values).first() is not None


def leave_upload(connection: Connection, job_id: UUID) -> None:
    """Record what was sent for a job that will not name it; its row is locked from now on."""
    row = text("select upload from jobs where id = :job for no key update")
    kept = _in_parts(connection.scalar(row, {"job": job_id}))
    prefix, upload_id = (kept.key, kept.id) if kept else (f"uploads/{job_id}/", None)
    leftovers.add(connection, prefix, job_id=job_id, upload_id=upload_id)


def _in_parts(kept: dict[str, Any] | None) -> UploadInParts | None:
    if not kept or "id" not in kept:
        return None
    return UploadInParts(kept["id"], kept["key"], kept["part_bytes"], tuple(kept["file"]))
