"""What a window works with: the services of its profile, on embedded servers and with a worker where it has none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from console.ops.local_workers import LocalWorkers
from console.ops.profiles import Profile
from console.ops.services import Services
from worker.core.errors import ServiceError

if TYPE_CHECKING:
    from console.ops.housekeeping import Housekeeping
    from console.ops.this_machine import ThisMachine

Progress = Callable[[str, str, float], None]  # what, its state, seconds since the start
HOUSE_AFTER_S = 2.0  # what it loads would hold the first rows up


class Opening:
    """The services of a profile for as long as a window shows it.

    On the embedded stack a worker is started where none is online; it stops with the program. While no worker lives,
    the window keeps house.
    """

    def __init__(self, profile: Profile, machine: ThisMachine) -> None:
        self._profile, self._machine = profile, machine
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
        if self._profile.embedded:
            stack = self._machine.stack
            stack.up(progress=progress)
            settings = stack.settings()
        services = Services(self._profile, settings)
        import minio  # noqa: F401 - two threads that load urllib3, on which it stands, at a time break each other's

        services.check(("postgres",))  # brings the schema up to date; the others are asked for the first picture
        self._services = services
        threading.Thread(target=self._look_where, args=(services,), name="fingerprint", daemon=True).start()
        if self._profile.embedded and not self._somebody_works(services):
            self.worker = self._machine.work(services.settings, self._profile)
        self._house = threading.Timer(HOUSE_AFTER_S, self._keep_house, (services,))
        self._house.daemon = True
        self._house.start()
        return services

    def _look_where(self, services: Services) -> None:
        """Whether the profile's name points to the servers that it knew; the guard has what is to be said of it."""
        from console.ops.fingerprints import Fingerprints
        from console.ops.profile_files import forget_removed

        Fingerprints(self._machine.home).differs(services)
        forget_removed()

    def _keep_house(self, services: Services) -> None:
        from console.ops.housekeeping import Housekeeping

        self._housekeeping = Housekeeping(services)
        self._housekeeping.start()

    def _somebody_works(self, services: Services) -> bool:
        if self._machine.works:
            return True
        try:
            return somebody_works(services, self._machine.workers)
        except ServiceError:
            return False

    def close(self) -> None:
        """Close the connections. Blocks until all is done."""
        if self._house is not None:
            self._house.cancel()
            self._house.join()
        if self._housekeeping is not None:
            self._housekeeping.close()
        if self._services is not None:
            self._services.close()


def somebody_works(services: Services, local: LocalWorkers) -> bool:
    """Whether a worker is online that will take work. Raises DatabaseError."""
    from console.ops.fleet import Presence
    from console.ops.presence import workers

    online = {worker.name for worker in workers(services) if worker.state is Presence.ONLINE}
    return bool(online - local.leaving())
