"""Ctrl+C in the terminal, SIGTERM, a terminal that is closed: ways out of the window that take everything down."""

from __future__ import annotations

import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is unknown to Windows


class Interrupts(QObject):
    """Tells of a signal from within Qt's loop, which Python's own handlers would wait for. Close it at the end."""

    asked = Signal(int)  # the signal's number

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hears, self._tells = socket.socketpair()
        for end in (self._hears, self._tells):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._hears.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._hear)
        known = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
        heard = [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]  # as under nohup
        self._before = {number: signal.signal(number, _leave_to_the_loop) for number in heard}
        self._woken = signal.set_wakeup_fd(self._tells.fileno(), warn_on_full_buffer=False)

    def close(self) -> None:
        """Give the signals back to who had them."""
        signal.set_wakeup_fd(self._woken)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._notifier.setEnabled(False)
        self._hears.close()
        self._tells.close()

    def _hear(self) -> None:
        for number in self._hears.recv(64):
            if number in self._before:
                self.asked.emit(number)


def _leave_to_the_loop(_number: int, _frame: FrameType | None) -> None:
    """The number comes through the socket."""
