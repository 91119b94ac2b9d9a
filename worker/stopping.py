"""A stop that is bounded, however it is asked for: what is read may end, then goes back to the queue, then is killed.

Celery's own warm stop waits as long as it takes, and its soft one sleeps for all of its time, whatever ends meanwhile.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import psutil
from billiard.pool import SIG_SOFT_TIMEOUT
from celery import bootsteps, platforms
from celery.worker import state

from worker.app import celery_app, settings
from worker.bench import bench
from worker.core.errors import OcrConsoleError
from worker.gate import STOP

if TYPE_CHECKING:
    from celery.worker import WorkController

GIVING_BACK_S = 2.0  # the database may take
TOLD_S = 2.0  # for a task that was told to end, to clear its desk
WARM = "SIGUSR2"
LAST_S = 5.0  # for the main process, when it has no children left
log = logging.getLogger("worker.stopping")


class Stopping(bootsteps.StartStopStep):  # type: ignore[misc] # Celery has no types
    """Hears the signals of the main process, and is the clock of its end.

    SIGTERM and SIGINT let what is read end, for OCR_SOFT_SHUTDOWN seconds; a second one, or SIGQUIT, does not. SIGUSR2
    lets it end for as long as a task may take, and can be followed by the others.
    """

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: WorkController, **options: object) -> None:
        super().__init__(worker, **options)
        self._name: str = worker.hostname
        self._worker = worker
        self._bounded = threading.Event()
        self._hurry = threading.Event()
        self._clock: threading.Thread | None = None

    def start(self, worker: WorkController) -> None:  # noqa: ARG002 - Celery's interface
        """Take the signals over."""
        for name in ("SIGTERM", "SIGINT", "SIGQUIT", WARM):
            platforms.signals[name] = self._hear

    def close(self, worker: WorkController) -> None:  # noqa: ARG002
        """The worker begins to stop: by a signal, or since it was told so through the broker."""
        if self._clock is None:
            self._bounded.set()
        self._begin()

    def _hear(self, number: int, _frame: object) -> None:
        name = signal.Signals(number).name  # some are names that Windows does not know
        if name != WARM:
            if self._bounded.is_set() or name == "SIGQUIT":
                self._hurry.set()
            self._bounded.set()
        self._begin()
        state.should_stop = platforms.EX_OK

    def _begin(self) -> None:
        if self._clock is None:
            STOP.tell()
            self._clock = threading.Thread(target=self._run, name="stopping", daemon=True)
            self._clock.start()

    def _run(self) -> None:
        """Ends with the process, and ends it at the latest."""
        self._bounded.wait(settings.time_limit_s)
        self._hurry.wait(settings.soft_shutdown_s)
        log.warning("What is still read here goes back to the queue: the time to stop is over.")
        self._give_back()
        if not self._hurry.is_set():
            _tell_to_end()
            self._hurry.wait(TOLD_S)
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        time.sleep(LAST_S)
        os._exit(self._worker.exitcode or platforms.EX_OK)  # who was told to stop did, and is not started again

    def _give_back(self) -> None:
        """Before anybody is told to end, so that nothing which happens then counts as a failure."""

        def give_back() -> None:
            try:
                bench(settings).leases.let_go(self._name)
            except OcrConsoleError as error:
                log.warning("It is taken back when its lease has run out. %s", error.sentence)

        giving = threading.Thread(target=give_back, name="giving back", daemon=True)
        giving.start()
        giving.join(GIVING_BACK_S)


def _tell_to_end() -> None:
    """As Celery does at the soft time limit."""
    if SIG_SOFT_TIMEOUT is None:  # on Windows
        return
    for pid in {request.worker_pid for request in list(state.active_requests)} - {os.getpid(), None}:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, SIG_SOFT_TIMEOUT)


celery_app.steps["worker"].add(Stopping)
