"""How urgent jobs are: changed on a frozen list while they wait or run, and put back as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text

from worker.core.jobs import ACTIVE, Doorbell, Priority, State
from worker.core.outcomes import WHY_NOT, Course, Outcome, in_batches, locked, sift, unique
from worker.core.rows import priority_of

_CHANGE_JOBS = text("update jobs set priority = :priority where id = any(cast(:jobs as uuid[]))")
# An assembly goes ahead of the backlog whatever the job's priority is: all its pages are read.
_CHANGE_TASKS = text("""
with found as (
    select id as task, priority as before,
        case when kind = 'assemble' then least(:priority, :ahead) else :priority end as after
    from tasks where job_id = any(cast(:jobs as uuid[])) and status in ('queued', 'running')
    order by id for no key update)
update tasks set priority = after from found where id = task and before <> after
returning id, job_id, coalesce(route, queue) as queue, priority,
    status = 'queued' and published_at is not null and not_before <= clock_timestamp() as rung""")
NAMES = {Priority.NEXT: "next", Priority.HIGH: "high", Priority.NORMAL: "normal", Priority.LOW: "low"}


@dataclass(frozen=True, slots=True)
class Moved(Outcome):
    """A change of priorities. The messages of `doorbells` lie in the lists of other priorities and are to be moved."""

    before: list[tuple[UUID, Priority]] = field(default_factory=list)  # how urgent each job was


class Priorities:
    """Who comes before whom."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def set_priority(self, ids: Iterable[UUID], priority: Priority, *, course: Course | None = None) -> Moved:
        """Make jobs that have not ended as urgent as that, with the tasks that they still have.

        Args:
            ids: The frozen list; one named twice counts once.
            priority: For all of them.
            course: How far it is, and whether to stop.
        """

        def act(connection: Connection, some: list[UUID]) -> Moved:
            part, rows = Moved(len(some)), locked(connection, some)
            sift(some, rows, why_no_priority(priority), part)
            part.before.extend((one, priority_of(rows[one].priority)) for one in part.done)
            _move(connection, part, part.done, priority)
            return part

        asked = unique(ids)
        return in_batches(self.engine, Moved(len(asked)), asked, act, course)

    def restore_priorities(self, before: Mapping[UUID, Priority], set_to: Priority) -> Moved:
        """Put jobs back to how urgent they were, unless they have ended or somebody changed that since."""

        def why_not(row: Row[Any]) -> str:
            changed = priority_of(row.priority) is not set_to
            return "has another priority by now" if changed else _why_ended(row)

        def act(connection: Connection, some: list[UUID]) -> Moved:
            part, rows = Moved(len(some)), locked(connection, some)
            sift(some, rows, why_not, part)
            for priority in Priority:
                _move(connection, part, [one for one in part.done if before[one] is priority], priority)
            return part

        return in_batches(self.engine, Moved(len(before)), list(before), act)


def why_no_priority(priority: Priority) -> Callable[[Row[Any]], str]:
    """Why a job's priority cannot become that one; "" for none."""

    def why_not(row: Row[Any]) -> str:
        has_it = priority_of(row.priority) is priority
        return _why_ended(row) or (f"has the priority {NAMES[priority]} already" if has_it else "")

    return why_not


def _why_ended(row: Row[Any]) -> str:
    state = State(row.state)
    return "" if state in ACTIVE else WHY_NOT[state]


def _move(connection: Connection, part: Moved, jobs: list[UUID], priority: Priority) -> None:
    if not jobs:
        return
    values = {"jobs": jobs, "priority": priority.value, "ahead": Priority.HIGH.value}
    connection.execute(_CHANGE_JOBS, values)
    part.doorbells.extend(
        Doorbell(row.id, row.job_id, row.queue, priority_of(row.priority))
        for row in connection.execute(_CHANGE_TASKS, values)
        if row.rung
    )
