"""Queries and changes of jobs: one, those that changed, and (from its parts) pages, counts and all acts on them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from worker.core.admission import Admission
from worker.core.cancels import Cancelled, Cancels, Stamp
from worker.core.changes import Changing
from worker.core.database import single
from worker.core.deletes import Deletes
from worker.core.errors import NotFoundError
from worker.core.filters import Cursor, JobFilter, JobPage
from worker.core.foreseeing import Foreseeing
from worker.core.jobs import Batch, Doorbell, Job
from worker.core.outcomes import Outcome
from worker.core.particulars import Particulars
from worker.core.pauses import Pauses
from worker.core.priorities import Priorities
from worker.core.questions import Questions
from worker.core.retries import Retries
from worker.core.rows import BATCHES, JOBS, batch_of, composed, job_of
from worker.core.said import said
from worker.core.undoing import Undoable, Undoing
from worker.core.upload_rows import UploadRows
from worker.core.workers import WorkerReport, Workers

__all__ = [
    "Batch",
    "Cancelled",
    "Cursor",
    "Doorbell",
    "JobFilter",
    "JobPage",
    "Outcome",
    "Stamp",
    "Store",
    "Undoable",
    "WorkerReport",
]


class Store(
    Questions,
    Changing,
    Admission,
    UploadRows,
    Retries,
    Cancels,
    Deletes,
    Undoing,
    Pauses,
    Priorities,
    Foreseeing,
    Workers,
    Particulars,
):
    """All that is known and can be changed of jobs; safe to share between threads, not across a fork."""

    def job(self, job_id: UUID) -> Job:
        """One job.

        Raises:
            NotFoundError: There is none of that id.
        """
        with single(self.engine) as connection:
            row = connection.execute(text(f"{JOBS} where j.id = :id"), {"id": job_id}).first()
        if row is None:
            none = said("There is no job {id}.", id=str(job_id))
            raise NotFoundError(none, "It may have been deleted. `jobs` lists those there are.")
        return job_of(row)

    def batches(self, limit: int = 1000) -> list[Batch]:
        """The newest batches, newest first."""
        with single(self.engine) as connection:
            query = text(f"{BATCHES} order by created_at desc, id desc limit :limit")
            return [batch_of(row) for row in connection.execute(query, {"limit": limit})]

    def find_batch(self, name: str) -> UUID | None:
        """The newest batch of that name."""
        query = text("select id from batches where name = :name order by created_at desc, id desc limit 1")
        with single(self.engine) as connection:
            found: UUID | None = connection.execute(query, {"name": composed(name)}).scalar()
        return found
