"""Names that people give to things which are kept as files of these names."""

from __future__ import annotations

import re

NAMING = "Use letters, digits, dots, hyphens and blanks, 60 at most."
_NAME = re.compile(r"\w(?:[\w .-]{0,58}\w)?")
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")  # no names of files on Windows


def names_a_file(name: str, suffix: str) -> bool:
    """Whether a file can be called so on every system; the suffix that files of its kind have is no part of it."""
    return bool(_NAME.fullmatch(name)) and not name.lower().endswith(suffix) and not _DEVICES.fullmatch(name.casefold())
