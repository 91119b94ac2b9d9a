"""What each check of the doctor said with its cause present and with its cause absent, as a table.

OCR_DOCTOR_TABLE names a file that rows are added to; without it the run ends with the table.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from console.ops.doctor.verdicts import Check, Report, Verdict

HEADS = ("check", "cause present", "cause absent")
WRONG = (Verdict.WARN, Verdict.FAIL)
rows: list[tuple[str, str, str]] = []  # of this run


def compare(cause: str, name: str, present: Report, absent: Report, *, verdict: Verdict) -> Check:
    """Make sure that a check sees its cause where it is and only there, and note what it said.

    Args:
        cause: What was done to the servers, in a few words.
        name: The check's.
        present: Of the services with the cause.
        absent: Of the same without it.
        verdict: What it has to be where the cause is.

    Returns:
        The check where the cause is.
    """
    sick, well = _check(name, present), _check(name, absent) or _of_all(name, absent)
    rows.append((f"`{name}`: {cause}", _told(sick), _told(well)))
    assert sick is not None, f"{name} says nothing"
    assert sick.verdict is verdict, _told(sick)
    assert well is None or well.verdict not in WRONG, _told(well)
    assert verdict not in WRONG or (sick.cause and sick.remedy), f"{name} gives no cause or no remedy: {sick}"
    return sick


def note(cause: str, said: Check) -> None:
    """Note what was said of one thing, where there is nothing to compare it with."""
    rows.append((f"`{said.name}`: {cause}", _told(said), ""))


def lines() -> Iterator[str]:
    """The table in Markdown."""
    yield f"| {' | '.join(HEADS)} |"
    yield "|---" * len(HEADS) + "|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"


def write() -> list[str]:
    """Add the rows to the file that is named; the lines to show where none is."""
    place = os.environ.get("OCR_DOCTOR_TABLE")
    if not rows or not place:
        return list(lines()) if rows else []
    table = Path(place)
    known = table.read_text("utf-8").splitlines() if table.exists() else []
    new = list(lines())
    table.write_text("\n".join([*(known or new[:2]), *new[2:], ""]), "utf-8")
    return []


def _check(name: str, report: Report) -> Check | None:
    """The one of this name; where there are several at once if something is wrong, the one that is well."""
    found = {check.name: check for check in report.checks}
    return found.get(name) or next((one for known, one in found.items() if name.startswith(f"{known}-")), None)


def _of_all(name: str, report: Report) -> Check | None:
    """What is said of all where nothing is said of one: `leases` of `leases-one@desk`."""
    return next((check for check in report.checks if name.startswith(f"{check.name}-")), None)


def _told(check: Check | None) -> str:
    if check is None:
        return "(nothing)"
    remedy = [check.remedy.text, f"`{check.remedy.copy}`" * bool(check.remedy.copy)] if check.remedy else []
    told = [f"{check.verdict.upper()}: {check.title}", f"({check.fact})" * bool(check.fact), check.cause, *remedy]
    return " ".join(part for part in told if part)
