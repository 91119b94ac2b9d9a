"""A worker for as long as somebody waits, where the embedded stack has none."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from console.cli.session import Session
from worker.core.errors import InternalError, NotFoundError, ServiceError

if TYPE_CHECKING:
    from console.ops.services import Services
    from console.ops.worker_state import LocalWorker

IDLE_S = 60.0
QUIET_S = 8.0  # nothing runs for so long: look whether there is a worker at all


class OwnWorker:
    """Sees to it that somebody works while we wait; call `check` at every look at the jobs.

    On the embedded stack it starts a worker where none is online, also when the last one goes meanwhile, and stops it
    at the end. On other profiles nothing is started, and it is said once that nobody works there.
    """

    def __init__(self, session: Session, services: Services) -> None:
        from console.ops.local_workers import LocalWorkers

        self._session = session
        self._services = services
        self._workers = LocalWorkers(session.home)
        self._mine: LocalWorker | None = None
        self._quiet_since = time.monotonic()
        self._said = False

    def __enter__(self) -> Self:
        if self._session.embedded and not self._somebody_works():
            self._start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if kind is KeyboardInterrupt and self._mine is not None:
            self._session.terminal.say(
                "The worker stops when it has ended its pages. Ctrl-C again does not wait for it."
            )
        self._workers.close()

    def check(self, running: bool) -> None:
        """Look after the work.

        Args:
            running: whether one of the jobs is being read just now.

        Raises:
            InternalError: our own worker gave up, and nobody else would do the work.
        """
        now = time.monotonic()
        if running:
            self._quiet_since = now
        if self._mine is not None:
            self._check_mine(self._mine.name, now - self._quiet_since)
            return
        if now - self._quiet_since < QUIET_S:
            return
        self._quiet_since = now
        try:
            works = self._somebody_works()
        except ServiceError:
            return
        if not works and self._session.embedded:
            self._start()
        elif not works and not self._said:
            self._said = True
            self._session.terminal.say("No worker is online on this profile. The jobs wait until one is.")

    def wait_ready(self) -> None:
        """Wait until our worker, if we have one, takes work."""
        if self._mine is not None:
            self._workers.wait_ready(self._mine, lambda name, _: name in self._online())

    def _somebody_works(self) -> bool:
        from console.ops.opening import somebody_works

        return somebody_works(self._services, self._workers)

    def _online(self) -> set[str]:
        from console.ops.fleet import Presence
        from console.ops.presence import workers

        return {worker.name for worker in workers(self._services) if worker.state is Presence.ONLINE}

    def _start(self) -> None:
        from console.ops.worker_options import WorkerOptions

        self._session.terminal.say("No worker is online. One is started and works for as long as this waits.")
        options = WorkerOptions(stop_with_console=True)
        self._mine = self._workers.start(self._services.settings, self._services.profile, options)

    def _check_mine(self, name: str, quiet_s: float) -> None:
        from console.ops.worker_state import GAVE_UP

        try:
            now = self._workers.find(name)
        except NotFoundError:
            raise InternalError(f"The worker {name} was stopped.", "The jobs wait in the queue.") from None
        if now.state == GAVE_UP or not now.alive:
            raise InternalError(f"The worker {name} does not run. {now.sentence}", f"Its log: {now.log}")
        if quiet_s > IDLE_S and not self._said:
            self._said = True
            self._session.terminal.say(f"Nothing was read for a minute. The worker's log may say why: {now.log}")
