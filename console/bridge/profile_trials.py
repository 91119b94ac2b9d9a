"""How the servers of profiles answer that no window shows: tried in the background, and not too often."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background
from worker.core.errors import OcrConsoleError

if TYPE_CHECKING:
    from console.ops.profile_list import Listed
    from console.ops.profile_trial import Tried

EVERY_S = 10.0  # at most
MOST = 12  # profiles that are tried; who has more is told of these
AT_ONCE = 4


class ProfileTrials(QObject):
    """Tries the profiles of a list. One whose secrets lie in the keyring is left out: its owner might be asked."""

    tried = Signal(str, object)  # the profile's address, and what was found: tuple[Tried, ...]

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._known: dict[str, tuple[Tried, ...]] = {}
        self._at: float | None = None
        self.tried.connect(self._keep)

    @property
    def age_s(self) -> float | None:
        """How long ago they were tried; None: never."""
        return None if self._at is None else time.monotonic() - self._at

    @property
    def known(self) -> dict[str, tuple[Tried, ...]]:
        """What was found last, by address."""
        return self._known

    def try_all(self, profiles: Sequence[Listed]) -> None:
        """Try these; what was tried a moment ago is not."""
        paths = [profile.path for profile in profiles if profile.path is not None and not profile.problem]
        if paths and (self.age_s is None or self.age_s >= EVERY_S):
            self._at = time.monotonic()
            self._background.submit(self._try, paths[:MOST])

    def _try(self, paths: Sequence[Path]) -> None:  # on a thread of the background
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="try-profiles") as pool:
            for path, found in zip(paths, pool.map(_tried, paths), strict=True):
                if found and not self._background.closed:
                    self.tried.emit(str(path), found)

    def _keep(self, address: str, found: tuple[Tried, ...]) -> None:
        self._known[address] = found


def _tried(path: Path) -> tuple[Tried, ...]:
    import os

    from console.ops.profile_trial import trial
    from console.ops.profiles import values_in
    from console.ops.secret_store import VARIABLE

    try:
        values = values_in(path, os.environ)
        return () if values.get(VARIABLE, "").strip() else trial(values)
    except OcrConsoleError:
        return ()
