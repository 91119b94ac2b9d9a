"""What needs attention, as data: what was found, how bad it is, and the one way out that a button can take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from worker.core.filters import JobFilter

if TYPE_CHECKING:
    from console.ops.contradictions import Contradiction


class Severity(StrEnum):
    """How much a finding matters."""

    NOTE = "note"  # somebody meant it so: shown, never told by a notification
    WARN = "warn"  # work suffers, or will
    BAD = "bad"  # work stands still, or is lost


class Way(StrEnum):
    """What the button of a finding does."""

    UNLOCK = "unlock"  # asks for it, then retries `jobs` with it
    RETRY = "retry"  # retries `jobs`
    REPROCESS = "reprocess"  # reads `jobs` anew with the options in `change`
    SHOW_JOBS = "show_jobs"  # the list of `jobs`
    SHOW_WORKER = "show_worker"  # the worker named `subject`
    SHOW_QUEUE = "show_queue"  # the queue named `subject`
    START_WORKER = "start_worker"  # here, on the queue named `subject`; "": on all of ours
    RESUME_QUEUE = "resume_queue"  # the one named `subject`
    RESUME_BATCH = "resume_batch"  # the one whose id `subject` is
    FORGET_WORKER = "forget_worker"  # the one named `subject`
    DROP_POISON = "drop_poison"  # the messages that no worker can take
    SHOW_SERVICE = "show_service"  # the lamp of `subject`
    EDIT_PROFILE = "edit_profile"  # the variable named `subject`; `change` has what it should be, where that is known
    MEND = "mend"  # does about `contradiction` what can be done


@dataclass(frozen=True, slots=True)
class Remedy:
    """A way out with all that it needs."""

    way: Way
    subject: str = ""
    jobs: JobFilter | None = None  # those meant; their ids are frozen when the button is pressed
    change: Mapping[str, Any] = field(default_factory=dict)  # options of a reprocess, variables of a profile
    contradiction: Contradiction | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that needs attention. `rule` and `subject` together say whether two are the same."""

    rule: str
    subject: str  # the queue, worker, service or class of error that it is about
    severity: Severity
    title: str  # "31 files need a password"
    sentence: str  # where, since when, and the way out
    since: datetime
    remedy: Remedy
    count: int = 1  # of what the title counts

    @property
    def key(self) -> tuple[str, str]:
        """What it is about."""
        return self.rule, self.subject
