"""What a span of time looked like: its figures in steps, what stood out in it, and both as rows for a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from console.ops.exporting import Form, Head, export
from worker.core.history import History
from worker.core.incidents import Incident, Incidents
from worker.core.series import ALL_QUEUES, FIGURES, Series

if TYPE_CHECKING:
    from console.ops.services import Services


class Span(StrEnum):
    """How far back one looks."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


LENGTHS = {Span.HOUR: timedelta(hours=1), Span.DAY: timedelta(days=1), Span.WEEK: timedelta(days=7)}
STEPS_S = {Span.HOUR: 10, Span.DAY: 300, Span.WEEK: 600}


@dataclass(frozen=True, slots=True)
class Past:
    """A span of time that ends now."""

    span: Span
    series: Series
    incidents: tuple[Incident, ...]  # of all queues, the newest first


def past(services: Services, span: Span, queue: str = ALL_QUEUES, *, step_s: int | None = None) -> Past:
    """The last hour, day or week of a queue, or of all together, in its usual steps or others. Raises DatabaseError."""
    until = datetime.now(UTC)
    since = until - LENGTHS[span]
    series = History(services.engine).series(queue, since, until, step_s or STEPS_S[span])
    return Past(span, series, Incidents(services.engine).between(since, until))


def csv_rows(series: Series) -> Iterator[tuple[str, ...]]:
    """The figures as rows of text, a head first: moments in UTC, a gap as a row without figures, no thousands marks."""
    yield ("at", *FIGURES)
    for at, point in series.steps():
        yield (at.isoformat(), *("" if point is None else _plain(getattr(point, name)) for name in FIGURES))


def _plain(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


class HistorySource:
    """Answers for one profile's services; threads may share it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def past(self, span: str, queue: str) -> Past:
        """As `past`, the span by its name. Raises DatabaseError."""
        return past(self._services, Span(span), queue)

    def queues(self) -> list[str]:
        """The queues of which there is a history. Raises DatabaseError."""
        return History(self._services.engine).queues()

    def save(self, path: Path, past: Past) -> None:
        """Write the figures as CSV. Raises UsageError: the folder cannot be written."""
        rows = (
            (at, *(None if point is None else getattr(point, name) for name in FIGURES))
            for at, point in past.series.steps()
        )
        export(path, Form.CSV, [Head(name, name) for name in ("at", *FIGURES)], rows)
