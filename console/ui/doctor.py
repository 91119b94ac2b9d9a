"""The page *Doctor & profiles*: what the doctor found at the left, the profiles at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui.kit.boxes import STRETCH, column, title_line
from console.ui.kit.labels import Label
from console.ui.kit.splits import Split

if TYPE_CHECKING:
    from console.ops.snapshot import Snapshot

translate = QCoreApplication.translate
PANE = 520  # the pane at the right, where there is room


class DoctorPage(QWidget):
    """The doctor's findings about the profile in use; `add_pane` puts the profiles beside them."""

    setting_asked = Signal(str)  # the name of a variable of the profile in use: it is to be edited

    def __init__(self, *, profile: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._beside: list[QWidget] = []
        title = Label(translate("Doctor", "Doctor"), size=20, weight=600)
        self.checkup = column(title_line(title, Label(profile, role="text3")), STRETCH)
        self.split = Split(Qt.Orientation.Horizontal)
        self.split.addWidget(self.checkup)
        self.split.setStretchFactor(0, 1)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.split)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take over a picture."""
        self._snapshot = snapshot

    def add_pane(self, pane: QWidget) -> None:
        """Put something at the right end; it keeps its width when the window grows."""
        self._beside.append(pane)
        self.split.addWidget(pane)
        self.split.setStretchFactor(1, 0)
        self.split.setSizes([max(self.width() - PANE, PANE), PANE])

    def panes(self) -> list[QWidget]:
        """What F6 goes through."""
        return [self.checkup, *self._beside]
