"""A table of a million jobs as a year of work leaves it: batches, queues, states, causes, names in several scripts.

    python -m tests.bench.million [--jobs 1000000] [--queues 50] [--batches 200] [--home DIR]

Everything follows from a job's number, so two tables of the same size differ in their times alone. The table is
emptied first. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from console.ops.stack import Stack
from tests.services.stack_homes import temporary_home
from worker.core.answers import silent_for
from worker.core.database import open_engine, single
from worker.core.schema import upgrade

DAYS = 90  # over which they came
WORKERS = 20
# The first of 200 holds 7 % of all jobs, the last 0.25 %; the jobs of one came one after the other.
BATCHES = """
insert into batches (id, name, created_by, created_at)
select md5('batch ' || n)::uuid,
    (array['Bauakten Halle','Hồ sơ thuế','合同','Annual reports','Personalakten','Minutes of the board'])[1 + n % 6]
        || ' ' || n, (array['ann','bob','hồng'])[1 + n % 3] || '@scan-0' || 1 + n % 4,
    now() - make_interval(days => :days) * (1 - sqrt((n - 1)::float / :batches))
from generate_series(1, :batches) n"""
QUEUES = """
insert into queues (name) select case when n = 1 then 'ocr' else 'ocr.q' || n end
from generate_series(1, :queues) n"""
JOBS = """
insert into jobs (id, name, path, state, batch_id, queue, priority, options, source_key, source_path, source_bytes,
    source_sha256, source_mtime, media_type, pages, pages_done, pages_failed, mean_confidence, error_class, error,
    advice, attempts, seconds, outputs, submitted_by, created_at, updated_at, started_at, finished_at)
select
    (lpad(to_hex((extract(epoch from made) * 1000)::bigint), 12, '0') || '7' || substr(hash, 1, 3) || '8'
        || substr(hash, 4, 15))::uuid,
    name, 'in/' || n % 400 || '/' || name, state,
    case when n % 10 <> 0
        then md5('batch ' || 1 + floor(pow((n - 1)::float / :jobs, 2) * :batches)::int)::uuid end,
    case when q = 1 then 'ocr' else 'ocr.q' || q end,
    (array[6,6,6,6,6,6,6,3,9,0])[1 + (n / 7) % 10],
    '{"languages": "deu+eng", "mode": "auto", "formats": ["txt", "pdf"], "pages": "", "dpi": 300}',
    'uploads/' || hash || '/source.pdf', '/scans/in/' || n % 400 || '/' || name, 20000 + (n * 7919) % 9000000,
    hash || hash, 1.7e9 + n, 'application/pdf', pages,
    case state when 'DONE' then pages when 'RUNNING' then pages / 2 when 'FAILED' then pages / 3 else 0 end,
    case when state = 'DONE' and n % 211 = 0 then 1 else 0 end,
    case when state = 'DONE' then 99.5 - pow((n * 31 % 1000) / 1000.0, 30) * 60 end,
    class, case when class is not null then 'Page ' || 1 + n % 40 || ' of ' || name || ' could not be read.' end,
    case when class is not null then 'Scan it anew.' end, 1 + (n % 37 = 0)::int,
    case when state in ('DONE', 'FAILED') then 0.4 + (n * 13 % 600) / 10.0 end,
    case when state = 'DONE' then jsonb_build_object('txt', jsonb_build_object('key', 'results/' || hash || '/1/txt',
        'bytes', 2113, 'sha256', hash), 'pdf', jsonb_build_object('key', 'results/' || hash || '/1/pdf',
        'bytes', 90210, 'sha256', hash)) else '{}' end,
    (array['ann','bob','hồng'])[1 + n % 3] || '@scan-0' || 1 + n % 4, made,
    case state when 'DONE' then ended when 'FAILED' then ended when 'CANCELLED' then ended
        when 'RUNNING' then now() - make_interval(secs => n % 60) else made end,
    case when state in ('DONE', 'FAILED', 'RUNNING') then made + interval '20 s' end,
    case when state in ('DONE', 'FAILED', 'CANCELLED') then ended end
