"""A plan that is made in the background: one at a time, the newest drop wins."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge.background import Background, Latest

if TYPE_CHECKING:
    from console.ops.intake import Plan
    from worker.core.jobs import Options

TELL_EVERY_MS = 100


def narrowed(plan: Plan, pages: str) -> Plan:
    """The same plan for another page range."""
    from console.ops.intake import narrowed

    return narrowed(plan, pages)


class Planning(QObject):
    """Looks through what was dropped.

    Args:
        background: Where it looks.
        plan: `ops.intake.plan`.
    """

    progressed = Signal(int, int)  # files looked into, of how many
    planned = Signal(object, float)  # Plan, and how many seconds it took
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, background: Background, plan: Callable[..., Plan], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plan = plan
        self._latest = Latest(background)
        self._cancel = threading.Event()
        self._seen = (0, 0)
        self._timer = QTimer(self, interval=TELL_EVERY_MS)
        self._timer.timeout.connect(lambda: self.progressed.emit(*self._seen))

    def start(self, paths: Sequence[str], options: Options | None = None, password: str | None = None) -> None:
        """Look through these paths; what is looked through for an earlier drop is left."""
        self.cancel()
        self._cancel = threading.Event()
        self._seen = (0, 0)
        self._timer.start()
        look = partial(self._plan, password=password, progress=self._count, cancel=self._cancel)
        began = time.monotonic()
        self._latest.submit(look, paths, options, done=partial(self._done, began), failed=self._fail)

    def cancel(self) -> None:
        """Look no further; nothing is told any more."""
        self._cancel.set()
        self._timer.stop()
        self._latest.drop()

    def _count(self, seen: int, total: int) -> None:  # on the threads that look
        self._seen = (seen, total)

    def _done(self, began: float, plan: Plan) -> None:
        self._timer.stop()
        self.planned.emit(plan, time.monotonic() - began)

    def _fail(self, error: object) -> None:
        self._timer.stop()
        self.failed.emit(error)
