"""The embedded servers of a home; one that was killed comes back with its ports and data, as by an init system."""

from __future__ import annotations

import shutil
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import redis

from console.ops.servers.folder import Folder
from console.ops.servers.group import Group
from console.ops.servers.processes import find, kill
from console.ops.stack import Stack
from worker.core.errors import ServiceError
from worker.core.settings import Settings

TRIES = 5


class Servers:
    """PostgreSQL, Valkey and SeaweedFS for one run."""

    def __init__(self, home: Path) -> None:
        self._stack = Stack(home)
        self._stack.up(keep=True)
        folder = Folder(home.resolve())
        secrets = folder.secrets()
        assert secrets is not None
        self._group = Group(folder, secrets, folder.remembered())
        self._lock = threading.Lock()  # what is remembered of them has one writer
        self._family: dict[str, list[psutil.Process]] = {}
        self.troubled: set[str] = set()  # down or stopped just now
        self.postgres_starts: list[float] = [time.time()]

    @property
    def settings(self) -> Settings:
        """Their addresses, which no restart changes."""
        return self._stack.settings()

    @property
    def profile(self) -> Path:
        """For other programs of this user."""
        return self._stack.profile_file

    def kill(self, name: str) -> None:
        """kill -9 of its first process; what that leaves behind is left."""
        process = self._process(name)
        self._family[name] = process.children(recursive=True)
        self.troubled.add(name)
        process.kill()

    def restart(self, name: str, *, empty: bool = False) -> float:
        """Start it again and wait until it serves. The time since when it does."""
        kill([one for one in self._family.pop(name, []) if one.is_running()])
        server = next(one for one in self._group.servers if one.name == name)
        if empty:
            shutil.rmtree(server.data)
        for tried in range(1, TRIES + 1):
            try:
                with self._lock:
                    moved = self._group.launch([server])
                break
            except ServiceError:
                if tried == TRIES:
                    raise
        assert not moved, moved
        self.troubled.discard(name)
        if name == "postgres":
            self.postgres_starts.append(self._group.memory.servers[name].created)
        return time.time()

    def pause(self, name: str) -> None:
        """SIGSTOP: it neither answers nor refuses."""
        self.troubled.add(name)
        self._process(name).send_signal(signal.SIGSTOP)

    def wake(self, name: str) -> None:
        """SIGCONT."""
        with suppress(psutil.Error):
            self._process(name).send_signal(signal.SIGCONT)
        self.troubled.discard(name)

    def flush(self) -> None:
        """FLUSHALL."""
        with redis.Redis.from_url(self.settings.broker_url, socket_timeout=5) as client:
            client.flushall()

    def down(self) -> None:
        """Stop them all."""
        self._stack.down()

    def processes(self) -> Sequence[psutil.Process]:
        """Those that we know of and that live."""
        marks = self._group.memory.servers.values()
        return [process for mark in marks if (process := find(mark))]

    def _process(self, name: str) -> psutil.Process:
        process = find(self._group.memory.servers[name])
        assert process is not None, f"{name} does not run"
        return process
