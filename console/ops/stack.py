"""The embedded stack: PostgreSQL, Valkey and SeaweedFS on free ports of 127.0.0.1, started, adopted and stopped.

Whoever needs the servers holds a shared lock on the folder; the last holder to leave stops them, unless they were
told to stay up. Starting and stopping take another lock, so two programs that begin at once start one stack.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import platformdirs
import psutil

from console.ops.servers import launch, ports, processes
from console.ops.servers.files import write_private
from console.ops.servers.folder import Folder, Memory, Secrets
from console.ops.servers.locks import FileLock
from console.ops.servers.packages import OWN_SERVERS
from console.ops.servers.postgres import DATABASE, ROLE, Postgres
from console.ops.servers.seaweedfs import BUCKET, SeaweedFS
from console.ops.servers.server import Server
from console.ops.servers.valkey import Valkey
from worker.core.errors import DiskFull, ServiceError
from worker.core.settings import Settings

SOURCE = "the embedded stack"
NAMES = (Postgres.name, Valkey.name, SeaweedFS.name)
WAIT_FOR_OTHERS_S = 150.0  # longer than a start takes at worst
ADOPT_WITHIN_S = 3.0  # a server whose console was killed may still be on its way up

Progress = Callable[[str, str, float], None]


def default_home() -> Path:
    """The program's data folder: OCR_CONSOLE_HOME, else where this platform keeps a user's data."""
    chosen = os.environ.get("OCR_CONSOLE_HOME", "").strip()
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path("ocr-console", appauthor=False)


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """One server as it is now."""

    pid: int | None
    port: int | None
    state: str  # ok; starting: it has a process and does not answer yet; down


@dataclass(frozen=True, slots=True)
class StackStatus:
    """The three servers as they are now."""

    services: dict[str, ServerStatus]  # postgres, redis, s3
    profile_file: Path
    kept: bool = False  # they stay up until `stack down`
    notes: tuple[str, ...] = field(default=())  # sentences about what the start had to change

    @property
    def running(self) -> bool:
        """Whether all three answer."""
        return all(service.state == "ok" for service in self.services.values())


class Stack:
    """The embedded servers of one data folder. As a context manager it starts them, and leaves at the end."""

    def __init__(self, home: Path | None = None) -> None:
        self.home = (home or default_home()).expanduser().absolute()
        self._folder = Folder(self.home)
        self._holders = FileLock(self._folder.root / "holders.lock")

    @property
    def profile_file(self) -> Path:
        """A profile with the real addresses, for other programs of this user; written at every start."""
        return self._folder.profile

    def up(self, keep: bool = False, progress: Progress | None = None) -> StackStatus:
        """Start what does not run, adopt what does, and hold it until `close`.

        Args:
            keep: Leave the servers up when the last holder is gone.
            progress: Called with the service, its state (waiting, adopted, starting, ok) and the seconds since now.

        Raises:
            ServiceError: If a server cannot be started; then those that this call started are stopped.
        """
        report = _reporter(progress)
        if sys.platform == "win32":
            raise ServiceError("The embedded servers do not run on Windows: there is no Valkey for it.", OWN_SERVERS)
        with self._sentences():
            self._folder.prepare()
            with self._changing(progress):
                notes = self._bring_up(keep, report)
                self._holders.take(shared=True)
        return self._status(notes)

    def down(self, progress: Progress | None = None) -> None:
        """Stop the servers, whoever uses them. What they hold is kept."""
        if self._folder.exists:
            with self._sentences(), self._changing():
                memory = self._folder.remembered()
                memory.keep = False
                self._stop(self._servers(self._folder.secrets() or Secrets(), memory), memory, _reporter(progress))
        self._holders.release()

    def close(self) -> None:
        """Leave; the last one to leave stops the servers, unless they were told to stay up."""
        if not self._holders.held:
            return
        with self._sentences(), self._changing():
            memory = self._folder.remembered()
            if self._holders.take() and not memory.keep:
                self._stop(self._servers(self._folder.secrets() or Secrets(), memory), memory, _reporter(None))
            self._holders.release()

    def __enter__(self) -> Self:
        if not self._holders.held:
            self.up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def status(self) -> StackStatus:
        """The servers as they are now; takes some seconds if one of them hangs."""
        return self._status(())

    def environment(self) -> dict[str, str]:
        """The variables of the profile, with the real addresses.

        Raises:
            ServiceError: If the stack was never started here.
        """
        secrets = self._folder.secrets() if self._folder.exists else None
        chosen = self._folder.remembered().ports
        if secrets is None or set(chosen) != set(NAMES):
            raise ServiceError(f"The embedded servers in {self.home} were never started.", "Start them: stack up")
        postgres, redis, s3 = (next(iter(chosen[name].values())) for name in NAMES)
        broker = f"redis://:{secrets.redis}@{ports.HOST}:{redis}"
        return {
            "DATABASE_URL": f"postgresql://{ROLE}:{secrets.postgres}@{ports.HOST}:{postgres}/{DATABASE}",
            "CELERY_BROKER_URL": f"{broker}/0",
            "CELERY_RESULT_BACKEND": f"{broker}/1",
            "MINIO_ENDPOINT": f"{ports.HOST}:{s3}",
            "MINIO_ACCESS_KEY": secrets.s3_access,
            "MINIO_SECRET_KEY": secrets.s3_secret,
            "MINIO_SECURE": "false",
            "MINIO_OCR_BUCKET": BUCKET,
        }

    def settings(self) -> Settings:
        """The same as settings."""
        return Settings.from_mapping(self.environment(), SOURCE)

    def _servers(self, secrets: Secrets, memory: Memory) -> tuple[Postgres, Valkey, SeaweedFS]:
        servers = (
            Postgres(self._folder, secrets, memory),
            Valkey(self._folder, secrets),
            SeaweedFS(self._folder, secrets),
        )
        for server in servers:
            server.ports = {name: memory.ports.get(server.name, {}).get(name, 0) for name in server.listens}
        return servers

    def _bring_up(self, keep: bool, report: Callable[[Server, str], None]) -> tuple[str, ...]:
        memory = self._folder.remembered()
        secrets = self._folder.secrets()
        servers = self._servers(secrets or Secrets(), memory)
        postgres = servers[0]
        if secrets is None:
            postgres.set_aside_orphan()
            self._folder.keep_secrets(postgres.secrets)
        for server in servers:
            server.check()
        missing = [server for server in servers if not self._adopt(server, memory, report)]
        memory.keep = keep or (memory.keep and len(missing) < len(servers))
        notes = self._launch(missing, memory, report)
        memory.postgres = "" if postgres.data.parent == self._folder.root else str(postgres.data)
        self._folder.remember(memory)
        lines = [f"{name}={value}" for name, value in self.environment().items()]
        write_private(self.profile_file, "\n".join(["# The embedded servers; written at every start.", *lines, ""]))
        return (*postgres.notes, *notes)

    def _adopt(self, server: Server, memory: Memory, report: Callable[[Server, str], None]) -> bool:
        """Take over what runs and answers to our password; stop what does not answer."""
        left = _processes(server, memory)
        if not left:
            return False
        limit = time.monotonic() + ADOPT_WITHIN_S
        while server.port:
            if server.ready():
                memory.servers[server.name] = processes.Mark(left[0].pid, left[0].create_time())
                report(server, "adopted")
                return True
            if time.monotonic() > limit or not left[0].is_running():
                break
            time.sleep(launch.LOOK_EVERY_S)
        for process in left:
            processes.stop(process, server.how_to_stop)
        return False

    def _launch(
        self, servers: Sequence[Server], memory: Memory, report: Callable[[Server, str], None]
    ) -> tuple[str, ...]:
        def started(server: Server, mark: processes.Mark) -> None:
            memory.servers[server.name] = mark
            self._folder.remember(memory)
            report(server, "starting")

        notes = _settle_ports(servers, memory)
        for last_try in (False, True):
            try:
                launch.start(servers, started, lambda server: report(server, "ok"))
            except BaseException as error:
                self._stop(servers, memory, _reporter(None))
                lost_ports = _settle_ports(servers, memory)  # another program took one since we looked
                if last_try or not lost_ports or not isinstance(error, ServiceError):
                    raise
                notes += lost_ports
            else:
                break
        return notes

    def _stop(self, servers: Sequence[Server], memory: Memory, report: Callable[[Server, str], None]) -> None:
        def stop_one(server: Server) -> None:
            for process in _processes(server, memory):
                processes.stop(process, server.how_to_stop)
            report(server, "down")

        if servers:
            with ThreadPoolExecutor(len(servers), "stack") as pool:
                list(pool.map(stop_one, servers))
        for server in servers:
            memory.servers.pop(server.name, None)
        self._folder.remember(memory)

    def _status(self, notes: tuple[str, ...]) -> StackStatus:
        secrets = self._folder.secrets() if self._folder.exists else None
        memory = self._folder.remembered()
        if secrets is None:
            return StackStatus(dict.fromkeys(NAMES, ServerStatus(None, None, "down")), self.profile_file)
        services = {server.name: _look_at(server, memory) for server in self._servers(secrets, memory)}
        return StackStatus(services, self.profile_file, memory.keep, notes)

    @contextmanager
    def _changing(self, progress: Progress | None = None) -> Iterator[None]:
        """Be the only one who starts or stops servers of this folder."""
        lock = FileLock(self._folder.root / "change.lock")
        at_once = lock.take()
        if progress and not at_once:
            for name in NAMES:
                progress(name, "waiting", 0.0)
        if not at_once and not lock.take(wait_s=WAIT_FOR_OTHERS_S):
            raise ServiceError(
                f"Another program has been starting or stopping the servers in {self.home} for too long.",
                "Wait for it, or end it, then try again.",
            )
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turn what the system refuses into a sentence."""
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(f"The disk of {self.home} is full.", "Free some space, then start again.") from error
            about = error.filename or self._folder.root
            raise ServiceError(
                f"The embedded servers cannot use {about}: {error.strerror or error}.",
                "Make that folder writable, or choose another one with --home.",
            ) from error


