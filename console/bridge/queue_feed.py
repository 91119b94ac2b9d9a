"""The rows of the table of queues, and the last hour of each: from pictures, and once a minute from the history."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background, Latest
from console.bridge.table import TableModel
from worker.core.errors import OcrConsoleError

if TYPE_CHECKING:
    from console.ops.fleet import Queue
    from console.ops.snapshot import Snapshot
    from worker.core.series import Series

HOUR = timedelta(hours=1)
STEP_S = 60
ASK_EVERY_S = 60.0
MOST = 100  # queues whose hour is shown


class Past(Protocol):
    """What knows how it was: History."""

    def series(self, queue: str, since: datetime, until: datetime, step_s: int) -> Series:
        """The figures of a queue in equal steps; blocks."""
        ...


class QueueFeed(QObject):
    """Fills a table model with the queues of the pictures that it is given."""

    past_changed = Signal()

    def __init__(self, model: TableModel[Queue], background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self._past: Past | None = None
        self._asked = Latest(background)
        self._due = 0.0  # by the monotonic clock
        self._hours: Mapping[str, tuple[float, ...]] = {}

    def open(self, past: Past) -> None:
        """Ask this for the last hour from now on."""
        self._past, self._due = past, 0.0

    def apply(self, snapshot: Snapshot) -> None:
        """Take over a picture."""
        self.model.set_rows(snapshot.facts.queues)
        if self._past is not None and self.model.rows and time.monotonic() >= self._due:
            self._due = time.monotonic() + ASK_EVERY_S
            names = [queue.queue for queue in self.model.rows[:MOST]]
            self._asked.submit(_hours, self._past, names, done=self._take, failed=self._forget)

    def hour(self, name: str) -> tuple[float, ...]:
        """The pages that waited in a queue in each minute of the last hour, and those that wait now."""
        place = self.model.place(name)
        return () if place is None else (*self._hours.get(name, ()), float(self.model.row(place).pages))

    def _take(self, hours: Mapping[str, tuple[float, ...]]) -> None:
        self._hours = hours
        self.past_changed.emit()

    def _forget(self, _error: OcrConsoleError) -> None:
        """The lamp says that the database is away; the lines stay as they are."""


def _hours(past: Past, names: Sequence[str]) -> dict[str, tuple[float, ...]]:
    until = datetime.now(UTC)
    found = {}
    for name in names:
        series = past.series(name, until - HOUR, until, STEP_S)
        found[name] = tuple(float(point.waiting) for point in series.points if point is not None)
    return found
