"""Judges every picture: knows what was found before, asks for what only the rules need, records what stands out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from console.ops.attention import Judgement, judge
from console.ops.facts import Snapshot
from console.ops.incident_record import IncidentRecord
from console.ops.rules import LATELY_S, RULES, Rule
from worker.core.failures import Failures, FailureWatch
from worker.core.history import History, Lately
from worker.core.incidents import Incidents

if TYPE_CHECKING:
    from console.ops.services import Services

LATELY_EVERY_S = 5.0


class AttentionWatch:
    """Of one profile. `look` may wait for the database; `judge` waits for nothing.

    Args:
        services: The profile's.
        rules: When something is told.
    """

    def __init__(self, services: Services, rules: Mapping[str, Rule] = RULES) -> None:
        self._rules = rules
        self._history = History(services.engine)
        self._failures = FailureWatch(services.engine)
        self._record = IncidentRecord(Incidents(services.engine))
        self._lately = Lately()
        self._lately_due_at = 0.0  # by the monotonic clock
        self._before: Judgement | None = None

    def look(self, today: datetime, failed: int, *, moved: bool) -> Failures:
        """Record what was found, and ask what is failed: see `FailureWatch.look`. Raises DatabaseError."""
        self._record.save()
        if time.monotonic() >= self._lately_due_at:
            self._lately = self._history.lately(LATELY_S)
            self._lately_due_at = time.monotonic() + LATELY_EVERY_S
        return self._failures.look(today, failed, moved=moved)

    def judge(self, seen: Snapshot) -> Snapshot:
        """The picture with what needs attention in it."""
        self._before = judge(seen, self._lately, rules=self._rules, before=self._before)
        findings = self._before.findings
        self._record.note(findings, seen.at)
        return replace(seen, facts=replace(seen.facts, findings=findings))
