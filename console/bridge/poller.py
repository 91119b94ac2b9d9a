"""Takes a picture a second on a thread of its own and hands the newest one to the main thread."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot

if TYPE_CHECKING:
    from console.ops.snapshot import Snapshot

log = logging.getLogger(__name__)
EVERY_S = 0.9  # with what it takes, a change is on the screen 1.2 s after it at the latest
SLOWEST_S = 15.0  # between two pictures while the database is away
SLOWER_S = 4.0  # while another service is: what the database says is still new every time


class Takes(Protocol):
    """What takes pictures: the Watcher."""

    def take(self) -> Snapshot:
        """The picture now; never raises, may block."""
        ...


class Poller(QObject):
    """A picture that nobody collected yet is replaced by the next one, which carries its changes along.

    While the database is away the pause doubles, up to SLOWEST_S, and while another service is, up to SLOWER_S.
    Close it before the watcher's services are closed.
    """

    pictured = Signal(object, float)  # Snapshot, and in how many seconds the next one is taken
    _arrived = Signal()

    def __init__(self, watcher: Takes, *, every_s: float = EVERY_S, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watcher, self._every_s = watcher, every_s
        self._lock = threading.Lock()
        self._waiting: tuple[Snapshot, float] | None = None  # the mailbox: one place
        self._wake = threading.Event()
        self._stop = False
        self._thread = threading.Thread(target=self._run, name="poller", daemon=True)
        self._arrived.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Take the first picture at once."""
        self._thread.start()

    def poke(self) -> None:
        """Take the next picture now: something was changed, or somebody asked."""
        self._wake.set()

    def stop(self) -> None:
        """Take no more, and hand over none."""
        self._stop = True
        self._wake.set()

    def close(self) -> None:
        """Stop, and wait for the one that is being taken."""
        self.stop()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause_s = self._every_s
        while True:
            self._wake.clear()
            if self._stop:  # looked at behind clear: the wake of `close` is not lost
                return
            began = time.monotonic()
            try:
                snapshot = self._watcher.take()
            except Exception:  # a picture that fails must not end all pictures
                log.exception("no picture could be taken")
                self._wake.wait(SLOWEST_S)
                continue
            away = {health.service for health in snapshot.health if health.state == "down"}
            slowest_s = SLOWEST_S if "postgres" in away else SLOWER_S
            pause_s = min(pause_s * 2, slowest_s) if away else self._every_s
            self._put(snapshot, pause_s)
            took = time.monotonic() - began  # counts as a part of the pause, but others want to work too
            self._wake.wait(max(pause_s - took, min(took, pause_s)))

    def _put(self, snapshot: Snapshot, pause_s: float) -> None:
        with self._lock:
            empty = self._waiting is None
            if self._waiting is not None:
                snapshot = snapshot.including(self._waiting[0])
            self._waiting = (snapshot, pause_s)
        if empty and not self._stop:
            self._arrived.emit()

    @Slot()
    def _hand_over(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, None
        if waiting is not None and not self._stop:
            self.pictured.emit(*waiting)
