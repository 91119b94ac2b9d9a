"""Keeps a lease alive from a thread of its own while the work goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection

from worker.core.database import database_errors
from worker.core.errors import OcrConsoleError

if TYPE_CHECKING:
    from worker.core.leases import Lease, Leases

RENEWED, REFUSED, UNANSWERED = "renewed", "refused", "unanswered"


class Renewer:
    """Renews while its `with` block runs.

    Its connection is its own and is opened at the first renewal: a short task never pays for one. While the database
    is away it keeps trying, for the end of the task is fenced anyway; only a refusal sets `lost`.
    """

    def __init__(
        self, leases: Leases, lease: Lease, every: float | None = None, told: Callable[[str], None] | None = None
    ) -> None:
        self.lost = threading.Event()
        self._leases = leases
        self._lease = lease
        self._every = leases.lease_s * 0.3 if every is None else every
        self._told = told  # of every answer
        self._stop = threading.Event()
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._run, name=f"renew {lease.task_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=1)  # a dead database may hold it longer: it is a daemon and closes after itself

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            answer = self._renew()
            if self._told is not None:
                self._told(answer)
            if answer == REFUSED:
                self.lost.set()
                break
        self._close()

    def _renew(self) -> str:
        try:
            with database_errors(self._leases.engine):
                if self._connection is None:
                    fresh = self._leases.own_connections.connect()
                    self._connection = fresh.execution_options(isolation_level="AUTOCOMMIT")
                return RENEWED if self._leases.renew(self._lease, self._connection) else REFUSED
        except OcrConsoleError:
            if self._connection is not None:
                self._connection.invalidate()
            self._close()
            return UNANSWERED

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
