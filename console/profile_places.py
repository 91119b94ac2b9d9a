"""Where profiles are seen: in the badge's menu, and in the pane beside the doctor."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from console.ui import words
from console.ui.going import DOCTOR
from console.ui.profiles_choosing import ProfileChoosing
from console.ui.telling import Telling

if TYPE_CHECKING:
    from console.bridge.profile_editing import ProfileEditing
    from console.bridge.profile_feed import ProfileFeed
    from console.ops.guard import Guard
    from console.ops.profile_files import Imported, Removed
    from console.ops.profile_list import Listed
    from console.ops.services import Services
    from console.ops.snapshot import Snapshot
    from console.places import Places
    from console.ui.doctor import DoctorPage
    from console.ui.frame import Frame
    from console.ui.guard import ProductionLock
    from console.ui.profiles_pane import ProfilesPane
    from worker.core.errors import OcrConsoleError

translate = QCoreApplication.translate


class ProfilePlaces(QObject):
    """Hands on what is known of profiles, and what is asked for.

    Args:
        frame: The window.
        feed: Which profiles there are.
        editing: Reads and writes them.
        lock: That of the profile in use.
        places: Has the page of the doctor.
    """

    switch_asked = Signal(str)  # the address of another profile
    accept_asked = Signal(str)  # the servers of the one in use are right; the name of a production profile

    def __init__(
        self, frame: Frame, feed: ProfileFeed, editing: ProfileEditing, lock: ProductionLock, places: Places
    ) -> None:
        super().__init__(frame)
        self._frame, self._lock, self._telling = frame, lock, Telling(frame)
        self._guard: Guard | None = None
        self._moved = ""  # what was said of where its name points
        self._page: DoctorPage | None = None
        self._pane: ProfilesPane | None = None
        self._wanted = ""  # the profile whose settings are to be seen
        self.feed, self.editing = feed, editing
        self.choosing = ProfileChoosing(frame, feed, lock)
        self.choosing.switch_asked.connect(self.switch_asked)
        self.choosing.manage_asked.connect(partial(frame.show_page, DOCTOR))
        self.choosing.new_asked.connect(self.ask_new)
        editing.failed.connect(self._fail)
        editing.saved.connect(self._tell_saved)
        editing.made.connect(self.show_profile)
        editing.imported.connect(self._tell_imported)
        editing.removed.connect(self._tell_removed)
        places.when_made(DOCTOR, self._add_pane)

    def open(self, services: Services) -> None:
        """The services of the profile in use are there."""
        self._guard = services.guard

    def show(self, snapshot: Snapshot) -> None:
        """Take over a picture."""
        self.choosing.show_snapshot(snapshot)
        if self._guard is not None and self._guard.elsewhere != self._moved:
            self._moved = self._guard.elsewhere
            if self._pane is not None:
                self._pane.show_moved(self._moved)
            if self._moved:
                look = translate("Profiles", "Look"), partial(self._frame.show_page, DOCTOR)
                self._frame.notices.tell(words.told(self._moved), offer=look, bad=True)

    def show_profile(self, address: str) -> None:
        """Show the settings of a profile."""
        self._wanted = address
        self._frame.show_page(DOCTOR)
        if self._page is not None and self._pane is not None:
            self._page.show_beside()
            self._pane.choose(address)

    def ask_new(self) -> None:
        """Ask what a new profile is called, and make it."""
        from console.ui.profiles_new import ask_new

        answer = ask_new(self._frame, [profile.name for profile in self.feed.profiles])
        if answer is not None and answer.file is not None:
            self.editing.import_env(answer.file, answer.name)
        elif answer is not None:
            self.editing.create(answer.name)

    def _ask_duplicate(self, profile: Listed) -> None:
        from console.ui.profiles_new import ask_new

        answer = ask_new(self._frame, [one.name for one in self.feed.profiles], profile.name)
        if answer is not None and profile.path is not None:
            self.editing.duplicate(profile.path, answer.name)

    def _add_pane(self, page: DoctorPage) -> None:
        from console.ui.profiles_pane import ProfilesPane

        self._page = page
        pane = self._pane = ProfilesPane(self.feed, self.editing)
        pane.switch_asked.connect(self.switch_asked)
        pane.new_asked.connect(self.ask_new)
        pane.duplicate_asked.connect(self._ask_duplicate)
        pane.accept_asked.connect(self._accept)
        self.editing.saved.connect(pane.show_saved)
        self.editing.failed.connect(pane.show_failure)
        page.setting_asked.connect(self._edit)
        pane.show_moved(self._moved)
        page.add_pane(pane)
        if self._wanted:
            page.show_beside()
            pane.choose(self._wanted)

    def _edit(self, variable: str, _known: dict[str, object]) -> None:
        if self._page is not None and self._pane is not None:
            self._page.show_beside()
            self._pane.edit(variable)

    def _accept(self) -> None:
        """On production its name is asked for: whoever reads the band in haste is stopped."""
        confirm = ""
        if self._lock.production:
            answer = self._lock.ask_to_destroy(
                title=translate("Profiles", "Are these servers right?"),
                sentence=words.told(self._moved),
                safe=translate("Profiles", "Change nothing"),
                act=translate("Profiles", "It is right"),
            )
            if answer is None:
                return
            confirm = answer
        self.accept_asked.emit(confirm)

    def _fail(self, error: OcrConsoleError) -> None:
        self._telling.tell(error)

    def _tell_saved(self, address: str) -> None:
        saved = translate("Profiles", "{profile} is saved.").format(profile=words.isolated(Path(address).stem))
        if address != self.feed.used:
            self._frame.notices.tell(saved)
            return
        still = translate("Profiles", "This window goes on with what it said before.")
        anew = translate("Profiles", "Open it anew"), partial(self.switch_asked.emit, address)
        self._frame.notices.tell(saved, still, offer=anew)

    def _tell_imported(self, imported: Imported) -> None:
        taken = translate("Profiles", "{n} setting taken"), translate("Profiles", "{n} settings taken")
        said = words.counted(len(imported.taken), *taken)
        missing = translate("Profiles", "Missing: {names}.").format(names=", ".join(imported.missing))
        left = translate("Profiles", "Left out: {names}.").format(names=", ".join(imported.left_out))
        more = [missing] * bool(imported.missing) + [left] * bool(imported.left_out)
        self._frame.notices.tell(said, " ".join(more))

    def _tell_removed(self, removed: Removed) -> None:
        said = translate("Profiles", "{profile} is removed.").format(profile=words.isolated(removed.name))
        self._frame.notices.tell(said, undo=partial(self.editing.restore, removed))
        self.feed.list()
