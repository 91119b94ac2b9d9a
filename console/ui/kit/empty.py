"""What stands where there is nothing yet: an icon, a sentence what to do, one or two buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.labels import Label
from console.ui.kit.pictures import Picture


class EmptyState(QWidget):
    """An invitation in the middle of its room; `frame` draws the outline of a place to drop things."""

    def __init__(
        self,
        *,
        icon: str,
        title: str,
        sentences: Sequence[str] = (),
        buttons: Sequence[QWidget] = (),
        note: str = "",
        frame: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._frame = frame
        lines = QVBoxLayout(self)
        lines.setSpacing(0)
        lines.addStretch(5)
        lines.addWidget(Picture(icon, 36, "text3"), 0, Qt.AlignmentFlag.AlignHCenter)
        lines.addSpacing(20)
        self.title = Label(title, size=20, weight=600, align="centre")
        lines.addWidget(self.title)
        lines.addSpacing(8)
        self.sentences = [Label(sentence, size=14, role="text2", align="centre") for sentence in sentences]
        for label in self.sentences:
            lines.addWidget(label)
            lines.addSpacing(5)
        lines.addSpacing(16)
        lines.addLayout(_centred(buttons))
        if note:
            lines.addSpacing(32)
            lines.addWidget(Label(note, size=12, role="text3", align="centre"))
        lines.addStretch(6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._frame:
            rect = QRectF(self.rect()).adjusted(theme.MARGIN, 12, -theme.MARGIN, -theme.MARGIN)
            with paint.painting(self) as painter:
                paint.dashed(painter, rect, 12, theme.tokens(self)["line2"])


def _centred(buttons: Sequence[QWidget]) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(theme.GAP)
    line.addStretch(1)
    for button in buttons:
        line.addWidget(button)
    line.addStretch(1)
    return line
