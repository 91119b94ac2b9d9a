"""All jobs that meet a filter, as a frozen list of ids, and what they are when something is to be done with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background, Latest
from worker.core.errors import UsageError
from worker.core.filters import JobFilter, Tally
from worker.core.jobs import ENDED

PORTION = 20_000  # ids that are looked up at once


class Lists(Protocol):
    """What answers: the Store."""

    def ids(self, chosen: JobFilter) -> list[UUID]:
        """The ids of the jobs that meet a filter."""
        ...

    def tally(self, ids: Sequence[UUID]) -> Tally:
        """What these jobs are."""
        ...


@dataclass(frozen=True, slots=True)
class Frozen:
    """The jobs that met a filter at a moment."""

    ids: tuple[UUID, ...]
    at: datetime


class Freezing(QObject):
    """A newer wish drops the one before it."""

    failed = Signal(object)  # OcrConsoleError

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._latest = Latest(background)
        self._source: Lists | None = None

    def open(self, source: Lists) -> None:
        """Ask this store from now on."""
        self._source = source

    def freeze(self, chosen: JobFilter, done: Callable[[Frozen], None]) -> None:
        """Tell which jobs meet the filter now."""
        if (source := self._source) is not None:

            def ask() -> Frozen:
                return Frozen(tuple(source.ids(chosen)), datetime.now(UTC))

            self._latest.submit(ask, done=done, failed=self.failed.emit)

    def tally(
        self,
        ids: Sequence[UUID],
        done: Callable[[tuple[UUID, ...], Tally], None],
        *,
        only_ended: bool = False,
    ) -> None:
        """Tell what these jobs are by now, or which of them have ended and what those are: it fails if none has."""
        if (source := self._source) is not None:

            def ask() -> tuple[tuple[UUID, ...], Tally]:
                meant = tuple(_ended(source, ids)) if only_ended else tuple(ids)
                if not meant:
                    raise UsageError("None of these jobs has ended.", "Cancel them first.")
                return meant, source.tally(meant)

            self._latest.submit(ask, done=lambda answer: done(*answer), failed=self.failed.emit)

    def drop(self) -> None:
        """Wait for no answer any more."""
        self._latest.drop()


def _ended(source: Lists, ids: Sequence[UUID]) -> Iterator[UUID]:
    for start in range(0, len(ids), PORTION):
        yield from source.ids(JobFilter(ids=tuple(ids[start : start + PORTION]), states=ENDED))
