"""What the window says by itself: the strip that tells what happened, and the questions.

No other module may open a message box.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtGui import QEnterEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.boxes import set_margins
from console.ui.kit.buttons import Button, Kind
from console.ui.kit.dialogs import Fact, Question
from console.ui.kit.labels import Label
from console.ui.kit.pictures import Picture

translate = QCoreApplication.translate
STAY_MS = 10_000
Undo = Callable[[], None]
Offer = tuple[str, Callable[[], object]]


class NoticeStrip(QWidget):
    """What happened, in one line at the foot of the page, and how to take it back.

    It goes ten seconds after it came, or after the pointer left it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.UNDO_STRIP)
        self._undo: Undo | None = None
        self._picture = Picture("circle-check", 16, "on_notice")
        self._text = Label(weight=600, role="on_notice")
        self._detail = Label(role="on_notice")
        self.undo_button = Button(translate("Notices", "Undo"), kind="notice", key="Ctrl+Z")
        self.undo_button.clicked.connect(self.undo)
        self._offer: Callable[[], object] | None = None
        self.offer_button = Button(translate("Notices", "Show"), kind="notice")
        self.offer_button.clicked.connect(self._take_offer)
        self.close_button = Button(icon="x", kind="notice", name=translate("Notices", "Close the notice"), height=28)
        self.close_button.clicked.connect(self.hide)
        line = QHBoxLayout(self)
        set_margins(line, theme.MARGIN, 0, 6, 0)
        line.setSpacing(10)
        for part in (self._picture, self._text):
            line.addWidget(part)
        line.addWidget(self._detail, 1)
        for button in (self.offer_button, self.undo_button, self.close_button):
            line.addWidget(button)
        self._timer = QTimer(self, interval=STAY_MS, singleShot=True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def tell(
        self, text: str, detail: str = "", *, undo: Undo | None = None, offer: Offer | None = None, bad: bool = False
    ) -> None:
        """Show a sentence; a newer one takes its place.

        Args:
            text: What happened.
            detail: What else is to be said.
            undo: Takes it back.
            offer: What can be done next: the words of its button, and what it does.
            bad: Whether it is a failure.
        """
        self._undo = undo
        self._offer = offer[1] if offer else None
        if offer is not None:
            self.offer_button.setText(offer[0])
        self.offer_button.setVisible(offer is not None)
        self._picture.show_icon("circle-alert" if bad else "circle-check", "on_notice")
        self._text.setText(text)
        self._detail.setText(detail)
        self.undo_button.setVisible(undo is not None)
        self.setAccessibleName(f"{text} {detail}".strip())
        self.show()
        self._timer.start()

    def tell_after(self, before: str, text: str) -> None:
        """Show how what was told went on; a newer sentence, which may have its undo, stays."""
        if self.isHidden() or self._text.text() == before:
            self.tell(text)

    def undo(self) -> bool:
        """Take back what it tells of, while it stands; False if there is nothing to be taken back here."""
        undo, self._undo = self._undo, None
        if undo is None or self.isHidden():
            return False
        self.hide()
        undo()
        return True

    def _take_offer(self) -> None:
        if self._offer is not None:
            self._offer()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._timer.start()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with paint.painting(self) as painter:
            painter.fillRect(self.rect(), theme.tokens(self)["notice"])


def ask(
    parent: QWidget,
    *,
    title: str,
    sentence: str = "",
    facts: Sequence[Fact] = (),
    safe: str,
    act: str,
    act_kind: Kind = "destroy",
    body: QWidget | None = None,
) -> bool:
    """Ask one question over the window; True if the act was chosen. Only for what cannot be undone."""
    question = Question(
        parent, title=title, sentence=sentence, facts=facts, safe=safe, act=act, act_kind=act_kind, body=body
    )
    return asked(question)


def asked(question: Question) -> bool:
    """Put a question that was made elsewhere; True if its act was chosen."""
    chosen = bool(question.exec())
    question.deleteLater()
    return chosen


def refuse(title: str, sentence: str) -> None:
    """Say why there is no window at all."""
    box = QMessageBox(QMessageBox.Icon.Critical, title, title)
    box.setInformativeText(sentence)
    box.exec()
