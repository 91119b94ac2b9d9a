"""What the button of a remedy says, and whether it changes something."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from console.ops.findings import Remedy, Way
from console.ui import queues_attention

translate = QCoreApplication.translate
STANDARD_DPI = 300
CHANGES = frozenset(
    {
        Way.UNLOCK,
        Way.RETRY,
        Way.REPROCESS,
        Way.RESUME_QUEUE,
        Way.RESUME_BATCH,
        Way.FORGET_WORKER,
        Way.DROP_POISON,
        Way.START_WORKER,
    }
)


def changes(remedy: Remedy) -> bool:
    """Whether its button changes something: on a read-only profile it is locked."""
    found = remedy.contradiction
    return remedy.way in CHANGES or (found is not None and queues_attention.changes(found))


def remedy_words(remedy: Remedy) -> str:
    """What its button says."""
    if remedy.contradiction is not None:
        return queues_attention.remedy_words(remedy.contradiction.remedy)
    if remedy.way is Way.REPROCESS and remedy.change.get("dpi", STANDARD_DPI) < STANDARD_DPI:
        return translate("Overview", "Read scaled down")
    return {
        Way.UNLOCK: translate("Overview", "Enter password…"),
        Way.RETRY: translate("Overview", "Try again"),
        Way.REPROCESS: translate("Overview", "Read anew"),
        Way.SHOW_JOBS: translate("Overview", "Show files"),
        Way.SHOW_WORKER: translate("Overview", "Show worker"),
        Way.SHOW_QUEUE: translate("Overview", "Show queue"),
        Way.START_WORKER: translate("Overview", "Start a worker"),
        Way.RESUME_QUEUE: translate("Overview", "Resume"),
        Way.RESUME_BATCH: translate("Overview", "Resume"),
        Way.FORGET_WORKER: translate("Overview", "Forget it"),
        Way.DROP_POISON: translate("Overview", "Drop them"),
        Way.SHOW_SERVICE: translate("Overview", "Ask the doctor"),
        Way.EDIT_PROFILE: translate("Overview", "Edit profile"),
    }.get(remedy.way, translate("Overview", "Show"))
