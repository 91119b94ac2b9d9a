"""The pane *Profiles*: which there are, and the settings of the chosen one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QFocusEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from console.bridge.profile_editing import Changes, Contents, Draft, ProfileEditing
from console.bridge.profile_feed import ProfileFeed
from console.ops.profile_list import Listed
from console.ui import profiles_words, theme, words
from console.ui.actions import Action
from console.ui.guard import let_go
from console.ui.kit.boxes import STRETCH, column, row
from console.ui.kit.buttons import Button, below
from console.ui.kit.labels import Hairline, Label, Paragraph
from console.ui.profiles_band import MovedBand
from console.ui.profiles_editor import ProfileEditor
from console.ui.profiles_lines import ProfileLines
from console.ui.profiles_look import PRODUCTION, ProfileLook
from console.ui.profiles_setting import SettingField

if TYPE_CHECKING:
    from console.ops.profile_trial import Tried

translate = QCoreApplication.translate


class ProfilesPane(QWidget):
    """What is typed stays, also when another profile is looked at, until it is saved or taken back.

    Args:
        feed: Which profiles there are.
        editing: Reads and writes them.
    """

    switch_asked = Signal(str)  # the address of a profile
    new_asked = Signal()
    duplicate_asked = Signal(object)  # Listed
    accept_asked = Signal()  # what the name of the one in use points to is right

    def __init__(self, feed: ProfileFeed, editing: ProfileEditing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed, self._editing = feed, editing
        self._drafts = editing.drafts
        self._contents: Contents | None = None
        self._saving: Draft | None = None  # what is being written down
        self._wanted = ""  # a variable that is to be typed when the contents are there
        self.setAccessibleName(translate("Profiles", "Profiles"))
        self.band, self.lines, self.editor, self.look = MovedBand(), ProfileLines(), ProfileEditor(), ProfileLook()
        self._title, self._note = Label(size=14, weight=600), Label(role="text3")
        self._plain = Paragraph(role="text2")
        self.test_button = Button(translate("Profiles", "Test all"), icon="zap", height=28)
        self.more_button = Button(icon="ellipsis", kind="ghost", name=translate("Profiles", "More"), height=28)
        self.new_button = Button(translate("Profiles", "New…"), icon="plus", kind="ghost", height=28)
        self.save_action = Action(self, translate("Profiles", "Save"), self.save, key="Ctrl+S")
        self.save_button = self.save_action.button("primary")
        self.revert_button = Button(translate("Profiles", "Revert"), kind="ghost")
        self._room = QStackedWidget()
        self._lay_out()
        self._connect()
        self._show_state()

    def show_moved(self, sentence: str) -> None:
        """Say that the name of the profile in use points elsewhere now; "" for nothing."""
        self.band.tell(sentence)

    def choose(self, address: str) -> None:
        """Show the settings of this profile, also if it is not listed yet."""
        self._wanted_address = address
        self.lines.choose(address) if address in self.lines.lines else self._feed.list()

    def edit(self, variable: str) -> None:
        """Let a variable of the profile in use be typed."""
        self._wanted = variable
        self.choose(self._feed.used)

    def save(self) -> None:
        """Write down what was typed; that a profile is production no longer, only for who types its name."""
        if self._contents is None or not self.save_action.isEnabled():
            return
        changes, profile = self._changes(), self._contents.profile
        if profile.production and PRODUCTION in changes and not let_go(self.window(), profile.name):
            return
        self.save_button.set_busy(True)
        self._saving = changes, self.editor.keep
        self._editing.save(self._contents, *self._saving)

    def revert(self) -> None:
        """Take back what was typed since it was saved."""
        if self._contents is not None:
            self._drafts.pop(self._contents.profile.address, None)
            self._show(self._contents)

    def show_saved(self, address: str) -> None:
        """It is written down."""
        if self._drafts.get(address) == self._saving:  # else more was typed meanwhile
            self._drafts.pop(address, None)
        self.save_button.set_busy(False)
        self._feed.list()
        profile = self.lines.current
        if profile is not None and profile.address == address:
            self._editing.open(profile)

    def show_failure(self) -> None:
        """It is not: what was typed is still there."""
        self.save_button.set_busy(False)
        self.test_button.set_busy(False)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._feed.list()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        line = next((line for line in self.lines.lines.values() if line.isChecked()), None)
        (line or self.new_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect(self) -> None:
        self._wanted_address = self._feed.used
        self._feed.listed.connect(self._show_profiles)
        self._editing.opened.connect(self._open)
        self._editing.tested.connect(self._show_tried)
        self.lines.chosen.connect(self._choose)
        self.lines.switch_asked.connect(self.switch_asked)
        self.new_button.clicked.connect(self.new_asked)
        self.band.accepted.connect(self.accept_asked)
        for field in self.editor.fields.values():
            field.edited.connect(partial(self._typed, field))
        self.look.edited.connect(self._changed)
        self.test_button.clicked.connect(self._test)
        self.more_button.clicked.connect(self._open_menu)
        self.revert_button.clicked.connect(self.revert)

    def _show_profiles(self, profiles: tuple[Listed, ...]) -> None:
        before = self.lines.current
        self.lines.show_profiles(profiles, self._feed.used)
        wanted = self._wanted_address
        if wanted in self.lines.lines and (before is None or before.address != wanted):
            self.lines.choose(wanted)
        elif self.lines.current is None and profiles:
            self.lines.choose(profiles[0].address)

    def _choose(self, profile: Listed) -> None:
        self._wanted_address = profile.address
        self._contents = None
        self._title.setText(profiles_words.name(profile))
        if profile.path is None or profile.problem:
            self._wanted = ""
            self._say_plain(profile)
        else:
            self._editing.open(profile)
        self._show_state()

    def _say_plain(self, profile: Listed) -> None:
        """Of one that has no settings to change here."""
        own = translate(
            "Profiles", "Its servers are started by the console. What they are reached by is made for them."
        )
        environment = translate("Profiles", "It is what the environment of this process says. Change it there.")
        self._plain.setText(words.told(profile.problem) or (own if profile.embedded else environment))
        self._note.setText("")
        self._room.setCurrentIndex(1)
        self._foot.hide()

    def _open(self, contents: Contents) -> None:
        current = self.lines.current
        if current is not None and current.address == contents.profile.address:
            self._show(contents)

    def _show(self, contents: Contents) -> None:
        self._contents = contents
        draft, keep = self._drafts.get(contents.profile.address, ({}, frozenset(contents.kept)))
        self.editor.show_contents(contents, draft, keep)
        self.look.show_contents(contents, draft)
        self._room.setCurrentIndex(0)
        self._foot.show()
        self._check()
        if self._wanted:
            field = self.editor.go_to(self._wanted)
            self._wanted = ""
            if field is not None:
                self._scroll.ensureWidgetVisible(field, 0, theme.MARGIN)

    def _typed(self, field: SettingField) -> None:
        self.editor.follow(field)
        self.editor.forget_tried()
        self._changed()

    def _changed(self) -> None:
        if self._contents is not None:
            self._drafts[self._contents.profile.address] = self._changes(), self.editor.keep
            self._check()

    def _changes(self) -> Changes:
        return {**self.editor.changes, **self.look.changes}

    def _check(self) -> None:
        assert self._contents is not None
        self.editor.show_checks(self._editing.check(self._contents, self._changes()))
        self._tell_counts(self._contents)
        self._show_state()

    def _tell_counts(self, contents: Contents) -> None:
        values = contents.changed(self._changes())
        one, many = translate("Profiles", "{n} setting"), translate("Profiles", "{n} settings")
        said = words.counted(len(values), one, many)
        if bad := self.editor.to_look_at:
            look = translate("Profiles", "{settings}, {n} to look at")
            said = look.replace("{settings}", said).replace("{n}", words.number(bad))
        self._note.setText(said)

    def _show_state(self) -> None:
        """What can be done now."""
        contents = self._contents
        moved = contents is not None and self.editor.keep != frozenset(contents.kept)
        changed = contents is not None and (bool(self._changes()) or moved)
        self.save_action.setEnabled(changed and self.editor.is_sound)
        self.revert_button.setEnabled(changed)
        self.test_button.setEnabled(contents is not None)
        current = self.lines.current
        self.more_button.setEnabled(current is not None and current.path is not None)
        if current is not None:
            self.lines.lines[current.address].show_changed(changed)

    def _test(self) -> None:
        if self._contents is not None:
            self.test_button.set_busy(True)
            self._editing.test(self._contents, self._changes())

    def _show_tried(self, address: str, found: tuple[Tried, ...]) -> None:
        self.test_button.set_busy(False)
        if self._contents is not None and self._contents.profile.address == address:
            self.editor.show_tried(found)
            self._tell_counts(self._contents)

    def _open_menu(self) -> None:
        current = self.lines.current
        if current is None or current.path is None:
            return
        menu = QMenu(self)
        duplicate = menu.addAction(translate("Profiles", "Duplicate…"))
        duplicate.triggered.connect(partial(self.duplicate_asked.emit, current))
        remove = menu.addAction(translate("Profiles", "Remove"))
        remove.triggered.connect(partial(self._editing.remove, current.path))
        remove.setEnabled(current.address != self._feed.used)  # what the window shows is not taken from under it
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(below(self.more_button))

    def _lay_out(self) -> None:
        title = Label(translate("Profiles", "Profiles"), size=14, weight=600)
        title.setMinimumWidth(title.sizeHint().width())
        where = Label(self._feed.folder, role="text3", elide=Qt.TextElideMode.ElideMiddle)
        top = row(title, spacing=10, height=40).add(where, stretch=1).add(self.new_button)
        head = row(self._title, spacing=10, height=36).add(self._note, stretch=1)
        head.add(self.test_button, self.more_button)
        settings = column(self.editor, STRETCH)
        self._room.addWidget(settings)
        self._room.addWidget(column(8, self._plain, STRETCH))
        content = column(top, Hairline(), self.lines, 14, head, 4, margins=(theme.MARGIN, 0, theme.MARGIN, 0))
        content.add(self._room, stretch=1)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(content)
        secret = Label(translate("Profiles", "Secrets are never shown, copied or logged."), size=12, role="text3")
        foot = self._foot = column(self.look, 8, margins=(theme.MARGIN, 10, theme.MARGIN, 16))
        foot.add(row(spacing=6).add(secret, stretch=1).add(self.revert_button, self.save_button))
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 10, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.band)
        lines.addWidget(self._scroll, 1)
        lines.addWidget(foot)
