"""Pictures of a screen for people to look at."""

from __future__ import annotations

import os
from pathlib import Path

from tests.end2end.seat import Seat


class Camera:
    """OCR_SCREENSHOTS names the folder that its pictures are put into; without it none is taken."""

    def __init__(self, seat: Seat, series: str) -> None:
        named = os.environ.get("OCR_SCREENSHOTS")
        self._seat, self._series = seat, series
        self._folder = Path(named) if named else None
        self._count = 0

    def take(self, what: str) -> None:
        """What the screen shows now."""
        self._count += 1
        if self._folder is not None:
            self._seat.photograph(self._folder / f"{self._series}-{self._count:02}-{what}.png")
