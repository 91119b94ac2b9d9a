"""`activity`: who did what, the newest first."""

from __future__ import annotations

from collections.abc import Sequence

from console.cli import shapes
from console.cli.session import Session
from console.cli.terminal import table
from worker.core.audit_entry import AuditEntry, UndoState


def run(session: Session) -> int:
    """The newest entries of the audit."""
    with session.services("postgres") as services:
        entries = services.trail.page(limit=session.args.limit).rows
    session.terminal.answer([shapes.entry(one) for one in entries], lines_of(entries))
    return 0


def lines_of(entries: Sequence[AuditEntry]) -> list[str]:
    """Entries as a table for people."""
    if not entries:
        return ["Nothing was done yet."]
    heads = ["WHEN", "WHO", "PROFILE", "WHAT", "HOW MANY", "RESULT", "UNDO"]
    rows = [
        (
            f"{one.at.astimezone():%Y-%m-%d %H:%M:%S}",
            one.who,
            one.profile,
            one.action,
            f"{one.done}/{one.asked}",
            one.result,
            _undo(one),
        )
        for one in entries
    ]
    return table(heads, rows, right=("HOW MANY",))


def _undo(one: AuditEntry) -> str:
    if one.undone_at is not None:
        return f"undone {one.undone_at.astimezone():%H:%M}"
    if one.undo is UndoState.OPEN and one.until is not None:
        return f"until {one.until.astimezone():%H:%M}"
    return "past" if one.undo is UndoState.PAST else "no"
