"""What a window works with, opened and closed as one: embedded servers where the profile has none, and a worker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from console.ops.fleet import Presence
from console.ops.housekeeping import Housekeeping
from console.ops.local_workers import LocalWorkers
from console.ops.presence import workers
from console.ops.profiles import Profile
from console.ops.services import Services
from console.ops.stack import Stack
from worker.core.errors import ServiceError

Progress = Callable[[str, str, float], None]  # what, its state, seconds since the start


class Opening:
    """The services of a profile for as long as a window is there.

    On the embedded stack a worker is started where none is online; it stops with the window. While no worker lives, the
    window keeps house.
    """

    def __init__(self, profile: Profile, home: Path) -> None:
        self._profile = profile
        self._stack = Stack(home) if profile.embedded else None
        self.workers = LocalWorkers(home)  # of this machine
        self._services: Services | None = None
        self._housekeeping: Housekeeping | None = None
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
        services.check()  # brings the schema up to date and makes the bucket, where they can be reached
        self._services = services
        if self._stack is not None and not self._somebody_works(services):
            self.worker = self.workers.start(services.settings, stop_with_console=True).name
        self._housekeeping = Housekeeping(services)
        self._housekeeping.start()
        return services

    def _somebody_works(self, services: Services) -> bool:
        try:
            return somebody_works(services, self.workers)
        except ServiceError:
            return False

    def close(self) -> None:
        """Stop the worker, close the connections, leave the servers. Blocks until all is done."""
        if self._housekeeping is not None:
            self._housekeeping.close()
        self.workers.close()
        if self._services is not None:
            self._services.close()
        if self._stack is not None:
            self._stack.close()


def somebody_works(services: Services, local: LocalWorkers) -> bool:
    """Whether a worker is online that will take work. Raises DatabaseError."""
    online = {worker.name for worker in workers(services) if worker.state is Presence.ONLINE}
    return bool(online - local.leaving())
