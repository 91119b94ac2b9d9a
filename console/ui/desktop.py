"""What the desktop shows of us while somebody looks elsewhere: one notification, or a mark in the task bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from console.ui import icons, theme, words

if TYPE_CHECKING:
    from console.ops.notifying import Notification

STAY_MS = 15_000


class Tray(Protocol):
    """What shows a notification: the system's tray."""

    def show(self) -> None:
        """Be there."""
        ...

    def hide(self) -> None:
        """Be gone."""
        ...

    def showMessage(self, title: str, message: str, icon: QIcon, msecs: int) -> None:
        """Tell it."""
        ...


class Desktop(QObject):
    """Tells what is new while the window is not in front; where it is, the Overview says it.

    A click on the notification emits `opened`. Where there is no tray, the window's entry in the task bar is marked.
    """

    opened = Signal()

    def __init__(self, window: QWidget, tray: Tray | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._tray = tray
        self._icon = QIcon(icons.pixmap("scan-text", 32, theme.LIGHT["accent"]))

    def tell(self, notification: Notification) -> None:
        """Show it, unless the window is in front."""
        if self._window.isActiveWindow():
            return
        tray = self._tray or self._system_tray()
        if tray is None:
            QApplication.alert(self._window)
            return
        tray.show()
        tray.showMessage(words.told(notification.title), words.told(notification.sentence), self._icon, STAY_MS)

    def close(self) -> None:
        """Leave nothing in the tray."""
        if self._tray is not None:
            self._tray.hide()

    def _system_tray(self) -> Tray | None:
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            return None
        tray = QSystemTrayIcon(self._icon, self)
        tray.setToolTip(self._window.windowTitle())
        tray.messageClicked.connect(self.opened)
        tray.activated.connect(self.opened)
        self._tray = tray
        return tray
