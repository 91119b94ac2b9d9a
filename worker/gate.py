"""Holds a process before its next task while what it works with is away, refuses it or is full: no job pays for that.

Nothing is asked as long as all goes well: a failure shuts the gate, and it opens when the database and the storage
answer and there is room to work in, after 1, 2, 4, 8, 10, 10 … seconds.
"""

from __future__ import annotations

import logging
import os
import selectors
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlalchemy import Engine, text

from worker.core.answers import silent_for
from worker.core.blobs import Blobs
from worker.core.database import single
from worker.core.errors import AccessRefused, EngineCrashed, InternalError, OcrConsoleError, ServiceError
from worker.core.settings import Settings

if TYPE_CHECKING:
    from worker.sources import Sources

Answer = TypeVar("Answer")
WAIT_AT_MOST_S = 10.0  # between two looks; with the time that a look takes this stays under 15
HOLD_S = 25.0  # a message that is held for longer counts as one in dead hands
ANSWER_S = 5.0  # for the database's answer to a look
log = logging.getLogger("worker.ocr")


class Stop:
    """Whether the worker is to stop: told once by the main process, heard by all of its children.

    A pipe that is made before they are: what was written into it stays there for everybody to see.
    """

    def __init__(self) -> None:
        self._heard, self._told = os.pipe()

    def tell(self) -> None:
        """Whoever waits is to stop waiting."""
        os.write(self._told, b"1")

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it is told; whether it was."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._heard, selectors.EVENT_READ)
            return bool(selector.select(max(0.0, seconds)))


STOP = Stop()


class Desk(Protocol):
    """What the work needs, opened when it is first asked for."""

    @property
    def settings(self) -> Settings:
        """The limits."""

    @property
    def engine(self) -> Engine:
        """The database."""

    @property
    def blobs(self) -> Blobs:
        """The storage."""

    @property
    def sources(self) -> Sources:
        """The documents that are kept, which give way to work."""


class Gate:
    """The gate of one process."""

    def __init__(self, desk: Desk, stop: Stop) -> None:
        self._desk = desk
        self._stop = stop
        self._is_open = True
        self._wait_s = 0.0  # before the last look; it grows until a task comes to an end of its own

    def through(self, ask: Callable[[], Answer | None]) -> Answer | None:
        """What `ask` answers, as soon as all is there that the work needs.

        None too when the worker is to stop, or when it took too long: the row waits on, and is rung for again.
        """
        until = time.monotonic() + min(HOLD_S, self._desk.settings.soft_time_limit_s / 4)
        while self._opens(until):
            try:
                return ask()
            except ServiceError as error:
                self._shut(error)
        return None

    def took_part(self, error: OcrConsoleError) -> bool:
        """Whether work failed because of what it works with, and not of its document; then the gate is shut.

        A key that is refused is always that. What looks like an outage and is none, such as an object that is gone or
        a document too large for the disk, leaves the gate open.
        """
        trouble: OcrConsoleError | None = None
        if isinstance(error, AccessRefused):
            trouble = error
        elif isinstance(error, ServiceError | EngineCrashed | InternalError):
            trouble = self._look()
        if trouble is None:
            self.worked()
        else:
            self._shut(trouble)
        return trouble is not None

    def worked(self) -> None:
        """A task came to an end of its own: the next outage begins with short waits."""
        self._wait_s = 0.0

    def _opens(self, until: float) -> bool:
        while not self._is_open:
            left = until - time.monotonic()
            if left <= 0 or self._stop.wait(min(self._wait_s, left)):
                return False
            trouble = self._look()
            if trouble is None:
                log.info("[OCR] Work goes on")
                self._is_open = True
            else:
                self._shut(trouble)
        return True

    def _shut(self, trouble: OcrConsoleError) -> None:
        self._is_open = False
        self._wait_s = min(max(self._wait_s * 2, 1.0), WAIT_AT_MOST_S)
        log.warning("[OCR] Work waits. %s %s Next look in %.0f s.", trouble.sentence, trouble.advice, self._wait_s)

    def _look(self) -> OcrConsoleError | None:
        """What is wrong now with the database, the storage or the room to work in; None if nothing is."""
        from worker.pipeline.workspace import workspace

        try:
            with silent_for(ANSWER_S), single(self._desk.engine) as connection:
                connection.execute(text("select 1"))
            self._desk.blobs.try_out()
            with workspace(0, give_way=self._desk.sources.give_way):
                return None
        except ServiceError as error:
            return error
