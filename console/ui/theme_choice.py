"""Light, dark or as the system: chosen by the palette, seen at once, and kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from console.bridge.remembered import Remembered
from console.bridge.themes import KEY
from console.ui.actions import Action

if TYPE_CHECKING:
    from console.ui.frame import Frame
    from console.ui.theme import Appearance, Choice

translate = QCoreApplication.translate


class ThemeChoice(QObject):
    """Three acts of the window."""

    def __init__(self, frame: Frame, appearance: Appearance, remembered: Remembered) -> None:
        super().__init__(frame)
        self._appearance, self._remembered = appearance, remembered
        choices: tuple[tuple[Choice, str, str], ...] = (
            ("light", translate("ThemeChoice", "Light theme"), "sun"),
            ("dark", translate("ThemeChoice", "Dark theme"), "moon"),
            ("system", translate("ThemeChoice", "Theme of the system"), "monitor"),
        )
        for choice, text, icon in choices:
            Action(frame, text, partial(self.choose, choice), icon=icon)

    def choose(self, choice: Choice) -> None:
        """Show it now, and at the next start."""
        self._appearance.choose(choice)
        self._remembered.put(KEY, choice)
