"""The record of where objects may lie that no row names any more; the sweeper goes by it.

Whoever makes objects unreferenced records their prefix in the same transaction. What some row still names under a
prefix is not touched, so a prefix may be recorded once too often, and never once too few.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text

ZOMBIE_S = 900.0  # who is dead to us may write for so long
MARGIN_S = 300.0  # behind a deadline

# The later of two times: the one who named it may know of a writer that is still at it.
_MERGE = """on conflict (prefix) do update set due_at = greatest(leftovers.due_at, excluded.due_at),
    source_sha256 = coalesce(excluded.source_sha256, leftovers.source_sha256),
    upload_id = coalesce(excluded.upload_id, leftovers.upload_id)"""
_DUE = "clock_timestamp() + make_interval(secs => :after_s)"
_ADD = text(f"""
insert into leftovers (prefix, job_id, source_sha256, upload_id, due_at)
values (:prefix, :job, :source_sha256, :upload_id, {_DUE}) {_MERGE}""")  # noqa: S608 - constants of this file
# Until its deadline and the kill that follows, an attempt may write.
_ADD_ATTEMPTS = text(f"""
insert into leftovers (prefix, job_id, source_sha256, due_at)
select 'results/' || t.job_id || '/' || t.id || '-' || t.attempt || '/', t.job_id, j.source_sha256,
    greatest(t.deadline, clock_timestamp()) + make_interval(secs => :margin_s)
from tasks t join jobs j on j.id = t.job_id
where t.job_id = any(cast(:jobs as uuid[])) and t.status = 'running' order by 1 {_MERGE}""")  # noqa: S608
# A job may name objects of one that read the same bytes before, and is gone.
_ADD_JOBS = text(f"""
with doomed as (select * from jobs where id = any(cast(:jobs as uuid[]))),
named as (
    select source_sha256, source_key as key from doomed
    union all select source_sha256, output.value ->> 'key' from doomed cross join lateral jsonb_each(outputs) output),
owners as (
    select id, source_sha256, upload ->> 'id' as upload_id from doomed
    union select cast(split_part(key, '/', 2) as uuid), source_sha256, null from named
        where key ~ '^(uploads|results)/[0-9a-f]{{8}}-([0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}}/')
insert into leftovers (prefix, job_id, source_sha256, upload_id, due_at)
select p.prefix, o.id, max(o.source_sha256), max(case when p.prefix like 'uploads/%' then o.upload_id end), {_DUE}
from owners o cross join lateral (values ('results/' || o.id || '/'), ('uploads/' || o.id || '/'),
    ('thumbnails/' || o.id || '.webp')) p (prefix)
group by p.prefix, o.id order by 1 {_MERGE}""")  # noqa: S608


def add(
    connection: Connection,
    prefix: str,
    *,
    job_id: UUID,
    source_sha256: str | None = None,
    upload_id: str | None = None,
    after_s: float = 0.0,
) -> None:
    """Record a prefix of keys, or one key.

    Args:
        connection: In the transaction that makes the objects unreferenced.
        prefix: As an object's key begins; ends with a slash unless it is a whole key.
        job_id: Whose objects they are.
        source_sha256: Of that job's file: jobs that read the same bytes may share the objects.
        upload_id: Of an upload in parts that nobody will complete.
        after_s: Not before so many seconds: ZOMBIE_S where somebody may still write.
    """
    values = {"prefix": prefix, "job": job_id, "source_sha256": source_sha256, "upload_id": upload_id}
    connection.execute(_ADD, {**values, "after_s": after_s})


def add_attempts(connection: Connection, job_ids: Sequence[UUID]) -> None:
    """Record what the running attempts of these jobs write; before their tasks' rows say that they are dead."""
    connection.execute(_ADD_ATTEMPTS, {"jobs": list(job_ids), "margin_s": MARGIN_S})


def add_jobs(connection: Connection, job_ids: Sequence[UUID]) -> None:
    """Record all objects of these jobs; before their rows are deleted. Running ones: `add_attempts` as well."""
    connection.execute(_ADD_JOBS, {"jobs": list(job_ids), "after_s": 0.0})
