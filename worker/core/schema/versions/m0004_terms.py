"""What a worker says of the terms on which it takes messages, of its clock, and of another that has its name."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

WORKERS = """
alter table workers add column terms jsonb not null default '{}';
alter table workers add column rival jsonb;
alter table workers add column ahead_s double precision;
"""


def upgrade() -> None:
    """Add them; a worker of an earlier program says nothing of it."""
    op.execute(WORKERS)
