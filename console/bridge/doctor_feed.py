"""What the doctor found: asked for in the background, one examination at a time."""

from __future__ import annotations

from collections.abc import Callable
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

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._latest = Latest(background)
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
