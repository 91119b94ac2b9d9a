"""How a page was brought to be read, and what waits for a worker that has its languages.

Of a page: what was turned, which try won and what it gained, and what it was read from.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

PAGES = """
alter table pages add column skew double precision;
alter table pages add column turned integer;
alter table pages add column tried text;
alter table pages add column gain double precision;
alter table pages add column image_key bytea;
alter table pages add column reused boolean not null default false;
create index ix_pages_image_key on pages (image_key, read_at) where image_key is not null;
"""
LANGUAGES = """
alter table tasks add column lacks text;
alter table tasks add column lacks_until double precision;
alter table tasks add column route text;
create index ix_tasks_aside on tasks (lacks, queue, priority, id) where status = 'queued' and lacks is not null;
create index ix_tasks_route on tasks (route) where route is not null;
alter table housekeeping add column manned_s double precision not null default 0;
alter table housekeeping add column manned_at timestamptz;
"""


def upgrade() -> None:
    """Add them; no row of what is there is rewritten, and none of it is in the index."""
    op.execute(PAGES)
    op.execute(LANGUAGES)
