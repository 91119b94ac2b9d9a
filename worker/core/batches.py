"""Batches as their jobs make them out: which are open, how far each is. Cheap at a million jobs, whatever their size.

A batch is counted anew only when one of its jobs has changed, the one that was counted longest ago first, and no more
in one call than fits into the time it is given; what a large batch takes beyond that is saved in the calls that follow.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text

from worker.core.batch_details import BatchDetails, batch_details
from worker.core.batch_figures import HONEST, BatchFigures, BatchLine
from worker.core.database import single
from worker.core.jobs import ACTIVE, Priority, State
from worker.core.rows import priority_of

MOST_OPEN = 50  # that are counted for a picture
MOST_LINES = 5_000  # those that changed last
RATE_S = 300.0  # the rate is that of the last five minutes
SHORTEST_S = 10.0  # pages of a shorter time make no rate
FIRST_S = 0.05  # may be spent in any case on what was never counted
OLDEST_S = 20.0  # figures of an open batch; where nothing changes any more its rate falls
KEPT = 2_000  # figures that are held in memory

# From one batch to the next along ix_jobs_active: as many steps as there are batches with jobs in that state, however
# many jobs those are.
_STATES = """
with recursive step (state, batch_id) as (
    select s.state, (select batch_id from jobs where state = s.state and state <> 'DONE' and batch_id is not null
        order by batch_id limit 1)
    from (values {states}) s (state)
    union all
    select step.state, (select batch_id from jobs where state = step.state and state <> 'DONE'
        and batch_id > step.batch_id order by batch_id limit 1)
    from step where batch_id is not null),
found (batch_id, states) as (
    select batch_id, array_agg(state) from step where batch_id is not null group by batch_id)
"""
_LINE = "b.id, b.name, b.created_at as created, b.created_by, b.paused, l.updated_at as changed, h.states"
_LAST = """cross join lateral (
    select updated_at from jobs j where j.batch_id = b.id order by updated_at desc limit 1) l"""
_OPEN = text(f"""{_STATES.format(states=", ".join(f"('{state}')" for state in sorted(ACTIVE)))}
select {_LINE} from found h join batches b on b.id = h.batch_id {_LAST}
order by b.created_at desc, b.id desc limit :most""")  # noqa: S608 - constants
_ALL = text(f"""{_STATES.format(states=", ".join(f"('{state}')" for state in State if state is not State.DONE))}
select {_LINE} from batches b left join found h on h.batch_id = b.id {_LAST}
order by l.updated_at desc, b.id desc limit :most""")  # noqa: S608
# Pages of a job that began of late were all read of late; those of an older one, or of one that kept pages of an
# earlier try, are looked up.
_COUNT = text("""
select state, count(*) as jobs, sum(pages_done) as done, sum(pages_failed) as failed,
    sum(greatest(pages, pages_done)) as pages, count(*) filter (where pages is null) as uncounted,
    sum(mean_confidence * pages_done) as confidence,
    sum(pages_done) filter (where mean_confidence is not null) as confident,
    min(priority) as first, max(priority) as last, min(started_at) as started, max(finished_at) as finished,
    cast(sum(case when updated_at < :since or started_at is null then 0
        when started_at > :since and attempts = 1 then pages_done
        else (select count(*) from pages p where p.job_id = j.id and p.read_at > :since) end) as bigint) as lately
