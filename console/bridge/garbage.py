"""Python's collector, kept off the threads that work: it would stop the window for a third of a second at a time.

It runs on whichever thread happens to make an object, holds the interpreter while it looks at everything there is, and
may end a QObject on a thread that is not its own, or while another one ends: Qt holds a lock there, which both may
want, and the thread waits for itself for ever. Here it runs on the window's thread alone, between two events, a little
at a time; what was looked at as a whole is set apart and looked at again only while nobody works with the window.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 250
YOUNG = 2_000  # objects that are worth a look
ROUNDS = (1, 60, 240)  # a generation is looked at every so many rounds
SETTLED_ROUNDS = 48  # then the pages are made and the drivers loaded
ALL_ROUNDS = 14_400  # an hour, and everything is looked at


class Garbage(QObject):
    """Collects for as long as it is open. Make it on the window's thread.

    Args:
        is_used: Whether somebody works with the window.
    """

    def __init__(self, is_used: Callable[[], bool] = lambda: False, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_used = is_used
        self._rounds = self._all = 0
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)
        gc.disable()
        self._timer.start()

    def look(self) -> None:
        """One round: the youngest where there are many, and the older ones now and then."""
        self._rounds += 1
        if self._rounds == SETTLED_ROUNDS or self._rounds % ROUNDS[2] == 0:
            self._set_apart()
        elif self._rounds % ROUNDS[1] == 0:
            gc.collect(1)
        elif gc.get_count()[0] > YOUNG:
            gc.collect(0)

    def _set_apart(self) -> None:
        """What is looked at now is looked at no more, but once an hour while nobody works with the window."""
        if self._rounds - self._all >= ALL_ROUNDS and not self._is_used():
            self._all = self._rounds
            gc.unfreeze()
        gc.collect()
        gc.freeze()

    def settle_again(self) -> None:
        """Another window comes up in place of this one: what was set apart is looked at once more."""
        gc.unfreeze()
        self._rounds = self._all = 0

    def close(self) -> None:
        """Look no more. Python's own stays off: the last parts of the window may end behind this."""
        self._timer.stop()
        gc.unfreeze()
