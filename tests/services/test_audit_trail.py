"""The audit read backwards: some at a time, by filters, with what can be said of taking an act back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.services.queued_jobs import change
from worker.core.audit_entry import AuditFilter, Kind, UndoState
from worker.core.audit_trail import AuditTrail, Reader
from worker.core.store import Store

ME, HERE = "ann@desk", "production"


@pytest.fixture
def trail(store: Store) -> AuditTrail:
    return AuditTrail(store.engine, Reader(ME, HERE))


def wrote(store: Store, action: str = "cancel", ago_s: float = 0, **given: Any) -> int:
    """An entry of that age; `kept` is whether an undo has what it needs."""
    values: dict[str, Any] = {"who": ME, "profile": HERE, "asked": 3, "done": 3, **given}
    kept = values.pop("kept", True)
    number = store.audit(action=action, undo={"packed": "x"} if kept else None, **values)
    if ago_s:  # nothing less is let through than the trigger's absence
        change(
            store.engine,
            """alter table audit disable trigger user;
            update audit set at = at - make_interval(secs => :ago) where id = :id;
            alter table audit enable trigger user""",
            ago=ago_s,
            id=number,
        )
    return number


def test_pages_go_backwards_whatever_is_written_meanwhile(store: Store, trail: AuditTrail) -> None:
    numbers = [wrote(store) for _ in range(5)]
    first = trail.page(limit=2)
    assert [row.id for row in first.rows] == numbers[:2:-1]
    wrote(store)
    second = trail.page(before=first.next, limit=2)
    third = trail.page(before=second.next, limit=2)
    assert [row.id for row in (*second.rows, *third.rows)] == numbers[2::-1]
    assert third.next is None
    assert [row.id for row in trail.each()] == [row.id for row in trail.page(limit=9).rows]


def test_an_entry_says_what_kept_the_others_from_it(store: Store, trail: AuditTrail) -> None:
    number = wrote(store, asked=5, done=3, result="3 of 5 jobs cancelled. 2 are done.", details={"jobs": ["a"]})
    row = trail.entry(number)
    assert row is not None
    assert (row.is_partial, row.why, row.details) == (True, "2 are done.", {"jobs": ["a"]})
    whole = trail.entry(wrote(store, result="3 of 3 jobs cancelled. The broker is away."))
    assert whole is not None
    assert (whole.is_partial, whole.why) == (False, "")
    assert trail.entry(10**9) is None


CASES: dict[str, tuple[dict[str, Any], UndoState, bool]] = {
    "mine and new": ({}, UndoState.OPEN, True),
    "of somebody else": ({"who": "bob@desk"}, UndoState.OPEN, False),
    "on another profile": ({"profile": "staging"}, UndoState.OPEN, False),
    "old": ({"ago_s": 601}, UndoState.PAST, False),
    "kept nothing": ({"kept": False}, UndoState.PAST, False),
    "hit nothing": ({"done": 0}, UndoState.NEVER, False),
    "of another kind": ({"action": "delete", "kept": False}, UndoState.NEVER, False),
}


@pytest.mark.parametrize("case", CASES)
def test_what_can_be_taken_back(store: Store, trail: AuditTrail, case: str) -> None:
    given, state, can = CASES[case]
    row = trail.entry(wrote(store, **given))
    assert row is not None
    now = datetime.now(UTC)
    assert (row.undo, row.can_be_undone(now)) == (state, can)
    assert not row.can_be_undone(now + timedelta(minutes=11))


def test_what_was_undone_says_when(store: Store, trail: AuditTrail) -> None:
    number = wrote(store)
    store.mark_undone(number)
    row = trail.entry(number)
    assert row is not None
    assert row.undo is UndoState.UNDONE
    assert row.undone_at is not None


def test_filters_and_their_counts(store: Store, trail: AuditTrail) -> None:
    can = wrote(store, result="3 of 3 jobs cancelled.", details={"batch": "Hồ sơ_2025"})
    store.mark_undone(undone := wrote(store, "purge"))
    partly = wrote(store, "cancel", who="bob@desk", asked=9, result="3 of 9 jobs cancelled.")
    never = wrote(store, "unlock", kept=False, profile="staging")
    old = wrote(store, "retention", ago_s=90_000, kept=False, who="ocr1@scan", profile="")

    def found(**chosen: Any) -> set[int]:
        return {row.id for row in trail.page(AuditFilter(**chosen)).rows}

    assert found() == {can, undone, partly, never, old}
    assert found(kinds=frozenset({Kind.OPEN})) == {can}
    assert found(kinds=frozenset({Kind.UNDONE, Kind.PARTLY})) == {undone, partly}
    assert found(kinds=frozenset({Kind.NEVER})) == {never, old}
    assert found(text="SƠ_2") == {can}
    assert found(text="%") == set()
    assert found(who="bob@desk") == {partly}
    assert found(profile="staging") == {never}
    recent = datetime.now(UTC) - timedelta(days=1)
    assert found(since=recent) == {can, undone, partly, never}
    counts = trail.counts(AuditFilter(since=recent, kinds=frozenset({Kind.OPEN})))
    assert counts.all == 4
    assert counts.kinds == {Kind.OPEN: 1, Kind.UNDONE: 1, Kind.PARTLY: 1, Kind.NEVER: 1}
    assert counts.people == ("ann@desk", "bob@desk")
    assert counts.profiles == ("production", "staging")
