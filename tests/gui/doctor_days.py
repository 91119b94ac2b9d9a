"""What a doctor may find, invented."""

from __future__ import annotations

from datetime import UTC, datetime

from console.ops.doctor.verdicts import Check, Remedy, Report, Verdict
from console.ops.findings import Remedy as Button
from console.ops.findings import Way
from worker.core.said import said

GOOD = (
    ("redis", "Redis answers", "7.0.15, 0.6 ms, database 0"),
    ("postgres", "Postgres answers", "16.4, 1.9 ms, schema at 0014"),
    ("s3", "S3 takes and returns a file", "14 ms, bucket ocr, read and write"),
    ("workers-heard", "Workers are heard", "4 heartbeats in the last 2 s"),
    ("clocks", "Clocks agree", "largest difference 0.2 s, scan-02"),
    ("languages", "Workers have the same languages", "vie, deu, eng, chi_sim"),
    ("disk", "Workers online have disk space", "least 41 GB, desk-14"),
    ("versions", "One version of the worker everywhere", "1.4.2 on 5 workers"),
    ("names", "No two workers share a name", "6 names"),
    ("strays", "Nothing is lost between database and queue", "690 tasks, 690 messages"),
)
PERSISTENCE = Check(
    "redis-persistence",
    "Redis may lose what is queued",
    Verdict.FAIL,
    'appendonly no, save "" on redis.prod:6379',
    "After a crash of Redis its queue is empty. Jobs are rung again from Postgres, which takes up to 10 s.",
    Remedy("Have it write to disk.", copy="CONFIG SET appendonly yes"),
)
NO_WORKER = Check(
    "workers",
    "No worker is there",
    Verdict.FAIL,
    said("{n} jobs wait", n=12),
    "Nothing is read before one is started.",
    Remedy("Start one.", button=Button(Way.START_WORKER)),
)
TIMEOUT = Check(
    "visibility",
    "The visibility timeout is shorter than your longest page",
    Verdict.WARN,
    "3,600 s; longest page today 4,210 s",
    "Such a page is read twice at the same time.",
    Remedy("Set it to 21,600 s on every worker of this broker.", copy="export OCR_VISIBILITY_S=21600"),
)
TLS = Check(
    "redis-tls",
    "The TLS certificate of Redis is not checked",
    Verdict.WARN,
    "ssl_cert_reqs=none",
    "Anybody in between can read along. Use required, with the certificate of your own authority.",
    Remedy("", button=Button(Way.EDIT_PROFILE, "CELERY_BROKER_URL")),
)
PREFETCH = Check("prefetch", "How many messages workers hold", Verdict.UNKNOWN, "No worker answers.")


PAUSED = Check(
    "why",
    said("{queue} is paused.", queue="ocr"),
    Verdict.WARN,
    "waits since 14:05",
    "Paused by minh.",
    Remedy("Resume it.", "ocr-console resume ocr", Button(Way.RESUME_QUEUE, "ocr")),
)


def texts(*checks: Check) -> set[str]:
    """All that is said in them: data, as it were, of no language."""
    remedies = [check.remedy for check in checks if check.remedy]
    parts = {part for check in checks for part in (check.title, check.fact, check.cause)}
    return {part for part in parts | {part for one in remedies for part in (one.text, one.copy)} if part}


def report(*checks: Check, took_s: float = 1.8) -> Report:
    """What was found just now."""
    return Report("production", datetime.now(UTC), took_s, checks)


def an_ordinary_day() -> Report:
    """One thing is wrong, two are to be looked at, one is not known."""
    good = (Check(name, title, Verdict.OK, fact) for name, title, fact in GOOD)
    return report(*good, TIMEOUT, PREFETCH, PERSISTENCE, TLS)


def all_is_well() -> Report:
    """Nothing to be done."""
    return report(*(Check(name, title, Verdict.OK, fact) for name, title, fact in GOOD))
