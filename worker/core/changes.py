"""Following the changes of jobs: what changed since the last look, each change once, at a thousand a second too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from worker.core.database import single
from worker.core.jobs import Job
from worker.core.rows import JOBS, job_of

OVERLAP_S = 2.0  # a change is stamped before its transaction commits: look back this far for what came late
STAMPS = 20_000  # of changes that are looked at in one go
_STAMPS = text("""
select id, updated_at from jobs where updated_at > :since order by updated_at desc, id desc limit :stamps""")
_NEWEST = text("select updated_at from jobs order by updated_at desc, id desc limit 1")
_JOBS = text(f"{JOBS} where j.id = any(cast(:ids as uuid[])) order by j.updated_at, j.id")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far somebody has looked."""

    newest: datetime | None = None  # the latest stamp that was seen; None: nothing was
    seen: Mapping[UUID, datetime] = field(default_factory=dict)  # the stamps of what may come again


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since a mark, oldest change first."""

    jobs: tuple[Job, ...]
    mark: Mark
    complete: bool  # False: more changed than was asked for; what is missing is older


class Changing:
    """The changes of all jobs; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def changes(self, mark: Mark, *, limit: int = 2000) -> Changes:
        """The jobs that changed since, each with its last change; at the first look none: there is nothing to compare.

        Looks back OVERLAP_S behind the mark for transactions that were stamped earlier and committed late; only stamps
        are read of what was seen already.

        Args:
            mark: That of the look before.
            limit: At most so many jobs, the newest.
        """
        with single(self.engine) as connection:
            if mark.newest is None:
                newest: datetime | None = connection.scalar(_NEWEST)
                return Changes((), Mark(newest or datetime.min), complete=True)
            stamps = _stamps(connection, mark.newest)
            unseen = [job_id for job_id, stamp in stamps.items() if mark.seen.get(job_id) != stamp]
            jobs = _jobs(connection, unseen[:limit]) if unseen else ()
        complete = len(unseen) <= limit and len(stamps) < STAMPS
        return Changes(jobs, Mark(max(stamps.values(), default=mark.newest), stamps), complete)


def _stamps(connection: Connection, newest: datetime) -> dict[UUID, datetime]:
    """When what changed lately did so, newest first."""
    since = newest if newest == datetime.min else newest - timedelta(seconds=OVERLAP_S)
    rows = connection.execute(_STAMPS, {"since": since, "stamps": STAMPS})
    return {row.id: row.updated_at for row in rows}


def _jobs(connection: Connection, ids: list[UUID]) -> tuple[Job, ...]:
    rows = connection.execute(_JOBS, {"ids": [str(one) for one in ids]})
    return tuple(map(job_of, rows))  # row by row: a list of all of them would take half as much again
