"""Which jobs are meant, in which order, from where on: a filter as data, and as SQL for a million rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from worker.core.errors import UsageError
from worker.core.jobs import Job, State
from worker.core.rows import composed

# The very expression of the index ix_jobs_text: written in any other way the index is not used.
WORDS = "(j.name || ' ' || coalesce(j.error, ''))"


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Jobs that meet all of these; what is left out does not matter."""

    states: frozenset[State] = frozenset()  # any of them; empty: all
    batch_id: UUID | None = None
    batch: str | None = None  # its name
    text: str = ""  # stands somewhere in the name or the error, in any case of letters
    error_class: str | None = None
    worker: str | None = None  # holds one of its tasks now
    queue: str | None = None
    submitted_by: str | None = None
    ids: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A column to sort by, and how to read its value off a job."""

    column: str
    attribute: str
    nullable: bool = False


ORDERS: Mapping[str, Order] = {
    "updated": Order("j.updated_at", "updated"),
    "created": Order("j.created_at", "created"),
    "name": Order("j.name", "name"),
    "path": Order("j.path", "path"),
    "state": Order("j.state", "state"),
    "priority": Order("j.priority", "priority"),
    "attempts": Order("j.attempts", "attempts"),
    "pages_done": Order("j.pages_done", "pages_done"),
    "pages": Order("j.pages", "pages", nullable=True),
    "mean_confidence": Order("j.mean_confidence", "mean_confidence", nullable=True),
    "seconds": Order("j.seconds", "seconds", nullable=True),
    "source_bytes": Order("j.source_bytes", "source_bytes", nullable=True),
    "error_class": Order("j.error_class", "error_class", nullable=True),
    "batch": Order("b.name", "batch", nullable=True),
    "started": Order("j.started_at", "started", nullable=True),
    "finished": Order("j.finished_at", "finished", nullable=True),
}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of jobs ended: the next one starts behind it, whatever was added or taken away in between."""

    value: Any
    id: UUID


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page of jobs and where the next one starts; `next` is None after the last."""

    rows: tuple[Job, ...]
    next: Cursor | None


def conditions(chosen: JobFilter, batches: Sequence[UUID] = ()) -> tuple[list[str], dict[str, Any]]:
    """The filter as SQL conditions on `jobs j`, and their parameters; `batches` are those of the name in it."""
    plain = {
        "batch_id": "j.batch_id = :batch_id",
        "batch": "j.batch_id = any(cast(:batch as uuid[]))",
        "error_class": "j.error_class = :error_class",
        "queue": "j.queue = :queue",
        "submitted_by": "j.submitted_by = :submitted_by",
        "worker": "j.id in (select job_id from tasks where worker = :worker and status = 'running')",
    }
    given = {name: value for name in plain if (value := getattr(chosen, name)) is not None}
    parts = [plain[name] for name in given]
    if chosen.batch is not None:
        given["batch"] = list(batches)
    if chosen.states:
        parts.append(_states(chosen.states))
    if words := chosen.text.strip():
        parts.append(f"{WORDS} ilike :text")
        given["text"] = f"%{like(words)}%"
    if chosen.ids is not None:
        parts.append("j.id = any(cast(:ids as uuid[]))")
        given["ids"] = [str(one) for one in chosen.ids]
    return parts, given


def like(words: str) -> str:
    """Words as a LIKE pattern that means just them; in NFC, as names are stored."""
    return composed(words).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def order_of(name: str) -> Order:
    """The order of that name.

    Raises:
        UsageError: There is none.
    """
    if name not in ORDERS:
        raise UsageError(f"Jobs cannot be sorted by {name!r}.", f"Sort by one of {', '.join(ORDERS)}.")
    return ORDERS[name]


def ordering(order: Order, *, descending: bool) -> str:
    """The ORDER BY clause: ties by id, empty values last in both directions."""
    direction = "desc" if descending else "asc"
    last = " nulls last" if order.nullable else ""
    return f"order by {order.column} {direction}{last}, j.id {direction}"


def behind(order: Order, cursor: Cursor, *, descending: bool) -> tuple[str, dict[str, Any]]:
    """The condition for rows behind the cursor in that order, and its parameters."""
    sign = "<" if descending else ">"
    values = {"after_id": str(cursor.id), "after": cursor.value}
    same = f"j.id {sign} cast(:after_id as uuid)"
    if cursor.value is None:
        return f"({order.column} is null and {same})", {"after_id": values["after_id"]}
    rows = f"({order.column}, j.id) {sign} (:after, cast(:after_id as uuid))"
    return (f"({rows} or {order.column} is null)" if order.nullable else rows), values


def _states(states: frozenset[State]) -> str:
    """Literals, so that the planner sees that the partial index on what is not DONE serves."""
    return f"j.state in ({', '.join(repr(state.value) for state in sorted(states))})"
