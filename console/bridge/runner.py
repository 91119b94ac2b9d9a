"""Runs what an operator asks for: in the background, then its sentence, its undo and a new picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background
from worker.core.errors import OcrConsoleError

if TYPE_CHECKING:
    from console.ops.commands import Command, Done
    from console.ops.services import Services


@dataclass(frozen=True, slots=True)
class Act:
    """A command that was carried out."""

    command: Command[Any]
    done: Done[Any]
    at: datetime


class Runner(QObject):
    """Connect `acted` to the notices and to the poller: only a new picture changes a table."""

    acted = Signal(object)  # Act
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, background: Background, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background, self._services = background, services
        self.history: list[Act] = []  # newest last

    def run(self, command: Command[Any], *, done: Callable[[Done[Any]], None] | None = None) -> None:
        """Carry it out; `done` is told on the main thread, after `acted`."""

        def finish(result: Done[Any]) -> None:
            act = Act(command, result, datetime.now(UTC))
            self.history.append(act)
            self.acted.emit(act)
            if done is not None:
                done(result)

        self._background.submit(command.run, self._services, done=finish, failed=self._fail)

    def undo(self, act: Act) -> None:
        """Take an act back, if it can be."""
        if act.done.undo is not None:
            self.run(act.done.undo)

    def _fail(self, error: OcrConsoleError) -> None:
        self.failed.emit(error)
