"""What becomes of workers that are started here: one is ready, or it ended before."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background

if TYPE_CHECKING:
    from console.bridge.runner import Act
    from console.ops.snapshot import Snapshot
    from worker.core.errors import OcrConsoleError


class Started(Protocol):
    """What knows the workers that were started on this machine: LocalWorkers."""

    def why_not(self, name: str) -> str:
        """Why it ended before it was ready; "" while it may become so. Raises NotFoundError: it was stopped."""
        ...


class WorkerStarts(QObject):
    """Follows each start, once a picture, until it is known how it went."""

    ready = Signal(object)  # Act: the start
    failed = Signal(object, str)  # Act, and why

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._local: Started | None = None
        self._awaited: dict[str, Act] = {}  # by the worker's name
        self._asked: set[str] = set()

    def open(self, local: Started | None) -> None:
        """Begin."""
        self._local = local

    def follow(self, act: Act) -> None:
        """Take over what was done; all but starts is passed by."""
        if act.command.action == "start worker":
            self._awaited[act.done.data.name] = act

    def take(self, snapshot: Snapshot) -> None:
        """Look at a picture, and on the disk for those that are not in it."""
        for worker in snapshot.workers:
            if worker.state == "online" and (act := self._awaited.pop(worker.name, None)):
                self.ready.emit(act)
        if self._local is not None:
            for name in self._awaited.keys() - self._asked:
                self._asked.add(name)
                told, stopped = partial(self._tell, name), partial(self._forget, name)
                self._background.submit(self._local.why_not, name, done=told, failed=stopped)

    def _tell(self, name: str, why: str) -> None:
        self._asked.discard(name)
        if why and (act := self._awaited.pop(name, None)):
            self.failed.emit(act, why)

    def _forget(self, name: str, _error: OcrConsoleError) -> None:
        """It was stopped, which was told."""
        self._asked.discard(name)
        self._awaited.pop(name, None)
