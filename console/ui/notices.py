"""What the window says by itself: the strip that tells what happened, and the questions.

No other module may open a message box.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, QTimer
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QMessageBox, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.buttons import Kind, key_text
from console.ui.kit.dialogs import Fact, Question

translate = QCoreApplication.translate
STAY_MS = 10_000
Undo = Callable[[], None]


class NoticeStrip(QWidget):
    """What happened, in one line at the foot of the page, and how to take it back.

    It goes ten seconds after it came, or after the pointer left it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.UNDO_STRIP)
        self.setMouseTracking(True)
        self._icon, self._text, self._detail = "circle-check", "", ""
        self._undo: Undo | None = None
        self._timer = QTimer(self, interval=STAY_MS, singleShot=True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def tell(self, text: str, detail: str = "", *, undo: Undo | None = None, bad: bool = False) -> None:
        """Show a sentence; a newer one takes its place."""
        self._icon, self._text, self._detail, self._undo = "circle-alert" if bad else "circle-check", text, detail, undo
        self.setAccessibleName(f"{text} {detail}".strip())
        self.setToolTip(detail)
        self.show()
        self.update()
        self._timer.start()

    def undo(self) -> bool:
        """Take back what it tells of. False if there is nothing to take back."""
        if self._undo is None or self.isHidden():
            return False
        undo, self._undo = self._undo, None
        self.hide()
        undo()
        return True

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._timer.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._close_place().contains(event.position()):
            self.hide()
        elif self._undo_place().contains(event.position()):
            self.undo()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect())
        colour = tokens["on_notice"]
        with paint.painting(self) as painter:
            painter.fillRect(rect, tokens["notice"])
            paint.icon(painter, theme.MARGIN, 14, self._icon, colour)
            end = (self._undo_place() if self._undo else self._close_place()).left() - 12
            left = theme.MARGIN + 26.0
            place = QRectF(left, 0, end - left, rect.height())
            left += paint.text(painter, place, self._text, colour, theme.font(13, 600)) + 7
            paint.text(painter, QRectF(left, 0, max(end - left, 0), rect.height()), self._detail, colour)
            paint.icon(painter, rect.right() - 30, 14, "x", colour)
            if self._undo:
                place = self._undo_place()
                word = paint.text(painter, place, _undo_word(), tokens["notice_link"], theme.font(13, 600))
                key, border = key_text("Ctrl+Z"), tokens.soft("on_notice", 0.45)
                paint.key_hint(painter, place.left() + word + 10, rect.center().y(), key, colour, border)

    def _close_place(self) -> QRectF:
        return QRectF(self.width() - 40, 0, 40, self.height())

    def _undo_place(self) -> QRectF:
        wide = paint.width(_undo_word(), 13, 600) + 10 + paint.key_width(key_text("Ctrl+Z"))
        return QRectF(self._close_place().left() - 16 - wide, 0, wide, self.height())


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
    chosen = bool(question.exec())
    question.deleteLater()
    return chosen


def refuse(title: str, sentence: str) -> None:
    """Say why there is no window at all."""
    box = QMessageBox(QMessageBox.Icon.Critical, title, title)
    box.setInformativeText(sentence)
    box.exec()


def _undo_word() -> str:
    return translate("Notices", "Undo")
