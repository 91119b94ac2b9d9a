"""How long PostgreSQL may leave us without an answer: by itself the driver waits for ever.

`statement_timeout` is the server's own clock, and keepalives are answered by its kernel: a server that was stopped, a
frozen machine or a proxy whose far end is gone would hold a thread of ours until somebody looks.
"""

from __future__ import annotations

import re
import selectors
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import psycopg2
from psycopg2.extensions import POLL_OK, POLL_READ, connection, parse_dsn, set_wait_callback

GRACE_S = 5.0  # the server's own limits come first: they say more
CONNECT_S = 3.0
_STATEMENT_TIMEOUT = re.compile(r"statement_timeout=(\d+)(ms|s|min)?(?![\w.])")
_UNITS = {"ms": 0.001, "": 0.001, "s": 1.0, "min": 60.0}
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)  # of the two that cost no file each
_patience: ContextVar[float | None] = ContextVar("patience", default=None)


class Bounded(connection):
    """A connection on which no silence of the server lasts longer than its `statement_timeout` and some seconds."""

    silence_s: float | None = None  # None: not looked up yet; 0: without bound, as the URL wishes

    def cancel(self) -> None:
        """End the statement that runs, asked over another connection; one that cannot be had leaves it to its limit.

        The driver's own way lets no thread of this process run until the server has answered, or for ever.
        """
        here = self.info
        with suppress(psycopg2.Error), silent_for(CONNECT_S):
            at: dict[str, Any] = {"host": here.host, "port": here.port, "password": here.password}
            with closing(psycopg2.connect(**{**here.dsn_parameters, **at})) as other:
                other.cursor().execute("select pg_cancel_backend(%s)", (here.backend_pid,))


@contextmanager
def silent_for(seconds: float) -> Iterator[None]:
    """Within, this thread waits so long for an answer, whatever else holds."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


def _wait(waiting: connection) -> None:
    """Wait until the driver has what it waits for. What this raises closes the connection."""
    limit_s: float | None = None
    while (state := waiting.poll()) != POLL_OK:
        limit_s = _limit_s(waiting) if limit_s is None else limit_s
        with _Selector() as selector:
            selector.register(waiting.fileno(), selectors.EVENT_READ if state == POLL_READ else selectors.EVENT_WRITE)
            answered = selector.select(limit_s or None)
        if not answered:
            what = "timeout expired" if waiting.info.status else "could not receive data from server"
            raise psycopg2.OperationalError(f"{what}: no answer in {limit_s:g} s")


def _limit_s(waiting: connection) -> float:
    """Seconds without a byte after which the server counts as gone; 0: none."""
    if waiting.info.status:  # not connected yet
        return float(parse_dsn(waiting.dsn).get("connect_timeout", CONNECT_S))
    if (patience := _patience.get()) is not None:
        return patience
    if not isinstance(waiting, Bounded):
        return 0.0
    if waiting.silence_s is None:
        waiting.silence_s = _longest_s(parse_dsn(waiting.dsn).get("options", ""))
    return waiting.silence_s


def _longest_s(options: str) -> float:
    """What the last `statement_timeout` among a connection's options allows, and some seconds; 0 for no limit."""
    found = _STATEMENT_TIMEOUT.findall(options)
    seconds = float(found[-1][0]) * _UNITS[found[-1][1]] if found else 0.0
    return seconds + GRACE_S if seconds else 0.0


set_wait_callback(_wait)
