"""How a job comes to be: its row, the object, QUEUED with a first task, then the message; never in another order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from worker.core import lease_sql
from worker.core.database import single, transaction
from worker.core.errors import NotFoundError, UsageError
from worker.core.ids import new_id
from worker.core.jobs import Doorbell, Job, Options, Priority, State
from worker.core.lease import TRIES, add_task, requeue_tasks
from worker.core.rows import JOBS, composed, job_of, outputs_json, priority_of, storable, to_json
from worker.core.said import said
from worker.core.upload_rows import Process, leave_upload

_ADD_JOBS = text("""
insert into jobs (id, name, path, batch_id, options, priority, source_path, source_bytes, source_mtime, submitted_by,
    upload)
select id, name, path, batch_id, options, priority, source_path, source_bytes, source_mtime, submitted_by, upload
from jsonb_to_recordset(cast(:rows as jsonb)) as g (id uuid, name text, path text, batch_id uuid, options jsonb,
    priority smallint, source_path text, source_bytes bigint, source_mtime double precision, submitted_by text,
    upload jsonb)""")
# One statement is one transaction and one round trip for many jobs; their rows are locked in the order of all others.
# What was begun in parts may have gone up at one go in the end: the sweeper looks.
_QUEUE_JOBS = text("""
with given as (
    select * from jsonb_to_recordset(cast(:arrived as jsonb)) as g (job uuid, task uuid, key text, size bigint,
        sha256 text, media_type text, pages int, password text)),
locked as (
    select id, upload from jobs where id in (select job from given) and state = 'UPLOADING'
    order by id for no key update),
left_over as (
    insert into leftovers (prefix, job_id, upload_id) select upload ->> 'key', id, upload ->> 'id' from locked
    where upload ->> 'id' is not null order by 1 on conflict (prefix) do nothing),
queued as (
    update jobs j set state = 'QUEUED', source_key = g.key, source_bytes = g.size, source_sha256 = g.sha256,
        media_type = g.media_type, pages = coalesce(g.pages, j.pages), upload = null
    from given g join locked l on l.id = g.job
    where j.id = g.job returning j.id, j.queue, j.priority, g.task, g.password)
insert into tasks (id, job_id, kind, queue, priority, max_attempts, password)
select task, id, 'read', queue, priority, :tries, decode(password, 'hex') from queued
returning job_id, id, queue, priority""")
_REUSE = text("""
update jobs set state = 'DONE', source_key = :source_key, source_bytes = :source_bytes,
    source_sha256 = :source_sha256, media_type = :media_type, pages = :pages, pages_done = :pages_done,
    pages_failed = :pages_failed, mean_confidence = :mean_confidence, engine = cast(:engine as jsonb),
    notes = cast(:notes as jsonb), outputs = cast(:outputs as jsonb), seconds = 0, upload = null,
    finished_at = clock_timestamp()
where id = :job and state = 'UPLOADING' returning id""")
# Until the other row names them too, nobody may give them up for deletion.
_STILL_SO = text("""
select from jobs where id = :job and state = 'DONE' and outputs = cast(:outputs as jsonb) for share""")
_PAGE = """number, state, source, confidence, words, chars, text, width, height, seconds, hocr_key, pdf_key,
    dpi, drops_text, skew, turned, tried, gain, image_key, error_class, error"""
_REUSE_PAGES = text(f"insert into pages (job_id, {_PAGE}) select :job, {_PAGE} from pages where job_id = :earlier")  # noqa: S608
_NEXT = text("""
select id, status = 'queued' and not_before <= clock_timestamp() as due from tasks
where job_id = :job and status in ('queued', 'running') order by 2 desc, priority, id limit 1""")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A file that is accepted, as its row will tell. Names are kept in NFC."""

    name: str
    path: str  # relative to what was dropped
    batch_id: UUID | None
    options: Options
    priority: Priority
    source_path: str | None
    source_bytes: int | None
    source_mtime: float | None
    submitted_by: str | None
    by: Process | None = None  # which sends it

    def row(self, job: UUID) -> dict[str, Any]:
        """As JSON has it."""
        values = asdict(self) | {"id": job, "name": composed(self.name), "path": composed(self.path)}
        values |= {"options": self.options.as_dict(), "priority": int(self.priority)}
        return values | {"upload": None if self.by is None else {"by": self.by}}


