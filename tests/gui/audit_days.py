"""Entries of an audit that never was, and what answers for it: an ordinary day of the activity page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from worker.core.audit_entry import AuditCounts, AuditEntry, AuditFilter, AuditPage, Kind, UndoState

NOW = datetime.now(UTC).replace(microsecond=0)
JOBS = [str(UUID(int=number)) for number in range(1, 21)]


def entry(number: int, action: str = "cancel", *, ago_s: float = 0, **values: Any) -> AuditEntry:
    """An entry of this user on production that hit all; `undo=UndoState.OPEN` can be taken back for ten minutes."""
    at = NOW - timedelta(seconds=ago_s)
    basis = AuditEntry(number, at, "minh@desk", "desk", "production", action, 3, 3, "3 of 3 jobs done.", mine=True)
    made = replace(basis, **values)
    return replace(made, until=at + timedelta(minutes=10)) if made.undo is UndoState.OPEN else made


class FakeTrail:
    """An audit in memory, asked as the real one is."""

    def __init__(self, entries: Iterable[AuditEntry] = ()) -> None:
        self.rows = {one.id: one for one in entries}
        self.error: Exception | None = None
        self.asked: list[AuditFilter] = []

    def put(self, *entries: AuditEntry) -> None:
        self.rows |= {one.id: one for one in entries}

    def page(self, chosen: AuditFilter | None = None, *, before: int | None = None, limit: int = 100) -> AuditPage:
        chosen = chosen or AuditFilter()
        self.asked.append(chosen)
        if self.error is not None:
            raise self.error
        rows = [one for one in self._meeting(chosen, kinds=True) if before is None or one.id < before]
        return AuditPage(tuple(rows[:limit]), rows[limit - 1].id if len(rows) > limit else None)

    def each(self, chosen: AuditFilter | None = None) -> Iterator[AuditEntry]:
        yield from self._meeting(chosen or AuditFilter(), kinds=True)

    def entry(self, number: int) -> AuditEntry | None:
        return self.rows.get(number)

    def counts(self, chosen: AuditFilter | None = None) -> AuditCounts:
        rows = self._meeting(chosen or AuditFilter(), kinds=False)
        kinds = {kind: sum(_is(kind, one) for one in rows) for kind in Kind}
        people, profiles = {one.who for one in self.rows.values()}, {one.profile for one in self.rows.values()}
        return AuditCounts(len(rows), kinds, tuple(sorted(people)), tuple(sorted(profiles)))

    def _meeting(self, chosen: AuditFilter, *, kinds: bool) -> list[AuditEntry]:
        def fits(one: AuditEntry) -> bool:
            if kinds and chosen.kinds and not any(_is(kind, one) for kind in chosen.kinds):
                return False
            if chosen.who not in {"", one.who} or chosen.profile not in {"", one.profile}:
                return False
            if chosen.since is not None and one.at < chosen.since:
                return False
            return chosen.text.casefold() in f"{one.who} {one.action} {one.result} {one.details}".casefold()

        return sorted(filter(fits, list(self.rows.values())), key=lambda one: one.id, reverse=True)


def _is(kind: Kind, one: AuditEntry) -> bool:
    return {
        Kind.OPEN: one.undo is UndoState.OPEN and one.mine,
        Kind.UNDONE: one.undone_at is not None,
        Kind.PARTLY: one.is_partial,
        Kind.NEVER: one.undo is UndoState.NEVER,
    }[kind]


def an_ordinary_day() -> list[AuditEntry]:
    """Acts of three people and a worker."""
    open_, past, undone, linh = UndoState.OPEN, UndoState.PAST, UndoState.UNDONE, {"who": "linh@scan", "mine": False}
    return [
        entry(20, ago_s=120, asked=131, done=128, undo=open_, result="128 of 131 jobs cancelled. 3 are done already.",
              details={"jobs": JOBS[:16], "left": JOBS[16:19], "batch": "Bauakten Halle 7"}),
        entry(19, "unlock", ago_s=200, asked=1, done=1, details={"reason": "doubles in Bauakten Halle 7"},
              result="production is unlocked for 10 minutes."),
        entry(18, "retry", ago_s=380, asked=64, done=64, undo=open_, result="64 of 64 jobs queued again."),
        entry(17, "take back", ago_s=460, asked=4, done=4, result="4 tasks are queued again.", **linh),
        entry(16, "submit", ago_s=700, asked=38, done=38, details={"batch": "Annual reports 1998–2024"}, **linh),
        entry(15, "start worker", ago_s=900, asked=1, done=1, details={"worker": "ocr2@scan-01"}),
        entry(14, "pause", ago_s=1900, asked=1, done=1, undo=past, details={"queues": ["ocr.bulk"]}),
        entry(13, "priority", ago_s=2600, asked=240, done=212, undo=undone, undone_at=NOW - timedelta(minutes=30),
              result="212 of 240 jobs are high now. 28 are done already.", details={"batch": "合同_2026Q3"}, **linh),
        entry(12, "purge", ago_s=3200, asked=214, done=210, undo=undone, undone_at=NOW - timedelta(minutes=50),
              result="210 jobs cancelled, 210 messages taken out of ocr.bulk. 4 stay with workers.",
              details={"queue": "ocr.bulk", "messages": 210}),
        entry(11, "submit", ago_s=5000, asked=20, done=20, details={"batch": "Test 7"}, profile="staging"),
        entry(10, "delete", ago_s=9000, asked=12, done=12, result="12 of 12 jobs deleted.", **linh),
        entry(9, "forget worker", ago_s=90_000, asked=1, done=1, undo=past, details={"workers": ["ocr4@scan-02"]}),
        entry(8, "retention", ago_s=180_000, asked=431, done=431, who="ocr1@scan-01", profile="", mine=False,
              result="kept for 30 days"),
        entry(7, "something new", ago_s=200_000, result="It is done."),
    ]  # fmt: skip
