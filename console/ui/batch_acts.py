"""What can be done with a batch, and what is asked before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from console.ui import counts, words
from console.ui.job_acts import Asked
from console.ui.kit.states import state_look
from console.ui.notices import ask
from console.ui.passwords import ask_password
from worker.core.batch_figures import BatchFigures, BatchState
from worker.core.errors import BY_CLASS, NeedsPassword
from worker.core.jobs import ACTIVE, Priority, State

if TYPE_CHECKING:
    from console.bridge.acts import Acts
    from worker.core.failures import FailureGroup

translate = QCoreApplication.translate
PRIORITIES = (Priority.NEXT, Priority.HIGH, Priority.NORMAL, Priority.LOW)


def can_pass(error_class: str) -> bool:
    """Whether files that failed so are worth another try as they are."""
    kind = BY_CLASS.get(error_class)
    return kind is not None and kind.retryable


class BatchActs:
    """Carries out what the page of batches wants, after the questions that belong to it.

    Args:
        page: Over which is asked.
        acts: What does it.
    """

    def __init__(self, page: QWidget, acts: Acts) -> None:
        self._page, self._acts = page, acts
        self._folder = str(Path.home())

    def pause(self, batch: BatchFigures) -> None:
        """Hold it back, or let it go on."""
        (self._acts.resume_batches if batch.paused else self._acts.pause_batches)([batch.id])

    def brake(self, batches: Sequence[BatchFigures]) -> None:
        """Hold all that are open back; where all are, let them go on."""
        still_open = [one for one in batches if one.state is not BatchState.FINISHED]
        going = [one.id for one in still_open if not one.paused]
        if going:
            self._acts.pause_batches(going)
        elif still_open:
            self._acts.resume_batches([one.id for one in still_open])

    def urge(self, batch: BatchFigures, priority: Priority) -> None:
        """Make it more or less urgent."""
        self._acts.set_priority_of_batches([batch.id], priority)

    def cancel(self, batch: BatchFigures) -> None:
        """Stop it; what runs is asked about."""
        question = cancel_question(batch)
        if question is None or ask(self._page, **question):
            self._acts.cancel_batches([batch.id])

    def retry(self, batch: BatchFigures) -> None:
        """Queue again what failed."""
        self._acts.retry_batches([batch.id])

    def remedy(self, batch: BatchFigures, group: FailureGroup) -> bool:
        """Go at the files that failed so; False where nothing can be done with all of them at once."""
        if group.error_class == NeedsPassword.error_class:
            password = ask_password(self._page, group.count)
            if password is not None:
                self._acts.retry_batches([batch.id], group.error_class, password)
            return True
        if can_pass(group.error_class):
            self._acts.retry_batches([batch.id], group.error_class)
            return True
        return False

    def save(self, batch: BatchFigures) -> None:
        """Ask for a folder, and fetch the results into it."""
        title = translate("Batches", "Save the results in a folder")
        chosen = QFileDialog.getExistingDirectory(self._page, title, self._folder)
        if chosen:
            self._folder = chosen
            self._acts.save_batches([batch.id], Path(chosen))


def cancel_question(batch: BatchFigures) -> Asked | None:
    """What to ask before it is cancelled; None where nothing runs, since what waits can simply be put back."""
    if not batch.counts[State.RUNNING]:
        return None
    act = words.counted(
        batch.jobs_active, translate("Batches", "Cancel {n} job"), translate("Batches", "Cancel {n} jobs")
    )
    title = translate("Batches", "{act} of {batch}").format(act=act, batch=words.isolated(batch.name))
    facts = [
        (state_look(state).word, words.number(batch.counts[state]))
        for state in State
        if state in ACTIVE and batch.counts[state]
    ]
    return {
        "title": title,
        "sentence": translate("Batches", "What is being read stops at once. What is done stays."),
        "facts": [*facts, (translate("Batches", "Pages left"), counts.pages(batch.pages_left))],
        "safe": translate("Batches", "Let it go on"),
        "act": act,
    }
