"""Whether the window is light or dark: what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from console.ops import preferences

KEY = "window.theme"  # as it is remembered
VARIABLE = "OCR_CONSOLE_THEME"


def chosen(home: Path, environ: Mapping[str, str]) -> Literal["light", "dark", "system"]:
    """What the environment says, else what is remembered; where neither says a thing that is known, the system."""
    said = environ.get(VARIABLE) or preferences.load(home).get(KEY)
    return "light" if said == "light" else "dark" if said == "dark" else "system"
