"""A way onto the window's thread, for one that watches the window from another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QThread, Signal

Answer = TypeVar("Answer")
LIMIT_S = 60


class Hand(QObject):
    """Does on the thread where it was made what another thread asks for, and gives the answer."""

    _asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._asked.connect(self._do, Qt.ConnectionType.QueuedConnection)

    def __call__(self, act: Callable[[], Answer]) -> Answer:
        """Blocks the caller. Raises what it raised there; on that thread itself it is done at once."""
        if QThread.currentThread() is self.thread():
            return act()
        answer: Future[Answer] = Future()
        self._asked.emit((act, answer))
        return answer.result(LIMIT_S)

    def _do(self, asked: tuple[Callable[[], Answer], Future[Answer]]) -> None:
        act, answer = asked
        try:
            answer.set_result(act())
        except BaseException as error:  # noqa: BLE001 - whatever it was, it is the other thread's
            answer.set_exception(error)
