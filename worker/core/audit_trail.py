"""The audit read from its newest entry backwards, some at a time, whatever was written since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, text

from worker.core.audit_entry import MOST, AuditCounts, AuditEntry, AuditFilter, AuditPage, Kind, UndoState
from worker.core.database import single
from worker.core.filter_sql import like
from worker.core.rows import told
from worker.core.undoing import UNDO_S, UNDOABLE

NAMES = 200  # of people and of profiles


# `undo` itself may be megabytes and is not read; who keeps house erases it when it serves no more.
_COLUMNS = """id, at, who, host, profile, action, asked, done, result, details, made_of, undone_at,
    undo is not null as kept, clock_timestamp() as now"""
_CAN = """undone_at is null and undo is not null and action = any(:undoable) and done > 0
    and at > clock_timestamp() - make_interval(secs => :undo_s)"""
_KINDS = {
    Kind.OPEN: f"({_CAN} and who = :me and profile = :here)",
    Kind.UNDONE: "undone_at is not null",
    Kind.PARTLY: "done < asked",
    Kind.NEVER: "action <> all(:undoable)",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: only what they did on this profile can they take back."""

    who: str
    profile: str


class AuditTrail:
    """Questions to the audit; every one is bounded."""

    def __init__(self, engine: Engine, reader: Reader) -> None:
        self._engine, self._reader = engine, reader

    def page(self, chosen: AuditFilter | None = None, *, before: int | None = None, limit: int = 100) -> AuditPage:
        """Entries that meet the filter, the newest first, of those before that number."""
        parts, values = self._conditions(chosen or AuditFilter())
        if before is not None:
            parts, values = [*parts, "id < :before"], {**values, "before": before}
        query = text(f"select {_COLUMNS} from audit {_where(parts)} order by id desc limit :limit")  # noqa: S608
        with single(self._engine) as connection:
            rows = connection.execute(query, {**values, "limit": limit + 1}).all()
        page = tuple(map(self._entry_of, rows[:limit]))
        return AuditPage(page, page[-1].id if len(rows) > limit else None)

    def each(self, chosen: AuditFilter | None = None) -> Iterator[AuditEntry]:
        """All entries that meet the filter, the newest first, fetched as they are wanted."""
        page = self.page(chosen, limit=1_000)
        yield from page.rows
        while page.next is not None:
            page = self.page(chosen, before=page.next, limit=1_000)
            yield from page.rows

    def entry(self, number: int) -> AuditEntry | None:
        """The one of that number, if it is there."""
        query = text(f"select {_COLUMNS} from audit where id = :id")  # noqa: S608
        with single(self._engine) as connection:
            row = connection.execute(query, {"id": number}).first()
        return None if row is None else self._entry_of(row)

    def counts(self, chosen: AuditFilter | None = None) -> AuditCounts:
        """How many there are of each kind, and who did something on which profiles in that time."""
        others = replace(chosen or AuditFilter(), kinds=frozenset())
        parts, values = self._conditions(others)
        columns = ", ".join(f"count(*) filter (where {part}) as {kind}" for kind, part in _KINDS.items())
        found = f"(select * from audit {_where(parts)} order by id desc limit :most) f"  # noqa: S608
        query = text(f"select count(*) as all, {columns} from {found}")  # noqa: S608
        asked = {**self._kind_values(), **values, "most": MOST + 1}
        with single(self._engine) as connection:
            row = connection.execute(query, asked).one()._asdict()
        people, profiles = self._names(others.since)
        return AuditCounts(row["all"], {kind: row[kind] for kind in Kind}, people, profiles)

    def _names(self, since: datetime | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        parts, values = self._conditions(AuditFilter(since=since))
        newest = f"(select who, profile from audit {_where(parts)} order by id desc limit :most) f"  # noqa: S608
        query = text(f"select distinct who, profile from {newest}")  # noqa: S608
        with single(self._engine) as connection:
            rows = connection.execute(query, {**values, "most": MOST}).all()
        people, profiles = sorted({row.who for row in rows}), sorted({row.profile for row in rows} - {""})
        return tuple(people[:NAMES]), tuple(profiles[:NAMES])

    def _conditions(self, chosen: AuditFilter) -> tuple[list[str], dict[str, Any]]:
        parts: list[str] = []
        values: dict[str, Any] = {}
        for name, part in (("who", "who = :who"), ("profile", "profile = :profile"), ("since", "at >= :since")):
            if value := getattr(chosen, name):
                parts.append(part)
                values[name] = value
        if words := chosen.text.strip():
            parts.append("(who || ' ' || action || ' ' || result || ' ' || details::text) ilike :text")
            values["text"] = f"%{like(words)}%"
        if chosen.kinds:
            parts.append(f"({' or '.join(_KINDS[kind] for kind in sorted(chosen.kinds))})")
            values |= self._kind_values()
        return [part.replace("::", "\\:\\:") for part in parts], values

    def _kind_values(self) -> dict[str, Any]:
        return {
            "undoable": list(UNDOABLE),
            "undo_s": UNDO_S,
            "me": self._reader.who,
            "here": self._reader.profile,
        }

    def _entry_of(self, row: Row[Any]) -> AuditEntry:
        values = told(row._asdict())
        kept, now = values.pop("kept"), values.pop("now")
        mine = (row.who, row.profile) == (self._reader.who, self._reader.profile)
        undo = _undo_state(row, kept, now)
        until = row.at + timedelta(seconds=UNDO_S) if undo is UndoState.OPEN else None
        return AuditEntry(**values, undo=undo, mine=mine, until=until)


def _undo_state(row: Row[Any], kept: bool, now: datetime) -> UndoState:
    if row.undone_at is not None:
        return UndoState.UNDONE
    if row.action not in UNDOABLE or not row.done:
        return UndoState.NEVER
    fresh = kept and (now - row.at).total_seconds() < UNDO_S
    return UndoState.OPEN if fresh else UndoState.PAST


def _where(parts: list[str]) -> str:
    return f"where {' and '.join(parts)}" if parts else ""
