"""The way from the badge to another profile: the menu, a file from anywhere, a new one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from console.bridge.profile_feed import ProfileFeed
from console.ui import counts, words
from console.ui.actions import Action
from console.ui.frame import Frame
from console.ui.guard import ProductionLock
from console.ui.top_bar import Badge, lamp_look, unlocked_word

if TYPE_CHECKING:
    from console.ops.profile_list import Listed
    from console.ops.profile_trial import Tried
    from console.ops.snapshot import Snapshot
    from console.ui.profiles_menu import ProfileMenu

translate = QCoreApplication.translate
TICK_MS = 1000


class ProfileChoosing(QObject):
    """Opens the menu under the badge, by a press on it or by key, and keeps it up to date while it is open."""

    switch_asked = Signal(str)  # the address of a profile
    new_asked = Signal()
    manage_asked = Signal()

    def __init__(self, frame: Frame, feed: ProfileFeed, lock: ProductionLock) -> None:
        super().__init__(frame)
        self._frame, self._feed, self._lock = frame, feed, lock
        self._snapshot: Snapshot | None = None
        self._menu: ProfileMenu | None = None
        self._clock = QTimer(self, interval=TICK_MS)
        self._clock.timeout.connect(self._tick)
        Action(frame, translate("Profiles", "Switch profile"), self.open_menu, icon="server", key=Badge.KEY)
        frame.top_bar.badge.clicked.connect(self.open_menu)
        feed.listed.connect(self._show_profiles)
        feed.running.connect(self._show_running)
        feed.trials.tried.connect(self._show_tried)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """How it stands with the profile in use."""
        self._snapshot = snapshot
        self._tick()

    def open_menu(self) -> ProfileMenu:
        """Show the profiles; how their servers answer is told as it is found."""
        from console.ui.profiles_menu import ProfileMenu

        menu = self._menu = ProfileMenu(self._frame, used=self._feed.used)
        menu.switch_asked.connect(self.switch_asked)
        menu.lock_asked.connect(self._lock.press)
        menu.new_asked.connect(self.new_asked)
        menu.file_asked.connect(self._ask_file)
        menu.manage_asked.connect(self.manage_asked)
        menu.destroyed.connect(self._forget)
        self._show_profiles(self._feed.profiles)
        self._feed.list()
        menu.open_below(self._frame.top_bar.badge)
        self._clock.start()
        return menu

    def _show_profiles(self, profiles: tuple[Listed, ...]) -> None:
        if self._menu is None:
            return
        self._menu.show_profiles(profiles)
        for address, found in self._feed.trials.known.items():
            self._menu.show_tried(address, found)
        if profiles:
            self._feed.measure()
        self._tick()

    def _show_tried(self, address: str, found: tuple[Tried, ...]) -> None:
        if self._menu is not None:
            self._menu.show_tried(address, found)

    def _show_running(self, running: bool) -> None:
        if self._menu is not None:
            self._menu.show_running(running)

    def _tick(self) -> None:
        """What goes on by itself."""
        if self._menu is None:
            return
        self._menu.show_age(self._feed.trials.age_s)
        if self._snapshot is not None:
            looks: dict[str, tuple[str, str, str]] = {one.service: lamp_look(one) for one in self._snapshot.health}
            self._menu.show_used(_work(self._snapshot), looks)
        if self._lock.production:
            self._show_lock(self._menu)

    def _show_lock(self, menu: ProfileMenu) -> None:
        name, left_s = words.isolated(self._lock.production), self._lock.left_s
        if self._lock.locked:
            text = translate("Profiles", "Unlock {profile}…").format(profile=name)
            note = translate("Profiles", "for 10 minutes")
            menu.show_lock(translate("Profiles", "Read-only"), text, note, unlocked=False)
            return
        text = translate("Profiles", "Lock {profile} now").format(profile=name)
        clock = words.clock(datetime.now(UTC) + timedelta(seconds=left_s))
        note = translate("Profiles", "read-only again at {clock} by itself").format(clock=clock)
        menu.show_lock(unlocked_word(left_s), text, note, unlocked=True)

    def _ask_file(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        files = translate("Profiles", "Profiles (*.env);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(self._frame, translate("Profiles", "Open a .env file"), "", files)
        if path:
            self.switch_asked.emit(path)

    def _forget(self) -> None:
        self._menu = None
        self._clock.stop()


def _work(snapshot: Snapshot) -> str:
    """`4 of 6 workers, 5,392 pages waiting`; "" while nothing is known."""
    if snapshot.facts.at is None:
        return ""
    online = sum(worker.state == "online" for worker in snapshot.workers)
    workers = counts.part_of(words.number(online), counts.workers(len(snapshot.workers)))
    waiting = words.counted(
        snapshot.pages_waiting,
        translate("Profiles", "{n} page waiting"),
        translate("Profiles", "{n} pages waiting"),
    )
    return translate("Profiles", "{workers}, {waiting}").format(workers=workers, waiting=waiting)
