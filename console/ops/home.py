"""Where this program keeps a user's data. In a module of its own: the window asks before it imports anything slow."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def default_home() -> Path:
    """The program's data folder: OCR_CONSOLE_HOME, else where this platform keeps a user's data."""
    chosen = os.environ.get("OCR_CONSOLE_HOME", "").strip()
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path("ocr-console", appauthor=False)
