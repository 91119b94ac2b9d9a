"""What people call what was done: one table for all that the audit may say; what is not in it is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from console.ui import words
from worker.core.audit_entry import AuditEntry

translate = QCoreApplication.translate
MOST_NAMES = 3  # of queues, batches or workers; the others are counted


class Said(NamedTuple):
    """An icon, and what was done."""

    icon: str
    text: str


@cache
def table() -> Mapping[str, Said]:
    """By the name in the audit."""
    return {
        "submit": Said("layers", translate("Activity", "Added files")),
        "resume uploads": Said("upload", translate("Activity", "Went on with uploads")),
        "forget uploads": Said("x", translate("Activity", "Forgot uploads")),
        "read samples": Said("layers", translate("Activity", "Added the samples")),
        "retry": Said("rotate-cw", translate("Activity", "Retried jobs")),
        "reprocess": Said("scan-text", translate("Activity", "Reprocessed jobs")),
        "cancel": Said("ban", translate("Activity", "Cancelled jobs")),
        "delete": Said("trash", translate("Activity", "Deleted jobs")),
        "priority": Said("arrow-up-down", translate("Activity", "Changed the priority")),
        "purge": Said("trash", translate("Activity", "Purged a queue")),
        "pause": Said("circle-pause", translate("Activity", "Paused")),
        "resume": Said("play", translate("Activity", "Resumed")),
        "undo": Said("undo-2", translate("Activity", "Took back")),
        "unlock": Said("lock-open", translate("Activity", "Unlocked for 10 min")),
        "lock": Said("lock", translate("Activity", "Locked")),
        "start worker": Said("play", translate("Activity", "Started a worker")),
        "stop worker": Said("power", translate("Activity", "Stopped a worker")),
        "forget worker": Said("ghost", translate("Activity", "Forgot workers")),
        "grow pool": Said("plus", translate("Activity", "Gave a worker processes")),
        "shrink pool": Said("minus", translate("Activity", "Took processes from a worker")),
        "autoscale": Said("arrow-up-down", translate("Activity", "Let a worker scale itself")),
        "add consumer": Said("plus", translate("Activity", "Added a queue to a worker")),
        "cancel consumer": Said("minus", translate("Activity", "Took a queue from a worker")),
        "rate limit": Said("clock", translate("Activity", "Limited a worker's rate")),
        "restart pool": Said("refresh-cw", translate("Activity", "Restarted a worker's pool")),
        "take messages out": Said("trash", translate("Activity", "Took messages out")),
        "ring again": Said("refresh-cw", translate("Activity", "Sent messages again")),
        "take back": Said("undo-2", translate("Activity", "Gave pages to others")),
        "retention": Said("archive", translate("Activity", "Deleted what was old")),
    }


def said(action: str) -> Said:
    """The words for an act, or its own name."""
    return table().get(action) or Said("activity", action)


def subject(entry: AuditEntry) -> str:
    """On what it was done: a batch, queues, workers, a reason; where nothing is named, what was told of it."""
    details = entry.details
    if entry.action == "undo":
        return said(str(details.get("what", ""))).text
    for key in ("batch", "batches", "queue", "queues", "worker", "workers", "names"):
        if names := _names(details.get(key)):
            return _listed(names)
    if reason := details.get("reason"):
        return f"“{words.isolated(str(reason))}”"
    return entry.result.partition(". ")[0].rstrip(".")


def line(entry: AuditEntry) -> str:
    """An entry in one line: what was told of it, or else what was done."""
    return entry.result.partition(". ")[0].rstrip(".") or said(entry.action).text


def person(who: str) -> str:
    """Who did it, without the machine; a worker keeps its whole name."""
    name, _, host = who.partition("@")
    return name if host and not any(letter.isdigit() for letter in name) else who


def undo_sentence(entry: AuditEntry) -> str:
    """What taking it back does."""
    return {
        "cancel": translate("Activity", "The jobs go back to what they were, with their old priority."),
        "purge": translate("Activity", "The jobs and the messages go back into the queue."),
        "retry": translate("Activity", "What has not been begun goes back to what it was."),
        "priority": translate("Activity", "The jobs get the priority that they had."),
        "pause": translate("Activity", "It goes on."),
        "resume": translate("Activity", "It is held back again."),
        "forget worker": translate("Activity", "The workers are listed again."),
    }.get(entry.action, "")


def _names(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [str(value)] if value else []


def _listed(names: list[str]) -> str:
    shown = ", ".join(words.isolated(name) for name in names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    if more <= 0:
        return shown
    text = words.counted(more, translate("Activity", "{n} more"), translate("Activity", "{n} more"))
    return translate("Activity", "{names} and {more}").format(names=shown, more=text)
