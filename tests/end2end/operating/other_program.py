"""Another program beside the window, with files to drag and to copy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.end2end import drag_source
from tests.end2end.seat import Place, Seat


class OtherProgram:
    """As a context manager it ends what it began.

    Args:
        seat: Where it is shown.
        files: What it has.
        place: Where its window is put.
    """

    def __init__(self, seat: Seat, files: Sequence[Path], place: Place) -> None:
        self._seat, self._files, self._place = seat, files, place

    def __enter__(self) -> Self:
        command = [sys.executable, str(drag_source.__file__), *map(str, self._files)]
        environment = self._seat.environment()
        self._program = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self.window = self._seat.window("drag source")
        self._seat.put(self.window, self._place)
        self.middle = self._place[0] + 90, self._place[1] + 60
        return self

    def __exit__(self, *_: object) -> None:
        self._program.terminate()
        self._program.communicate(timeout=20)

    def said(self) -> str:
        """Its next line: what became of the files."""
        assert self._program.stdout is not None
        return self._program.stdout.readline().strip()
