"""What a worker's main process looks for once a second: what is held back, and what it alone can read."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from celery.worker import state

from worker.core.errors import OcrConsoleError

if TYPE_CHECKING:
    from worker.bench import Bench
    from worker.consumer import PatientConsumer

LOOK_EVERY_S = 1.0  # a pause is obeyed within two seconds, and what was set aside is read within two
LOOK_SHARE = 20  # looking takes at most a twentieth of the time: what waits in a batch that is held back is gone over
LOOK_AT_LEAST_EVERY_S = 30.0
log = logging.getLogger("worker.looking")


class Looking:
    """`run` is the body of a thread of the worker's main process."""

    def __init__(self, consumer: PatientConsumer, desk: Bench) -> None:
        self._consumer = consumer
        self._desk = desk  # its store is there when the database is

    def run(self, stop: threading.Event) -> None:
        """Look until `stop` is set; while the database is away everything stays as it is."""
        wait = 0.0
        while not stop.wait(wait):
            begun = time.monotonic()
            try:
                self.look()
            except OcrConsoleError:  # another thread says so
                wait = LOOK_EVERY_S
                continue
            except Exception:
                log.exception("A fault in looking what there is to do")
            wait = min(max(LOOK_EVERY_S, LOOK_SHARE * (time.monotonic() - begun)), LOOK_AT_LEAST_EVERY_S)

    def look(self) -> None:
        """One look."""
        raise NotImplementedError


class Pausing(Looking):
    """Has a worker leave the queues that are held back, and take from them again when they go on.

    A worker that did not look yet takes messages and claims nothing: no claim on a held back queue succeeds.
    """

    def look(self) -> None:
        """One look."""
        paused, consumer = self._desk.store.paused_queues(), self._consumer
        for queue in sorted(consumer.taken_from & paused):
            consumer.call_soon(consumer.hold_back, queue)
        for queue in sorted(consumer.held_back - paused):
            consumer.call_soon(consumer.let_go_on, queue)


class Fetching(Looking):
    """Rings for what other workers set aside, in this worker's own queue.

    Args:
        consumer: Takes from that queue.
        desk: The database and the broker.
        languages: What can be read here now.
    """

    def __init__(self, consumer: PatientConsumer, desk: Bench, languages: Callable[[], Collection[str]]) -> None:
        super().__init__(consumer, desk)
        self._languages = languages

    def look(self) -> None:
        """One look."""
        consumer, desk = self._consumer, self._desk
        if state.should_stop not in {None, False}:  # it begins nothing any more
            desk.leases.leave(consumer.hostname)
            return
        if not consumer.takes_own:
            consumer.call_soon(consumer.take_own)
        slots, queues = consumer.pool.num_processes, consumer.taken_from
        for bell in desk.leases.fetch(consumer.hostname, queues=queues, languages=self._languages(), slots=slots):
            desk.broker.ring(bell)
