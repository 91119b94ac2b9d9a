"""What a window works with, opened and closed as one: embedded servers where the profile has none, and a worker."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from console.ops.local_workers import LocalWorkers
from console.ops.profiles import Profile
from console.ops.services import Services
from console.ops.worker_options import WorkerOptions
from worker.core.errors import ServiceError

if TYPE_CHECKING:
    from console.ops.housekeeping import Housekeeping
    from console.ops.stack import Stack

Progress = Callable[[str, str, float], None]  # what, its state, seconds since the start
WITH_CONSOLE = WorkerOptions(stop_with_console=True)
HOUSE_AFTER_S = 2.0  # what it loads would hold the first rows up


class Opening:
    """The services of a profile for as long as a window is there.

    On the embedded stack a worker is started where none is online; it stops with the window. While no worker lives, the
    window keeps house.
    """

    def __init__(self, profile: Profile, home: Path) -> None:
        self._profile = profile
        self._stack = _stack(home) if profile.embedded else None
        self.workers = LocalWorkers(home)  # of this machine
        self._services: Services | None = None
        self._housekeeping: Housekeeping | None = None
        self._house: threading.Timer | None = None  # until it begins to keep house
        self.worker: str | None = None  # the name of the one that was started here

    def open(self, progress: Progress) -> Services:
        """Start what has to be started. Blocks for some seconds; may be called again after it failed.

        Services of a profile that are away are no failure: their lamps say so.

        Raises:
            ServiceError: the embedded servers do not start.
            SettingsError: the profile cannot be used.
        """
        settings = self._profile.settings
        if self._stack is not None:
            self._stack.up(progress=progress)
            settings = self._stack.settings()
        services = Services(self._profile, settings)
        services.check(("postgres",))  # brings the schema up to date; the others are asked for the first picture
        self._services = services
        if self._stack is not None and not self._somebody_works(services):
            self.worker = self.workers.start(services.settings, self._profile, WITH_CONSOLE).name
        self._house = threading.Timer(HOUSE_AFTER_S, self._keep_house, (services,))
        self._house.daemon = True
        self._house.start()
        return services

    def _keep_house(self, services: Services) -> None:
        from console.ops.housekeeping import Housekeeping

        self._housekeeping = Housekeeping(services)
        self._housekeeping.start()

    def _somebody_works(self, services: Services) -> bool:
        try:
            return somebody_works(services, self.workers)
        except ServiceError:
            return False

    def close(self) -> None:
        """Stop the worker, close the connections, leave the servers. Blocks until all is done."""
        if self._house is not None:
            self._house.cancel()
            self._house.join()
        if self._housekeeping is not None:
            self._housekeeping.close()
        self.workers.close()
        if self._services is not None:
            self._services.close()
        if self._stack is not None:
            self._stack.close()


def _stack(home: Path) -> Stack:
    from console.ops.stack import Stack

    return Stack(home)


def somebody_works(services: Services, local: LocalWorkers) -> bool:
    """Whether a worker is online that will take work. Raises DatabaseError."""
    from console.ops.fleet import Presence
    from console.ops.presence import workers

    online = {worker.name for worker in workers(services) if worker.state is Presence.ONLINE}
    return bool(online - local.leaving())
