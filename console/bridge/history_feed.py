"""The figures over time that the history page shows, asked anew no faster than they change."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background, Latest
from worker.core.errors import UsageError
from worker.core.said import said

if TYPE_CHECKING:
    from console.ops.history import Past
    from worker.core.errors import OcrConsoleError

LEAST_S = 10.0  # between two questions


class Source(Protocol):
    """What answers: the HistorySource."""

    def past(self, span: str, queue: str) -> Past:
        """The last hour, day or week of a queue, "" for all together; may block."""
        ...

    def queues(self) -> list[str]:
        """The queues of which there is any."""
        ...

    def save(self, path: Path, past: Past) -> None:
        """Write the figures as CSV; may block."""
        ...


class Picture(Protocol):
    """A QImage."""

    @property
    def save(self) -> Callable[..., bool]:
        """Takes a file's name and "PNG", which the binding's stubs do not know; tells whether it could be."""
        ...


class HistoryFeed(QObject):
    """Asks when something else is to be shown, and at a picture when a step is over."""

    told = Signal(object)  # Past
    queues_told = Signal(list)  # list[str]
    loading_changed = Signal(bool)
    saved = Signal(object)  # Path
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._source: Source | None = None
        self._asked, self._queues_asked = Latest(background), Latest(background)
        self._due_at = 0.0  # by the monotonic clock
        self._waiting = False
        self.span, self.queue = "day", ""
        self.past: Past | None = None

    def open(self, source: Source) -> None:
        """Ask this one from now on."""
        self._source = source

    def choose(self, span: str, queue: str) -> None:
        """Show another span or queue."""
        if (span, queue) != (self.span, self.queue):
            self.span, self.queue = span, queue
            self._ask()

    def refresh(self) -> None:
        """Ask again if a step is over since the last answer."""
        if not self._waiting and time.monotonic() >= self._due_at:
            self._ask()

    def refresh_now(self) -> None:
        """Ask again at once: something was written into it."""
        self._ask()

    def save_table(self, path: Path) -> None:
        """Write what is shown as CSV."""
        if self.past is not None and self._source is not None:
            self._save(path, partial(self._source.save, path, self.past))

    def save_picture(self, path: Path, picture: Picture) -> None:
        """Write a picture as PNG."""
        self._save(path, partial(_paint, path, picture))

    def _save(self, path: Path, write: Callable[[], None]) -> None:
        self._background.submit(write, done=lambda _: self.saved.emit(path), failed=self.failed.emit)

    def _ask(self) -> None:
        if self._source is None:
            return
        self._waiting = True
        self.loading_changed.emit(True)
        self._asked.submit(self._source.past, self.span, self.queue, done=self._tell, failed=self._miss)
        self._queues_asked.submit(self._source.queues, done=self.queues_told.emit, failed=self._keep)

    def _tell(self, past: Past) -> None:
        self.past = past
        self._rest(max(past.series.step_s, LEAST_S))
        self.told.emit(past)

    def _miss(self, error: OcrConsoleError) -> None:
        self._rest(LEAST_S)
        if self.past is None:
            self.failed.emit(error)

    def _keep(self, _error: OcrConsoleError) -> None:
        """The queues stay as they were; the lamps say why."""

    def _rest(self, seconds: float) -> None:
        self._waiting = False
        self._due_at = time.monotonic() + seconds
        self.loading_changed.emit(False)


def _paint(path: Path, picture: Picture) -> None:
    if not picture.save(str(path), "PNG"):
        raise UsageError(said("{path} cannot be written.", path=str(path)), "Choose another folder.")