from jobs j where batch_id = :batch group by state""")


class Batches:
    """Asked by several threads; holds what it counted, and for open batches the share that was told."""

    def __init__(self, engine: Engine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._clock = engine, clock
        self._lock = threading.Lock()
        self._known: OrderedDict[UUID, tuple[BatchLine, BatchFigures]] = OrderedDict()
        self._told: dict[UUID, float] = {}  # shares of open batches
        self._debt_s = 0.0

    def open(self, *, spend_s: float, most: int = MOST_OPEN) -> tuple[BatchFigures, ...]:
        """The batches with jobs that have not ended, the newest first; of one that was never counted only the name.

        Args:
            spend_s: So much of the database's time may be spent on counting, in the mean over many calls.
            most: No more than so many.
        """
        with single(self._engine) as connection:
            lines = [_line_of(row) for row in connection.execute(_OPEN, {"most": most})]
        self._forget_but({line.id for line in lines})
        counted = self.figures(lines, spend_s=spend_s)
        return tuple(counted.get(line.id, line.uncounted) for line in lines)

    def lines(self, most: int = MOST_LINES) -> list[BatchLine]:
        """All batches that have jobs, the latest change first."""
        with single(self._engine) as connection:
            return [_line_of(row) for row in connection.execute(_ALL, {"most": most})]

    def figures(self, lines: Sequence[BatchLine], *, spend_s: float = float("inf")) -> dict[UUID, BatchFigures]:
        """What is known of these batches; one that was never counted, and cannot be now, is left out."""
        begun, owed_s, again_s = self._clock(), self._debt_s, 0.0
        known = dict[UUID, BatchFigures]()
        for line in self._stale(lines):
            new, at = line.id not in self._known, self._clock()
            if at - begun >= (max(FIRST_S, spend_s) if new else spend_s - owed_s):
                break
            known[line.id] = self._count(line)
            again_s += 0.0 if new else self._clock() - at
        self._debt_s = max(owed_s + again_s - spend_s, 0.0)
        with self._lock:
            known |= {line.id: self._known[line.id][1] for line in lines if line.id in self._known}
        return {line.id: _as_now(known[line.id], line) for line in lines if line.id in known}

    def details(self, figures: BatchFigures) -> BatchDetails:
        """The rest of what is known of a batch; takes a third of a second for 100,000 jobs."""
        return batch_details(self._engine, figures)

    def doubt(self) -> None:
        """Count all anew, each in its turn: jobs were deleted, which no other job of their batch tells."""
        with self._lock:
            for batch, (line, figures) in self._known.items():
                self._known[batch] = (replace(line, changed=None), figures)

    def _stale(self, lines: Iterable[BatchLine]) -> list[BatchLine]:
        """Those that are to be counted: the ones that were never counted first, then as they were counted."""
        now = datetime.now(UTC)
        with self._lock:
            order = {batch: place for place, batch in enumerate(self._known)}
            stale = [line for line in lines if self._is_stale(line, now)]
        return sorted(stale, key=lambda line: order.get(line.id, -1))

    def _is_stale(self, line: BatchLine, now: datetime) -> bool:
        if line.id not in self._known:
            return True
        before, figures = self._known[line.id]
        if before.changed != line.changed:
            return True
        return line.is_open and figures.at is not None and (now - figures.at).total_seconds() > OLDEST_S

    def _count(self, line: BatchLine) -> BatchFigures:
        with single(self._engine) as connection:
            figures = counted(connection, line, datetime.now(UTC))
        with self._lock:
            if line.is_open:
                figures = replace(figures, share=max(figures.share, self._told.get(line.id, 0.0)))
                self._told[line.id] = figures.share
            self._known[line.id] = (line, figures)
            self._known.move_to_end(line.id)
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return figures

    def _forget_but(self, open_now: set[UUID]) -> None:
        with self._lock:
            self._told = {batch: share for batch, share in self._told.items() if batch in open_now}


def counted(connection: Connection, line: BatchLine, now: datetime) -> BatchFigures:
    """The figures of a batch at this moment, in 0.6 µs a job."""
    since = datetime.fromtimestamp(now.timestamp() - RATE_S, UTC)
    rows = list(connection.execute(_COUNT, {"batch": line.id, "since": since}))
    by_state = {State(row.state): row for row in rows}
    active = [row for state, row in by_state.items() if state in ACTIVE]
    ended = [row for state, row in by_state.items() if state not in ACTIVE]
    each = _mean_pages(rows)
    to_come = sum(_pages(row, each) for row in active)
    pages = round(to_come + _sum(ended, "done"))
    done = _sum(rows, "done")
    uploading = _pages(by_state[State.UPLOADING], each) if State.UPLOADING in by_state else 0.0
    figures = BatchFigures(
        line.id,
        line.name,
        line.created,
        line.created_by,
        line.paused,
        counts={state: by_state[state].jobs if state in by_state else 0 for state in State},
        priority=_priority(active),
        pages=pages,
        pages_done=done,
        pages_failed=_sum(rows, "failed"),
        share=min(done / pages, 1.0) if pages else float(not active),
        uploaded=1.0 - uploading / pages if pages else float(not active),
        mean_confidence=_ratio(_sum(rows, "confidence"), _sum(rows, "confident")),
        started=min(_there(rows, "started"), default=None),
        finished_at=None if active else max(_there(rows, "finished"), default=line.changed),
        at=now,
    )
    rate = _rate_lately(figures, _sum(rows, "lately"), now) if active else _rate_of_all(figures)
    return replace(figures, rate_per_min=rate)


def _line_of(row: Row[Any]) -> BatchLine:
    values = row._asdict()
    values["states"] = frozenset(map(State, values["states"] or ()))
    return BatchLine(**values)


def _as_now(figures: BatchFigures, line: BatchLine) -> BatchFigures:
    """The figures with what the batch's own row says by now."""
    return figures if figures.paused == line.paused else replace(figures, paused=line.paused)


def _mean_pages(rows: Sequence[Row[Any]]) -> float:
    """Pages of a job whose pages are counted; 1 where none is."""
    pages, jobs = _sum(rows, "pages"), sum(row.jobs - row.uncounted for row in rows)
    return float(_ratio(pages, jobs) or 1.0)


def _pages(row: Row[Any], each: float) -> float:
    return float((row.pages or 0) + row.uncounted * each)


def _priority(active: Sequence[Row[Any]]) -> Priority | None:
    steps = {priority_of(number) for row in active for number in (row.first, row.last)}
    return steps.pop() if len(steps) == 1 else None


def _rate_lately(figures: BatchFigures, pages: int, now: datetime) -> float | None:
    if figures.started is None:
        return None
    over_s = min((now - figures.started).total_seconds(), RATE_S)
    return 60.0 * pages / over_s if over_s >= SHORTEST_S else None


def _rate_of_all(figures: BatchFigures) -> float | None:
    took_s = figures.took_s
    return 60 * figures.pages_done / took_s if took_s and figures.pages_done >= HONEST else None


def _sum(rows: Iterable[Row[Any]], column: str) -> Any:  # noqa: ANN401 - whole where the column is
    return sum(getattr(row, column) or 0 for row in rows)


def _there(rows: Iterable[Row[Any]], column: str) -> Iterator[datetime]:
    return (value for row in rows if (value := getattr(row, column)) is not None)


def _ratio(whole: float, parts: float) -> float | None:
    return float(whole / parts) if parts else None
