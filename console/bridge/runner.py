"""Runs what an operator asks for: in the background, then its sentence, its undo and a new picture."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from console.bridge.background import Background
from console.ops.acting import act
from worker.core.errors import OcrConsoleError
from worker.core.outcomes import Course

if TYPE_CHECKING:
    from console.ops.commands import Command, Done
    from console.ops.services import Services


TELL_EVERY_S = 0.2
UNDOABLE = 100  # acts that can be taken back, the newest


@dataclass(frozen=True, slots=True)
class Running:
    """A command on many jobs that is under way, and how far it is."""

    number: int  # tells one from the others
    command: Command[Any]
    course: Course
    done: int = 0  # jobs that were looked at
    asked: int = 0  # of how many; 0 while that is not known

    def stop(self) -> None:
        """End after the jobs that are being acted on now; what was done stays done, and is told."""
        self.course.stop.set()


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
    running = Signal(object)  # Running: a command began that can be watched and stopped
    progressed = Signal(object)  # Running, five times a second at most
    ended = Signal(object)  # Running, however it ended
    _told = Signal(object)  # Running, from the thread that acts

    def __init__(self, background: Background, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background, self._services = background, services
        self._undoable: deque[Act] = deque(maxlen=UNDOABLE)  # that were not taken back, newest last
        self._numbers = itertools.count(1)
        self._told.connect(self.progressed, Qt.ConnectionType.QueuedConnection)

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
            if result.undo is not None:
                self._undoable.append(carried_out)
            self.acted.emit(carried_out)
            if done is not None:
                done(result)

        watched = self._watched(command)

        def over() -> None:
            if watched is not None:
                self.ended.emit(watched)

        def end(result: Done[Any]) -> None:
            over()
            finish(result)

        def fail(error: OcrConsoleError) -> None:
            over()
            (failed or self._fail)(error)

        call = partial(act, watched.command if watched else command, self._services, confirm=confirm)
        self._background.submit(call, done=end, failed=fail)
        if watched is not None:
            self.running.emit(watched)

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

    def _watched(self, command: Command[Any]) -> Running | None:
        """The command with a course of ours, if it is one on many jobs."""
        if not hasattr(command, "course"):
            return None
        next_at = 0.0

        def tell(done: int, asked: int) -> None:  # on the thread that acts
            nonlocal next_at
            if time.monotonic() >= next_at:
                next_at = time.monotonic() + TELL_EVERY_S
                self._told.emit(replace(running, done=done, asked=asked))

        course = Course(tell)
        running = Running(next(self._numbers), replace(command, course=course), course, 0, command.asked)  # type: ignore[type-var]
        return running

    def _fail(self, error: OcrConsoleError) -> None:
        self.failed.emit(error)
