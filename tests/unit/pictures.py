"""Pictures of services, workers and queues in any state, for the rules of attention."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from console.ops.attention import Judgement
from console.ops.facts import Facts, Snapshot
from console.ops.findings import Finding
from console.ops.fleet import Presence, Queue, Worker
from console.ops.health import Health, Name
from worker.core.failures import FailureGroup
from worker.core.workers import WorkerReport

NOW = datetime(2026, 11, 23, 14, 24, tzinfo=UTC)
SERVICES: tuple[Name, ...] = ("redis", "postgres", "s3")
Key = tuple[str, str]


def seen(*, after_s: float = 0, away: Name | None = None, **facts: Any) -> Snapshot:
    at = NOW + timedelta(seconds=after_s)
    health = tuple(
        Health(name, "down", "It is away.", "Start it.", since=at)
        if name == away
        else Health(name, "ok", "It answers.", since=NOW)
        for name in SERVICES
    )
    return Snapshot(at, health, Facts(**{"at": at, **facts}))


def worker(name: str = "ocr@a", state: Presence = Presence.ONLINE, **given: Any) -> Worker:
    report = {"queues": ("ocr",), "seen": NOW, **given.pop("report", {})}
    return Worker(WorkerReport(name, given.pop("host", name), 1, "1", **report), state, local=False, **given)


def queue(**given: Any) -> Queue:
    return Queue(**{"queue": "ocr", "ready": 3, "pages": 762, "oldest_s": 60.0, "workers": ("ocr@a",), **given})


def keys(judgement: Judgement) -> list[Key]:
    return [finding.key for finding in judgement.findings]


def only(judgement: Judgement) -> Finding:
    (finding,) = judgement.findings
    return finding


def group(error_class: str = "needs_password", count: int = 31, **given: Any) -> FailureGroup:
    return FailureGroup(error_class, count, NOW - timedelta(minutes=26), NOW, **given)
