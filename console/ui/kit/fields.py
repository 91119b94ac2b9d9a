"""A line to type in, with an icon before it and the key that leads there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.kit.buttons import key_text
from console.ui.theme import Role


class Field(QLineEdit):
    """A line edit. Esc empties it, and once empty leaves it (`left`).

    On a page on which Esc is a key of its own, a field gets it first only if it `keeps_esc`.
    """

    left = Signal()

    def __init__(
        self,
        *,
        name: str,
        hint: str = "",
        icon: str | None = None,
        key: str | None = None,
        secret: bool = False,
        keeps_esc: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._key = key_text(key) if key else ""
        self._wrong, self._keeps_esc = False, keeps_esc
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setFrame(False)
        self.setFont(theme.font())
        self.setFixedHeight(theme.CONTROL_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        start, end = 32 if icon else 8, 8 + (paint.key_width(self._key) if key else 0)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.setTextMargins(end if mirrored else start, 0, start if mirrored else end, 0)
        if secret:
            self.setEchoMode(QLineEdit.EchoMode.Password)
        ground = self.palette()
        ground.setColor(QPalette.ColorRole.Base, QColor(0, 0, 0, 0))  # the ground is painted below, with round corners
        self.setPalette(ground)

    def set_icon(self, icon: str) -> None:
        """Show another icon before it; only where it has one from the beginning."""
        self._icon = icon
        self.update()

    def set_wrong(self, wrong: bool) -> None:
        """Mark what stands in it as something that cannot be used."""
        self._wrong = wrong
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(80, theme.CONTROL_HEIGHT)

    def event(self, event: QEvent) -> bool:
        """Whether Esc is a shortcut is asked before it is pressed."""
        if self._keeps_esc and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            event.setAccepted(event.key() == Qt.Key.Key_Escape)
            if event.isAccepted():
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.text():
            self.clear()
        else:
            self.left.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, rect, focus = theme.tokens(self), QRectF(self.rect()), self.hasFocus()
        with paint.painting(self) as painter:
            border: Role = "accent" if focus else "bad" if self._wrong else "line2"
            fill = tokens["raised" if self.isEnabled() else "surface"]
            paint.rounded(painter, rect, theme.CONTROL, fill=fill, border=tokens[border], pen=2 if focus else 1)
            if self._icon:
                paint.icon(painter, 10, rect.center().y() - 8, self._icon, tokens["text3"])
            if self._key and not focus and not self.text():
                left = rect.right() - paint.key_width(self._key) - 7
                paint.key_hint(painter, left, rect.center().y(), self._key, tokens["text3"], tokens["line2"])
        super().paintEvent(event)
