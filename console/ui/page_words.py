"""What was done to a page so that it could be read, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from console.ui import words
from worker.core.jobs import Page, PageMark

translate = QCoreApplication.translate
LEAST_GAIN = 0.5  # points; what brings less brings more words
LEAST_SKEW = 0.05  # degrees, which one place after the point would show as none


def pains_taken(page: Page | PageMark) -> list[str]:
    """What was done and what it brought; nothing for a page that was read well as it came."""
    said = []
    if page.turned:
        said.append(_turned(page.turned))
    if page.tried == "upscaled":
        said.append(translate("Pages", "enlarged"))
    elif page.tried == "threshold":
        said.append(translate("Pages", "cleaned"))
    if page.gain is not None and page.gain >= LEAST_GAIN:
        one, many = translate("Pages", "+{n} point"), translate("Pages", "+{n} points")
        said.append(words.counted(round(page.gain), one, many))
    if page.skew and abs(page.skew) >= LEAST_SKEW:
        said.append(translate("Pages", "straightened by {n}°").replace("{n}", words.decimal(abs(page.skew))))
    if page.reused:
        said.append(translate("Pages", "read before"))
    return said


def _turned(quarters: int) -> str:
    return {
        1: translate("Pages", "turned to the right"),
        2: translate("Pages", "turned upside down"),
    }.get(quarters, translate("Pages", "turned to the left"))
