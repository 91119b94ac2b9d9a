"""What is asked before a worker that is busy is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from console.ui import words
from console.ui.job_acts import Asked
from console.ui.workers_columns import slots, work

if TYPE_CHECKING:
    from console.ops.fleet import Worker

translate = QCoreApplication.translate


def stop_question(worker: Worker) -> Asked | None:
    """The question; None for one that has nothing to do."""
    if not worker.doing and not worker.report.busy:
        return None
    facts = [(translate("Workers", "Busy slots"), slots(worker))]
    if worker.doing:
        facts.append((translate("Workers", "In work"), work(worker.doing[0])))
    return {
        "title": translate("Workers", "Stop {worker}, which is busy?").format(worker=words.isolated(worker.name)),
        "sentence": translate(
            "Workers", "It takes nothing new and ends what it has begun. What it cannot end in time is read by others."
        ),
        "facts": facts,
        "safe": translate("Workers", "Let it work"),
        "act": translate("Workers", "Stop after the pages in work"),
    }
