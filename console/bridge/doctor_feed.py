"""What the doctor found: asked for in the background, one examination at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background, Latest

if TYPE_CHECKING:
    from console.ops.doctor.verdicts import Report
    from worker.core.errors import OcrConsoleError

Examine = Callable[[], "Report"]  # blocks for some seconds


class DoctorFeed(QObject):
    """Asks when it is told to. What was found is kept until the next answer."""

    told = Signal(object)  # Report
    failed = Signal(object)  # OcrConsoleError: nothing could be looked at
    looking_changed = Signal(bool)
    written = Signal(str)  # the report as a text
    saved = Signal(object)  # Path of the report
    unsaved = Signal(object)  # OcrConsoleError

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background, self._latest = background, Latest(background)
        self._examine: Examine | None = None
        self._due = self._looking = False
        self.report: Report | None = None  # the last one

    @property
    def looking(self) -> bool:
        """Whether an answer is awaited, also from services that are not known yet."""
        return self._looking or self._due

    def open(self, examine: Examine) -> None:
        """Ask this one from now on; what another one found, and may yet find, is of no interest any more."""
        self._due |= self._looking
        self._latest.drop()
        self._examine, self.report, self._looking = examine, None, False
        if self._due:
            self.ask()

    def ask(self) -> None:
        """Look again. What is asked for while an examination runs is looked at after it: something has changed."""
        if self._examine is None or self._looking:
            self._due = True
        else:
            self._due, self._looking = False, True
            self._latest.submit(self._examine, done=self._tell, failed=self._fail)
        self.looking_changed.emit(True)

    def write(self) -> None:
        """Have the last report as a text."""
        if self.report is not None:
            self._background.submit(_written, self.report, done=self.written.emit)

    def save(self, path: Path) -> None:
        """Have it in a file."""
        if self.report is not None:
            self._background.submit(_saved, self.report, path, done=self.saved.emit, failed=self.unsaved.emit)

    def _tell(self, report: Report) -> None:
        self.report = report
        self._end()
        self.told.emit(report)

    def _fail(self, error: OcrConsoleError) -> None:
        self._end()
        self.failed.emit(error)

    def _end(self) -> None:
        self._looking = False
        if self._due:
            self.ask()
        else:
            self.looking_changed.emit(False)


def _written(report: Report) -> str:
    from console.ops.doctor import written

    return written.report(report)


def _saved(report: Report, path: Path) -> Path:
    from console.ops.doctor import written

    written.save(report, path)
    return path
