"""What is heard of workers on the broker, ours and anybody's: Celery's heartbeats, listened to on a thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from worker.core.celery_events import Event
from worker.core.errors import OcrConsoleError

SPAN_S = 0.5
MOST = 500  # workers that are remembered
FORGOTTEN_S = 3600.0  # of one that is not heard any more
WAIT_AT_MOST_S = 15.0  # between two tries while the broker is away
_BEGINS = frozenset({"task-started"})
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a worker last said on the broker. Moments are of this machine's monotonic clock."""

    name: str
    at: float  # when it was heard last
    pid: int = 0
    version: str = ""  # of what it runs: Celery's
    active: int = 0  # tasks that it works at
    processed: int | None = None  # since it was started
    busy_since: float | None = None  # when its last word was that it begins a task
    gone: bool = False  # it said goodbye

    def silent_s(self, now: float) -> float:
        """Since it was heard."""
        return max(0.0, now - self.at)


class Listener:
    """Remembers what is heard, from `start` to `close`. Reconnects by itself; never raises.

    Args:
        listen: Gives events, those of a span at a time, until it wants to be called anew, or raises one of our errors.
        clock: Monotonic, in seconds.
        wait_s: Before the first try after an outage; then longer.
    """

    def __init__(
        self,
        listen: Callable[[float], Iterator[list[Event]]],
        *,
        clock: Callable[[], float] = time.monotonic,
        wait_s: float = 1.0,
    ) -> None:
        self._listen, self._clock, self._wait_s = listen, clock, wait_s
        self._table: dict[str, Heard] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._since: float | None = None  # since when the connection holds
        self._deaf_since: float | None = None  # since when it does not, after it did

    def start(self) -> None:
        """Begin to listen; does nothing the second time."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Cease; the thread ends within a span, and nobody waits for it."""
        self._stop.set()

    def heard(self) -> dict[str, Heard]:
        """What is known, by name; a picture of this moment. Nobody is silent who cannot be heard."""
        return self._kept(self._table)

    @property
    def listening_s(self) -> float | None:
        """For how long nothing that was sent was missed; None while the broker is away."""
        return None if self._since is None else self._clock() - self._since

    def take(self, events: Iterable[Event]) -> None:
        """Remember what these say."""
        now, table = self._clock(), dict(self._table)
        for event in events:
            if name := _text(event.get("hostname")):
                table[name] = _after(table.get(name) or Heard(name, now), event, now)
        if len(table) > MOST or any(one.silent_s(now) > FORGOTTEN_S for one in table.values()):
            newest = sorted(table.values(), key=lambda one: one.at, reverse=True)[:MOST]
            table = {one.name: one for one in newest if one.silent_s(now) <= FORGOTTEN_S}
        self._table = table  # one reference is replaced: whoever reads has the one or the other

    def _run(self) -> None:
        wait = self._wait_s
        while not self._stop.is_set():
            try:
                for events in self._listen(SPAN_S):
                    self._connected()
                    self.take(events)
                    wait = self._wait_s
                    if self._stop.is_set():
                        return
                self._stop.wait(SPAN_S)
                continue
            except OcrConsoleError as error:
                log.info("Workers are not heard: %s", error.sentence)
            except Exception:
                if not self._stop.is_set():  # what it listens on is closed under it
                    log.exception("A fault in listening to workers")
            if self._since is not None:
                self._since, self._deaf_since = None, self._clock()
            self._stop.wait(wait)
            wait = min(2 * wait, WAIT_AT_MOST_S)

    def _connected(self) -> None:
        if self._since is None:
            self._table, self._deaf_since, self._since = self._kept(self._table), None, self._clock()

    def _kept(self, table: Mapping[str, Heard]) -> dict[str, Heard]:
        """As if the time in which nothing could be heard had not been."""
        deaf_s = 0.0 if self._deaf_since is None else self._clock() - self._deaf_since
        return {name: replace(one, at=one.at + deaf_s) for name, one in table.items()} if deaf_s else dict(table)


def _after(before: Heard, event: Event, now: float) -> Heard:
    """What is known of a worker after this event of it."""
    kind = _text(event.get("type"))
    if kind.startswith("task-"):
        return replace(before, at=now, busy_since=now if kind in _BEGINS else None)
    processed = event.get("processed")
    active = _number(event.get("active"))
    return replace(
        before,
        at=now,
        pid=_number(event.get("pid")) or before.pid,
        version=_text(event.get("sw_ver")) or before.version,
        active=active,
        busy_since=None,  # who works at it alone could not say this
        processed=processed if isinstance(processed, int) else before.processed,
        gone=kind == "worker-offline",
    )


def _text(value: Any) -> str:  # noqa: ANN401 - what came over the wire
    return value[:255] if isinstance(value, str) else ""


def _number(value: Any) -> int:  # noqa: ANN401
    return value if isinstance(value, int) and value >= 0 else 0
