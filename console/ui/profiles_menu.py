"""What the badge opens: the profiles, how their servers answer, and what can be done with profiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from console.ops.profile_list import Listed
from console.ui import profiles_words, theme, words
from console.ui.kit import paint
from console.ui.kit.boxes import STRETCH, column, row
from console.ui.kit.buttons import below
from console.ui.kit.labels import Hairline, Label, Paragraph
from console.ui.kit.pictures import Picture
from console.ui.profiles_rows import EDGE, ActRow, MenuRow, ProfileRow

if TYPE_CHECKING:
    from console.ops.profile_trial import Tried

translate = QCoreApplication.translate
WIDTH = 500
ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class ProfileMenu(QWidget):
    """A popup. It goes with Esc, with a press elsewhere, and when something is chosen."""

    switch_asked = Signal(str)  # the address of a profile
    lock_asked = Signal()  # lock the one in use, or unlock it
    new_asked = Signal()
    file_asked = Signal()
    manage_asked = Signal()

    def __init__(self, parent: QWidget, *, used: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._window, self._used = parent.window(), used
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(translate("Profiles", "Profiles"))
        self.setFixedWidth(min(WIDTH, parent.window().width() - 2 * theme.MARGIN))
        self.rows: dict[str, ProfileRow] = {}
        self.age = Label(size=12, role="text3", align="end")
        self._profiles = column(margins=(0, 0, 0, 0))
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self._profiles)
        self._scroll.viewport().setAutoFillBackground(False)
        self._profiles.setAutoFillBackground(False)
        self.lock_row = ActRow("lock", "", role="bad")
        self.lock_row.hide()
        self.new_row = ActRow(
            "plus", translate("Profiles", "New profile…"), translate("Profiles", "servers of your own")
        )
        self.file_row = ActRow(
            "folder-open", translate("Profiles", "Open a .env file…"), translate("Profiles", "for this window only")
        )
        self.manage_row = ActRow(
            "stethoscope", translate("Profiles", "Doctor & profiles"), translate("Profiles", "check, edit, remove")
        )
        acts = (
            (self.lock_row, self.lock_asked),
            (self.new_row, self.new_asked),
            (self.file_row, self.file_asked),
            (self.manage_row, self.manage_asked),
        )
        for act, asked in acts:
            act.clicked.connect(self._chosen(asked.emit))
            act.left.connect(self._step)
        self._lay_out(*(act for act, _ in acts))

    def show_profiles(self, profiles: Sequence[Listed]) -> None:
        """Show these. The focus goes to the one in use."""
        if [made.profile for made in self.rows.values()] == list(profiles):
            return
        for old in self.rows.values():
            old.hide()
            old.deleteLater()
        self.rows = {profile.address: ProfileRow(profile, used=profile.address == self._used) for profile in profiles}
        for made in self.rows.values():
            self._profiles.add(made)
            made.clicked.connect(lambda _on=False, row=made: self._choose(row))
            made.left.connect(self._step)
            made.show()
        self._first().setFocus(Qt.FocusReason.PopupFocusReason)
        self.fit()

    def show_age(self, age_s: float | None) -> None:
        """Say how old the lamps of the others are."""
        said = translate("Profiles", "measured {age} ago").format(age=words.about(age_s)) if age_s is not None else ""
        now = age_s is not None and age_s < 1
        self.age.setText(translate("Profiles", "measured now") if now else said)

    def show_tried(self, address: str, found: Sequence[Tried]) -> None:
        """Show what was found at the servers of one."""
        if address in self.rows and address != self._used:
            self.rows[address].show_lamps(profiles_words.lamps(found))
            self.fit()

    def show_running(self, running: bool) -> None:
        """Say whether the embedded servers run."""
        for shown in self.rows.values():
            if shown.profile.embedded and not shown.used:
                stopped = translate("Profiles", "embedded, stopped; its servers start in about 2 s")
                shown.tell(translate("Profiles", "embedded, its servers run") if running else stopped)

    def show_used(self, detail: str, lamps: Mapping[str, tuple[str, str, str]]) -> None:
        """Show how it stands with the profile in use."""
        if self._used in self.rows:
            self.rows[self._used].show_lamps(lamps)
            if detail:
                where = profiles_words.kind(self.rows[self._used].profile)
                both = translate("Profiles", "{where}, {detail}").format(where=where, detail=detail)
                self.rows[self._used].tell(both)
            self.fit()

    def show_lock(self, word: str, text: str, note: str, *, unlocked: bool) -> None:
        """Offer to lock or unlock the profile in use, which is a production one."""
        self.lock_row.tell(text, note)
        self.lock_row.show_icon("lock" if unlocked else "lock-open")
        self.lock_row.show()
        if self._used in self.rows:
            self.rows[self._used].show_lock(word, unlocked=unlocked)
        self.fit()

    def open_below(self, button: QWidget) -> None:
        """Show it under a button, moved so that all of it is on the screen."""
        self.fit()
        room, at = self.screen().availableGeometry(), below(button)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = at.x() + (button.width() - self.width() if mirrored else 0)
        self.move(max(min(left, room.right() - self.width()), room.left()), at.y())
        self.show()
        self._first().setFocus(Qt.FocusReason.PopupFocusReason)

    def fit(self) -> None:
        """As high as what it shows, and no higher than the window: then the profiles are scrolled."""
        shown = [one for one in self.rows.values() if not one.isHidden()]
        wanted = sum(one.sizeHint().height() for one in shown)
        self._scroll.setFixedHeight(wanted)
        rest = self.sizeHint().height() - wanted
        self._scroll.setFixedHeight(min(wanted, max(self._window.height() - theme.TOP_BAR - rest - theme.MARGIN, 90)))
        self.adjustSize()

    def stops(self) -> list[MenuRow]:
        """What the arrows go through."""
        acts = (self.lock_row, self.new_row, self.file_row, self.manage_row)
        return [*self.rows.values(), *(act for act in acts if not act.isHidden())]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focus = self.focusWidget()
        if event.key() in ENTER and isinstance(focus, MenuRow):
            focus.click()
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        """To the next row, or the one before; the ends meet."""
        stops, focus = self.stops(), self.focusWidget()
        at = next((place for place, stop in enumerate(stops) if stop is focus), 0)
        found = stops[(at + by) % len(stops)]
        found.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(found, 0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        paint.cut_corners(self, theme.MENU)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme.tokens(self)
        with paint.painting(self) as painter:
            paint.rounded(painter, QRectF(self.rect()), theme.MENU, fill=tokens["raised"], border=tokens["line2"])

    def _lay_out(self, *acts: ActRow) -> None:
        title = Label(translate("Profiles", "Profiles"), size=12, weight=500, role="text3")
        note = Paragraph(
            translate("Profiles", "Switching changes what this window shows. Workers and batches go on."),
            size=12,
            role="text3",
        )
        lines = QVBoxLayout(self)
        lines.setContentsMargins(1, 6, 1, 6)
        lines.setSpacing(0)
        lines.addWidget(row(title, STRETCH, self.age, margins=(EDGE, 0, EDGE, 0), height=28))
        lines.addWidget(self._scroll)
        lines.addSpacing(6)
        lines.addWidget(Hairline())
        lines.addSpacing(6)
        for act in acts:
            lines.addWidget(act)
        lines.addSpacing(6)
        lines.addWidget(Hairline())
        lines.addWidget(row(Picture("info", 14, "text3"), margins=(EDGE, 8, EDGE, 4)).add(note, stretch=1))

    def _first(self) -> MenuRow:
        return self.rows.get(self._used) or next(iter(self.rows.values()), self.new_row)

    def _chosen(self, ask: Callable[[], None]) -> Callable[[], None]:
        def choose() -> None:
            self.close()
            ask()

        return choose

    def _choose(self, chosen: ProfileRow) -> None:
        self.close()
        if not chosen.used:
            self.switch_asked.emit(chosen.profile.address)
