"""The list of profiles in the pane: a line each, one of them chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from console.ops.profile_list import Listed
from console.ui import profiles_words, theme
from console.ui.kit import paint
from console.ui.kit.boxes import set_margins
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Label
from console.ui.profiles_rows import ARROWS

translate = QCoreApplication.translate
LINE = 32
NAME = 112  # how wide names are, so that the files stand under each other


class ProfileLine(QAbstractButton):
    """One of them. A press shows its settings; its button shows it in the window."""

    def __init__(self, profile: Listed, *, used: bool) -> None:
        super().__init__()
        self.profile = profile
        self.setCheckable(True)
        self.setFixedHeight(LINE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        name = Label(profiles_words.name(profile), weight=600, elide=Qt.TextElideMode.ElideMiddle)
        name.setMinimumWidth(min(max(NAME, name.sizeHint().width()), 2 * NAME))
        self.file = Label(profiles_words.kind(profile), role="text2")
        self.switch = Button(translate("Profiles", "Switch"), kind="link", height=28)
        self.switch.setAccessibleName(translate("Profiles", "Switch to {profile}").format(profile=name.text()))
        if used:
            self.switch.hide()
        line = QHBoxLayout(self)
        set_margins(line, 38, 0, 12, 1)
        line.setSpacing(theme.GAP)
        line.addWidget(name)
        line.addWidget(self.file, 1)
        line.addWidget(Label(translate("Profiles", "in use") if used else "", weight=500, role="text2"))
        line.addWidget(self.switch)
        said = (name.text(), self.file.text(), translate("Profiles", "in use") if used else "")
        self.setAccessibleName(", ".join(part for part in said if part))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows are the list's."""
        event.ignore() if event.key() in ARROWS else super().keyPressEvent(event)

    def show_changed(self, changed: bool) -> None:
        """Say that something was typed that is not saved."""
        kind = profiles_words.kind(self.profile)
        self.file.setText(translate("Profiles", "{file}, not saved").format(file=kind) if changed else kind)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, rect = theme.tokens(self), QRectF(self.rect())
        with paint.painting(self) as painter:
            if self.isChecked():
                painter.fillRect(rect, tokens["select"])
                painter.fillRect(QRectF(0, 0, 3, rect.height()), tokens["accent"])
            elif self.underMouse():
                painter.fillRect(rect, tokens["hover"])
            painter.fillRect(QRectF(0, rect.height() - 1, rect.width(), 1), tokens["line"])
            icon, colour = profiles_words.icon(self.profile), profiles_words.colour(self.profile, tokens)
            paint.icon(painter, 12, rect.height() / 2 - 8, icon, colour)
            if self.hasFocus():
                paint.focus_ring(painter, rect, tokens["accent"], theme.KEY)


class ProfileLines(QWidget):
    """All of them; the arrows go from one to the next."""

    chosen = Signal(object)  # Listed
    switch_asked = Signal(str)  # the address

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: dict[str, ProfileLine] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    @property
    def current(self) -> Listed | None:
        """The one whose settings are shown."""
        return next((line.profile for line in self.lines.values() if line.isChecked()), None)

    def show_profiles(self, profiles: Sequence[Listed], used: str) -> None:
        """Show these; the chosen one stays so while it is there."""
        if [line.profile for line in self.lines.values()] == list(profiles):
            return
        current = self.current
        for old in self.lines.values():
            old.hide()
            old.deleteLater()
        self.lines = {one.address: ProfileLine(one, used=one.address == used) for one in profiles}
        for address, line in self.lines.items():
            self._column.addWidget(line)
            line.clicked.connect(lambda _on=False, address=address: self.choose(address))
            line.switch.clicked.connect(lambda _on=False, address=address: self.switch_asked.emit(address))
        if current is not None and current.address in self.lines:
            self.lines[current.address].setChecked(True)

    def choose(self, address: str) -> None:
        """Show the settings of this one."""
        for one, line in self.lines.items():
            line.setChecked(one == address)
        if address in self.lines:
            self.chosen.emit(self.lines[address].profile)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = ARROWS.get(Qt.Key(event.key()))
        lines = list(self.lines.values())
        at = next((place for place, line in enumerate(lines) if line.hasFocus()), None)
        if step is None or at is None:
            super().keyPressEvent(event)
            return
        line = lines[min(max(at + step, 0), len(lines) - 1)]
        line.setFocus(Qt.FocusReason.TabFocusReason)
        self.choose(line.profile.address)
