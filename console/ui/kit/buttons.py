"""Buttons that show their icon, their words and their key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QCoreApplication, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from console.ui import theme
from console.ui.kit import paint
from console.ui.theme import Role, Tokens

Kind = Literal["primary", "plain", "ghost", "danger", "destroy", "link", "notice"]
BUSY: Final = "loader-circle"
LOCK: Final = "lock"
translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class _Look:
    text: Role
    fill: Role | None = None
    hover: Role | None = None
    border: Role | None = None
    key: Role = "text3"  # on a coloured ground the key takes the colour of the words
    ring: Role = "accent"


_LOOKS: dict[Kind, _Look] = {
    "primary": _Look("onfill", "fill", "fill_hover", key="onfill"),  # at most one on a page
    "plain": _Look("text", "raised", "sunken", "line2"),
    "ghost": _Look("text2", None, "sunken"),
    "danger": _Look("bad", "raised", "bad_soft", "line2"),
    "destroy": _Look("on_bad", "bad_fill", "bad_fill", key="on_bad"),  # only in a dialog
    "link": _Look("accent"),
    "notice": _Look("notice_link", key="on_notice", ring="notice_link"),  # on the inverted strip
}


def key_text(key: str) -> str:
    """A key as people read it: "Ctrl+O" is "Ctrl O"."""
    native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return "↵" if native in {"Return", "Enter"} else native.replace("+", " ")


def below(button: QWidget) -> QPoint:
    """Where what a button opens has its corner, on the screen."""
    return button.mapToGlobal(QPoint(0, button.height() + 4))


class Button(QPushButton):
    """A button. `key` is only shown: what it triggers is an Action's matter (`actions.py`).

    A button without words needs `name`, which is read aloud and shown as its tool tip. One that `changes` something
    shows a lock in place of its icon while the profile is read-only, and is off while the database is away.
    """

    def __init__(
        self,
        text: str = "",
        *,
        icon: str | None = None,
        kind: Kind = "plain",
        key: str | None = None,
        name: str | None = None,
        menu: bool = False,
        changes: bool = False,
        height: int = theme.CONTROL_HEIGHT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._icon, self._kind, self._menu, self._height = icon, kind, menu, height
        self._key = self._shown_key = key_text(key) if key else ""
        self._busy = self._away = self._focus_waits = False
        self._wanted = True
        self.changes, self._locked = changes, False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus where the keys are used
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAutoDefault(True)  # Enter presses the one that has the focus, in dialogs and elsewhere
        self._called = name or text
        self._say()
        if name and not text:
            self.setToolTip(name)

    def setText(self, text: str) -> None:
        """Show other words; they are read aloud unless it has a name beside its words."""
        if self.text() in {"", self._called}:
            self._called = text
        super().setText(text)
        self._say()
        self.updateGeometry()

    def set_icon(self, icon: str | None) -> None:
        """Show another icon."""
        self._icon = icon
        self.updateGeometry()
        self.update()

    def show_key(self, on: bool) -> None:
        """Show its key beside the words, or only in its tool tip where there is little room."""
        if self._key and on != bool(self._shown_key):
            self._shown_key = self._key if on else ""
            self.setToolTip("" if on else self._key)
            self.updateGeometry()
            self.update()

    def setEnabled(self, on: bool) -> None:
        self._wanted = on
        super().setEnabled(on and not self._away)

    def set_away(self, away: bool) -> None:
        """While the database is away it is off, whatever its page says."""
        self._away = away
        self.setEnabled(self._wanted)

    def set_busy(self, busy: bool) -> None:
        """Show that its work is under way: the busy icon, and no second press. Then it has the focus again."""
        waited, self._focus_waits = self._focus_waits, busy and (self._focus_waits or self.hasFocus())
        self._busy = busy
        self.setEnabled(not busy)
        self.update()
        if waited and not busy and self.window().focusWidget() is None:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """While it is busy no other widget gets the focus in its place."""
        return not self._busy and super().focusNextPrevChild(forward)

    def set_locked(self, locked: bool) -> None:
        """Show a lock or not; who sets it sees to it that a press does nothing."""
        self._locked = locked
        self._say()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._content_width() + (0 if self._kind == "link" else 20), self._height)

    def minimumSizeHint(self) -> QSize:
        """Where it may shrink, its key gives way."""
        return self.sizeHint() - QSize(8 + paint.key_width(self._shown_key) if self._shown_key else 0, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        look = _LOOKS[self._kind]
        with paint.painting(self) as painter:
            self._paint_ground(painter, tokens, look)
            self._paint_content(painter, tokens, look)

    def _say(self) -> None:
        said = (
            translate("Buttons", "{name}, read-only").replace("{name}", self._called) if self._locked else self._called
        )
        self.setAccessibleName(said)

    def _drawn_icon(self) -> str | None:
        return BUSY if self._busy else LOCK if self._locked else self._icon

    def _content_width(self) -> int:
        widths = [16] if self._drawn_icon() else []
        if self.text():
            widths.append(paint.width(self.text(), 13, 500))
        taken = sum(widths) + 6 * (len(widths) - 1) if widths else 0
        if self._shown_key:
            taken += 8 + paint.key_width(self._shown_key)
        return taken + (18 if self._menu else 0)

    def _paint_ground(self, painter: QPainter, tokens: Tokens, look: _Look) -> None:
        rect = QRectF(self.rect())
        over = self.isEnabled() and (self.underMouse() or self.isDown())
        fill = look.hover if over and look.hover else look.fill
        border = look.border
        if not self.isEnabled() and look.fill is not None:
            fill, border = "raised", "line"
        inner = rect.adjusted(3, 3, -3, -3) if self.hasFocus() and look.border is None else rect
        if fill is not None or border is not None:
            paint.rounded(
                painter,
                inner,
                theme.CONTROL if inner is rect else theme.CONTROL - 2,
                fill=tokens[fill] if fill else None,
                border=tokens[border] if border else None,
            )
        if self.hasFocus():
            paint.focus_ring(painter, rect, tokens[look.ring])

    def _paint_content(self, painter: QPainter, tokens: Tokens, look: _Look) -> None:
        rect, on = QRectF(self.rect()), self.isEnabled()
        colour, key_colour = tokens[look.text if on else "text3"], tokens[look.key if on else "text3"]
        shown = self._shown_key if rect.width() >= self.sizeHint().width() else ""
        wide = self._content_width() if shown == self._shown_key else self.minimumSizeHint().width() - 20
        left = (rect.width() - wide) / 2
        middle = rect.height() / 2
        drawn = self._drawn_icon()
        if drawn:
            paint.icon(painter, left, middle - 8, drawn, colour)
            left += 22
        if self.text():
            left += paint.text(
                painter, QRectF(left, 0, rect.width() - left, rect.height()), self.text(), colour, theme.font(13, 500)
            )
        if shown:
            border = tokens["line2"] if look.key == "text3" or not on else tokens.soft(look.key, 0.45)
            paint.key_hint(painter, left + 8, middle, shown, key_colour, border)
            left += 8 + paint.key_width(shown)
        if self._menu:
            paint.icon(painter, left + 4, middle - 7, "chevron-down", colour, 14)
