"""An ordinary day at work, as a picture and an hour: what the overview and the history are shown in tests."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from console.ops.findings import Finding, Remedy, Severity, Way
from console.ops.fleet import Presence, Queue, Worker
from console.ops.history import HistorySource, Past, Span
from console.ops.overview import Overview
from console.ops.snapshot import Snapshot
from tests.gui.invented import MemoryStore, an_ordinary_day, picture
from worker.core.batch_figures import BatchFigures
from worker.core.failures import FailureGroup
from worker.core.filters import JobFilter
from worker.core.incidents import Incident
from worker.core.jobs import State
from worker.core.read_since import Read
from worker.core.series import ALL_QUEUES, Point, Series
from worker.core.servers import BrokerServer, DatabaseServer, Servers
from worker.core.workers import WorkerReport

NOW = datetime.now(UTC).replace(second=0, microsecond=0)


def batch(number: int, name: str, done: int, pages: int, rate: float | None, failed: int = 0, **values) -> BatchFigures:
    running = 0 if done == 0 else 1
    counts = {**dict.fromkeys(State, 0), State.QUEUED: 5, State.RUNNING: running, State.FAILED: failed}
    shown = {"counts": counts, "share": done / pages, "rate_per_min": rate, "at": NOW, **values}
    return BatchFigures(UUID(int=number), name, pages=pages, pages_done=done, **shown)


BATCHES = (
    batch(1, "Hồ sơ thuế 2025", 5824, 8200, 72, 35),
    batch(2, "Bauakten Halle 7", 1238, 2690, 44, 10),
    batch(3, "合同_2026Q3", 2178, 2475, 27, 12),
    batch(4, "Annual reports 1998–2024", 194, 1143, 21),
    batch(5, "Sổ hộ khẩu phường 9", 0, 318, None),
)


def reads(name: str, busy: int, slots: int, rate: int, state=Presence.ONLINE, silent_s: float = 0.5) -> Worker:
    report = WorkerReport(name, "scan-01", 4711, "1", slots=slots, busy=busy, silent_s=silent_s)
    return Worker(report, state, local=False, pages_per_minute=rate)


WORKERS = (
    reads("ocr1@scan-01", 8, 8, 61),
    reads("ocr2@scan-01", 6, 8, 44),
    reads("ocr1@scan-02", 4, 4, 38),
    reads("ocr1@desk-14", 2, 4, 21),
    reads("gpu1@halle", 1, 1, 0, Presence.SILENT, 41),
    reads("ocr1@scan-03", 2, 4, 0, Presence.LOST, 360),
)


def failed(error_class: str) -> JobFilter:
    return JobFilter(states=frozenset({State.FAILED}), error_classes=frozenset({error_class}))


def finding(subject: str, title: str, sentence: str, way: Way, severity: Severity = Severity.WARN) -> Finding:
    remedy = Remedy(way, subject, failed(subject), {"dpi": 150} if way is Way.REPROCESS else {})
    return Finding(
        "disk_low" if "@" in subject else "failed",
        subject,
        severity,
        title,
        sentence,
        NOW - timedelta(minutes=26),
        remedy,
    )


FINDINGS = (
    finding(
        "needs_password",
        "31 files need a password",
        "Hồ sơ thuế 2025, since 13:58. One password may open them all.",
        Way.UNLOCK,
    ),
    finding("no_language", "12 files need a language no worker has", "合同_2026Q3, traditional Chinese.", Way.RETRY),
    finding("too_large", "9 files have pages over 900 Mpx", "Bauakten Halle 7. Scaled down they fit.", Way.REPROCESS),
    finding(
        "corrupt",
        "4 files are damaged beyond repair",
        "Biên lai_0231.pdf and 3 more. Ask the sender for new copies.",
        Way.SHOW_JOBS,
        Severity.BAD,
    ),
    finding(
        "engine_crashed",
        "1 page stopped its worker twice",
        "Brandschutzkonzept Rev. 4.pdf, page 17. The other 63 pages are done.",
        Way.RETRY,
        Severity.BAD,
    ),
    finding(
        "ocr1@scan-03",
        "1 worker has no disk space left",
        "ocr1@scan-03 paused itself at 0.4 GB free; its jobs wait. Free 2 GB to go on.",
        Way.SHOW_WORKER,
        Severity.BAD,
    ),
)
FAILURES = (
    FailureGroup("needs_password", 31, NOW, NOW),
    FailureGroup("no_language", 12, NOW - timedelta(days=3), NOW - timedelta(days=2)),
)


def wave(count: int, step_s: int, *, gaps: Sequence[int] = (), seed: int = 17) -> Series:
    """Work that comes and goes."""
    chance = random.Random(seed)
    points: list[Point | None] = []
    for place in range(count):
        tide = abs(math.sin(place / count * 7)) * chance.uniform(0.85, 1.0)
        wait_s = 160 * tide if tide > 0.1 else None
        point = Point(
            step_s,
            waiting=round(9000 * tide),
            pages=round(164 * tide * step_s / 60),
            done=round(30 * tide),
            failed=chance.choice((0, 0, 0, 0, 0, 0, 2, 9)) if place > count * 0.8 else 0,
            wait_p50_s=wait_s,
            wait_p95_s=wait_s and wait_s * chance.uniform(2, 2.6),
        )
        points.append(None if place in gaps else point)
    since = NOW - timedelta(seconds=step_s * count)
    return Series(ALL_QUEUES, since, step_s, tuple(points))


REDIS = BrokerServer("7.0.15", 0, keeps=False, bytes=18_400_000, peak_bytes=31_000_000, clients=14, up_s=864_000)
OVERVIEW = Overview(
    hour=wave(60, 60),
    today=Read(41_870, 2_318, 97.2),
    servers=Servers(DatabaseServer("16.4", 14, 100, 8_100_000_000), REDIS, "ocr", "s3:9000"),
)


def past(span: str = "day", queue: str = "") -> Past:
    """The last hour, day or week."""
    count, step_s = {"hour": (360, 10), "day": (288, 300), "week": (1008, 600)}[span]
    series = wave(count, step_s, gaps=range(count // 3, count // 3 + count // 20))
    return Past(Span(span), replace(series, queue=queue), INCIDENTS)


def incident(
    number: int, rule: str, subject: str, severity: str, title: str, sentence: str, ago: int, took: int | None
):
    opened = NOW - timedelta(minutes=ago)
    closed = None if took is None else opened + timedelta(minutes=took)
    return Incident(number, rule, subject, severity, title, sentence, opened, closed)


INCIDENTS = (
    incident(
        *(4, "worker_lost", "ocr1@scan-03", "bad", "ocr1@scan-03 is lost", "Its 4 pages were read elsewhere.", 6, None)
    ),
    incident(*(3, "worker_lost", "ocr1@scan-03", "bad", "ocr1@scan-03 is lost", "It came back by itself.", 150, 70)),
    incident(
        *(2, "failed", "needs_password", "warn", "31 files need a password", "Hồ sơ thuế 2025, one folder.", 149, None)
    ),
    incident(*(1, "queue_paused", "ocr.bulk", "note", "ocr.bulk is paused", "762 pages wait there.", 200, 31)),
)


class Archive:
    """Asked as the HistorySource is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.empty = False

    def past(self, span: str, queue: str) -> Past:
        self.asked.append((span, queue))
        found = past(span, queue)
        nothing = replace(found.series, points=(None,) * len(found.series.points))
        return replace(found, series=nothing, incidents=()) if self.empty else found

    def queues(self) -> list[str]:
        return ["ocr", "ocr.bulk"]

    def save(self, path: Path, shown: Past) -> None:
        HistorySource.save(self, path, shown)  # type: ignore[arg-type]


class OneAnswer:
    """Asked as the OverviewSource is asked."""

    def __init__(self, overview: Overview = OVERVIEW) -> None:
        self.shown = overview
        self.asked = 0

    def overview(self) -> Overview:
        self.asked += 1
        return self.shown


def at_work(**values) -> Snapshot:
    """A picture of the day."""
    shown = {
        "pages_waiting": 5392,
        "pages_per_minute": 164,
        "failed_today": 57,
        "workers": WORKERS,
        "batches": BATCHES,
        "findings": FINDINGS,
        "failures": FAILURES,
        "queues": (Queue("ocr", oldest_s=372.0),),
        **values,
    }
    return picture(shown.pop("store", MemoryStore(an_ordinary_day())), **shown)
