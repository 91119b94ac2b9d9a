"""A submission that runs in the background: what becomes of its files, told no faster than a person can see."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge.background import Background
from worker.core.errors import OcrConsoleError

if TYPE_CHECKING:
    from console.ops.commands import Command, Done
    from console.ops.services import Services
    from console.ops.uploads import Uploaded, Watch

    Making = Callable[[Watch, threading.Event], Command[tuple[Uploaded, ...]]]

TELL_EVERY_MS = 150
REST = 5  # times as long as the last telling took: of a hundred thousand files it takes a while


class Uploading(QObject):
    """Runs one upload command at a time and gathers what its threads tell.

    `services` is asked in the background and may wait until they are open.
    """

    progressed = Signal(object)  # tuple[Uploaded, ...]: the newest state of every file that is another by now
    ended = Signal(object)  # Done
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, background: Background, services: Callable[[], Services], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._services = services
        self._lock = threading.Lock()
        self._changed: dict[object, Uploaded] = {}
        self._cancel = threading.Event()
        self._running = False
        self._timer = QTimer(self, interval=TELL_EVERY_MS)
        self._timer.timeout.connect(self._tell)

    @property
    def running(self) -> bool:
        """Whether files are on their way."""
        return self._running

    def start(self, making: Making) -> None:
        """Run the command that `making` makes of a watch and a cancel event, on the services as they are then.

        While one runs, another is not begun.
        """
        if self._running:
            return
        with self._lock:
            self._changed.clear()
        self._cancel = threading.Event()
        self._running = True
        self._timer.start(TELL_EVERY_MS)
        command = making(self._watch, self._cancel)
        self._background.submit(self._run, command, done=self._done, failed=self._fail)

    def stop(self) -> None:
        """Stop after the bytes that are on their way; the rows stay, and the next start goes on."""
        self._cancel.set()

    def _run(self, command: Command[tuple[Uploaded, ...]]) -> Done[tuple[Uploaded, ...]]:
        from console.ops.acting import act  # it loads what the first paint does not wait for

        return act(command, self._services())

    def _watch(self, uploaded: Uploaded) -> None:  # on the upload's threads
        with self._lock:
            self._changed[uploaded.job_id or uploaded.file.source] = uploaded

    def _tell(self) -> None:
        with self._lock:
            changed, self._changed = self._changed, {}
        if changed:
            begun = time.monotonic()
            self.progressed.emit(tuple(changed.values()))
            self._timer.setInterval(max(TELL_EVERY_MS, round(1000 * REST * (time.monotonic() - begun))))

    def _done(self, done: Done[tuple[Uploaded, ...]]) -> None:
        self._end()
        self.ended.emit(done)

    def _fail(self, error: OcrConsoleError) -> None:
        self._end()
        self.failed.emit(error)

    def _end(self) -> None:
        self._running = False
        self._timer.stop()
        self._tell()
