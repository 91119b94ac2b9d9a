"""What can be done with which jobs, and what is asked before some of them are stopped or deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from PySide6.QtCore import QCoreApplication

from console.ui import words
from console.ui.kit.dialogs import Fact
from console.ui.kit.states import state_look
from worker.core.errors import NeedsPassword
from worker.core.filters import Tally
from worker.core.jobs import ACTIVE, ENDED, Job, State

translate = QCoreApplication.translate


class Asked(TypedDict):
    """A question, as `notices.ask` takes it."""

    title: str
    sentence: str
    facts: Sequence[Fact]
    safe: str
    act: str


@dataclass(frozen=True, slots=True)
class Picked:
    """The jobs that something is done with, and what they are."""

    ids: tuple[UUID, ...]
    tally: Tally

    @classmethod
    def of(cls, jobs: Sequence[Job]) -> Picked:
        """Of rows that are at hand."""
        locked = sum(job.state is State.FAILED and job.error_class == NeedsPassword.error_class for job in jobs)
        return cls(tuple(job.id for job in jobs), Tally(Counter(job.state for job in jobs), locked))

    def among(self, states: Iterable[State]) -> int:
        """How many of them are in one of these states."""
        return sum(self.tally.states.get(state, 0) for state in states)


def may_retry(job: Job) -> bool:
    """Whether trying it again can bring something: pages of a done one may have failed."""
    return job.state in {State.FAILED, State.CANCELLED} or (job.state is State.DONE and job.pages_failed > 0)


def may_cancel(job: Job) -> bool:
    """Whether there is something to stop."""
    return job.state in ACTIVE


def may_delete(job: Job) -> bool:
    """Whether it has ended; what has not is cancelled first."""
    return job.state in ENDED


def cancel_question(picked: Picked) -> Asked | None:
    """What to ask before these jobs are cancelled; None where none runs, since waiting ones can simply be put back."""
    if not picked.among({State.RUNNING}):
        return None
    count = picked.among(ACTIVE)
    act = words.counted(count, translate("Acts", "Cancel {n} job"), translate("Acts", "Cancel {n} jobs"))
    return {
        "title": act,
        "sentence": translate("Acts", "What is being read stops at once. Pages that are read stay."),
        "facts": facts_of(picked.tally.states),
        "safe": words.counted(count, translate("Acts", "Let it go on"), translate("Acts", "Let them go on")),
        "act": act,
    }


def delete_question(picked: Picked) -> Asked:
    """What to ask before these jobs are deleted."""
    count = picked.among(ENDED)
    act = words.counted(count, translate("Acts", "Delete {n} job"), translate("Acts", "Delete {n} jobs"))
    return {
        "title": act,
        "sentence": words.counted(
            count,
            translate(
                "Acts", "Its results and its uploaded file go and do not come back. The file on your disk stays."
            ),
            translate("Acts", "Their results and uploaded files go and do not come back. The files on your disk stay."),
        ),
        "facts": facts_of(picked.tally.states),
        "safe": words.counted(count, translate("Acts", "Keep it"), translate("Acts", "Keep them")),
        "act": act,
    }


def facts_of(counts: Mapping[State, int]) -> list[Fact]:
    """How many there are in each state."""
    return [(state_look(state).word, words.number(counts[state])) for state in State if counts.get(state)]
