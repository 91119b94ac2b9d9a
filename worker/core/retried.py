"""What jobs were before a retry, and the way back to that for those that nobody has begun to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text

from worker.core.jobs import State
from worker.core.outcomes import Outcome, in_batches, locked, sift
from worker.core.rows import to_json

_JOB = "state, error_class, error, advice, made_of, notes, started_at, finished_at, pages_done, pages_failed, attempts"
_TASK = "status, max_attempts, interruptions, worker, page, suspect, not_before, error_class, error, finished_at"
_PAGE = """job_id, number, state, source, confidence, words, chars, text, width, height, seconds, hocr_key, pdf_key,
    task_id, attempt, reading, dpi, drops_text, skew, turned, tried, gain, image_key, reused, error_class, error,
    made_of, read_at"""
_BEFORE = text(f"""
select j.id, (select to_jsonb(o) from (select j.id, {_JOB}) o) as job,
    (select coalesce(jsonb_agg(to_jsonb(o)), '[]') from (select {_PAGE} from pages p
        where p.job_id = j.id and p.state = 'failed') o) as pages,
    (select coalesce(jsonb_agg(to_jsonb(o)), '[]') from (select t.id, {_TASK} from tasks t
        where t.job_id = j.id and t.kind = 'read') o) as tasks
from jobs j where j.id = any(cast(:jobs as uuid[]))""")  # noqa: S608 - constants of this file
_JOBS_BACK = text(f"""
update jobs j set ({_JOB}) = (select {_JOB} from jsonb_populate_record(cast(null as jobs), o.row))
from (select row, cast(row ->> 'id' as uuid) as id from jsonb_array_elements(cast(:rows as jsonb)) row) o
where j.id = o.id""")  # noqa: S608
_QUEUED = text("""
select id, queue from tasks where job_id = any(cast(:jobs as uuid[])) and status = 'queued'
order by id for no key update""")
_MADE_GO = text("""
update tasks set status = 'cancelled', password = null, finished_at = clock_timestamp()
where id = any(cast(:tasks as uuid[]))""")
# What has failed or is done has no password.
_TASKS_BACK = text(f"""
update tasks t set ({_TASK}) = (select {_TASK} from jsonb_populate_record(cast(null as tasks), o.row)),
    published_at = null, password = case when o.row ->> 'status' = 'cancelled' then t.password end
from (select row, cast(row ->> 'id' as uuid) as id from jsonb_array_elements(cast(:rows as jsonb)) row) o
where t.id = o.id""")  # noqa: S608
_PAGES_BACK = text(f"""
insert into pages ({_PAGE}) select {_PAGE} from jsonb_populate_recordset(cast(null as pages), cast(:rows as jsonb))
on conflict do nothing""")  # noqa: S608

Before = Mapping[str, Any]  # "job", "pages" and "tasks" as rows in JSON, and "at": the change that the retry was


@dataclass(frozen=True, slots=True)
class Retried(Outcome):
    """A retry, and what the jobs were before."""

    before: list[Before] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TakenOut(Outcome):
    """A retry that was taken back, and what the broker has to do about it."""

    waiting: list[tuple[UUID, str]] = field(default_factory=list)  # tasks whose messages are to go, and their queues


class WayBack:
    """Out of the queue again."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def undo_retry(self, before: Sequence[Before]) -> TakenOut:
        """Put jobs back to what they were before a retry, unless something touched them since, as a worker does."""
        known = {UUID(one["job"]["id"]): one for one in before}

        def why_not(row: Row[Any]) -> str:
            at = datetime.fromisoformat(known[row.id]["at"])
            return "" if row.state == State.QUEUED and row.updated_at == at else "was begun or changed since"

        def act(connection: Connection, some: list[UUID]) -> TakenOut:
            part = TakenOut(len(some))
            sift(some, locked(connection, some), why_not, part)
            part.waiting.extend(_put_back(connection, [known[one] for one in part.done]))
            return part

        return in_batches(self.engine, TakenOut(len(known)), list(known), act)


def remembered(connection: Connection, jobs: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """What these jobs are, which the caller has locked; `at` is to be added when the retry has been made."""
    rows = connection.execute(_BEFORE, {"jobs": list(jobs)})
    return {row.id: {"job": row.job, "pages": row.pages, "tasks": row.tasks} for row in rows}


def _put_back(connection: Connection, before: Sequence[Before]) -> list[tuple[UUID, str]]:
    jobs = [UUID(one["job"]["id"]) for one in before]
    tasks = [task for one in before for task in one["tasks"]]
    queued, had = connection.execute(_QUEUED, {"jobs": jobs}).all(), {UUID(task["id"]) for task in tasks}
    connection.execute(_MADE_GO, {"tasks": [row.id for row in queued if row.id not in had]})
    connection.execute(_TASKS_BACK, {"rows": to_json(tasks)})
    connection.execute(_JOBS_BACK, {"rows": to_json([one["job"] for one in before])})
    connection.execute(_PAGES_BACK, {"rows": to_json([page for one in before for page in one["pages"]])})
    return [(row.id, row.queue) for row in queued]
