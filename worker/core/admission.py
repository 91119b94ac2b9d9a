"""How a job comes to be: its row, the object, QUEUED with a first task, then the message; never in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from worker.core import lease_sql
from worker.core.database import single, transaction
from worker.core.errors import NotFoundError, OcrConsoleError, UsageError
from worker.core.ids import new_id
from worker.core.jobs import Job, Options, Priority, State
from worker.core.leases import add_task, requeue_tasks
from worker.core.rows import JOBS, MAX_SENTENCE, composed, job_of, outputs_json, priority_of, storable, to_json

_ADD_JOB = text("""
insert into jobs (id, name, path, batch_id, options, priority, source_path, source_bytes, source_mtime, submitted_by)
values (:id, :name, :path, :batch_id, cast(:options as jsonb), :priority, :source_path, :source_bytes, :source_mtime,
    :submitted_by)""")
_QUEUE_JOB = text("""
update jobs set state = 'QUEUED', source_key = :source_key, source_bytes = :source_bytes,
    source_sha256 = :source_sha256, media_type = :media_type, pages = coalesce(:pages, pages)
where id = :job and state = 'UPLOADING' returning queue, priority""")
_ABANDON = text("""
update jobs set state = 'FAILED', error_class = :error_class, error = :error, advice = :advice,
    finished_at = clock_timestamp()
where id = :job and state = 'UPLOADING' returning id""")
_FORGET = text("delete from jobs where id = :job and state = 'UPLOADING' returning id")
_REUSE = text("""
update jobs set state = 'DONE', source_key = :source_key, source_bytes = :source_bytes,
    source_sha256 = :source_sha256, media_type = :media_type, pages = :pages, pages_done = :pages_done,
    pages_failed = :pages_failed, mean_confidence = :mean_confidence, engine = cast(:engine as jsonb),
    notes = cast(:notes as jsonb), outputs = cast(:outputs as jsonb), seconds = 0, finished_at = clock_timestamp()
