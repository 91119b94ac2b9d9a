"""What an operator sees and steers: pauses, a history of figures, what stood out, and more of each worker."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

QUEUES = """
create table queues (
    name text not null constraint pk_queues primary key,
    paused boolean not null default false,
    told jsonb not null default '[]',
    changed_by text,
    changed_at timestamptz not null default now()
);
"""

HISTORY = """
create table history (
    step integer not null,
    queue text not null,
    at timestamptz not null,
    covered_s integer not null,
    waiting integer not null,
    ready integer,
    held integer,
    running integer not null,
    delayed integer,
    oldest_s real,
    added integer not null,
    begun integer not null,
    done integer not null,
    failed integer not null,
    pages integer not null,
    wait_p50_s real,
    wait_p95_s real,
    page_p50_s real,
    page_p95_s real,
    slots integer not null,
    busy integer not null,
    constraint pk_history primary key (step, queue, at)
);
"""

INCIDENTS = """
create table incidents (
    id bigint not null generated always as identity constraint pk_incidents primary key,
    rule text not null,
    subject text not null,
    severity text not null,
    title text not null,
    sentence text not null,
    made_of jsonb,
    opened_at timestamptz not null,
    closed_at timestamptz,
    seen_at timestamptz not null default now()
);
create unique index ix_incidents_open on incidents (rule, subject) where closed_at is null;
create index ix_incidents_opened_at on incidents (opened_at);
"""

WORKERS = """
alter table workers add column autoscale jsonb;
alter table workers add column paused jsonb not null default '[]';
"""

# What the English sentences beside it are made of.
MADE_OF = """
alter table jobs add column made_of jsonb;
alter table task_log add column made_of jsonb;
alter table pages add column made_of jsonb;
alter table audit add column made_of jsonb;
"""

# What is asked of jobs that are not done, in which order they changed and why they failed, stands in the index itself.
# Which batches have jobs that have not ended, when a job of a batch changed last, and how many pages wait in a queue,
# is one look along an index each.
INDEXES = """
drop index ix_jobs_active;
create index ix_jobs_active on jobs (state, batch_id, id) include (created_at, updated_at, finished_at, error_class)
    where state <> 'DONE';
drop index ix_jobs_batch;
create index ix_jobs_batch on jobs (batch_id, updated_at, id) where batch_id is not null;
create index ix_jobs_failed on jobs (error_class, batch_id, finished_at) where state = 'FAILED';
create index ix_jobs_waiting on jobs (queue) include (pages, pages_done) where state in ('QUEUED', 'RUNNING');
"""


def upgrade() -> None:
    """Add it all; no row of what is there is rewritten."""
    for statements in (QUEUES, HISTORY, INCIDENTS, WORKERS, MADE_OF, INDEXES):
        op.execute(statements)
