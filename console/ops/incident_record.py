"""Keeps the table of incidents in step with what is found, without holding anybody up while the database is away."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterable
from datetime import datetime

from console.ops.findings import Finding
from worker.core.errors import OcrConsoleError
from worker.core.incidents import SAY_EVERY_S, Incidents, Sight

MOST_PAST = 100  # that went by while nobody could write
log = logging.getLogger(__name__)


class IncidentRecord:
    """`note` what is found, at every look; `save` it, where a database may be waited for."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents
        self._open: dict[tuple[str, str], Finding] = {}  # replaced whole: the two may run at once
        self._past: deque[Sight] = deque(maxlen=MOST_PAST)
        self._saved: frozenset[tuple[str, str]] = frozenset()
        self._due_at = 0.0  # by the monotonic clock

    def note(self, findings: Iterable[Finding], now: datetime) -> None:
        """Take over what is found now; what was found and never written is kept with its end."""
        found = {finding.key: finding for finding in findings}
        for key, finding in self._open.items():
            if key not in found and key not in self._saved:
                self._past.append(_sight(finding, now))
        self._open = found

    def save(self) -> None:
        """Write what is new at once, and every ten seconds what goes on. What cannot be written waits."""
        going = self._open
        if going.keys() == self._saved and not self._past and time.monotonic() < self._due_at:
            return
        past = list(self._past)
        self._due_at = time.monotonic() + SAY_EVERY_S
        try:
            self._incidents.say([*map(_sight, going.values()), *past])
        except OcrConsoleError as error:
            log.warning("What needs attention is not recorded: %s", error.sentence)
            return
        for _ in past:
            self._past.popleft()
        self._saved = frozenset(going)


def _sight(finding: Finding, closed: datetime | None = None) -> Sight:
    about = (finding.rule, finding.subject, finding.severity.value)
    return Sight(*about, finding.title, finding.sentence, finding.since, closed)
