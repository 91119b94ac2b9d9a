"""Acts on whole batches: on the jobs that they have at that moment, frozen then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from console.ops.acts import Cancel, Retry, SetPriority
from console.ops.commands import Acted, Command, Done, Fetch, FetchResults
from console.ops.guard import Weight
from worker.core.errors import NotFoundError
from worker.core.filters import JobFilter
from worker.core.jobs import ACTIVE, Priority, State
from worker.core.outcomes import Course

if TYPE_CHECKING:
    from console.ops.services import Services

    Making = Callable[..., Command[Acted]]

Ids = tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class OnBatches:
    """An act on those jobs of batches that are in certain states. Make one with the functions below."""

    batches: Ids
    making: Making  # the act, of ids and a course
    states: frozenset[State]
    course: Course | None = field(default=None, repr=False, compare=False)
    error_class: str | None = None  # only what failed so

    @property
    def action(self) -> str:
        """That of the act."""
        return self.making(()).action

    @property
    def weight(self) -> Weight:
        """That of the act."""
        return self.making(()).weight

    @property
    def asked(self) -> int:
        """Not known before it looks."""
        return 0

    def run(self, services: Services) -> Done[Acted]:
        """The act's own sentence, entry and undo. Raises NotFoundError where there is no such batch."""
        if not services.store.batch_names(self.batches):
            raise NotFoundError("There is no such batch.", "Its last job may have been deleted.")
        classes = frozenset([self.error_class] if self.error_class else [])
        chosen = JobFilter(states=self.states, batch_ids=frozenset(self.batches), error_classes=classes)
        ids = tuple(services.store.ids(chosen))
        return self.making(ids, course=self.course).run(services)


def cancel_batches(batches: Ids) -> OnBatches:
    """Stop all that waits, runs or is being uploaded."""
    return OnBatches(batches, Cancel, ACTIVE)


def retry_batches(batches: Ids, error_class: str | None = None, password: str | None = None) -> OnBatches:
    """Queue all that failed again, or that failed so, with a password for what is locked."""
    return OnBatches(batches, partial(Retry, password=password), frozenset({State.FAILED}), error_class=error_class)


def prioritise_batches(batches: Ids, priority: Priority) -> OnBatches:
    """Make all that has not ended as urgent as that."""
    return OnBatches(batches, partial(SetPriority, priority=priority), ACTIVE)


@dataclass(frozen=True, slots=True)
class SaveBatches:
    """Download all that was read of batches into a folder."""

    batches: Ids
    folder: Path
    cancel: threading.Event | None = None  # as that of `FetchResults`
    action: ClassVar[str] = ""
    weight: ClassVar[Weight] = Weight.LOOKS
    asked: ClassVar[int] = 0  # not known before it looks

    def run(self, services: Services) -> Done[Fetch]:
        """What is there is fetched; a job that is missing something costs nobody else."""
        chosen = JobFilter(states=frozenset({State.DONE}), batch_ids=frozenset(self.batches))
        ids = tuple(services.store.ids(chosen))
        return FetchResults(ids, self.folder, cancel=self.cancel).run(services)
