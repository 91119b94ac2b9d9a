"""What is said when the name of a profile points to other servers than it did."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.boxes import set_margins
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Paragraph
from console.ui.kit.pictures import Picture

translate = QCoreApplication.translate


class MovedBand(QWidget):
    """Stands over the profiles until somebody says that it is right."""

    accepted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = Paragraph(role="text")
        self._text.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self.button = Button(translate("Profiles", "It is right"))
        self.button.clicked.connect(self.accepted)
        line = QHBoxLayout(self)
        set_margins(line, theme.MARGIN, 10, theme.MARGIN, 10)
        line.setSpacing(12)
        line.addWidget(Picture("triangle-alert", 18, "warn"))
        line.addWidget(self._text, 1)
        line.addWidget(self.button)
        self.hide()

    @property
    def said(self) -> str:
        """What it says; "" while there is nothing to say."""
        return "" if self.isHidden() else self._text.text()

    def tell(self, sentence: str) -> None:
        """Say it; "" for nothing."""
        self._text.setText(words.told(sentence))
        self.setVisible(bool(sentence))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), theme.tokens(self)["warn_soft"])
