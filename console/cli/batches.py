"""`batches`: how far each is, and when it will be done."""

from __future__ import annotations

from collections.abc import Sequence

from console.cli import shapes
from console.cli.session import Session
from console.cli.terminal import table
from worker.core.batch_figures import BatchFigures

_MINUTE, _HOUR = 60, 3600


def run(session: Session) -> int:
    """The batches whose jobs changed last, the latest change first."""
    with session.services("postgres") as services:
        lines = services.batches.lines(most=session.args.limit)
        figures = services.batches.figures(lines)
    found = [figures[line.id] for line in lines]
    session.terminal.answer([shapes.batch(one) for one in found], lines_of(found))
    return 0


def lines_of(found: Sequence[BatchFigures]) -> list[str]:
    """Batches as a table for people."""
    if not found:
        return ["No batches."]
    heads = ["BATCH", "STATE", "JOBS", "FAILED", "PAGES", "PER MIN", "LEFT", "DONE AT", "BY"]
    rows = [
        (
            one.name,
            one.state.value,
            one.jobs,
            one.jobs_failed,
            f"{one.pages_done}/{one.pages}",
            None if one.rate_per_min is None else round(one.rate_per_min),
            _span(one.left_s),
            None if one.done_at is None else f"{one.done_at.astimezone():%Y-%m-%d %H:%M}",
            one.created_by,
        )
        for one in found
    ]
    return table(heads, rows, right=("JOBS", "FAILED", "PAGES", "PER MIN", "LEFT"))


def _span(seconds: float | None) -> str | None:
    """An estimate in the largest unit that says enough."""
    if seconds is None:
        return None
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < 2 * _HOUR else f"{seconds / _HOUR:.0f} h"
