"""The rows of the badge's menu: a profile with its lamps, or something to do."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from console.ops.profile_list import Listed
from console.ui import profiles_words, theme, words
from console.ui.kit import paint
from console.ui.kit.boxes import STRETCH, row, set_margins
from console.ui.kit.labels import Label
from console.ui.kit.lamps import Lamp
from console.ui.theme import Role
from console.ui.top_bar import SERVICES

translate = QCoreApplication.translate
EDGE = 18  # of a menu, to its icons
TEXT = 44  # where its words begin
ARROWS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
ACT = 38  # how high something to do is


class MenuRow(QAbstractButton):
    """A line of a menu of widgets. The pointer and the arrows lead to it, Enter and Space choose it."""

    left = Signal(int)  # for the next one, or with -1 the one before

    def __init__(self, icon: str, role: Role = "text2", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._role = icon, role
        self._tint = QColor()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def show_icon(self, icon: str, tint: QColor | None = None) -> None:
        """Show another icon."""
        self._icon, self._tint = icon, tint or QColor()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows are the menu's: a button would go to whatever was made next, what it lies in would be scrolled."""
        step = ARROWS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.left.emit(step)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect()).adjusted(6, 1, -6, -1)
        with paint.painting(self) as painter:
            if self.hasFocus():
                paint.rounded(painter, rect, theme.CONTROL, fill=tokens["select"])
                paint.focus_ring(painter, rect, tokens["accent"])
            top = 12.0 if self.height() > ACT else self.height() / 2 - 8
            tint = self._tint if self._tint.isValid() else tokens[self._role]
            paint.icon(painter, EDGE, top, self._icon, tint)


class ActRow(MenuRow):
    """Something to do, and a few words about it."""

    def __init__(self, icon: str, text: str, note: str = "", *, role: Role = "text2") -> None:
        super().__init__(icon, role)
        self.setFixedHeight(ACT)
        self._title, self._note = Label(text, weight=500), Label(note, size=12, role="text3", align="end")
        self._title.setMinimumWidth(self._title.sizeHint().width())
        line = QHBoxLayout(self)
        set_margins(line, TEXT, 0, EDGE, 0)
        line.addWidget(self._title)
        line.addWidget(self._note, 1)
        self.tell(text, note)

    def tell(self, text: str, note: str) -> None:
        """Show other words."""
        self._title.setText(text)
        self._note.setText(note)
        self.setAccessibleName(f"{text}, {note}" if note else text)


class InUse(QWidget):
    """The little frame that marks the profile in use."""

    def __init__(self) -> None:
        super().__init__()
        self.text = translate("Profiles", "In use")
        self.setFixedSize(paint.width(self.text, 11, 600) + 14, 18)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect())
        with paint.painting(self) as painter:
            paint.rounded(painter, rect, theme.KEY, fill=tokens["raised"], border=tokens["line2"])
            paint.text(painter, rect, self.text, tokens["text2"], theme.font(11, 600), align="centre")


class ProfileRow(MenuRow):
    """A profile: its name, where it is written down, and how its servers answer."""

    def __init__(self, profile: Listed, *, used: bool) -> None:
        super().__init__(profiles_words.icon(profile))
        self.profile, self.used = profile, used
        self._detail = Label(size=12, role="text2")
        self._word = Label("" if used else translate("Profiles", "Switch"), weight=500, align="end")
        self._word.set_role("bad" if used else "accent")
        self.lamps = {service: Lamp(title) for service, title in SERVICES.items()}
        self._said: dict[str, str] = {}
        self._lamp_line = row(*self.lamps.values(), STRETCH, spacing=20)
        self._lamp_line.hide()
        for lamp in self.lamps.values():
            lamp.hide()
        title = Label(profiles_words.name(profile), weight=600, elide=Qt.TextElideMode.ElideMiddle)
        head = row(title, *([InUse()] if used else []), spacing=10)
        head.add(self._word, stretch=1)
        lines = QVBoxLayout(self)
        set_margins(lines, TEXT, 9, EDGE, 9)
        lines.setSpacing(3)
        for part in (head, self._detail, self._lamp_line):
            lines.addWidget(part)
        problem = words.told(profile.problem)
        self.tell(problem or profiles_words.kind(profile), bad=bool(problem))
        self.show_lock("")

    def tell(self, detail: str, *, bad: bool = False) -> None:
        """Show another line under its name."""
        self._detail.setText(detail)
        self._detail.set_role("bad" if bad else "text2")
        self._say()

    def show_lock(self, word: str, *, unlocked: bool = False) -> None:
        """Say of a production profile in use whether it can be changed."""
        self.show_icon(
            profiles_words.icon(self.profile, unlocked=unlocked),
            profiles_words.colour(self.profile, theme.tokens(self)),
        )
        if self.used:
            self._word.setText(word)
        self._say()

    def show_lamps(self, looks: Mapping[str, tuple[str, str, str]]) -> None:
        """Set its lamps: a state, a figure and a sentence for each service."""
        for service, look in looks.items():
            lamp = self.lamps.get(service)
            if lamp is not None:
                lamp.show_state(*look)
                lamp.setVisible(True)
                self._said[service] = lamp.accessibleName()
        self._lamp_line.setVisible(bool(self._said))
        self._say()

    def _say(self) -> None:
        used = translate("Profiles", "in use") if self.used else ""
        name, detail, word = profiles_words.name(self.profile), self._detail.text(), self._word.text() * self.used
        self.setAccessibleName(", ".join(part for part in (name, used, word, detail, *self._said.values()) if part))
