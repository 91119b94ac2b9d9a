"""How a page was brought to be read: what was turned, which try won and what it gained, and what it was read from."""

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
create index ix_pages_image_key on pages (image_key) where image_key is not null;
"""


def upgrade() -> None:
    """Add them; no row of what is there is rewritten, and none of it is in the index."""
    op.execute(PAGES)
