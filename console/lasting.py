"""What the program has for as long as it runs, whichever profile its window shows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from console.bridge.background import Background
from console.bridge.crash_reports import CrashReports
from console.bridge.garbage import Garbage
from console.bridge.heaps import share_heaps
from console.bridge.remembered import Remembered
from console.bridge.turns import take_short_turns
from console.ops.logfile import LogFile
from console.ops.this_machine import ThisMachine
from worker.core.addresses import hide

if TYPE_CHECKING:
    from console.bridge.profile_editing import Draft
    from worker.core.settings import Settings


class Lasting:
    """What this machine runs, what the user chose, the log, threads that end with the program.

    Args:
        home: The folder in which all of it lies.
        is_used: Whether somebody works with the window.
    """

    def __init__(self, home: Path, is_used: Callable[[], bool] = lambda: False) -> None:
        share_heaps()  # before there are threads
        take_short_turns()
        self.home = home
        self.ending = threading.Event()  # what may take long, and can be done once more, ends with the program
        self.opened: list[Path] = []  # profiles, also those outside their folder
        self.drafts: dict[str, Draft] = {}  # of profiles, typed and not saved yet
        self._settings: list[Settings] = []  # whose secrets are kept out of the log
        self._log = LogFile(home, self._settings)
        logging.getLogger().addHandler(self._log)
        self.machine = ThisMachine(home)
        self.background, self.garbage = Background(), Garbage(is_used)
        self.remembered = Remembered(self.background, home)
        self.crash_reports = CrashReports(self.background, home)

    def keep_secret(self, settings: Settings | None) -> None:
        """Keep the secrets of these out of the log."""
        if settings is not None and settings not in self._settings:
            self._settings.append(settings)

    def close(self) -> None:
        """Take it down. Blocks until the worker of ours and, where nobody else needs them, the servers are down."""
        self.background.close()
        self.remembered.close()
        self.machine.close()
        self.garbage.close()
        logging.getLogger().removeHandler(self._log)
        self._log.close()

    def hide(self, text: str) -> str:
        """The text without secrets."""
        return hide(text, {secret for one in self._settings for secret in one.secrets})
