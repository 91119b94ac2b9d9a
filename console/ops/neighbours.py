"""Who else is on the broker: every worker that is heard, every queue that is known there, whosever they are."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from console.ops.fleet import ONLINE_S
from console.ops.heard import Heard, Listener
from console.ops.inspecting import Pool, pools
from worker.core.errors import OcrConsoleError

if TYPE_CHECKING:
    from worker.core.broker import Broker

EVERY_S = 30.0  # a search for queues, and a question to workers of others
NEW_S = 2.0  # a worker that was not heard before is asked so soon
log = logging.getLogger(__name__)


class Neighbours:
    """Listens all the time, and looks around now and then, on threads of its own from `start` to `close`."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._listener = Listener(broker.events.listen)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.ours: frozenset[str] = frozenset()  # workers that need not be asked: they say more in the database
        self.queues: frozenset[str] = frozenset()  # that the broker knows of
        self.pools: dict[str, Pool] = {}  # of other programs' workers, by name
        self._asked: set[str] = set()

    def start(self) -> None:
        """Begin; does nothing the second time."""
        if self._thread is None:
            self._listener.start()
            self._thread = threading.Thread(target=self._run, name="neighbours", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Cease."""
        self._stop.set()
        self._listener.close()

    def heard(self) -> dict[str, Heard]:
        """What is heard of workers, by name."""
        return self._listener.heard()

    @property
    def listening_s(self) -> float | None:
        """For how long nothing was missed; None while the broker is away."""
        return self._listener.listening_s

    def look(self) -> None:
        """Search for queues, and ask workers of others what they serve. Raises NetworkError or AccessRefused."""
        self.queues = self._broker.bindings.queues()
        self._ask(self._others())

    def _others(self) -> set[str]:
        now = time.monotonic()
        return {name for name, one in self.heard().items() if name not in self.ours and one.silent_s(now) < ONLINE_S}

    def _ask(self, names: set[str]) -> None:
        self._asked = (self._asked | names) & self.heard().keys()
        found = {**self.pools, **pools(self._broker.control, names)}
        self.pools = {name: pool for name, pool in found.items() if name in self._asked}

    def _run(self) -> None:
        due = 0.0
        while not self._stop.wait(NEW_S):
            try:
                if time.monotonic() >= due:
                    due = time.monotonic() + EVERY_S
                    self.look()
                elif new := self._others() - self._asked:
                    self._ask(new)
            except OcrConsoleError as error:
                log.info("The broker is not searched: %s", error.sentence)
            except Exception:
                if not self._stop.is_set():  # what it asks is closed under it
                    log.exception("A fault in looking around on the broker")
