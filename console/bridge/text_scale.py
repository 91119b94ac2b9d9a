"""How large the window is drawn: what was chosen, put where Qt looks for it before it starts."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path

from console.ops import preferences

KEY = "window.text_scale"  # as it is remembered, in per cent
VARIABLE = "OCR_CONSOLE_TEXT_SCALE"
STEPS = (90, 100, 110, 125, 150)  # per cent


def chosen(home: Path, environ: MutableMapping[str, str]) -> int:
    """The per cent that the environment says, else what is remembered; 100 where neither is one of the steps."""
    said = environ.get(VARIABLE) or preferences.load(home).get(KEY)
    return next((step for step in STEPS if str(step) == str(said)), 100)


def apply(home: Path, environ: MutableMapping[str, str]) -> None:
    """Before the first Qt object: everything, also icons and lines, is drawn so large. Qt's own variable wins."""
    scale = chosen(home, environ)
    if scale != 100:
        environ.setdefault("QT_SCALE_FACTOR", f"{scale / 100:g}")