from (
    select n, hash, made, q, pages, state, least(made + make_interval(secs => 60 + n * 17 % 7200), now()) as ended,
        case when state = 'FAILED' then (array['corrupt','needs_password','timed_out','too_large','no_language',
            'out_of_memory','corrupt','corrupt','empty','storage'])[1 + (n / 33) % 10] end as class,
        (array['Rechnung','Hóa đơn','invoice','合同','Baupläne','Annual report','letter','Grundbuchauszug'])[1 + n % 8]
            || ' ' || (array['Halle 7','Nord','2026','final','Quý 2','Rev. 4','盖章版'])[1 + n / 8 % 7] || ' '
            || substr(hash, 1, 6) || (array['.pdf','.pdf','.pdf','.tif','.jpg'])[1 + n % 5] as name
    from (
        select n, md5(n::text) as hash, 1 + n * 7 % 40 as pages,
            now() - make_interval(days => :days) * ((:jobs - n)::float / :jobs) as made,
            least(1 + floor(pow((n * 11 % 1009) / 1009.0, 4) * :queues)::int, :queues) as q,
            case when n > :jobs - greatest(:jobs / 80000, 2) then 'UPLOADING'
                when n > :jobs - :jobs / 5000 and n % 2 = 0 then 'RUNNING'
                when n > :jobs - :jobs / 80 then 'QUEUED'
                when n % 33 = 0 then 'FAILED' when n % 71 = 5 then 'CANCELLED' else 'DONE' end as state
        from generate_series(1::bigint, :jobs) n) numbered) made_up"""
TASKS = """
insert into tasks (id, job_id, kind, queue, priority, status, attempt, worker, lease_until, created_at, published_at,
    started_at)
select gen_random_uuid(), id, 'read', queue, priority, case state when 'RUNNING' then 'running' else 'queued' end,
    (state = 'RUNNING')::int,
    case when state = 'RUNNING' then 'ocr' || 1 + abs(hashtext(id::text)) % :workers || '@scan-01' end,
    case when state = 'RUNNING' then now() + interval '1 h' end, created_at, created_at, started_at
from jobs where state in ('QUEUED', 'RUNNING')"""


def fill(engine: Engine, jobs: int = 1_000_000, queues: int = 50, batches: int = 200) -> None:
    """Empty the tables of the work and fill them; the indexes are made anew behind the rows, which is far quicker."""
    values = {"jobs": jobs, "queues": queues, "batches": batches, "days": DAYS, "workers": WORKERS}
    with silent_for(3_600), single(engine) as connection, _patient(connection):
        connection.execute(text("truncate jobs, batches, queues, workers cascade"))
        with _bare(connection):
            for statement in (BATCHES, QUEUES, JOBS, TASKS):
                connection.execute(text(statement.replace("::", "\\:\\:")), values)
        connection.execute(text("vacuum analyze jobs, batches, tasks, queues"))


@contextmanager
def _patient(connection: Connection) -> Iterator[None]:
    settings = {"statement_timeout": "0", "synchronous_commit": "off", "maintenance_work_mem": "'512MB'"}
    for name, value in settings.items():
        connection.execute(text(f"set {name} = {value}"))
    try:
        yield
    finally:
        for name in settings:
            connection.execute(text(f"reset {name}"))


@contextmanager
def _bare(connection: Connection) -> Iterator[None]:
    """Jobs without their indexes and the look-up of their batch, and with the times that they are given."""
    query = "select indexname, indexdef from pg_indexes where tablename = 'jobs' and indexname like 'ix%'"
    indexes = connection.execute(text(query)).all()
    key = "fk_jobs_batch_id"
    look_up = connection.scalar(
        text("select pg_get_constraintdef(oid) from pg_constraint where conname = :key"), {"key": key}
    )
    connection.exec_driver_sql(f"alter table jobs disable trigger user, drop constraint {key}")
    for name, _ in indexes:
        connection.exec_driver_sql(f"drop index {name}")
    try:
        yield
    finally:
        for _, definition in indexes:
            connection.exec_driver_sql(definition)
        connection.exec_driver_sql(f"alter table jobs enable trigger user, add constraint {key} {look_up}")


def main() -> None:
    """Fill the database of a home and leave it there, or of one that is thrown away."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--jobs", type=int, default=1_000_000)
    words.add_argument("--queues", type=int, default=50)
    words.add_argument("--batches", type=int, default=200)
    words.add_argument("--home", type=Path, help="a home of the embedded stack: its work is thrown away")
    asked = words.parse_args()
    with nullcontext(asked.home) if asked.home else temporary_home() as home, Stack(home) as stack:
        stack.up(keep=asked.home is not None)
        engine = open_engine(stack.settings(), application="bench", pool_size=1)
        upgrade(engine)
        began = time.monotonic()
        fill(engine, asked.jobs, asked.queues, asked.batches)
        engine.dispose()
        print(json.dumps({"jobs": asked.jobs, "seconds": round(time.monotonic() - began, 1)}))


if __name__ == "__main__":
    main()
