"""What people call what was done: one table for all that the audit may say; what is not in it is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from console.ui import words
from worker.core.audit_entry import AuditEntry
from worker.core.said import apart

translate = QCoreApplication.translate
MOST_NAMES = 3  # of queues, batches or workers; the others are counted


class Said(NamedTuple):
    """An icon, and what was done."""

    icon: str
    text: str


# By the name in the audit; the texts are translated when they are shown.
ACTS: Final[Mapping[str, tuple[str, object]]] = {
    "submit": ("layers", QT_TRANSLATE_NOOP("Activity", "Added files")),
    "resume uploads": ("upload", QT_TRANSLATE_NOOP("Activity", "Went on with uploads")),
    "forget uploads": ("x", QT_TRANSLATE_NOOP("Activity", "Forgot uploads")),
    "read samples": ("layers", QT_TRANSLATE_NOOP("Activity", "Added the samples")),
    "retry": ("rotate-cw", QT_TRANSLATE_NOOP("Activity", "Retried jobs")),
    "reprocess": ("scan-text", QT_TRANSLATE_NOOP("Activity", "Reprocessed jobs")),
    "cancel": ("ban", QT_TRANSLATE_NOOP("Activity", "Cancelled jobs")),
    "delete": ("trash", QT_TRANSLATE_NOOP("Activity", "Deleted jobs")),
    "priority": ("arrow-up-down", QT_TRANSLATE_NOOP("Activity", "Changed the priority")),
    "purge": ("trash", QT_TRANSLATE_NOOP("Activity", "Purged a queue")),
    "pause": ("circle-pause", QT_TRANSLATE_NOOP("Activity", "Paused")),
    "resume": ("play", QT_TRANSLATE_NOOP("Activity", "Resumed")),
    "undo": ("undo-2", QT_TRANSLATE_NOOP("Activity", "Took back")),
    "unlock": ("lock-open", QT_TRANSLATE_NOOP("Activity", "Unlocked for 10 min")),
    "lock": ("lock", QT_TRANSLATE_NOOP("Activity", "Locked")),
    "accept servers": ("server", QT_TRANSLATE_NOOP("Activity", "Accepted other servers")),
    "start worker": ("play", QT_TRANSLATE_NOOP("Activity", "Started a worker")),
    "stop worker": ("power", QT_TRANSLATE_NOOP("Activity", "Stopped a worker")),
    "restart worker": ("refresh-cw", QT_TRANSLATE_NOOP("Activity", "Restarted workers")),
    "forget worker": ("ghost", QT_TRANSLATE_NOOP("Activity", "Forgot workers")),
    "grow pool": ("plus", QT_TRANSLATE_NOOP("Activity", "Gave a worker processes")),
    "shrink pool": ("minus", QT_TRANSLATE_NOOP("Activity", "Took processes from a worker")),
    "autoscale": ("arrow-up-down", QT_TRANSLATE_NOOP("Activity", "Let a worker scale itself")),
    "add consumer": ("plus", QT_TRANSLATE_NOOP("Activity", "Added a queue to a worker")),
    "cancel consumer": ("minus", QT_TRANSLATE_NOOP("Activity", "Took a queue from a worker")),
    "rate limit": ("clock", QT_TRANSLATE_NOOP("Activity", "Limited a worker's rate")),
    "time limit": ("timer", QT_TRANSLATE_NOOP("Activity", "Limited a worker's time")),
    "restart pool": ("refresh-cw", QT_TRANSLATE_NOOP("Activity", "Restarted a worker's pool")),
    "mark": ("tag", QT_TRANSLATE_NOOP("Activity", "Marked in the history")),
    "take messages out": ("trash", QT_TRANSLATE_NOOP("Activity", "Took messages out")),
    "drop poison": ("trash", QT_TRANSLATE_NOOP("Activity", "Dropped messages that no worker can take")),
    "ring again": ("refresh-cw", QT_TRANSLATE_NOOP("Activity", "Sent messages again")),
    "take back": ("undo-2", QT_TRANSLATE_NOOP("Activity", "Gave pages to others")),
    "retention": ("archive", QT_TRANSLATE_NOOP("Activity", "Deleted what was old")),
}


# The same in one short line: how many, or which.
COUNTED: Final[Mapping[str, tuple[object, object]]] = {
    "submit": (QT_TRANSLATE_NOOP("Activity", "Added {n} file"), QT_TRANSLATE_NOOP("Activity", "Added {n} files")),
    "retry": (QT_TRANSLATE_NOOP("Activity", "Retried {n} job"), QT_TRANSLATE_NOOP("Activity", "Retried {n} jobs")),
    "reprocess": (
        QT_TRANSLATE_NOOP("Activity", "Reprocessed {n} job"),
        QT_TRANSLATE_NOOP("Activity", "Reprocessed {n} jobs"),
    ),
    "cancel": (QT_TRANSLATE_NOOP("Activity", "Cancelled {n} job"), QT_TRANSLATE_NOOP("Activity", "Cancelled {n} jobs")),
    "delete": (QT_TRANSLATE_NOOP("Activity", "Deleted {n} job"), QT_TRANSLATE_NOOP("Activity", "Deleted {n} jobs")),
    "priority": (
        QT_TRANSLATE_NOOP("Activity", "Priority of {n} job"),
        QT_TRANSLATE_NOOP("Activity", "Priority of {n} jobs"),
    ),
}
NAMED: Final[Mapping[str, object]] = {
    "pause": QT_TRANSLATE_NOOP("Activity", "Paused {name}"),
    "resume": QT_TRANSLATE_NOOP("Activity", "Resumed {name}"),
    "purge": QT_TRANSLATE_NOOP("Activity", "Purged {name}"),
    "undo": QT_TRANSLATE_NOOP("Activity", "Undid: {name}"),
}


def said(action: str) -> Said:
    """The words for an act, or its own name."""
    icon, text = ACTS.get(action, ("activity", ""))
    return Said(icon, translate("Activity", str(text)) if text else action)


def subject(entry: AuditEntry) -> str:
    """On what it was done: a batch, queues, workers, a reason; where nothing is named, what was told of it."""
    details = entry.details
    if entry.action == "undo":
        return said(str(details.get("what", ""))).text
    for key in ("batch", "batches", "queue", "queues", "worker", "workers", "names"):
        if names := _names(details.get(key)):
            return _listed(names)
    if quoted := details.get("reason") or details.get("text"):
        return f"“{words.isolated(str(quoted))}”"
    return words.told(apart(entry.result)[0]).rstrip(".")


def line(entry: AuditEntry) -> str:
    """An entry in one short line."""
    if entry.action in COUNTED:
        one, many = COUNTED[entry.action]
        return words.counted(entry.done, translate("Activity", str(one)), translate("Activity", str(many)))
    if entry.action in NAMED:
        return translate("Activity", str(NAMED[entry.action])).format(name=subject(entry))
    return said(entry.action).text


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
        "mark": translate("Activity", "It is taken out of the history."),
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
