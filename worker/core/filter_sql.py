"""A filter as SQL for a million rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from worker.core.errors import UsageError
from worker.core.filters import ORDERS, STEP, Cursor, JobFilter, Order, wanted_words
from worker.core.jobs import State
from worker.core.rows import composed
from worker.core.said import said
from worker.core.spans import Span

# The very expression of the index ix_jobs_text: written in any other way the index is not used.
WORDS = "(j.name || ' ' || coalesce(j.error, ''))"
_HOLDS = "j.id in (select job_id from tasks where status = 'running' and worker = any(:{name}))"
BATCH = frozenset({"batch_ids", "batches"})
OF_BATCH = "j.batch_id = cast("  # of one alone: its jobs lie in the order of their changes along ix_jobs_batch
Part = tuple[str, dict[str, Any]]  # a condition on `jobs j`, and its parameters


Named = Mapping[str, Sequence[UUID]]  # batches by their name


def conditions(chosen: JobFilter, named: Named, now: datetime | None = None) -> list[Part]:
    """The filter as conditions that must all be true.

    Args:
        chosen: The filter.
        named: The batches of all the names in it.
        now: From which it counts back.

    Raises:
        UsageError: A time in it is none.
    """
    now = now or datetime.now(UTC)
    parts = [*_states(chosen.meant_states), *_parts(chosen, "", named, now)]
    for sql, values in _parts(chosen.unless, "not_", named, now) if chosen.unless else ():
        parts.append((f"({sql}) is not true", values))
    return parts


def batch_names(chosen: JobFilter) -> list[str]:
    """The names whose batches `conditions` has to be given."""
    return [composed(name) for name in chosen.batches | (chosen.unless.batches if chosen.unless else frozenset())]


def like(words: str) -> str:
    """Words as a LIKE pattern that means just them; in NFC, as names are stored."""
    return composed(words).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def order_of(name: str) -> Order:
    """The order of that name.

    Raises:
        UsageError: There is none.
    """
    if name not in ORDERS:
        known = said("Sort by one of {orders}.", orders=", ".join(ORDERS))
        raise UsageError(said("Jobs cannot be sorted by {name}.", name=repr(name)), known)
    return ORDERS[name]


def ordering(order: Order, *, descending: bool) -> str:
    """The ORDER BY clause: ties by id, empty values last in both directions."""
    direction = "desc" if descending else "asc"
    last = " nulls last" if order.nullable else ""
    return f"order by {order.column} {direction}{last}, j.id {direction}"


def behind(order: Order, cursor: Cursor, *, descending: bool) -> Part:
    """The condition for rows behind the cursor in that order."""
    sign = "<" if descending else ">"
    values = {"after_id": str(cursor.id), "after": cursor.value}
    same = f"j.id {sign} cast(:after_id as uuid)"
    if cursor.value is None:
        return f"({order.column} is null and {same})", {"after_id": values["after_id"]}
    rows = f"({order.column}, j.id) {sign} (:after, cast(:after_id as uuid))"
    return (f"({rows} or {order.column} is null)" if order.nullable else rows), values


def _states(states: frozenset[State]) -> Iterator[Part]:
    """Literals, so that the planner sees that the partial index on what is not DONE serves."""
    if not states:
        yield "false", {}
    elif states != frozenset(State):
        yield f"j.state in ({', '.join(repr(state.value) for state in sorted(states))})", {}


def _parts(chosen: JobFilter, prefix: str, named: Named, now: datetime) -> Iterator[Part]:
    """What is set, but for the states. The same in memory is `filters._answers`."""
    yield from _members(chosen, prefix, named)
    if chosen.text.strip():
        yield _words(chosen.text, f"{prefix}text")
    for name in ("created", "updated", "finished"):
        span: Span = getattr(chosen, name)
        if span:
            yield _span(span, name, f"{prefix}{name}", now)
    bounds = {">=": chosen.confidence_from, "<": chosen.confidence_below}
    names = {sign: f"{prefix}confidence_{place}" for place, sign in enumerate(bounds)}
    if given := {sign: value for sign, value in bounds.items() if value is not None}:
        sql = " and ".join(f"j.mean_confidence {sign} :{names[sign]}" for sign in given)
        yield sql, {names[sign]: value for sign, value in given.items()}
    if chosen.pages_failed:
        yield "j.pages_failed > 0", {}
    if chosen.ids is not None:
        yield f"j.id = any(cast(:{prefix}ids as uuid[]))", {f"{prefix}ids": [str(one) for one in chosen.ids]}


def _members(chosen: JobFilter, prefix: str, named: Named) -> Iterator[Part]:
    columns = {
        "error_classes": "j.error_class = any(:{name})",
        "batch_ids": "j.batch_id = any(cast(:{name} as uuid[]))",
        "batches": "j.batch_id = any(cast(:{name} as uuid[]))",
        "queues": "j.queue = any(:{name})",
        "submitters": "j.submitted_by = any(:{name})",
        "priorities": STEP + " = any(:{name})",
        "workers": _HOLDS,
    }
    for field, sql in columns.items():
        if members := getattr(chosen, field):
            if field == "batches":
                members = [one for name in members for one in named.get(composed(name), ())]
            name = f"{prefix}{field}"
            plain = [str(one) if isinstance(one, UUID) else one for one in members]
            if field in BATCH and len(plain) == 1:
                yield f"{OF_BATCH}:{name} as uuid)", {name: plain[0]}
            else:
                yield sql.format(name=name), {name: plain}


def _words(text: str, prefix: str) -> Part:
    wanted, unwanted = wanted_words(text)
    values = {f"{prefix}_{place}": f"%{like(word)}%" for place, word in enumerate([*wanted, *unwanted])}
    signs = ["ilike"] * len(wanted) + ["not ilike"] * len(unwanted)
    return " and ".join(f"{WORDS} {sign} :{name}" for sign, name in zip(signs, values, strict=True)) or "true", values


def _span(span: Span, column: str, prefix: str, now: datetime) -> Part:
    try:
        since, until = span.bounds(now)
    except (ValueError, OverflowError):
        none = said("{time} is no time.", time=span.since or span.until)
        raise UsageError(none, "Write it as 2h, today or 2026-07-01.") from None
    given = {sign: when for sign, when in ((">=", since), ("<", until)) if when is not None}
    names = {sign: f"{prefix}_{place}" for place, sign in enumerate(given)}
    sql = " and ".join(f"j.{column}_at {sign} :{names[sign]}" for sign in given)
    return sql, {names[sign]: when for sign, when in given.items()}
