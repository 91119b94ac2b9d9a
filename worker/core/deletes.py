"""Jobs that are to be gone, with everything that was read of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text

from worker.core import leftovers
from worker.core.jobs import ENDED, State
from worker.core.outcomes import WHY_NOT, Course, Outcome, in_batches, locked, sift, unique

_DELETE = text("delete from jobs where id = any(cast(:jobs as uuid[]))")


class Deletes:
    """The end of jobs."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def delete(self, ids: Iterable[UUID], *, course: Course | None = None) -> Outcome:
        """Delete jobs that have ended, their pages, their log, and through the sweeper their objects.

        Objects that another job shares, because it read the same bytes, stay.

        Args:
            ids: The frozen list; one named twice counts once.
            course: How far it is, and whether to stop.
        """

        def act(connection: Connection, some: list[UUID]) -> Outcome:
            part = Outcome(len(some))
            sift(some, locked(connection, some), why_no_delete, part)
            leftovers.add_jobs(connection, part.done)
            connection.execute(_DELETE, {"jobs": part.done})
            return part

        asked = unique(ids)
        return in_batches(self.engine, Outcome(len(asked)), asked, act, course)


def why_no_delete(row: Row[Any]) -> str:
    """Why a job cannot be deleted; "" for none."""
    state = State(row.state)
    return "" if state in ENDED else f"{WHY_NOT[state].removesuffix(' already')}: to be cancelled first"
