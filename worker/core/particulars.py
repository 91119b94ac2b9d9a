"""What a job consists of: its units of work, its attempts, its pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, text

from worker.core.database import single
from worker.core.jobs import Attempt, Page, PageMark, State, Task
from worker.core.rows import ATTEMPTS, LINES, MARKS, PAGES, TASKS, attempt_of, mark_of, page_of, task_of

# The newest: objects of older ones may be gone.
_ALIKE = text(f"""{PAGES} where image_key = :key and state <> 'failed' and hocr_key is not null and pdf_key is not null
order by image_key, read_at desc limit 1""")
_TITLES = text("""
select id, name, state, extract(epoch from clock_timestamp() - created_at)::float as age_s
from jobs where id = any(cast(:jobs as uuid[]))""")


@dataclass(frozen=True, slots=True)
class Title:
    """As much of a job as is said of it elsewhere."""

    name: str
    state: State
    age_s: float  # since its row was made, by the database's clock


class Particulars:
    """Questions about one job."""

    engine: Engine

    def tasks(self, job_id: UUID) -> list[Task]:
        """The job's units of work, in the order in which they were made."""
        with single(self.engine) as connection:
            query = text(f"{TASKS} where job_id = :job order by created_at, first_page nulls first, id")
            return [task_of(row) for row in connection.execute(query, {"job": job_id}).all()]

    def titles(self, jobs: Iterable[UUID]) -> dict[UUID, Title]:
        """What to call these jobs; those that are not there are left out."""
        with single(self.engine) as connection:
            rows = connection.execute(_TITLES, {"jobs": list(jobs)})
            return {row.id: Title(row.name, State(row.state), row.age_s) for row in rows}

    def attempts(self, job_id: UUID, *, limit: int | None = None, traces: bool = True) -> list[Attempt]:
        """What the task log says of the job, oldest first.

        Args:
            job_id: The job.
            limit: At most so many, the newest; None: all.
            traces: Whether with their tracebacks, which may be 20,000 characters each.
        """
        query = text(f"{ATTEMPTS if traces else LINES} where job_id = :job order by id desc limit :limit")
        with single(self.engine) as connection:
            rows = connection.execute(query, {"job": job_id, "limit": limit})
            return [attempt_of(row) for row in rows.all()][::-1]

    def pages(self, job_id: UUID) -> list[Page]:
        """The job's pages that are read or have failed, with their text, by number."""
        with single(self.engine) as connection:
            rows = connection.execute(text(f"{PAGES} where job_id = :job order by number"), {"job": job_id})
            return [page_of(row) for row in rows.all()]

    def page_alike(self, image_key: bytes) -> Page | None:
        """A page of any job whose image was the same and was read in the same way, and what was stored of it."""
        with single(self.engine) as connection:
            row = connection.execute(_ALIKE, {"key": image_key}).first()
        return None if row is None else page_of(row)

    def page_marks(self, job_id: UUID) -> list[PageMark]:
        """How the pages of the job's present reading came out, by number: little enough for 5,000 of them."""
        query = text(f"{MARKS} where j.id = :job order by p.number")
        with single(self.engine) as connection:
            return [mark_of(row) for row in connection.execute(query, {"job": job_id}).all()]

    def settled_pages(self, job_id: UUID) -> set[int]:
        """The numbers of the pages that are read or have failed in the job's present reading."""
        query = text("""select p.number from pages p join jobs j on j.id = p.job_id and p.reading = j.reading
            where j.id = :job""")
        with single(self.engine) as connection:
            return set(connection.execute(query, {"job": job_id}).scalars())