@dataclass(frozen=True, slots=True)
class Arrived:
    """A job whose object is there, as its row will tell."""

    job: UUID
    key: str
    size: int  # bytes
    sha256: str
    media_type: str
    pages: int | None
    password: bytes | None = field(default=None, repr=False)  # sealed
    task: UUID = field(default_factory=new_id)  # its first, to be made


MOST_ROWS = 1_000  # in one statement, which has its time limit


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

    def add_jobs(self, new: Sequence[NewJob]) -> list[UUID]:
        """Rows in state UPLOADING, made before the first byte is sent; all of them or none, and all at one time."""
        rows = [(new_id(), one) for one in new]
        with transaction(self.engine) as connection:
            for some in range(0, len(rows), MOST_ROWS):
                values = [one.row(job) for job, one in rows[some : some + MOST_ROWS]]
                connection.execute(_ADD_JOBS, {"rows": to_json(values)})
        return [job for job, _ in rows]

    def queue_jobs(self, arrived: Sequence[Arrived]) -> dict[UUID, Doorbell]:
        """The objects are there: UPLOADING becomes QUEUED, each job with a first task, all in one transaction.

        Returns:
            What to ring for, by job; a job that was not uploading any more is left as it is, and out.
        """
        rows = [{**asdict(one), "password": one.password.hex() if one.password else None} for one in arrived]
        with single(self.engine) as connection:
            made = connection.execute(_QUEUE_JOBS, {"arrived": to_json(rows), "tries": TRIES}).all()
        return {row.job_id: Doorbell(row.id, row.job_id, row.queue, priority_of(row.priority)) for row in made}

    def queued_before(self, job_id: UUID) -> UUID:
        """The first task of a job that was queued when nobody heard the answer.

        Raises:
            NotFoundError: There is no such job.
            UsageError: The job was cancelled or ended meanwhile; the object is a leftover.
        """
        with transaction(self.engine) as connection:
            state = _lock(connection, job_id)
            waiting = connection.execute(_NEXT, {"job": job_id}).first()
        if waiting is None:
            raise UsageError(said("The upload came too late: the job is {state} by now.", state=said(state.value)))
        return UUID(str(waiting.id))

    def reuse(self, job_id: UUID, earlier: Job) -> bool:
        """End an upload before it began: the same file was read with the same options; its outputs serve both jobs.

        Returns:
            False if the earlier job has other outputs by now, or is gone: nothing was done.
        """
        note = f"Read before, on {earlier.finished:%Y-%m-%d}: its results are used again." if earlier.finished else ""
        values = {name: getattr(earlier, name) for name in Job.__slots__}
        values |= {"job": job_id, "engine": to_json(earlier.engine), "outputs": outputs_json(earlier.outputs)}
        values["notes"] = to_json([*earlier.notes, *([note] if note else [])])
        with transaction(self.engine) as connection:
            if connection.execute(_STILL_SO, {"job": earlier.id, "outputs": values["outputs"]}).first() is None:
                return False
            leave_upload(connection, job_id)
            if connection.execute(_REUSE, values).first() is not None:
                connection.execute(_REUSE_PAGES, {"job": job_id, "earlier": earlier.id})
        return True

    def done_like(self, sha256: str, options: Options) -> Job | None:
        """The newest finished job that read the same bytes with the same options, its outputs still there."""
        query = text(f"{JOBS} where j.source_sha256 = :hash and j.state = 'DONE' order by j.finished_at desc limit 50")
        with single(self.engine) as connection:
            jobs = [job_of(row) for row in connection.execute(query, {"hash": sha256})]
        return next((job for job in jobs if job.options == options and job.outputs), None)

    def mark_published(self, task_ids: Sequence[UUID]) -> None:
        """The broker took the doorbells of these tasks."""
        with single(self.engine) as connection:
            connection.execute(lease_sql.RUNG, {"tasks": list(task_ids)})

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
        raise NotFoundError(said("There is no job {id}.", id=str(job_id)))
    return State(row.state)
