"""What a spread document, a cancel, a resumed upload and the sweeping need to remember."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

JOBS = """
alter table jobs add column reading integer not null default 1;
alter table jobs add column upload jsonb;
"""

TASKS = """
alter table tasks add column page integer;
alter table tasks add column suspect integer;
alter table tasks add column message_id text;
"""

PAGES = """
alter table pages add column reading integer not null default 1;
alter table pages add column dpi integer;
alter table pages add column drops_text boolean not null default false;
"""

HOUSE = """
create table leftovers (
    prefix text not null constraint pk_leftovers primary key,
    job_id uuid not null,
    source_sha256 text,
    upload_id text,
    due_at timestamptz not null default now()
);
create index ix_leftovers_due_at on leftovers (due_at);

create table housekeeping (
    id smallint not null default 1 constraint pk_housekeeping primary key constraint ck_housekeeping_one check (id = 1),
    acted_by text not null,
    acted_at timestamptz not null,
    reaped bigint not null default 0,
    published bigint not null default 0,
    swept bigint not null default 0,
    expired bigint not null default 0
);
"""

# An entry is for ever as it was, but that it can be undone once, that what undoing needs is dropped when its time is
# over, and that entries older than a year may go.
AUDIT = """
create function ocr_keep_audit() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.at > now() - interval '365 days' then
            raise exception 'the audit is append-only' using errcode = 'restrict_violation';
        end if;
        return old;
    end if;
    if (new.undo is not null and new.undo is distinct from old.undo) or (old.undone_at is not null
            and new.undone_at is distinct from old.undone_at)
        or (new.id, new.at, new.who, new.host, new.profile, new.action, new.asked, new.done, new.result, new.details)
            is distinct from
           (old.id, old.at, old.who, old.host, old.profile, old.action, old.asked, old.done, old.result, old.details)
    then
        raise exception 'the audit is append-only' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger audit_append_only before update or delete on audit for each row execute function ocr_keep_audit();
"""


def upgrade() -> None:
    """Add it all; nothing of what is there is rewritten."""
    for statements in (JOBS, TASKS, PAGES, HOUSE, AUDIT):
        op.execute(statements)
