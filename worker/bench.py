"""What one process reads with: its database, its storage and its tools, opened once and kept."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from worker.core.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from worker.core.blobs import Blobs
    from worker.core.broker import Broker
    from worker.core.leases import Leases
    from worker.core.store import Store
    from worker.gate import Gate
    from worker.meter import Meter
    from worker.sources import Sources
    from worker.tools.toolbox import Toolbox


@dataclass
class Bench:
    """The connections and tools of one process. Opened when first used, so that a fork never shares one."""

    settings: Settings
    worker: str = ""  # Celery's name of it: what it calls its connections
    alone: bool = False  # the worker's main process reads: an engine in it would stop all else, and end all if it died
    _tools: dict[bool, Toolbox] = field(default_factory=dict)
    _tessdata: object = None  # the stamp of the folders of languages when the tools were made

    @cached_property
    def engine(self) -> Engine:
        """The database, its schema brought up to date."""
        from worker.core.connections import application_of
        from worker.core.database import open_engine
        from worker.core.schema import upgrade

        engine = open_engine(self.settings, application=application_of(self.worker), pool_size=4)
        upgrade(engine)
        return engine

    @cached_property
    def store(self) -> Store:
        """Queries on jobs."""
        from worker.core.store import Store

        return Store(self.engine)

    @cached_property
    def leases(self) -> Leases:
        """The lease protocol."""
        from worker.core.leases import Leases

        return Leases(self.engine, lease_s=self.settings.lease_s, task_limit_s=self.settings.time_limit_s)

    @cached_property
    def blobs(self) -> Blobs:
        """The bucket."""
        from worker.core.blobs import Blobs

        return Blobs(self.settings)

    @cached_property
    def sources(self) -> Sources:
        """The documents that are worked on."""
        from worker.sources import Sources

        return Sources(self.settings, self.blobs)

    @cached_property
    def broker(self) -> Broker:
        """The doorbells of what follows."""
        from worker.core.broker import Broker

        return Broker(self.settings)

    @cached_property
    def gate(self) -> Gate:
        """What holds this process before its next task while a service is away."""
        from worker.gate import STOP, Gate

        return Gate(self, STOP)

    @cached_property
    def meter(self) -> Meter:
        """What is counted of the work."""
        from worker.meter import Meter

        return Meter()

    def tools(self, *, isolated: bool = False) -> Toolbox:
        """The best engine and rasteriser to be had here; `isolated`: an engine whose crash costs no process of ours.

        They are made anew when a language was installed or removed.

        Raises:
            NoEngine: nothing here can read.
        """
        from worker.tools.tessdata import stamp
        from worker.tools.toolbox import toolbox

        isolated = isolated or self.alone
        if self._tessdata != (now := stamp(self.settings.tessdata)):
            self._tools.clear()
            self._tessdata = now
        if isolated not in self._tools:
            self._tools[isolated] = toolbox(self.settings, isolated=isolated, expendable=not self.alone)
        return self._tools[isolated]

    def languages(self) -> frozenset[str] | None:
        """What can be read here; None where nothing can, which is said by whatever is tried."""
        from worker.core.errors import NoEngine

        try:
            return self.tools().engine.languages()
        except NoEngine:
            return None


_named = [""]  # the last is the worker's


@lru_cache(maxsize=1)
def _bench(pid: int, settings: Settings) -> Bench:  # noqa: ARG001 - the process id makes a forked child open its own
    return Bench(settings, _named[-1])


def name_worker(name: str) -> None:
    """Say which worker this process, and those that it will fork, belongs to; before any asks for its bench."""
    _named.append(name)


def worker_name() -> str:
    """Which worker this process belongs to; "" as long as nobody said."""
    return _named[-1]


def bench(settings: Settings) -> Bench:
    """This process's bench."""
    return _bench(os.getpid(), settings)
