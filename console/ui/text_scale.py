"""Larger and smaller text, by key and by the palette: Qt takes a size only when it starts, so from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QKeySequence

from console.bridge.remembered import Remembered
from console.bridge.text_scale import KEY, STEPS
from console.ui import words
from console.ui.actions import Action

if TYPE_CHECKING:
    from console.ui.frame import Frame

translate = QCoreApplication.translate


class TextScale(QObject):
    """Keeps how large the user wants it."""

    def __init__(self, frame: Frame, remembered: Remembered) -> None:
        super().__init__(frame)
        self._frame, self._remembered = frame, remembered
        larger, smaller = translate("TextScale", "Larger text"), translate("TextScale", "Smaller text")
        up = Action(frame, larger, lambda: self.step(1), icon="a-large-small", key="Ctrl++")
        up.setShortcuts([*up.shortcuts(), QKeySequence("Ctrl+=")])  # the same key without Shift
        Action(frame, smaller, lambda: self.step(-1), icon="a-large-small", key="Ctrl+-")

    @property
    def percent(self) -> int:
        """What was chosen."""
        kept = self._remembered.get(KEY, int, 100)
        return kept if kept in STEPS else 100

    def step(self, by: int) -> None:
        """One step up or down, and say when it is seen."""
        place = min(max(STEPS.index(self.percent) + by, 0), len(STEPS) - 1)
        self._remembered.put(KEY, STEPS[place])
        share = words.percent(STEPS[place] / 100)
        said = translate("TextScale", "Text is at {share}.").format(share=share)
        self._frame.notices.tell(said, translate("TextScale", "It is so from the next start on."))
