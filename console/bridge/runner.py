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
        self._undoable: list[Act] = []  # of those, the ones that were not taken back

    def run(
        self,
        command: Command[Any],
        *,
        confirm: str | None = None,
        done: Callable[[Done[Any]], None] | None = None,
        failed: Callable[[OcrConsoleError], None] | None = None,
    ) -> None:
        """Carry it out; `done` is told on the main thread, after `acted`. `confirm` is as `act` takes it.

        `failed` is told in place of the signal.
        """

        def finish(result: Done[Any]) -> None:
            carried_out = Act(command, result, datetime.now(UTC))
            self.history.append(carried_out)
            if result.undo is not None:
                self._undoable.append(carried_out)
            self.acted.emit(carried_out)
            if done is not None:
                done(result)

        call = partial(act, command, self._services, confirm=confirm)
        self._background.submit(call, done=finish, failed=failed or self._fail)

    def undo(self, carried_out: Act) -> None:
        """Take an act back, if it can be and was not yet; where that fails, it can be tried again."""
        undo = carried_out.done.undo
        if undo is None or carried_out not in self._undoable:
            return

        def keep(error: OcrConsoleError) -> None:
            self._undoable.append(carried_out)
            self._fail(error)

        self._undoable.remove(carried_out)
        self.run(undo, failed=keep)

    def undo_last(self) -> None:
        """Take back the last act that can be."""
        if self._undoable:
            self.undo(self._undoable[-1])

    def _fail(self, error: OcrConsoleError) -> None:
        self.failed.emit(error)
