"""Batches that never were, and what answers for them: an ordinary day of the batches' page."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from worker.core.batch_details import BatchDetails, Outputs, Throughput
from worker.core.batch_figures import BatchFigures, BatchLine
from worker.core.failures import FailureGroup
from worker.core.jobs import Priority, State

NOW = datetime.now(UTC).replace(microsecond=0)


def batch(
    number: int, name: str = "", *, days: float = 0, states: dict[State, int] | None = None, **values
) -> BatchFigures:
    """A batch whose id follows from its number; finished, unless `states` says otherwise, so many days ago."""
    ended = NOW - timedelta(days=days)
    basis = BatchFigures(
        UUID(int=number + 1),
        name or f"batch {number:03}",
        created=ended - timedelta(hours=2),
        created_by="minh@desk",
        counts=dict.fromkeys(State, 0) | (states or {State.DONE: 40}),
        pages=400,
        pages_done=400,
        share=1.0,
        rate_per_min=44,
        mean_confidence=97.4,
        started=ended - timedelta(hours=1, minutes=53),
        finished_at=ended,
        at=NOW,
    )
    return replace(basis, **values)


def running(
    number: int, name: str, done: int, pages: int, rate: float | None, failed: int = 0, **values
) -> BatchFigures:
    """A batch that is being read."""
    states = {State.RUNNING: 4, State.QUEUED: 190, State.DONE: 973, State.FAILED: failed}
    given: dict[str, Any] = {"priority": Priority.NORMAL, "finished_at": None, "share": done / pages, **values}
    return batch(number, name, states=states, pages=pages, pages_done=done, rate_per_min=rate, **given)


class FakeBatches:
    """Batches in memory, asked as core's are. `gate` holds answers back, `dear` ones come later."""

    def __init__(self, batches: Iterable[BatchFigures] = ()) -> None:
        self.rows = {one.id: one for one in batches}
        self.gate = threading.Event()
        self.gate.set()
        self.error: Exception | None = None
        self.asked = self.closer = 0
        self.dear: set[UUID] = set()

    def put(self, *batches: BatchFigures) -> None:
        self.rows |= {one.id: one for one in batches}

    def lines(self) -> list[BatchLine]:
        self.asked += 1
        assert self.gate.wait(30)
        if self.error is not None:
            raise self.error
        lines = [
            BatchLine(
                one.id,
                one.name,
                one.created,
                one.created_by,
                one.paused,
                changed=one.finished_at or NOW,
                states=frozenset(state for state, count in one.counts.items() if count and state is not State.DONE),
            )
            for one in list(self.rows.values())
        ]
        return sorted(lines, key=lambda line: (line.changed or NOW, line.id), reverse=True)

    def figures(self, lines: Sequence[BatchLine], *, spend_s: float) -> dict[UUID, BatchFigures]:
        counted = [line.id for line in lines if line.id not in self.dear]
        if self.dear:
            self.dear.pop()
        return {one: self.rows[one] for one in counted}

    def details(self, figures: BatchFigures) -> BatchDetails:
        self.closer += 1
        since = NOW - timedelta(minutes=40)
        failures = (
            FailureGroup("needs_password", 31, since, NOW),
            FailureGroup("corrupt", 4, since, NOW),
            FailureGroup("storage", 2, since, NOW),
        )
        outputs = (
            Outputs("txt", 973, 21_000_000),
            Outputs("pdf", 973, 1_900_000_000),
            Outputs("json", 973, 148_000_000),
        )
        rates = tuple(70.0 + 20 * ((place * 7919) % 11) / 11 - (40 if place < 4 else 0) for place in range(66))
        return BatchDetails(
            figures.id,
            failures if figures.has_failures else (),
            outputs if figures.jobs_done else (),
            88,
            Throughput(NOW - timedelta(minutes=66), 60, rates) if figures.started else None,
        )


def an_ordinary_day() -> list[BatchFigures]:
    """Open ones in three scripts, some that finished today, and earlier ones."""
    linh: dict[str, Any] = {"created_by": "linh@scan"}
    today = (NOW - NOW.astimezone().replace(hour=0, minute=0, second=0)).total_seconds() / 86_400
    return [
        running(1, "Hồ sơ thuế 2025", 5824, 8200, 72, 35),
        running(2, "Bauakten Halle 7", 1238, 2690, 44, 10),
        running(3, "合同_2026Q3", 2178, 2475, 27, 12),
        running(4, "Annual reports 1998–2024", 194, 1143, 21, uploaded=0.64, **linh),
        running(5, "Hồ sơ mới", 12, 1143, 21, uploaded=0.3, **linh),
        running(6, "Sổ hộ khẩu phường 9", 0, 318, None, paused=True),
        batch(7, "Scans", states={State.QUEUED: 12}, pages=40, pages_done=0, share=0.0, started=None, finished_at=None,
              rate_per_min=None, mean_confidence=None),
        batch(11, "Grundbuchblätter 1–900", days=today * 0.1, pages_done=4988),
        batch(12, "Ratsprotokolle 1946–58", days=today * 0.2, pages_done=5130, rate_per_min=42, **linh),
        batch(13, "发票_2026-10", days=today * 0.4, pages_done=3950, rate_per_min=49),
        batch(14, "Test desk-14", days=today * 0.6, pages_done=12, rate_per_min=None),
        batch(21, "Lieferscheine Q3", days=1.5, pages_done=9417, rate_per_min=118, **linh),
        batch(22, "Bản vẽ hoàn công lô B", days=2.5, states={State.DONE: 20, State.CANCELLED: 12}, pages_done=1866),
        batch(23, "Mietverträge Nordstadt", days=3.5, states={State.DONE: 20, State.FAILED: 3}, **linh),
        batch(24, "质检报告_2026H1", days=9, states={State.FAILED: 3}, pages_done=0, rate_per_min=None),
    ]  # fmt: skip
