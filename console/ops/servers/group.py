"""The three servers as one: adopt what runs, start the rest, stop them, look at them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psutil

from console.ops.servers import launch, ports, processes
from console.ops.servers.folder import Folder, Memory, Secrets
from console.ops.servers.postgres import Postgres
from console.ops.servers.seaweedfs import SeaweedFS
from console.ops.servers.server import Server
from console.ops.servers.valkey import Valkey
from worker.core.errors import ServiceError

NAMES = (Postgres.name, Valkey.name, SeaweedFS.name)
ADOPT_WITHIN_S = 3.0  # a server whose console was killed may still be on its way up

Report = Callable[[str, str], None]  # the service's name and its state


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """One server as it is now."""

    pid: int | None
    port: int | None
    state: str  # ok; starting: it has a process and does not answer yet; down


def silent(service: str, state: str) -> None:
    """A report to nobody."""


class Group:
    """The servers of one folder, with what is remembered of them."""

    def __init__(self, folder: Folder, secrets: Secrets, memory: Memory, report: Report = silent) -> None:
        self.folder = folder
        self.secrets = secrets
        self.memory = memory
        self.report = report
        self.postgres = Postgres(folder, secrets, memory)
        self.servers: tuple[Server, ...] = (self.postgres, Valkey(folder, secrets), SeaweedFS(folder, secrets))
        for server in self.servers:
            known = memory.ports.get(server.name, {})
            server.ports = {name: known.get(name, 0) for name in server.listens}

    def adopt(self) -> list[Server]:
        """Take over what runs and answers to our password, stop what does not answer.

        Returns:
            The servers that are to be started.
        """
        return [server for server in self.servers if not self._adopt(server)]

    def _adopt(self, server: Server) -> bool:
        left = self._processes(server)
        if left and server.port and _serves(server, left[0]):
            self.memory.servers[server.name] = processes.Mark(left[0].pid, left[0].create_time())
            self.report(server.name, "adopted")
            return True
        self._end(server)
        return False

    def launch(self, servers: Sequence[Server]) -> tuple[str, ...]:
        """Start these; when one fails, stop those that were started.

        Returns:
            Sentences about ports that had to change.

        Raises:
            ServiceError: If one cannot be started.
        """
        notes = self._settle_ports(servers)
        try:
            self._launch(servers)
        except ServiceError:
            lost = self._settle_ports(servers)  # another program took one since we looked
            if not lost:
                raise
            notes += lost
            self._launch(servers)
        return notes

    def _launch(self, servers: Sequence[Server]) -> None:
        try:
            launch.start(servers, self._started, self._ready)
        except BaseException:
            self.stop(servers)
            raise

    def _started(self, server: Server, mark: processes.Mark) -> None:
        self.memory.servers[server.name] = mark
        self.folder.remember(self.memory)
        self.report(server.name, "starting")

    def _ready(self, server: Server) -> None:
        self.report(server.name, "ok")

    def stop(self, servers: Sequence[Server] | None = None) -> None:
        """Stop these, or all, at the same time."""
        chosen = self.servers if servers is None else servers
        if chosen:
            with ThreadPoolExecutor(len(chosen), "stack") as pool:
                list(pool.map(self._end, chosen))
        for server in chosen:
            self.memory.servers.pop(server.name, None)
            self.report(server.name, "down")
        self.folder.remember(self.memory)

    def _end(self, server: Server) -> None:
        for process in self._processes(server):
            processes.stop(process, server.how_to_stop)
        server.sweep()

    def look(self) -> dict[str, ServerStatus]:
        """Each of them as it is now."""
        return {server.name: self._look_at(server) for server in self.servers}

    def _look_at(self, server: Server) -> ServerStatus:
        remembered = self.memory.servers.get(server.name)
        process = processes.find(remembered) if remembered else None
        if process is None:
            return ServerStatus(None, server.port or None, "down")
        return ServerStatus(process.pid, server.port, "ok" if server.answers() else "starting")

    def _processes(self, server: Server) -> list[psutil.Process]:
        """The process that we remember, else any that a killed program left."""
        remembered = self.memory.servers.get(server.name)
        known = processes.find(remembered) if remembered else None
        return [known] if known else processes.search(server.program, server.marker)

    def _settle_ports(self, servers: Sequence[Server]) -> tuple[str, ...]:
        """Give each its ports: the earlier ones where they are free. Sentences about those that had to change."""
        notes = []
        for server in servers:
            before = self.memory.ports.get(server.name, {})
            used = {port for given in self.memory.ports.values() for port in given.values()}
            kept = {name: before[name] for name in server.listens if name in before and ports.is_free(before[name])}
            new = ports.choose([name for name in server.listens if name not in kept], used)
            chosen = kept | new
            self.memory.ports[server.name] = {name: chosen[name] for name in server.listens}
            server.ports = self.memory.ports[server.name]
            notes += [
                f"Another program listens on {ports.HOST}:{before[name]}; {server.title} moved to {port} ({name})."
                for name, port in new.items()
                if name in before
            ]
        return tuple(notes)


def _serves(server: Server, process: psutil.Process) -> bool:
    limit = time.monotonic() + ADOPT_WITHIN_S
    while not server.ready():
        if time.monotonic() > limit or processes.has_ended(process):
            return False
        time.sleep(processes.LOOK_EVERY_S)
    return True
