"""Python's collector, kept off the threads that work: it would stop the window for a third of a second at a time.

It runs on whichever thread happens to make an object, holds the interpreter while it looks at everything there is, and
may end a QObject on a thread that is not its own. Here it runs on the window's thread alone, a little at a time; what
was there when the window had come up is looked at no more.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 250
YOUNG = 2_000  # objects that are worth a look
ROUNDS = (1, 60, 480)  # a generation is looked at every so many rounds
SETTLED_ROUNDS = 48  # then the pages are made and the drivers loaded


class Garbage(QObject):
    """Collects for as long as it is open. Make it on the window's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rounds = 0
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)
        gc.disable()
        self._timer.start()

    def look(self) -> None:
        """One round: the youngest where there are many, and the older ones now and then."""
        self._rounds += 1
        if self._rounds == SETTLED_ROUNDS:
            gc.collect()
            gc.freeze()
            return
        oldest = max(place for place, every in enumerate(ROUNDS) if self._rounds % every == 0)
        if oldest or gc.get_count()[0] > YOUNG:
            gc.collect(oldest)

    def settle_again(self) -> None:
        """Another window comes up in place of this one: what was set apart is looked at once more."""
        gc.unfreeze()
        self._rounds = 0

    def close(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
