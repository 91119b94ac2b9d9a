"""What can be done with the checked rows: how many they are, and verbs with their keys."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ui import theme, words
from console.ui.actions import Action
from console.ui.kit import paint
from console.ui.kit.boxes import set_margins
from console.ui.kit.buttons import Button
from console.ui.kit.choices import check_mark
from console.ui.kit.labels import Label

translate = QCoreApplication.translate
MANY = 10_000  # counts under a filter stop here


class JobsBar(QWidget):
    """Stands over the table while rows are checked."""

    closed = Signal()

    def __init__(self, *actions: Action, destroys: Action, parent: QWidget | None = None) -> None:
        """Make it; `destroys` stands last and red."""
        super().__init__(parent)
        self._count = Label(weight=600)
        close = Button(icon="x", kind="ghost", name=translate("Jobs", "Uncheck all"), key=None, height=28)
        close.clicked.connect(self.closed)
        line = QHBoxLayout(self)
        set_margins(line, theme.MARGIN + 26, 0, 16, 0)
        line.setSpacing(6)
        line.addWidget(self._count)
        line.addSpacing(12)
        self.everything = Button(kind="link", name=translate("Jobs", "Select all that match"), height=28)
        self.everything.hide()
        line.addWidget(self.everything)
        self._buttons = {action: action.button() for action in actions} | {destroys: destroys.button("danger")}
        self._first = actions[0]
        for button in self._buttons.values():
            line.addWidget(button)
        line.addStretch(1)
        line.addWidget(close)

    def button(self, action: Action) -> Button:
        """The button that does this."""
        return self._buttons[action]

    def show_count(self, count: int, frozen_at: datetime | None = None) -> None:
        """Say how many jobs are checked, or stand in a list that was frozen at that moment."""
        one, many = translate("Jobs", "{n} selected"), translate("Jobs", "{n} selected")
        if frozen_at is not None:
            one = translate("Jobs", "{n} selected, list frozen at {clock}")
            many = translate("Jobs", "{n} selected, list frozen at {clock}")
        text = words.counted(count, one, many)
        self._count.setText(text.replace("{clock}", words.clock(frozen_at)) if frozen_at else text)
        self._count.updateGeometry()
        self._fit()

    def offer_everything(self, count: int) -> None:
        """Offer to take all that match; 0: there are no more."""
        one, many = translate("Jobs", "Select {n} that matches"), translate("Jobs", "Select all {n} that match")
        figure = words.number(MANY) + "+" if count > MANY else words.number(count)
        self.everything.setText((one if count == 1 else many).replace("{n}", figure))
        self.everything.setVisible(count > 0)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is little room the keys are not shown, and the first verb only where something can be opened."""
        for action, button in self._buttons.items():
            button.setVisible(button.isEnabled() or action is not self._first)
            button.show_key(True)
        if self.sizeHint().width() > self.width():
            for button in self._buttons.values():
                button.show_key(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), self.rect()
        with paint.painting(self) as painter:
            painter.fillRect(rect, tokens["select"])
            self._paint_edges(painter, QRectF(rect), tokens)

    def _paint_edges(self, painter: QPainter, rect: QRectF, tokens: theme.Tokens) -> None:
        painter.fillRect(QRectF(0, 0, rect.width(), 1), tokens["line"])
        painter.fillRect(QRectF(0, rect.height() - 1, rect.width(), 1), tokens["line"])
        check_mark(painter, theme.MARGIN, rect.center().y() - 8, tokens, Qt.CheckState.PartiallyChecked)
