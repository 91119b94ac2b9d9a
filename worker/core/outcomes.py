"""How many of how many, and why not the others: acts on a frozen list of jobs, in capped batches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice
from typing import Any, Self, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text

from worker.core.database import transaction
from worker.core.errors import ServiceError
from worker.core.jobs import Doorbell, State

BATCH = 500  # jobs in one transaction
NO_SUCH_JOB = "no such job"
NOT_REACHED = "was not reached before the stop"
WHY_NOT = {
    State.UPLOADING: "is being uploaded",
    State.QUEUED: "is waiting already",
    State.RUNNING: "is running",
    State.DONE: "is done",
    State.FAILED: "has failed",
    State.CANCELLED: "is cancelled already",
}
_LOCK = text("""
select id, state, source_key is not null as uploaded, queue, priority, pages_failed, updated_at,
    upload ->> 'id' as parts, options::text
from jobs where id = any(cast(:jobs as uuid[])) order by id for no key update""")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many of how many, and why not the others. `doorbells` are to be rung; the rows are already right."""

    asked: int
    done: list[UUID] = field(default_factory=list)
    doorbells: list[Doorbell] = field(default_factory=list)
    refused: list[tuple[UUID, str]] = field(default_factory=list)

    def extend(self, part: Self) -> None:
        """Take over what came of a batch."""
        for name in (one.name for one in fields(self) if one.name != "asked"):
            getattr(self, name).extend(getattr(part, name))


@dataclass(frozen=True, slots=True)
class Course:
    """How far an act on many jobs is, and whether to stop: between two batches, never in the middle of one."""

    tell: Callable[[int, int], None] = lambda _done, _asked: None  # jobs that were looked at, of how many
    stop: threading.Event = field(default_factory=threading.Event)


Kind = TypeVar("Kind", bound=Outcome)
Act = Callable[[Connection, list[UUID]], Kind]
Rows = Mapping[UUID, Row[Any]]


def in_batches(engine: Engine, whole: Kind, ids: Iterable[UUID], act: Act[Kind], course: Course | None = None) -> Kind:
    """Act on the jobs, each batch in a transaction of its own.

    Args:
        engine: The database.
        whole: What comes of it; every batch adds to it when it is committed.
        ids: The frozen list, each once.
        act: Acts on the jobs of one batch.
        course: How far it is, and whether to stop; what is not reached then is refused for that reason.

    Raises:
        ServiceError: The database failed before anything was done; later, the rest is refused for that reason.
    """
    course, looked_at, rest = course or Course(), 0, iter(ids)
    while some := list(islice(rest, BATCH)):
        if course.stop.is_set():
            whole.refused.extend((one, NOT_REACHED) for one in (*some, *rest))
            break
        try:
            with transaction(engine) as connection:
                part = act(connection, some)
        except ServiceError as error:
            if not whole.done:
                raise
            whole.refused.extend((one, error.sentence.rstrip(".")) for one in (*some, *rest))
            return whole
        whole.extend(part)
        looked_at += len(some)
        course.tell(looked_at, whole.asked)
    return whole


def unique(ids: Iterable[UUID]) -> list[UUID]:
    """The frozen list: one named twice counts once."""
    return list(dict.fromkeys(ids))


def locked(connection: Connection, ids: Sequence[UUID]) -> Rows:
    """The rows of these jobs that there are, locked in the order of their ids, so that no two acts can deadlock."""
    return {row.id: row for row in connection.execute(_LOCK, {"jobs": list(ids)})}


def sift(ids: Iterable[UUID], rows: Rows, why_not: Callable[[Row[Any]], str], outcome: Outcome) -> None:
    """Sort the jobs into those to act on and those that stay as they are, each with its reason; "" is none."""
    for one in ids:
        row = rows.get(one)
        why = NO_SUCH_JOB if row is None else why_not(row)
        if why:
            outcome.refused.append((one, why))
        else:
            outcome.done.append(one)
