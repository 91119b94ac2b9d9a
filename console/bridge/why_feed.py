"""Why a job is not running: asked again with the pictures, as long as somebody looks at it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background, Latest

if TYPE_CHECKING:
    from console.ops.doctor.verdicts import Check
    from worker.core.errors import OcrConsoleError

EVERY_S = 2.0
Why = Callable[[UUID], "Check"]  # blocks


class WhyFeed(QObject):
    """Follows one job at a time; the answer about another one is dropped."""

    told = Signal(object)  # Check

    def __init__(
        self, background: Background, parent: QObject | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._latest, self._clock = Latest(background), clock
        self._why: Why | None = None
        self.job_id: UUID | None = None  # that is followed
        self._due = 0.0

    def open(self, why: Why) -> None:
        """Ask this one from now on."""
        self._why = why
        self.ask()

    def follow(self, job_id: UUID | None) -> None:
        """Ask about another job, at once; None: about none."""
        if job_id != self.job_id:
            self.job_id = job_id
            self._latest.drop()
            self.ask()

    def refresh(self) -> None:
        """A picture came: what was said may have changed."""
        if self._clock() >= self._due and not self._latest.asking:
            self.ask()

    def ask(self) -> None:
        """Ask now."""
        if self._why is not None and self.job_id is not None:
            self._due = self._clock() + EVERY_S
            self._latest.submit(self._why, self.job_id, done=self.told.emit, failed=self._miss)

    def _miss(self, _error: OcrConsoleError) -> None:
        """It was deleted meanwhile: the pane itself says so."""
