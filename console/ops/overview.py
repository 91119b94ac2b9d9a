"""What the overview shows beside the picture: the last hour, what was read today, what the servers are."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from worker.core.errors import ServiceError
from worker.core.history import History
from worker.core.read_since import Read, read_since
from worker.core.series import ALL_QUEUES, Series
from worker.core.servers import BrokerServer, DatabaseServer, Servers, database_server
from worker.core.spans import moment

if TYPE_CHECKING:
    from console.ops.services import Services

Answer = TypeVar("Answer")
HOUR = timedelta(hours=1)
STEP_S = 60
SHARE = 20  # asking takes at most a twentieth of the time, however many jobs ended today


@dataclass(frozen=True, slots=True)
class Overview:
    """What was found; None where nobody answered yet."""

    hour: Series | None = None  # of all queues together, in minutes
    today: Read | None = None  # since midnight, here
    servers: Servers | None = None


class Sparing(Generic[Answer]):
    """A question that is asked anew when its answer is old; the longer it took, the longer its answer does."""

    def __init__(self, ask: Callable[[], Answer], *, good_s: float) -> None:
        self._ask, self._good_s = ask, good_s
        self._due_at = 0.0  # by the monotonic clock
        self._answer: Answer | None = None

    def answer(self) -> Answer:
        """The answer, new or kept. Raises what the question does."""
        began = time.monotonic()
        if self._answer is None or began >= self._due_at:
            self._answer = self._ask()
            now = time.monotonic()
            self._due_at = now + max(self._good_s, SHARE * (now - began))
        return self._answer


class OverviewSource:
    """Answers for one profile's services, on one thread at a time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._history = History(services.engine)
        self._hour = Sparing(self._ask_hour, good_s=10)
        self._today = Sparing(self._ask_today, good_s=5)
        self._servers = Sparing(self._ask_servers, good_s=60)

    def overview(self) -> Overview:
        """As it is now, or was a little ago. Raises DatabaseError."""
        return Overview(self._hour.answer(), self._today.answer(), self._servers.answer())

    def _ask_hour(self) -> Series:
        now = datetime.now(UTC)
        return self._history.series(ALL_QUEUES, now - HOUR, now, STEP_S)

    def _ask_today(self) -> Read:
        return read_since(self._services.engine, moment("today", datetime.now(UTC)))

    def _ask_servers(self) -> Servers:
        blobs = self._services.blobs
        return Servers(self._database(), self._broker(), blobs.bucket, blobs.endpoint)

    def _database(self) -> DatabaseServer | None:
        try:
            return database_server(self._services.engine)
        except ServiceError:
            return None

    def _broker(self) -> BrokerServer | None:
        try:
            return self._services.broker.memory.server()
        except ServiceError:
            return None
