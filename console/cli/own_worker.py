"""A worker for as long as somebody waits, where the embedded stack has none."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from console.cli.session import Session
from worker.core.errors import InternalError, NotFoundError, ServiceError

if TYPE_CHECKING:
    from console.ops.local_workers import LocalWorkers
    from console.ops.services import Services
    from console.ops.worker_state import LocalWorker

NOBODY_S = 15.0  # so long nothing runs, and we look whether there is a worker at all

Check = Callable[[bool], None]


def somebody_works(services: Services) -> bool:
    """Whether a worker is online."""
    from console.ops.fleet import Presence, workers

    return any(worker.state is Presence.ONLINE for worker in workers(services))


@contextmanager
def worker_while_waiting(session: Session, services: Services) -> Iterator[Check]:
    """Have a worker on the embedded stack. Gives what `wait_for` calls at every look.

    On other profiles nothing is started; it is said once if nobody works there.
    """
    if not session.embedded or somebody_works(services):
        yield _watch_fleet(session, services)
        return
    from console.ops.local_workers import LocalWorkers

    workers = LocalWorkers(session.home)
    session.terminal.say("No worker is online. One is started and works for as long as this waits.")
    worker = workers.start(services.settings, stop_with_console=True)
    try:
        yield _watch_worker(workers, worker)
    finally:
        workers.close()


def _watch_worker(workers: LocalWorkers, worker: LocalWorker) -> Check:
    """Ends the wait when our worker has given up: nobody else would do the work."""
    from console.ops.worker_state import GAVE_UP

    def check(_running: bool) -> None:
        try:
            now = workers.find(worker.name)
        except NotFoundError:
            raise InternalError(f"The worker {worker.name} was stopped.", "The jobs wait in the queue.") from None
        if now.state == GAVE_UP or not now.alive:
            raise InternalError(f"The worker {now.name} does not run. {now.sentence}", f"Its log: {now.log}")

    return check


def _watch_fleet(session: Session, services: Services) -> Check:
    quiet_since = time.monotonic()
    said = False

    def check(running: bool) -> None:
        nonlocal quiet_since, said
        if running:
            quiet_since = time.monotonic()
        if said or time.monotonic() - quiet_since < NOBODY_S:
            return
        quiet_since = time.monotonic()
        try:
            said = not somebody_works(services)
        except ServiceError:
            return
        if said:
            session.terminal.say("No worker is online on this profile. The jobs wait until one is.")

    return check