where id = :job and state = 'UPLOADING' returning id""")
_PAGE = """number, state, source, confidence, words, chars, text, width, height, seconds, hocr_key, pdf_key,
    dpi, drops_text, error_class, error"""
_REUSE_PAGES = text(f"insert into pages (job_id, {_PAGE}) select :job, {_PAGE} from pages where job_id = :earlier")  # noqa: S608
_NEXT = text("""
select id, status = 'queued' and not_before <= clock_timestamp() as due from tasks
where job_id = :job and status in ('queued', 'running') order by 2 desc, priority, id limit 1""")


class Admission:
    """The rows of jobs on their way in."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add_batch(self, name: str, created_by: str | None) -> UUID:
        """A new batch of that name; names may be the same."""
        batch = new_id()
        values = {"id": batch, "name": composed(name), "by": storable(created_by)}
        with single(self.engine) as connection:
            connection.execute(text("insert into batches (id, name, created_by) values (:id, :name, :by)"), values)
        return batch

    def add_job(
        self,
        *,
        name: str,
        path: str,
        batch_id: UUID | None,
        options: Options,
        priority: Priority,
        source_path: str | None,
        source_bytes: int | None,
        source_mtime: float | None,
        submitted_by: str | None,
        job_id: UUID | None = None,
    ) -> UUID:
        """A row in state UPLOADING, made before the first byte is sent. Names are kept in NFC."""
        job = job_id or new_id()
        values = {
            "id": job,
            "name": composed(name),
            "path": composed(path),
            "batch_id": batch_id,
            "options": to_json(options.as_dict()),
            "priority": int(priority),
            "source_path": storable(source_path),
            "source_bytes": source_bytes,
            "source_mtime": source_mtime,
            "submitted_by": storable(submitted_by),
        }
        with single(self.engine) as connection:
            connection.execute(_ADD_JOB, values)
        return job

    def queue_job(
        self,
        job_id: UUID,
        *,
        source_key: str,
        source_bytes: int,
        source_sha256: str,
        media_type: str,
        pages: int | None,
        password: bytes | None = None,
    ) -> UUID:
        """The object is there: UPLOADING becomes QUEUED, with a first task, in one transaction. Safe to repeat.

        Returns:
            The task to ring for.

        Raises:
            NotFoundError: There is no such job.
            UsageError: The job was cancelled or ended meanwhile; the object is a leftover.
        """
        source = {"source_key": source_key, "source_bytes": source_bytes, "source_sha256": source_sha256}
        with transaction(self.engine) as connection:
            state = _lock(connection, job_id)
            row = connection.execute(
                _QUEUE_JOB, {"job": job_id, **source, "media_type": media_type, "pages": pages}
            ).first()
            if row is not None:
                priority = priority_of(row.priority)
                return add_task(connection, job_id, queue=row.queue, priority=priority, password=password)
            waiting = connection.execute(_NEXT, {"job": job_id}).first()  # the answer to an earlier call was lost
            if waiting is None:
                raise UsageError(f"The upload came too late: the job is {state} by now.")
            return UUID(str(waiting.id))

    def abandon_upload(self, job_id: UUID, error: OcrConsoleError | None) -> bool:
        """Give an upload up: the job has failed with that error, or is forgotten without one.

        Returns:
            False if the job was not uploading any more; it is left as it is.
        """
        values: dict[str, Any] = {"job": job_id}
        if error is not None:
            values |= {"error_class": error.error_class, "error": storable(error.sentence, MAX_SENTENCE)}
            values["advice"] = storable(error.advice, MAX_SENTENCE)
        with single(self.engine) as connection:
            return connection.execute(_FORGET if error is None else _ABANDON, values).first() is not None

    def reuse(self, job_id: UUID, earlier: Job) -> None:
        """End an upload before it began: the same file was read with the same options; its outputs serve both jobs."""
        note = f"Read before, on {earlier.finished:%Y-%m-%d}: its results are used again." if earlier.finished else ""
        values = {name: getattr(earlier, name) for name in Job.__slots__}
        values |= {"job": job_id, "engine": to_json(earlier.engine), "outputs": outputs_json(earlier.outputs)}
        values["notes"] = to_json([*earlier.notes, *([note] if note else [])])
        with transaction(self.engine) as connection:
            if connection.execute(_REUSE, values).first() is not None:
                connection.execute(_REUSE_PAGES, {"job": job_id, "earlier": earlier.id})

    def done_like(self, sha256: str, options: Options) -> Job | None:
        """The newest finished job that read the same bytes with the same options, its outputs still there."""
        query = text(f"{JOBS} where j.source_sha256 = :hash and j.state = 'DONE' order by j.finished_at desc limit 50")
        with single(self.engine) as connection:
            jobs = [job_of(row) for row in connection.execute(query, {"hash": sha256})]
        return next((job for job in jobs if job.options == options and job.outputs), None)

    def unfinished_uploads(self, submitted_by: str) -> list[Job]:
        """Jobs of that user and machine ("user@host") whose upload was not finished, oldest first."""
        query = text(f"{JOBS} where j.state = 'UPLOADING' and j.submitted_by = :by order by j.created_at, j.id")
        with single(self.engine) as connection:
            return [job_of(row) for row in connection.execute(query, {"by": storable(submitted_by)})]

    def mark_published(self, task_ids: Sequence[UUID]) -> None:
        """The broker took the doorbells of these tasks."""
        query = text("""update tasks set published_at = clock_timestamp()
            where id = any(cast(:tasks as uuid[])) and status = 'queued'""")
        with single(self.engine) as connection:
            connection.execute(query, {"tasks": list(task_ids)})

    def next_task(self, job_id: UUID) -> UUID | None:
        """What a doorbell without a task means: the job's next task that is due, made if it has none waiting.

        None for a job that is uploading, has ended, does not exist, or whose tasks are held or not due.
        """
        with transaction(self.engine) as connection:
            locked = connection.execute(lease_sql.LOCK_JOB, {"job": job_id}).first()
            if locked is None or locked.state not in {State.QUEUED, State.RUNNING}:
                return None
            row = connection.execute(_NEXT, {"job": job_id}).first()
            if row is not None:
                return UUID(str(row.id)) if row.due else None
            if locked.state == State.RUNNING:
                return None
            again = requeue_tasks(connection, [job_id], password=None)
            if again:
                return again[0].task_id
            row = connection.execute(text("select queue, priority from jobs where id = :job"), {"job": job_id}).one()
            return add_task(connection, job_id, queue=row.queue, priority=priority_of(row.priority))


def _lock(connection: Connection, job_id: UUID) -> State:
    row = connection.execute(lease_sql.LOCK_JOB, {"job": job_id}).first()
    if row is None:
        raise NotFoundError(f"There is no job {job_id}.")
    return State(row.state)
