"""Does to servers and workers what the schedule says, and brings them back."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import redis

from tests.chaos.database import Database
from tests.chaos.fleet import Fleet
from tests.chaos.part import Part
from tests.chaos.schedule import OF_ONE_CHILD, OF_WORKERS, SERVER, Kind, Planned
from tests.chaos.servers import Servers
from tests.chaos.struck import Struck

_BUSY = "select pid from tasks where status = 'running' and worker = :worker order by pid"


class Faults(Part):
    """Strikes, one after the other."""

    def __init__(self, planned: Sequence[Planned], servers: Servers, fleet: Fleet, say: Callable[[str], None]) -> None:
        super().__init__("faults")
        self._planned = planned
        self._servers = servers
        self._fleet = fleet
        self._say = say
        self._database = Database(servers.settings)
        self._healing: list[threading.Thread] = []
        self.struck: list[Struck] = []

    def work(self) -> None:
        """All of them; at the end everything is up and awake again."""
        began = time.monotonic()
        for fault in self._planned:
            time.sleep(max(0.0, began + fault.at_s - time.monotonic()))
            done = self._on_workers(fault) if fault.kind in OF_WORKERS else self._on_server(fault)
            if done is not None:
                self.struck.append(done)
                self._say(str(done))
        for thread in self._healing:
            thread.join()
        self._database.close()

    def _on_server(self, fault: Planned) -> Struck | None:
        name = SERVER[fault.kind]
        if name in self._servers.troubled:
            return None
        done = Struck(fault.kind, time.time())
        if fault.kind is Kind.FLUSH:
            with suppress(redis.RedisError):
                self._servers.flush()
            done.at = done.back = time.time()
        elif fault.kind in {Kind.VALKEY_STOPPED, Kind.S3_STOPPED}:
            self._servers.pause(name)
            self._later(fault.lasts_s, lambda: self._wake(done, name))
        else:
            self._servers.kill(name)
            empty = fault.kind is Kind.VALKEY_EMPTY
            self._later(fault.lasts_s, lambda: self._restart(done, name, empty))
        return done

    def _wake(self, done: Struck, name: str) -> None:
        self._servers.wake(name)
        done.back = time.time()

    def _restart(self, done: Struck, name: str, empty: bool) -> None:
        done.back = self._servers.restart(name, empty=empty)

    def _on_workers(self, fault: Planned) -> Struck | None:
        worker = self._fleet.pick(fault.rank)
        if worker is None or worker.process is None:
            return None
        if fault.kind in OF_ONE_CHILD:
            return self._on_child(fault, worker.name, self._busy_first(worker.name, worker.children()))
        stops = fault.kind is Kind.MACHINE_STOPPED
        done = Struck(fault.kind, time.time(), worker.name)
        group = worker.process.pid
        worker.signal(signal.SIGSTOP if stops else signal.SIGKILL, group=fault.kind is not Kind.WORKER)
        if stops:
            self._later(fault.lasts_s, lambda: self._awake(done, lambda: os.killpg(group, signal.SIGCONT)))
        return done

    def _on_child(self, fault: Planned, worker: str, children: Sequence[int]) -> Struck | None:
        if not children:
            return None
        pid = children[int(fault.rank * len(children))]
        done = Struck(fault.kind, time.time(), worker, pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL if fault.kind is Kind.CHILD else signal.SIGSTOP)
        if fault.kind is Kind.CHILD_STOPPED:
            self._later(fault.lasts_s, lambda: self._awake(done, lambda: os.kill(pid, signal.SIGCONT)))
        return done

    def _busy_first(self, worker: str, children: Sequence[int]) -> Sequence[int]:
        rows = self._database.rows_or_nothing(_BUSY, worker=worker) or ()
        return [row.pid for row in rows if row.pid in children] or children

    @staticmethod
    def _awake(done: Struck, wake: Callable[[], None]) -> None:
        with suppress(ProcessLookupError):
            wake()
        done.back = time.time()

    def _later(self, seconds: float, heal: Callable[[], None]) -> None:
        def wait() -> None:
            time.sleep(seconds)
            try:
                heal()
            except BaseException as error:  # noqa: BLE001 - the run is told
                self.errors.append(error)

        thread = threading.Thread(target=wait, name="healing")
        thread.start()
        self._healing.append(thread)
