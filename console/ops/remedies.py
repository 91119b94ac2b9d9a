"""What is to be done about jobs that failed: a remedy for each class of error, which fits its whole group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from console.ops.findings import Remedy, Severity, Way
from worker.core.failures import FailureGroup
from worker.core.filters import JobFilter
from worker.core.jobs import State
from worker.core.said import Moment, Said, said, said_counted, sentences

SMALLER = {"dpi": 150}  # a quarter of the pixels; letters of usual size can still be read


@dataclass(frozen=True, slots=True)
class Cure:
    """What a group is called, and its way out. `{n}` is how many there are."""

    one: str
    many: str
    advice: str
    way: Way
    severity: Severity = Severity.WARN
    change: Mapping[str, Any] = field(default_factory=dict)  # options of a reprocess


_NEW_COPIES = "Ask the sender for new copies."
CURES: Mapping[str, Cure] = {
    "needs_password": Cure(
        "1 file needs a password", "{n} files need a password", "One password may open them all.", Way.UNLOCK
    ),
    "corrupt": Cure(
        "1 file is damaged beyond repair",
        "{n} files are damaged beyond repair",
        _NEW_COPIES,
        Way.SHOW_JOBS,
        Severity.BAD,
    ),
    "empty": Cure("1 file is empty", "{n} files are empty", _NEW_COPIES, Way.SHOW_JOBS),
    "no_pages": Cure("1 file has no pages", "{n} files have no pages", _NEW_COPIES, Way.SHOW_JOBS),
    "unsupported_type": Cure(
        "1 file is of a kind that is not read",
        "{n} files are of a kind that is not read",
        "Save them as PDF or as pictures, and add those.",
        Way.SHOW_JOBS,
    ),
    "unsupported_form": Cure(
        "1 file is a form that only Adobe Reader opens",
        "{n} files are forms that only Adobe Reader opens",
        "Print them to PDF there, and add those.",
        Way.SHOW_JOBS,
    ),
    "too_large": Cure(
        "1 file is too large",
        "{n} files are too large",
        "Split them, scan them at a lower resolution, or raise the limit.",
        Way.SHOW_JOBS,
    ),
    "too_small": Cure(
        "1 file is too small to be read", "{n} files are too small to be read", "Scan them at 300 dpi.", Way.SHOW_JOBS
    ),
    "changing": Cure(
        "1 file changed while it was read",
        "{n} files changed while they were read",
        "Add them again when the other program has finished.",
        Way.SHOW_JOBS,
    ),
    "unreadable": Cure(
        "1 file may not be read",
        "{n} files may not be read",
        "Change their permissions, and add them again.",
        Way.SHOW_JOBS,
    ),
    "no_language": Cure(
        "1 file needs a language that no worker has",
        "{n} files need a language that no worker has",
        "Install it on a worker, then retry them.",
        Way.RETRY,
    ),
    "no_engine": Cure(
        "1 file found a worker without tesseract",
        "{n} files found a worker without tesseract",
        "Install it there, then retry them.",
        Way.RETRY,
    ),
    "engine_crashed": Cure(
        "1 file crashed the engine",
        "{n} files crashed the engine",
        "Retry them once; what fails again has to be scanned anew.",
        Way.RETRY,
    ),
    "timed_out": Cure(
        "1 file took too long",
        "{n} files took too long",
        "Read scaled down they take a quarter of the time.",
        Way.REPROCESS,
        change=SMALLER,
    ),
    "out_of_memory": Cure(
        "1 file needs more memory than a worker has",
        "{n} files need more memory than a worker has",
        "Read scaled down they need a quarter of it.",
        Way.REPROCESS,
        change=SMALLER,
    ),
    "interrupted": Cure(
        "1 file stopped its workers, or was cut off",
        "{n} files stopped their workers, or were cut off",
        "Retry them; what fails again is the cause itself.",
        Way.RETRY,
        Severity.BAD,
    ),
    "database": Cure(
        "1 file failed for want of the database",
        "{n} files failed for want of the database",
        "It was away. Retry them.",
        Way.RETRY,
    ),
    "storage": Cure(
        "1 file failed for want of the storage",
        "{n} files failed for want of the storage",
        "It was away, or lost what it had. Retry them.",
        Way.RETRY,
    ),
    "network": Cure(
        "1 file failed for want of the network",
        "{n} files failed for want of the network",
        "A service was away. Retry them.",
        Way.RETRY,
    ),
    "refused": Cure(
        "1 file failed because a service refused its worker",
        "{n} files failed because a service refused their worker",
        "Correct its password or key, then retry them.",
        Way.RETRY,
    ),
    "disk_full": Cure(
        "1 file found a full disk", "{n} files found a full disk", "Free some space, then retry them.", Way.RETRY
    ),
    "schema": Cure(
        "1 file met a worker that is too old",
        "{n} files met a worker that is too old",
        "Update that worker, then retry them.",
        Way.RETRY,
    ),
    "settings": Cure(
        "1 file met a worker with wrong settings",
        "{n} files met a worker with wrong settings",
        "Correct its settings, then retry them.",
        Way.RETRY,
    ),
    "usage": Cure(
        "1 file was asked for what cannot be done",
        "{n} files were asked for what cannot be done",
        "Reprocess them with other options.",
        Way.SHOW_JOBS,
    ),
    "not_found": Cure(
        "1 file is not there any more", "{n} files are not there any more", "Add them again.", Way.SHOW_JOBS
    ),
    "internal": Cure(
        "1 file failed by a fault of ours",
        "{n} files failed by a fault of ours",
        "Retry them; if they fail again, report it with their log.",
        Way.RETRY,
    ),
}


def cure_of(group: FailureGroup) -> Cure:
    """What is to be done; for a class that is not ours, look at it."""
    other = Cure(
        "1 file failed: {error_class}",
        "{n} files failed: {error_class}",
        "Look what they say of it.",
        Way.SHOW_JOBS,
    )
    return CURES.get(group.error_class, other)


def title_of(group: FailureGroup) -> Said:
    """How many there are of what."""
    cure = cure_of(group)
    return said_counted(group.count, cure.one, cure.many, error_class=group.error_class)


def sentence_of(group: FailureGroup, now: datetime) -> str:
    """Where, since when, and the way out."""
    where = said("{place}, since {clock}.", place=_place(group), clock=Moment(group.since, now))
    return sentences(where, cure_of(group).advice)


def remedy_of(group: FailureGroup) -> Remedy:
    """The way out for all of them."""
    cure = cure_of(group)
    jobs = JobFilter(states=frozenset({State.FAILED}), error_classes=frozenset({group.error_class}))
    return Remedy(cure.way, group.error_class, jobs, cure.change)


def _place(group: FailureGroup) -> str:
    """The batch, or the file where there is none, and how many more."""
    if group.batches:
        name, more = group.batches[0].name, group.batch_count - 1
        one, many = "{name} and {n} more batch", "{name} and {n} more batches"
        return said_counted(more, one, many, name=name) if more > 0 else name
    first, more = group.names[0] if group.names else said("Files"), group.count - 1
    return said("{name} and {n} more", name=first, n=more) if more > 0 else first
