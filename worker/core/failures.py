"""What failed, in groups: one a class of error, with the batches in which it happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FailedBatch:
    """A batch with jobs of a group."""

    id: UUID
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """All jobs that are failed with one class of error."""

    error_class: str
    count: int
    since: datetime  # when the first of them failed
    newest: datetime  # when the last did
    names: tuple[str, ...] = ()  # of some of them
    batches: tuple[FailedBatch, ...] = ()  # with the most of them, most first
    batch_count: int = 0  # in how many there are any
