"""Things chosen one after the other: tokens in a box, in their order, and a menu of what can be added."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.buttons import Button, below

translate = QCoreApplication.translate
TOKEN, GAP, EDGE = 24, 6, 8
SIGN = 16  # the width of the one that stands for a doubt


class Token(QAbstractButton):
    """One that is chosen; pressing it takes it away. `doubt`: what speaks against it, "" if nothing does."""

    def __init__(self, code: str, word: str, parent: QWidget, doubt: str = "") -> None:
        super().__init__(parent)
        self.code = code
        self.doubt = doubt
        self.setText(word)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(translate("Tokens", "Remove {name}").replace("{name}", word))
        self.setAccessibleDescription(doubt)
        self.setToolTip("\n".join(filter(None, (doubt, self.accessibleName()))))

    def sizeHint(self) -> QSize:
        return QSize(paint.width(self.text(), 13, 500) + 36 + (SIGN if self.doubt else 0), TOKEN)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect())
        with paint.painting(self) as painter:
            ground = tokens["warn_soft"] if self.doubt else tokens["sunken"]
            paint.rounded(painter, rect, 5, fill=tokens["select"] if self.underMouse() else ground)
            if self.doubt:
                paint.icon(painter, rect.left() + 8, 6, "circle-alert", tokens["warn"], 12)
            words = rect.adjusted(9 + (SIGN if self.doubt else 0), 0, -24, 0)
            paint.text(painter, words, self.text(), tokens["text"], theme.font(13, 500))
            paint.icon(painter, rect.right() - 19, 6, "x", tokens["text" if self.underMouse() else "text3"], 12)
            if self.hasFocus():
                paint.focus_ring(painter, rect, tokens["accent"], 5)


class TokenField(QWidget):
    """The chosen ones, by their codes. What they are called and what can be added is for who derives from it to say.

    Args:
        chosen: From the beginning.
        adding: What the button that adds is called.
    """

    changed = Signal()

    def __init__(self, chosen: Iterable[str], *, adding: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen = list(chosen)
        self._tokens: list[Token] = []
        self._add = Button(translate("Tokens", "Add…"), kind="ghost", height=TOKEN)
        self._add.setParent(self)
        self._add.setAccessibleName(adding)
        self._add.clicked.connect(self._open_menu)
        self.show_chosen()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The codes, in their order."""
        return tuple(self._chosen)

    def choose(self, codes: Iterable[str]) -> None:
        """Choose these and no others."""
        self._chosen = list(dict.fromkeys(codes))
        self.show_chosen()
        self.changed.emit()

    def word(self, code: str) -> str:
        """What a code is called."""
        return code

    def doubt(self, _code: str) -> str:
        """What speaks against a chosen code, as a sentence; "" if nothing does."""
        return ""

    def offered(self) -> tuple[str, ...]:
        """Codes that can be added, in the order of the menu."""
        return ()

    def entry(self, code: str) -> str:
        """What the menu says of a code."""
        return self.word(code)

    def spoken(self) -> str:
        """What is read aloud of the whole."""
        return ", ".join(map(self.word, self._chosen))

    def menu(self) -> QMenu:
        """What can be added."""
        menu = QMenu(self)
        for code in self.offered():
            menu.addAction(self.entry(code)).triggered.connect(
                lambda _checked, code=code: self.choose([*self._chosen, code])
            )
        return menu

    def show_chosen(self) -> None:
        """Show anew what is chosen, and whether there is more to add."""
        for token in self._tokens:
            token.hide()
            token.deleteLater()
        self._tokens = [Token(code, self.word(code), self, self.doubt(code)) for code in self._chosen]
        for token in self._tokens:
            token.clicked.connect(lambda _checked=False, code=token.code: self._remove(code))
            token.show()
        self._add.setVisible(bool(self.offered()))
        self._add.raise_()
        self.setTabOrder(self._tokens[-1], self._add) if self._tokens else None
        self.setAccessibleName(self.spoken())
        self.setFixedHeight(self._arrange(self.width(), move=True))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self._arrange(max(self.width(), 200), move=False))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(self._arrange(self.width(), move=True))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            rect = QRectF(self.rect())
            paint.rounded(painter, rect, theme.CONTROL, fill=tokens["raised"], border=tokens["line2"])

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(below(self._add))

    def _remove(self, code: str) -> None:
        self.choose([other for other in self._chosen if other != code])

    def _arrange(self, width: int, *, move: bool) -> int:
        """Put the tokens in lines and return the height that they need."""
        x = y = EDGE
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for widget in [*self._tokens, self._add]:
            if widget is self._add and not self.offered():
                continue
            wide = min(widget.sizeHint().width(), width - 2 * EDGE)
            if x > EDGE and x + wide > width - EDGE:
                x, y = EDGE, y + TOKEN + 4
            if move:
                widget.setGeometry(width - x - wide if mirrored else x, y, wide, TOKEN)
            x += wide + GAP
        return y + TOKEN + EDGE
