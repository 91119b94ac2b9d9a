"""Ends what waits for nobody, and deletes rows that would grow in number for ever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, text

from worker.core.database import single, transaction
from worker.core.settings import Settings
from worker.core.undoing import UNDO_S
from worker.core.upload_rows import leave_upload

ROWS = 500  # at once
WORKER_DAYS = 7  # a worker that is gone is remembered for so long
INCIDENT_DAYS = 60  # as long as the history

_NEVER_UPLOADED = "“{name}” was never fully uploaded: nothing came of it for {days} days."
_STALE_UPLOADS = text("""
select id from jobs where state = 'UPLOADING' and updated_at < clock_timestamp() - make_interval(days => :days)
order by id limit :rows for no key update skip locked""")
_END_UPLOADS = text("""
update jobs set state = 'FAILED', error_class = 'interrupted', upload = null, finished_at = clock_timestamp(),
    error = replace(replace(:why, '{days}', cast(:days as text)), '{name}', name), advice = 'Add it again.',
    made_of = jsonb_build_object('error', jsonb_build_object('template', cast(:why as text),
        'values', jsonb_build_object('name', name, 'days', :days)))
where id = any(cast(:jobs as uuid[]))""")
# A cancel can be undone for a while; then nobody needs the password any more.
_FORGET_PASSWORDS = text("""
update tasks set password = null where id in (
    select id from tasks where status = 'cancelled' and password is not null
        and finished_at < clock_timestamp() - make_interval(secs => :undo_s) limit :rows for update skip locked)""")
_FORGET_UNDO = text("""
update audit set undo = null where undo is not null and at < clock_timestamp() - make_interval(secs => :undo_s)""")
_OLD_AUDIT = text("""
delete from audit where id in (
    select id from audit where at < clock_timestamp() - make_interval(days => :days) order by at limit :rows)""")
_GONE_WORKERS = text("delete from workers where seen_at < clock_timestamp() - make_interval(days => :days)")

_OLD_INCIDENTS = text("""
delete from incidents where id in (
    select id from incidents where closed_at < clock_timestamp() - make_interval(days => :days)
    order by opened_at limit :rows)""")


class OldRows:
    """Used by one thread, that of who keeps house.

    Args:
        engine: The database.
        settings: What is kept for how long.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._upload_days = settings.uploads_kept_days
        self._audit_days = settings.audit_kept_days

    def expire(self) -> int:
        """One round; how many uploads and rows were ended. Raises DatabaseError."""
        with transaction(self._engine) as connection:
            count = self._end_uploads(connection)
        undo = {"undo_s": UNDO_S + 60}  # one that began in time is let through
        with single(self._engine) as connection:
            _change(connection, _FORGET_PASSWORDS, undo)
            _change(connection, _FORGET_UNDO, undo)
            count += _change(connection, _OLD_AUDIT, {"days": self._audit_days})
            count += _change(connection, _OLD_INCIDENTS, {"days": INCIDENT_DAYS})
            return count + _change(connection, _GONE_WORKERS, {"days": WORKER_DAYS})

    def _end_uploads(self, connection: Connection) -> int:
        """Uploads of consoles that never came back; what was sent of them is recorded for the sweeper."""
        jobs = list(connection.scalars(_STALE_UPLOADS, {"days": self._upload_days, "rows": ROWS}))
        for job in jobs:
            leave_upload(connection, job)
        if jobs:
            connection.execute(_END_UPLOADS, {"jobs": jobs, "days": self._upload_days, "why": _NEVER_UPLOADED})
        return len(jobs)


def _change(connection: Connection, statement: Any, values: Mapping[str, float]) -> int:  # noqa: ANN401
    return int(connection.execute(statement, {**values, "rows": ROWS}).rowcount)
