"""`why`: why a job is not running, in one sentence, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli import shapes
from console.cli.session import Session
from console.ops.commands import known_ids

if TYPE_CHECKING:
    from console.ops.doctor.verdicts import Check


def run(session: Session) -> int:
    """0 whatever the sentence says."""
    from console.ops.doctor.why import why_not_running

    (job_id,) = known_ids([session.args.id])
    with session.services("postgres") as services:
        said = why_not_running(services, job_id)
    session.terminal.answer(shapes.check(said), lines_of(said))
    return 0


def lines_of(said: Check) -> list[str]:
    """For people: the sentence, what it rests on, what to do, a line to copy."""
    remedy = said.remedy
    parts = [said.title, f"({said.fact})" if said.fact else "", said.cause]
    return [part for part in (*parts, remedy.text if remedy else "", remedy.copy if remedy else "") if part]
