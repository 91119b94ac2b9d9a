"""The way out of a question that takes too long: its statement is cancelled on the server, from another thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Cancels(Protocol):
    """A connection of the driver."""

    def cancel(self) -> None:
        """End the statement that runs on it; asked over a connection of its own."""
        ...


class Stopped(Exception):
    """Nobody waits for the answer any more."""


class Stop:
    """Ends what is asked of PostgreSQL within `over`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking: Cancels | None = None
        self._wanted = False

    @contextmanager
    def over(self) -> Iterator[None]:
        """What this thread asks within can be stopped."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    @contextmanager
    def on(self, connection: Cancels) -> Iterator[None]:
        """Within, it is this connection that asks."""
        with self._lock:
            if self._wanted:
                raise Stopped
            self._asking = connection
        try:
            yield
        finally:
            with self._lock:
                self._asking = None

    def now(self) -> None:
        """Cancel the statement that runs and let none begin; from any thread, and it blocks for one connection."""
        with self._lock:  # the connection is not given back before, so no statement of others is hit
            self._wanted = True
            if self._asking is not None:
                self._asking.cancel()


_current: ContextVar[Stop | None] = ContextVar("stop", default=None)


@contextmanager
def stoppable(connection: Cancels) -> Iterator[None]:
    """Within, statements of this connection end when the one who asks wants it.

    Raises:
        Stopped: It was wanted before they began.
    """
    if (stop := _current.get()) is None:
        yield
    else:
        with stop.on(connection):
            yield
