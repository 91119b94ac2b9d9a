"""Has a worker leave the queues that are held back, and take from them again when they go on."""

from __future__ import annotations

import logging
import threading

from worker.bench import Bench
from worker.consumer import PatientConsumer
from worker.core.errors import OcrConsoleError

LOOK_EVERY_S = 1.0  # a pause is obeyed within two seconds
log = logging.getLogger("worker.pausing")


class Pausing:
    """`run` is the body of a thread of the worker's main process.

    A worker that did not look yet takes messages and claims nothing: no claim on a held back queue succeeds.
    """

    def __init__(self, consumer: PatientConsumer, desk: Bench) -> None:
        self._consumer = consumer
        self._desk = desk  # its store is there when the database is

    def run(self, stop: threading.Event) -> None:
        """Look until `stop` is set; while the database is away everything stays as it is."""
        wait = 0.0
        while not stop.wait(wait):
            wait = LOOK_EVERY_S
            try:
                self.look()
            except OcrConsoleError:  # another thread says so
                continue
            except Exception:
                log.exception("A fault in looking what is held back")

    def look(self) -> None:
        """One look."""
        paused, consumer = self._desk.store.paused_queues(), self._consumer
        for queue in sorted(consumer.taken_from & paused):
            consumer.call_soon(consumer.hold_back, queue)
        for queue in sorted(consumer.held_back - paused):
            consumer.call_soon(consumer.let_go_on, queue)
