"""One window for a profile: a second start raises the first instead of opening another."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MS = 500


class OneWindow(QObject):
    """The claim of one window on one place.

    Args:
        place: What no two windows may share: the home folder and the profile.
    """

    raised = Signal(str)  # by a second start: the batch that it was to show, or ""

    def __init__(self, place: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = f"ocr-console-{hashlib.sha256(place.encode()).hexdigest()[:24]}"
        self._caller: QLocalSocket | None = None
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._listen)

    def claim(self, batch: str = "") -> bool:
        """Take the place. False: another window has it, and was told to come to the front and show the batch."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if socket.waitForConnected(WAIT_MS):
            socket.write(batch.encode() + b"\n")
            socket.waitForBytesWritten(WAIT_MS)
            socket.disconnectFromServer()
            return False
        QLocalServer.removeServer(self._name)  # left by one that was killed
        self._server.listen(self._name)
        return True

    def close(self) -> None:
        """Leave the place to others."""
        self._server.close()

    def _listen(self) -> None:
        self._caller = self._server.nextPendingConnection()
        self._caller.readyRead.connect(self._hear)

    def _hear(self) -> None:
        if self._caller is not None and self._caller.canReadLine():
            line = bytes(self._caller.readLine().data())
            self._caller = None  # it goes with the server: a socket that is deleted while it closes takes us with it
            self.raised.emit(line.decode("utf-8", "replace").strip())
