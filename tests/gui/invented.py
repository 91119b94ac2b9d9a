"""Jobs that were never read, a store in memory, and pictures made of both: what the pages are shown in tests."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from console.ops.closeup import Closeup
from console.ops.fleet import Presence, Worker
from console.ops.snapshot import Facts, Health, Snapshot
from worker.core.errors import NotFoundError
from worker.core.filters import ORDERS, Cursor, JobFilter, JobPage, Tally
from worker.core.jobs import Attempt, Batch, Job, PageMark, State, Task
from worker.core.said import said
from worker.core.workers import WorkerReport

NOW = datetime.now(UTC).replace(microsecond=0)
LAST = datetime.min.replace(tzinfo=UTC)


def job(number: int, state: State = State.QUEUED, *, ago_s: float = 0, **values) -> Job:
    """A job whose id, name and times follow from its number."""
    when = NOW - timedelta(seconds=ago_s)
    basis = Job(
        id=UUID(int=number + 1), name=f"scan {number:05}.pdf", path=f"scan {number:05}.pdf", state=state, pages=4
    )
    return replace(basis, **{"created": when, "updated": when, **values})


class MemoryStore:
    """Jobs in memory, asked as the real store is asked. `gate` holds every answer back until it is set."""

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self.rows = {job.id: job for job in jobs}
        self.closeups: dict[UUID, Closeup] = {}  # of the jobs whose pages and attempts matter
        self.gate = threading.Event()
        self.gate.set()
        self.error: Exception | None = None
        self.asked: list[JobFilter] = []

    def put(self, *jobs: Job) -> None:
        self.rows |= {job.id: job for job in jobs}

    def jobs(
        self,
        chosen: JobFilter | None = None,
        *,
        after: Cursor | None = None,
        limit: int = 200,
        order: str = "updated",
        descending: bool = True,
    ) -> JobPage:
        chosen = chosen or JobFilter()
        by = ORDERS[order].attribute
        rows = [row for row in list(self.rows.values()) if self._meets(row, chosen, states=True)]
        rows.sort(key=lambda row: (getattr(row, by) is not None, getattr(row, by) or LAST, row.id), reverse=descending)
        self.asked.append(chosen)
        assert self.gate.wait(30)
        if self.error is not None:
            raise self.error
        first = 0
        if after is not None:
            first = 1 + next(place for place, row in enumerate(rows) if row.id == after.id)
        page = tuple(rows[first : first + limit])
        more = len(rows) > first + limit
        return JobPage(page, Cursor(getattr(page[-1], by), page[-1].id) if more else None)

    def each(self, chosen: JobFilter, *, order: str, descending: bool) -> Iterator[Job]:
        yield from self.jobs(chosen, limit=len(self.rows) or 1, order=order, descending=descending).rows

    def job(self, job_id: UUID) -> Job:
        if self.error is not None:
            raise self.error
        if job_id not in self.rows:
            raise NotFoundError(f"There is no job {job_id}.")
        return self.rows[job_id]

    def page_marks(self, job_id: UUID) -> list[PageMark]:
        return list(self._closeup(job_id).marks)

    def tasks(self, job_id: UUID) -> list[Task]:
        return list(self._closeup(job_id).tasks)

    def attempts(self, job_id: UUID, *, limit: int | None = None, traces: bool = True) -> list[Attempt]:
        return list(self._closeup(job_id).attempts)[-(limit or 0) :]

    def counts(self, chosen: JobFilter | None = None) -> dict[State, int]:
        rows = [row for row in list(self.rows.values()) if self._meets(row, chosen or JobFilter(), states=False)]
        return {state: sum(row.state is state for row in rows) for state in State}

    def _closeup(self, job_id: UUID) -> Closeup:
        return self.closeups.get(job_id) or Closeup(self.rows[job_id])

    def batches(self, limit: int = 1000) -> list[Batch]:
        named = {row.batch_id or UUID(int=1): row.batch for row in self.rows.values() if row.batch}
        return [Batch(key, name) for key, name in list(named.items())[:limit]]

    def ids(self, chosen: JobFilter) -> list[UUID]:
        return [row.id for row in list(self.rows.values()) if chosen.matches(row)]

    def tally(self, ids: Sequence[UUID]) -> Tally:
        rows = [row for row in self.rows.values() if row.id in set(ids)]
        locked = sum(row.state is State.FAILED and row.error_class == "needs_password" for row in rows)
        return Tally(Counter(row.state for row in rows), locked)

    def count(self, chosen: JobFilter, limit: int = 10_000) -> int:
        return min(len(self.ids(chosen)), limit + 1)

    def _meets(self, row: Job, chosen: JobFilter, *, states: bool) -> bool:
        return (chosen if states else replace(chosen, states=frozenset())).matches(row)


def worker(name: str, state: Presence = Presence.ONLINE) -> Worker:
    return Worker(WorkerReport(name=name, host="scan-01", pid=4711, version="1", slots=4), state, local=True)


def picture(store: MemoryStore | None = None, changed: Sequence[Job] = (), **values) -> Snapshot:
    """A picture of all services well; `values` are Facts or `health`."""
    health = values.pop("health", lamps())
    counts = (store or MemoryStore()).counts()
    facts = Facts(at=values.pop("at", datetime.now(UTC)), counts=counts, changed=tuple(changed))
    return Snapshot(datetime.now(UTC), tuple(health), replace(facts, **values))


AWAY_SINCE = datetime.now(UTC) - timedelta(seconds=12)


def lamps(**down: str) -> list[Health]:
    """Three lamps; `postgres="PostgreSQL does not answer."` makes one red."""
    latencies = {"redis": 0.0006, "postgres": 0.0019, "s3": 0.014}
    return [
        Health(name, "down", down[name], "Check that it runs.", since=AWAY_SINCE)  # type: ignore[arg-type]
        if name in down
        else Health(name, "ok", said("{who} answers.", who=name), latency_s=latency)  # type: ignore[arg-type]
        for name, latency in latencies.items()
    ]


def an_ordinary_day() -> list[Job]:
    """What a jobs table looks like at work: names in three scripts, every state, the usual failures."""
    running, done, failed, queued = State.RUNNING, State.DONE, State.FAILED, State.QUEUED
    tax, hall, contracts, reports = "Hồ sơ thuế 2025", "Bauakten Halle 7", "合同_2026Q3", "Annual reports 1998–2024"
    locked = {"error_class": "needs_password", "error": "It is locked with a password.", "pages": None}
    too_large = {"error_class": "too_large", "error": "Page 18 is 900 Mpx.", "pages": 18, "pages_done": 17}
    lines: list[tuple[str, State, str | None, int, dict[str, Any]]] = [
        ("Hợp đồng thuê nhà số 114.pdf", running, tax, 0, {"pages": 24, "pages_done": 18, "mean_confidence": 96.8}),
        ("Baupläne Halle 7.pdf", running, hall, 0, {"pages": 64, "pages_done": 41, "mean_confidence": 91.3}),
        ("采购合同_2026-0917.pdf", running, contracts, 1, {"pages": 9, "pages_done": 6, "mean_confidence": 93.9}),
        ("Annual report 2011 (final).pdf", running, reports, 1, {"pages": 212, "pages_done": 88}),
        ("Hóa đơn GTGT 0004471.pdf", done, tax, 4, {"pages": 2, "mean_confidence": 98.9}),
        ("Grundbuchauszug der Gemarkung Süd, Flurstück 233-8.pdf", done, hall, 9, {"pages": 12}),
        ("Tờ khai thuế TNCN - Nguyễn Thị Hồng.pdf", failed, tax, 31, locked),
        ("补充协议（三）_盖章版.pdf", done, contracts, 38, {"mean_confidence": 92.7}),
        ("Giấy ủy quyền.jpg", done, tax, 52, {"pages": 1, "mean_confidence": 78.4}),
        ("Bảng kê hóa đơn quý 2.pdf", failed, tax, 70, locked),
        ("Brandschutzkonzept Rev. 4.pdf", done, hall, 121, {"pages": 64, "pages_failed": 1, "mean_confidence": 94.6}),
        ("Annual report 1998.pdf", done, reports, 125, {"pages": 164, "mean_confidence": 97.1}),
        ("Rechnung Nr. 2026-04417.pdf", done, hall, 128, {"pages": 3, "mean_confidence": 99.2}),
        ("Statik_Nachweis_Achse_C.tif", failed, hall, 180, too_large),
        ("Lieferschein 88213.pdf", queued, hall, 181, {"pages": 2}),
        ("營業執照副本.jpg", failed, contracts, 182, {"error_class": "no_language", "pages": 1}),
        ("Quyết định 1147-QĐ-UBND.pdf", queued, "Sổ hộ khẩu phường 9", 190, {"pages": 5}),
        ("Minutes of the board, 14 March 1999.pdf", queued, reports, 240, {"pages": 37}),
        ("Biên lai_0231.pdf", failed, tax, 300, {"error_class": "corrupt", "pages": 2}),
        ("Prüfbericht Aufzug 2.pdf", State.CANCELLED, None, 4000, {"pages": 8}),
        ("تقرير سنوي 2019.pdf", State.UPLOADING, None, 4100, {"pages": None}),
    ]  # fmt: skip
    return [
        job(place, state, ago_s=ago, name=name, path=name, batch=batch, **values)
        for place, (name, state, batch, ago, values) in enumerate(lines)
    ]
