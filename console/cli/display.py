"""Whether a window can be opened here, found out in a child process: Qt ends the process where it cannot."""

from __future__ import annotations

import os
import subprocess
import sys

LIMIT_S = 30.0
NO_DISPLAY = "There is no display here, so no window is opened."
_TRY = "from PySide6.QtWidgets import QApplication; QApplication([])"


def is_display_named() -> bool:
    """Whether the environment names a display; it may still refuse us. Costs nothing."""
    return sys.platform in {"win32", "darwin"} or any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY"))


def why_no_window() -> str | None:
    """A sentence why no window can be opened; None if one can."""
    if not is_display_named():
        return NO_DISPLAY
    if getattr(sys, "frozen", False):  # it carries Qt's libraries and runs no other program
        return None
    try:
        tried = subprocess.run(
            [sys.executable, "-c", _TRY],
            timeout=LIMIT_S,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "The display does not answer, so no window is opened."
    if tried.returncode != 0:
        return "Qt's system libraries are missing or the display refuses us, so no window is opened."
    return None
