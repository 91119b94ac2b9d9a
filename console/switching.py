"""Which profile the window shows, and the way from one to the next.

Another profile is another window, built beside the first and put in its place: nothing of the old one can be seen
through, and all of it goes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtWidgets import QWidget

from console.app import Console
from console.bridge.background import Latest
from console.lasting import Lasting
from console.ops.profile_list import address
from console.ops.profiles import ENVIRONMENT, Profile, load
from console.ui import words
from console.ui.crash_offer import CrashBand
from console.ui.kit.painted import Painted
from console.ui.one_window import OneWindow
from console.ui.theme_choice import ThemeChoice

if TYPE_CHECKING:
    from console.ui.theme import Appearance
    from worker.core.errors import OcrConsoleError

translate = QCoreApplication.translate
HELD = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen | Qt.WindowState.WindowMinimized


class Switching(QObject):
    """Opens a window on a profile, and another in its place.

    What this machine runs goes on meanwhile (see Lasting): its workers end with the program, not with the window.

    Args:
        lasting: What every window has.
        appearance: Light or dark.
        environ: The environment of this process, for profiles.
    """

    console: Console  # the window that is seen

    def __init__(self, lasting: Lasting, appearance: Appearance, environ: Mapping[str, str] = os.environ) -> None:
        super().__init__()
        self._lasting, self._appearance, self._environ = lasting, appearance, environ
        self._place: OneWindow | None = None
        self._wanted = Latest(lasting.background)

    def open(self, profile: Profile, batch: str | None = None) -> bool:
        """Open the first window. False: another program has one on this profile, and was told to bring it forward."""
        if not self._claim(profile, batch or ""):
            return False
        self._show(Console(profile, self._lasting, batch))
        self._offer_report()
        return True

    def switch(self, to: str) -> None:
        """Show another profile, by its name or file, or the same as it is saved now.

        One that cannot be used leaves everything as it was, and the window says why.
        """
        name = None if to == ENVIRONMENT else to
        read = partial(load, name, self._environ, self._lasting.home)
        self._wanted.submit(read, done=self._go, failed=self._stay)

    def close(self) -> None:
        """Take the window down. Blocks until what it has begun has ended."""
        self._lasting.ending.set()
        if self._place is not None:
            self._place.close()
        self.console.leave()
        self.console.close()

    def _offer_report(self) -> None:
        """Of a crash that nobody has looked at, in the first window only."""
        reports, frame = self._lasting.crash_reports, self.console.frame
        band = CrashBand()
        frame.add_band(band)
        reports.offered.connect(band.offer)
        band.kept.connect(reports.keep)
        band.delete_asked.connect(reports.delete)
        band.copied.connect(self._tell_copied)
        reports.deleted.connect(self._tell_deleted)
        Painted(frame, reports.look)

    def _tell_copied(self) -> None:
        self.console.frame.notices.tell(translate("Switching", "The report is in the clipboard."))

    def _tell_deleted(self) -> None:  # the reports outlive the window that offers them
        self.console.frame.notices.tell(translate("Switching", "The report is deleted."))

    def _stay(self, error: OcrConsoleError) -> None:
        self.console.telling.tell(error)

    def _go(self, profile: Profile) -> None:
        old = self.console
        if not old.adding.may_switch():
            return
        if profile.source != old.profile.source and not self._claim(profile):
            name, elsewhere = words.isolated(profile.name), translate("Switching", "It comes to the front.")
            open_already = translate("Switching", "{profile} is open in another window.").format(profile=name)
            old.frame.notices.tell(open_already, elsewhere)
            return
        new = Console(profile, self._lasting)
        _put_in_place(new.frame, old.frame)
        if not profile.embedded and old.frame.current_page in new.places.names:
            new.frame.show_page(old.frame.current_page)
        self._show(new)
        self._tell(new, old.profile)
        self._leave(old)

    def _claim(self, profile: Profile, batch: str = "") -> bool:
        """Take the place of this profile, and give up the one that was taken."""
        place = OneWindow(f"{self._lasting.home} {profile.source}", self)
        if not place.claim(batch):
            place.deleteLater()
            return False
        if self._place is not None:
            self._place.close()
            self._place.deleteLater()
        self._place = place
        place.raised.connect(self._come_forward)
        return True

    def _come_forward(self, batch: str) -> None:
        self.console.come_forward(batch)

    def _show(self, console: Console) -> None:
        self.console = console
        if (path := console.profile.path) is not None and path not in self._lasting.opened:
            self._lasting.opened.append(path)
        console.switch_asked.connect(self.switch)
        ThemeChoice(console.frame, self._appearance, self._lasting.remembered)
        console.frame.show()
        Painted(console.frame, console.open)

    def _tell(self, console: Console, before: Profile) -> None:
        """Say what is shown now, and offer the way back."""
        shown = translate("Switching", "This window shows {profile} now.").format(profile=_name(console.profile))
        if console.profile.source == before.source:
            console.frame.notices.tell(shown)
            return
        back = translate("Switching", "Back to {profile}").format(profile=_name(before))
        detail = translate("Switching", "Workers and batches of {profile} go on.").format(profile=_name(before))
        console.frame.notices.tell(shown, detail, offer=(back, partial(self.switch, address(before))))

    def _leave(self, old: Console) -> None:
        """Let go of a window; what it waits for is waited for elsewhere."""
        old.leave()
        self._lasting.garbage.settle_again()

        def gone(_closed: None) -> None:
            old.frame.deleteLater()
            old.deleteLater()

        self._lasting.background.submit(old.close, done=gone)


def _put_in_place(new: QWidget, old: QWidget) -> None:
    state = old.windowState()
    new.setGeometry(old.normalGeometry() if state & HELD else old.geometry())
    new.setWindowState(state)


def _name(profile: Profile) -> str:
    name = translate("Switching", "this machine") if profile.embedded else profile.name
    return words.isolated(name)
