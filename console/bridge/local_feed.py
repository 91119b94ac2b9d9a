"""The workers of this machine, and the log of one of them: read from disk in the background, once a picture."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background
from worker.core.errors import OcrConsoleError

if TYPE_CHECKING:
    from console.ops.log_tail import LogLine, LogTail
    from console.ops.worker_figures import Figures, WorkerFigures
    from console.ops.worker_state import LocalWorker, Stop
    from worker.core.settings import Settings


class Local(Protocol):
    """What knows the workers of this machine: LocalWorkers."""

    def listed(self) -> tuple[LocalWorker, ...]:
        """All that live, whoever started them, and those that gave up; reads the disk."""
        ...

    def is_mine(self, worker: LocalWorker) -> bool:
        """Whether this very console started it."""
        ...


FIGURES_EVERY_S = 0.9  # a share of processor time over less says little
Look = tuple[tuple["LocalWorker", ...], frozenset[str], Mapping[str, "WorkerFigures"]]


class LocalFeed(QObject):
    """Call `refresh` as often as a new look is wanted; a look under way is not doubled."""

    changed = Signal(object, object)  # tuple[LocalWorker, ...], frozenset[str]: names of those started by others
    figured = Signal(object)  # Mapping[str, WorkerFigures]: what their processes take, by name
    opened = Signal(object)  # Path | None: the log whose lines follow
    written = Signal(object)  # Sequence[LogLine]: new at the end of that log
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._local: Local | None = None
        self._workers: tuple[LocalWorker, ...] | None = None
        self._adopted: frozenset[str] = frozenset()
        self._figures: Figures | None = None
        self._taken: Mapping[str, WorkerFigures] = {}
        self._due = 0.0  # by the monotonic clock: when figures are taken again
        self._settings: Settings | None = None
        self._tail: LogTail | None = None
        self._looking = self._reading = False

    @property
    def workers(self) -> tuple[LocalWorker, ...]:
        """As they were at the last look."""
        return self._workers or ()

    def open(self, local: Local, settings: Settings | None = None) -> None:
        """Begin; the settings say what a stop costs."""
        from console.ops.worker_figures import Figures

        self._local, self._settings, self._figures = local, settings, Figures()
        self.refresh()

    def costs(self, busy: int) -> dict[Stop, str]:
        """What each kind of stop costs a worker that does so many tasks; nothing before it is known."""
        from console.ops.worker_commands import cost_of
        from console.ops.worker_state import Stop

        return {how: cost_of(how, busy, self._settings) for how in Stop} if self._settings is not None else {}

    def follow(self, log: Path | None) -> None:
        """Tell what is written to this log from its end on; None: to none."""
        from console.ops.log_tail import LogTail

        if log != (self._tail.path if self._tail else None):
            self._tail, self._reading = LogTail(log) if log else None, False
            self.opened.emit(log)
            self._read()

    def refresh(self) -> None:
        """Look again."""
        if self._local is not None and not self._looking:
            self._looking = True
            self._background.submit(self._look, self._local, done=self._take, failed=self._fail)
        self._read()

    def _read(self) -> None:
        tail = self._tail
        if tail is not None and not self._reading:
            self._reading = True
            self._background.submit(tail.read, done=lambda lines: self._tell(tail, lines))

    def _tell(self, tail: LogTail, lines: Sequence[LogLine]) -> None:
        if tail is self._tail:  # else another one is followed by now
            self._reading = False
            if lines:
                self.written.emit(lines)

    def _look(self, local: Local) -> Look:
        workers, now = local.listed(), time.monotonic()
        adopted = frozenset(worker.name for worker in workers if not local.is_mine(worker))
        if self._figures is not None and now >= self._due:  # pictures may follow each other closely
            self._taken, self._due = self._figures.take(workers), now + FIGURES_EVERY_S
        return workers, adopted, self._taken

    def _take(self, look: Look) -> None:
        self._looking = False
        workers, adopted, figures = look
        if (workers, adopted) != (self._workers, self._adopted):
            self._workers, self._adopted = workers, adopted
            self.changed.emit(workers, adopted)
        self.figured.emit(figures)

    def _fail(self, error: OcrConsoleError) -> None:
        self._looking = False
        self.failed.emit(error)
