"""The window in a test's own process: made as the program makes it, and taken down as the program does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent

from console.app import Console
from console.lasting import Lasting
from console.ops.profiles import Profile


@contextmanager
def opened(profile: Profile, home: Path) -> Iterator[Console]:
    """A window that is not shown yet."""
    lasting = Lasting(home)
    console = Console(profile, lasting)
    try:
        yield console
    finally:
        console.leave()
        console.close()
        lasting.close()
        console.frame.deleteLater()
        QCoreApplication.sendPostedEvents(console.frame, QEvent.Type.DeferredDelete)
