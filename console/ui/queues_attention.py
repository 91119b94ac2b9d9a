"""What database, broker and workers say against each other, a line each, with the button that mends it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit import paint
from console.ui.kit.boxes import row, set_margins
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Label
from console.ui.kit.pictures import Picture

if TYPE_CHECKING:
    from console.ops.contradictions import Contradiction

translate = QCoreApplication.translate
MOST = 4  # lines; the others come when these are mended
HEIGHT = 40


class ContradictionRow(QWidget):
    """One of them."""

    asked = Signal(object)  # Contradiction: mend it, or show what it is about

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found: Contradiction | None = None
        self.sentence = Label()
        self.mend_button, self.show_button = Button("-", changes=True, height=28), Button("-", height=28)
        inset = (12, 0, 6, 0)
        line = row(Picture("triangle-alert", 16, "warn"), spacing=12, height=HEIGHT, margins=inset)
        line.add(self.sentence, stretch=1).add(self.mend_button, self.show_button)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(line)
        for button in (self.mend_button, self.show_button):
            button.clicked.connect(lambda: self.asked.emit(self.found))

    @property
    def button(self) -> Button:
        """The one of its two that is shown."""
        return self.show_button if self.mend_button.isHidden() else self.mend_button

    def show_found(self, found: Contradiction) -> None:
        """Show it."""
        if found == self.found:
            return
        self.found = found
        self.mend_button.setVisible(changes(found))
        self.show_button.setVisible(not changes(found))
        sentence = words.told(found.sentence)
        self.sentence.setText(sentence)
        self.button.setText(remedy_words(found.remedy))
        self.button.setAccessibleDescription(sentence)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            paint.rounded(painter, QRectF(self.rect()), theme.CONTROL, fill=theme.tokens(self)["warn_soft"])


class Contradictions(QWidget):
    """Takes no room where there are none."""

    asked = Signal(object)  # Contradiction

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = [ContradictionRow() for _ in range(MOST)]
        lines = QVBoxLayout(self)
        set_margins(lines, theme.MARGIN, 0, theme.GROUP, 8)
        lines.setSpacing(6)
        for line in self.rows:
            lines.addWidget(line)
            line.asked.connect(self.asked)
        self.hide()

    def show_found(self, found: Sequence[Contradiction]) -> None:
        """Show the first of these."""
        for place, line in enumerate(self.rows):
            line.setVisible(place < len(found))
            if place < len(found):
                line.show_found(found[place])
        self.setVisible(bool(found))


def changes(found: Contradiction) -> bool:
    """Whether its button changes something."""
    return found.remedy not in {"ping", "show"}


def remedy_words(remedy: str) -> str:
    """What the button says."""
    return {
        "take_back": translate("Contradictions", "Take back"),
        "take_out": translate("Contradictions", "Take out"),
        "ring": translate("Contradictions", "Ring again"),
        "ping": translate("Contradictions", "Ping it"),
    }.get(remedy, translate("Contradictions", "Show worker"))