def _reporter(progress: Progress | None) -> Callable[[Server, str], None]:
    began = time.monotonic()

    def report(server: Server, state: str) -> None:
        if progress:
            progress(server.name, state, time.monotonic() - began)

    return report


def _processes(server: Server, memory: Memory) -> list[psutil.Process]:
    """The processes of this server: the one we remember, and any that a killed program left."""
    remembered = memory.servers.get(server.name)
    known = processes.find(remembered) if remembered else None
    return [known] if known else processes.search(server.program, server.marker)


def _settle_ports(servers: Sequence[Server], memory: Memory) -> tuple[str, ...]:
    """Give every server its ports: the earlier ones where they are free.

    Returns:
        A sentence for every server whose port for clients had to change.
    """
    notes = []
    for server in servers:
        before = memory.ports.get(server.name, {})
        used = {port for given in memory.ports.values() for port in given.values()}
        kept = {name: before[name] for name in server.listens if name in before and ports.is_free(before[name])}
        new = ports.choose([name for name in server.listens if name not in kept], used)
        memory.ports[server.name] = server.ports = {name: (kept | new)[name] for name in server.listens}
        notes += [
            f"Another program listens on {ports.HOST}:{before[name]}; {server.title} moved to {port}."
            for name, port in new.items()
            if name in before and name == server.listens[0]
        ]
    return tuple(notes)


def _look_at(server: Server, memory: Memory) -> ServerStatus:
    remembered = memory.servers.get(server.name)
    process = processes.find(remembered) if remembered else None
    if process is None:
        return ServerStatus(None, server.port or None, "down")
    return ServerStatus(process.pid, server.port, "ok" if server.answers() else "starting")
