"""Queues and batches are held back, and let go: nothing more is taken from them, and what is running goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from console.ops.audit import Entry
from console.ops.braking import brake_batches, brake_queues
from console.ops.commands import Done
from console.ops.guard import Weight
from console.ops.undo import recorded
from worker.core.errors import NotFoundError, UsageError
from worker.core.said import listed, said_counted, sentences

if TYPE_CHECKING:
    from console.ops.services import Services

Names = tuple[str, ...]
GOES_ON = "What is being read is finished."


@dataclass(frozen=True, slots=True)
class _OnQueues:
    names: Names
    weight: ClassVar[Weight] = Weight.CHANGES

    @property
    def asked(self) -> int:
        """The queues."""
        return len(self.names)


@dataclass(frozen=True, slots=True)
class _OnBatches:
    ids: tuple[UUID, ...]
    weight: ClassVar[Weight] = Weight.CHANGES

    @property
    def asked(self) -> int:
        """The batches."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class PauseQueues(_OnQueues):
    """Hold queues back."""

    action: ClassVar[str] = "pause"

    def run(self, services: Services) -> Done[Names]:
        """The rows, which our workers obey within two seconds; workers of other programs are told by name."""
        return _brake_queues(services, self.action, self.names, paused=True)


@dataclass(frozen=True, slots=True)
class ResumeQueues(_OnQueues):
    """Let queues go on."""

    action: ClassVar[str] = "resume"

    def run(self, services: Services) -> Done[Names]:
        """The rows; what lost its message meanwhile is rung for at once."""
        return _brake_queues(services, self.action, self.names, paused=False)


@dataclass(frozen=True, slots=True)
class PauseBatch(_OnBatches):
    """Hold the jobs of batches back."""

    action: ClassVar[str] = "pause"

    def run(self, services: Services) -> Done[Names]:
        """The rows: no claim of theirs succeeds any more. Raises NotFoundError where there is no such batch."""
        return _brake_batches(services, self.action, self.ids, paused=True)


@dataclass(frozen=True, slots=True)
class ResumeBatch(_OnBatches):
    """Let the jobs of batches go on."""

    action: ClassVar[str] = "resume"

    def run(self, services: Services) -> Done[Names]:
        """The rows; what lost its message meanwhile is rung for at once. Raises NotFoundError: no such batch."""
        return _brake_batches(services, self.action, self.ids, paused=False)


def _brake_queues(services: Services, action: str, names: Names, *, paused: bool) -> Done[Names]:
    names = tuple(dict.fromkeys(name.strip() for name in names))
    if not names or not all(names):
        raise UsageError("Name a queue.", "`ocr-console queues` lists them.")
    braked = brake_queues(services, names, paused=paused)
    entry = Entry(len(names), len(braked.changed), {"queues": list(braked.changed)})
    done = Done(sentences(_told(names, braked.changed, paused=paused), braked.note), braked.changed, entry)
    return recorded(services, action, done, {"queues": list(braked.changed)})


def _brake_batches(services: Services, action: str, ids: Sequence[UUID], *, paused: bool) -> Done[Names]:
    known = services.store.batch_names(ids)
    if not known:
        raise NotFoundError("There is no such batch.", "Its last job may have been deleted.")
    changed = brake_batches(services, known, paused=paused)
    names = tuple(known[one] for one in changed)
    entry = Entry(len(ids), len(changed), {"batches": list(names)})
    done = Done(_told(tuple(known.values()), names, paused=paused), names, entry)
    return recorded(services, action, done, {"batches": [one.hex for one in changed]})


def _told(asked: Names, changed: Names, *, paused: bool) -> str:
    if not changed:
        one, many = (
            ("{names} is paused already.", "{names} are paused already.")
            if paused
            else ("{names} is going on already.", "{names} are going on already.")
        )
        return said_counted(len(asked), one, many, names=listed(asked))
    if not paused:
        return said_counted(len(changed), "{names} is going on.", "{names} are going on.", names=listed(changed))
    held = said_counted(len(changed), "{names} is paused.", "{names} are paused.", names=listed(changed))
    return sentences(held, GOES_ON)
