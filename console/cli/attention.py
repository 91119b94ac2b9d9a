"""`attention`: what needs it now, the worst first, and the way out."""

from __future__ import annotations

from dataclasses import replace

from console.cli import shapes
from console.cli.session import Session
from console.cli.terminal import table
from console.ops.findings import Severity


def run(session: Session) -> int:
    """What is so at this moment is told, however short a time it has been so; 1 if any of it is more than a note."""
    from console.ops.preferences import load
    from console.ops.rules import rules_of
    from console.ops.snapshot import Watcher

    rules = {name: replace(rule, after_s=0) for name, rule in rules_of(load(session.home)).items()}
    with session.services("postgres") as services:
        found = Watcher(services, rules=rules).take().facts.findings
    rows = [(one.severity.value, one.title, one.sentence) for one in found]
    lines = table(["", "WHAT", "WHY, AND THE WAY OUT"], rows) if rows else ["Nothing needs attention."]
    session.terminal.answer([shapes.finding(one) for one in found], lines)
    return int(any(one.severity is not Severity.NOTE for one in found))
