"""Runs what an operator asks for: in the background, then its sentence, its undo and a new picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background
from console.ops.acting import act
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

    def run(
        self,
        command: Command[Any],
        *,
        confirm: str | None = None,
        done: Callable[[Done[Any]], None] | None = None,
    ) -> None:
        """Carry it out; `done` is told on the main thread, after `acted`. `confirm` is as `act` takes it."""

        def finish(result: Done[Any]) -> None:
            carried_out = Act(command, result, datetime.now(UTC))
            self.history.append(carried_out)
            self.acted.emit(carried_out)
            if done is not None:
                done(result)

        call = partial(act, command, self._services, confirm=confirm)
        self._background.submit(call, done=finish, failed=self._fail)

    def undo(self, carried_out: Act) -> None:
        """Take an act back, if it can be."""
        if carried_out.done.undo is not None:
            self.run(carried_out.done.undo)

    def _fail(self, error: OcrConsoleError) -> None:
        self.failed.emit(error)
