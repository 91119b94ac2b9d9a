"""Keeps house for a deployment while no worker is there to do it: what was lost with the last one is not left lying."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

from worker.core.housekeeper import Housekeeper
from worker.core.language_wait import LanguageWait
from worker.core.sampling import Sampler
from worker.core.sweeper import Sweeper

if TYPE_CHECKING:
    from console.ops.services import Services

GOODBYE_S = 5.0  # a service that hangs holds the end up for no longer


class Housekeeping:
    """A thread on one profile's services, which gives way to any worker.

    What is kept for how long is left to workers: their settings are the deployment's.
    """

    def __init__(self, services: Services) -> None:
        self._stop = threading.Event()
        self.keeper = Housekeeper(
            services.engine,
            services.leases,
            services.broker,
            name=f"console@{socket.gethostname()}",
            substitute=True,
            sweep=Sweeper(services.engine, services.blobs).sweep,
            languages=LanguageWait(
                services.engine, services.broker.messages, wait_s=services.settings.language_wait_s
            ).tend,
            sample=Sampler(services.engine, services.broker).sample,
        )
        self._thread = threading.Thread(target=self.keeper.run, args=(self._stop,), name="housekeeping", daemon=True)

    def start(self) -> None:
        """Be a candidate from now on; services that are away are waited for."""
        self._thread.start()

    def close(self) -> None:
        """Give the office back. Blocks for some seconds at most."""
        self._stop.set()
        self._thread.join(GOODBYE_S)
