"""A stack of the test's own, whose servers are made to fail for real: stopped, frozen, killed, started late."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from console.ops.servers.folder import Folder
from console.ops.servers.group import Group
from console.ops.servers.server import Server
from console.ops.stack import Stack
from tests.services.stack_homes import temporary_home
from worker.core.settings import Settings


class Servers:
    """The three servers of one home."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.stack = Stack(home)
        self.stack.up(keep=True)
        self.settings: Settings = self.stack.settings()

    def stop(self, name: str) -> None:
        """In good order."""
        group, server = self._server(name)
        group.stop([server])

    def start(self, name: str) -> None:
        """On the port that it had."""
        group, server = self._server(name)
        group.launch([server])
        group.folder.remember(group.memory)

    def kill(self, name: str) -> None:
        """As a power cut would."""
        for process in self._processes(name):
            process.kill()

    def freeze(self, name: str) -> None:
        """SIGSTOP: its ports take connections, and nothing answers."""
        for process in self._processes(name):
            process.suspend()

    def thaw(self, name: str) -> None:
        """It goes on."""
        for process in reversed(self._processes(name)):
            with suppress(psutil.NoSuchProcess):
                process.resume()

    def _server(self, name: str) -> tuple[Group, Server]:
        folder = Folder(self._home)
        secrets = folder.secrets()
        assert secrets
        group = Group(folder, secrets, folder.remembered())
        return group, next(server for server in group.servers if server.name == name)

    def _processes(self, name: str) -> list[psutil.Process]:
        mark = Folder(self._home).remembered().servers.get(name)
        if mark is None or not psutil.pid_exists(mark.pid):
            return []
        main = psutil.Process(mark.pid)
        return [main, *main.children(recursive=True)]


@contextmanager
def own_servers() -> Iterator[Servers]:
    """A stack of the test's own; gone at the end."""
    with temporary_home() as home:
        servers = Servers(home.resolve())
        try:
            yield servers
        finally:
            for name in ("postgres", "redis", "s3"):
                servers.thaw(name)
