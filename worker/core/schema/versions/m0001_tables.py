"""The tables, their indexes, and the trigger that stamps every change of a job."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

JOBS = """
create table batches (
    id uuid not null constraint pk_batches primary key,
    name text not null,
    created_by text,
    created_at timestamptz not null default now(),
    paused boolean not null default false
);
create table jobs (
    id uuid not null constraint pk_jobs primary key,
    name text not null,
    path text not null default '',
    state text not null default 'UPLOADING' constraint ck_jobs_state
        check (state in ('UPLOADING','QUEUED','RUNNING','DONE','FAILED','CANCELLED')),
    batch_id uuid constraint fk_jobs_batch_id references batches (id) on delete set null,
    queue text not null default 'ocr',
    priority smallint not null default 6,
    options jsonb not null default '{}',
    source_key text,
    source_path text,
    source_bytes bigint,
    source_sha256 text,
    source_mtime double precision,
    media_type text,
    pages integer,
    pages_done integer not null default 0,
    pages_failed integer not null default 0,
    mean_confidence double precision,
    error_class text,
    error text,
    advice text,
    attempts integer not null default 1,
    seconds double precision,
    engine jsonb,
    notes jsonb not null default '[]',
    outputs jsonb not null default '{}',
    submitted_by text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz
);
create index ix_jobs_created on jobs (created_at, id);
create index ix_jobs_changed on jobs (updated_at, id);
create index ix_jobs_active on jobs (state, id) where state <> 'DONE';
create index ix_jobs_batch on jobs (batch_id, id) where batch_id is not null;
create index ix_jobs_source on jobs (source_sha256) where source_sha256 is not null;
create index ix_jobs_text on jobs using gin ((name || ' ' || coalesce(error, '')) gin_trgm_ops);

create function ocr_stamp_change() returns trigger language plpgsql as $$
begin
    new.updated_at := clock_timestamp();
    return new;
end $$;
create trigger jobs_changed before insert or update on jobs for each row execute function ocr_stamp_change();
"""

TASKS = """
create table tasks (
    id uuid not null constraint pk_tasks primary key,
    job_id uuid not null constraint fk_tasks_job_id references jobs (id) on delete cascade,
    kind text not null,
    first_page integer,
    last_page integer,
    queue text not null default 'ocr',
    priority smallint not null default 6,
    status text not null default 'queued' constraint ck_tasks_status
        check (status in ('queued','running','done','failed','cancelled')),
    attempt integer not null default 0,
    max_attempts integer not null default 4,
    interruptions integer not null default 0,
    worker text,
    pid integer,
    lease_until timestamptz,
    deadline timestamptz,
    not_before timestamptz not null default now(),
    published_at timestamptz,
    password bytea,
    error_class text,
    error text,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz
);
create index ix_tasks_job_id on tasks (job_id);
create index ix_tasks_due on tasks (queue, priority, id) where status = 'queued';
create index ix_tasks_leased on tasks (lease_until) where status = 'running';

create table task_log (
    id bigint generated always as identity constraint pk_task_log primary key,
    task_id uuid not null,
    task_name text not null default 'ocr.run_job',
    job_id uuid not null constraint fk_task_log_job_id references jobs (id) on delete cascade,
    attempt integer not null,
    worker text,
    payload jsonb not null default '{}',
    status text not null,
    result jsonb,
    error_type text,
    error_message text,
    traceback text,
    retry_count integer not null default 0,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    constraint uq_task_log_task_id_attempt unique (task_id, attempt)
);
create index ix_task_log_job_id on task_log (job_id);
"""

PAGES = """
create table pages (
    job_id uuid not null constraint fk_pages_job_id references jobs (id) on delete cascade,
    number integer not null,
    state text not null,
    source text not null default 'ocr',
    confidence double precision,
    words integer not null default 0,
    chars integer not null default 0,
    text text not null default '',
    width integer,
    height integer,
    seconds double precision,
    hocr_key text,
    pdf_key text,
    task_id uuid,
    attempt integer,
    error_class text,
    error text,
    read_at timestamptz not null default now(),
    words_tsv tsvector generated always as (to_tsvector('simple', left(text, 200000))) stored,
    constraint pk_pages primary key (job_id, number)
);
create index ix_pages_words on pages using gin (words_tsv);
"""

PEOPLE = """
create table workers (
    name text not null constraint pk_workers primary key,
    host text not null,
    pid integer not null,
    version text not null,
    pool text not null,
    slots integer not null,
    busy integer not null default 0,
    queues jsonb not null default '[]',
    doing jsonb not null default '[]',
    children jsonb not null default '[]',
    languages jsonb not null default '[]',
    tools jsonb not null default '{}',
    memory_mb double precision,
    disk_free_mb double precision,
    started_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    stopped_at timestamptz
);
create table audit (
    id bigint generated always as identity constraint pk_audit primary key,
    at timestamptz not null default now(),
    who text not null,
    host text not null,
    profile text not null,
    action text not null,
    asked integer not null default 0,
    done integer not null default 0,
    result text not null default '',
    details jsonb not null default '{}',
    undo jsonb,
    undone_at timestamptz
);
create index ix_audit_at on audit (at);
"""


def upgrade() -> None:
    """Make everything."""
    op.execute("create extension if not exists pg_trgm")
    for statements in (JOBS, TASKS, PAGES, PEOPLE):
        op.execute(statements)
