"""What holds of the rows at every moment, whatever was done to them in whatever order; asked in one round trip.

 1. A job waits or runs if and only if a task of its is queued or runs. While it waits, none runs. (A row of another
    sender has no task until somebody looks at it.)
 2. A job that is done was read whole: all its pages are settled, all its tasks ended, it has outputs, no error, and no
    page of an earlier reading.
 3. A job that has failed says why, as a class and as a sentence; a cancelled one needs no reason; both have ended.
 4. What a job's outputs name was stored by an attempt of its that succeeded, also while it is read anew.
 5. Only what waits shows the error after which it is tried again: a job that runs shows none.
 6. The task log has one row for every attempt there was, and no other.
 7. It says `processing` of the attempts that run, and of no other.
 8. A task that is done succeeded at its last attempt, one that has failed failed there; a part or an assembly succeeds
    once at most.
 9. The figures of a job's pages are those of the pages of its present reading.
10. Parts that are live do not overlap, and lie beside no other kind of live work.
11. A job has one task that looks at it, and at most one live assembly.
12. A password is sealed in tasks that are live or cancelled, and in no other.
13. What waits has a try left, and was interrupted ten times at most.
14. What a dead attempt may have stored is on record for the sweeper, and not before it must have ended.
15. What runs has a worker, a lease and a deadline; what waits has no worker; what has ended says when.
16. What is being uploaded has no task yet.

Over time (the state machine remembers the rows of the step before):

17. The attempts that run are those that were claimed and neither ended, nor were taken back, nor lost their job.
18. The write of any other attempt changes not a single row; it is told so.
19. An attempt's number never falls; no task goes but with its job.
20. A job goes from state to state as jobs.LEGAL says; a cancelled one comes back by a retry, reprocess or undo alone.
21. Outputs change when a job becomes done and at no other time, and then by exactly one attempt that succeeded.
22. A page that was read stays read for as long as the reading lasts.
23. Who is still to be read has the password that was given last.
24. In the end: if workers go on, and what was held back does, every accepted job is done, has failed with its reason,
    or is cancelled.
25. Of a queue or a batch that is held back no attempt begins; those that run go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, text

from worker.core.database import single

LIVE = "status in ('queued', 'running')"
PREFIX = "'results/' || l.job_id || '/' || l.task_id || '-' || l.attempt || '/'"

_RULES = {
    1: f"""select id from jobs j where not (state = 'QUEUED' and submitted_by is null
            and not exists (select from tasks t where t.job_id = j.id))
        and ((state in ('QUEUED', 'RUNNING')) <> exists (select from tasks t where t.job_id = j.id and {LIVE})
            or state = 'QUEUED' and exists (select from tasks t where t.job_id = j.id and status = 'running'))""",
    2: """select id from jobs j where state = 'DONE' and (outputs = '{}' or error_class is not null or error is not null
        or advice is not null or pages is distinct from pages_done or finished_at is null
        or exists (select from pages p where p.job_id = j.id and p.reading <> j.reading))""",
    3: """select id from jobs where state = 'FAILED' and (coalesce(error_class, '') = '' or coalesce(error, '') = '')
        or state = 'CANCELLED' and coalesce(error_class, error, advice) is not null
        or state in ('FAILED', 'CANCELLED') and finished_at is null""",
    4: f"""select j.id from jobs j, jsonb_each(outputs) o where not exists (
        select from task_log l where l.job_id = j.id and l.status = 'success'
        and starts_with(o.value ->> 'key', {PREFIX}))""",
    5: """select id from jobs where state = 'RUNNING' and coalesce(error_class, error, advice) is not null""",
    6: """select t.id from tasks t left join (
            select task_id, count(*) as n, min(attempt) as first, max(attempt) as last from task_log group by task_id) l
        on l.task_id = t.id where (coalesce(n, 0), coalesce(first, 1), coalesce(last, 0)) <> (t.attempt, 1, t.attempt)
        union all select task_id from task_log where task_id not in (select id from tasks)""",
    7: """select l.task_id from task_log l
        left join tasks t on t.id = l.task_id and t.attempt = l.attempt and t.status = 'running'
        where (l.status = 'processing') <> (t.id is not null) or (l.finished_at is null) <> (t.id is not null)""",
    8: """select t.id from tasks t left join task_log l on l.task_id = t.id and l.attempt = t.attempt
        where t.status = 'done' and l.status is distinct from 'success'
            or t.status = 'failed' and l.status is distinct from 'failed'
        union all select t.id from tasks t join task_log l on l.task_id = t.id
        where t.kind <> 'read' and l.status = 'success' and not (t.status = 'done' and t.attempt = l.attempt)""",
    9: """select j.id from jobs j, lateral (
            select count(*) as settled, count(*) filter (where state = 'failed') as failed
            from pages p where p.job_id = j.id and p.reading = j.reading) n
        where (pages_done, pages_failed) <> (n.settled, n.failed)
        union all select job_id from pages p join jobs j on j.id = p.job_id where p.reading > j.reading""",
    10: f"""select a.id from tasks a join tasks b on a.job_id = b.job_id and a.id <> b.id
        where a.kind = 'pages' and a.{LIVE} and b.{LIVE} and (b.kind <> 'pages'
            or int4range(a.first_page, a.last_page, '[]') && int4range(b.first_page, b.last_page, '[]'))""",
    11: f"""select job_id from tasks group by job_id
        having count(*) filter (where kind = 'read') <> 1
            or count(*) filter (where kind = 'assemble' and {LIVE}) > 1""",
    12: "select id from tasks where password is not null and status in ('done', 'failed')",
    13: """select id from tasks where status = 'queued' and attempt >= max_attempts or attempt > max_attempts
        or interruptions > 10""",
    14: f"""select l.task_id from task_log l where status in ('failed', 'retrying') and not exists (
        select from leftovers o where o.prefix = {PREFIX} and o.due_at > l.finished_at + interval '4 min')""",
    15: """select id from tasks where status = 'running' and num_nulls(worker, lease_until, deadline, started_at) > 0
        or status = 'queued' and num_nonnulls(worker, finished_at) > 0
        or status in ('done', 'failed', 'cancelled') and finished_at is null""",
    16: "select id from jobs where state = 'UPLOADING' and exists (select from tasks t where t.job_id = jobs.id)",
}
_ROWS = {
    "jobs": "cast(id as text)",
    "tasks": "cast(id as text)",
    "task_log": "cast(id as text)",
    "pages": "job_id || ' ' || number",
    "leftovers": "prefix",
}
_BROKEN = " union all ".join(
    f"select 'broken', 'rule {number}: ' || id, cast(null as jsonb) from ({query}) r{number} (id)"
    for number, query in _RULES.items()
)
_ALL = " union all ".join(f"select '{table}', {key}, to_jsonb({table}) from {table}" for table, key in _ROWS.items())
_PICTURE = text(f"{_BROKEN} union all {_ALL}")

Row = dict[str, Any]


@dataclass
class Picture:
    """All rows as they are at one moment, by their keys, and which rules they break."""

    broken: list[str] = field(default_factory=list)
    jobs: dict[str, Row] = field(default_factory=dict)
    tasks: dict[str, Row] = field(default_factory=dict)
    task_log: dict[str, Row] = field(default_factory=dict)
    pages: dict[str, Row] = field(default_factory=dict)
    leftovers: dict[str, Row] = field(default_factory=dict)

    def tasks_of(self, job: str) -> list[Row]:
        return [task for task in self.tasks.values() if task["job_id"] == job]


def picture(engine: Engine) -> Picture:
    taken = Picture()
    with single(engine) as connection:
        for table, key, row in connection.execute(_PICTURE):
            if table == "broken":
                taken.broken.append(key)
            else:
                getattr(taken, table)[key] = row
    return taken
