"""The embedded stack: PostgreSQL, Valkey and SeaweedFS on free ports of 127.0.0.1, started, adopted and stopped.

Whoever needs the servers holds a shared lock on the folder; the last holder to leave stops them, unless they were
told to stay up. Starting and stopping take another lock, so two programs that begin at once start one stack.
"""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from console.ops.home import default_home
from console.ops.servers.files import write_private
from console.ops.servers.folder import Folder, Secrets
from console.ops.servers.group import NAMES, Group, Report, ServerStatus, silent
from console.ops.servers.locks import FileLock
from console.ops.servers.packages import OWN_SERVERS
from console.ops.servers.ports import HOST
from console.ops.servers.postgres import DATABASE, ROLE
from console.ops.servers.processes import find
from console.ops.servers.seaweedfs import BUCKET
from worker.core.errors import DiskFull, ServiceError
from worker.core.said import said
from worker.core.settings import Settings

SOURCE = "the embedded stack"
WAIT_FOR_OTHERS_S = 150.0  # longer than a start takes at worst

Progress = Callable[[str, str, float], None]


@dataclass(frozen=True, slots=True)
class StackStatus:
    """The three servers as they are now."""

    services: dict[str, ServerStatus]  # postgres, redis, s3
    profile_file: Path
    kept: bool = False  # they stay up until `stack down`
    notes: tuple[str, ...] = ()  # sentences about what the start had to change

    @property
    def running(self) -> bool:
        """Whether all three answer."""
        return all(service.state == "ok" for service in self.services.values())


class Stack:
    """The embedded servers of one data folder. As a context manager it starts them, and leaves at the end."""

    def __init__(self, home: Path | None = None) -> None:
        self.home = (home or default_home()).expanduser().resolve()
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
        if sys.platform == "win32":
            raise ServiceError("The embedded servers do not run on Windows: there is no Valkey for it.", OWN_SERVERS)
        report = _reporter(progress)
        with self._sentences():
            self._folder.prepare()
            with self._changing(report):
                notes = self._bring_up(self._group(report), keep)
                self._holders.take(shared=True)
        return self._status(notes)

    def down(self, progress: Progress | None = None) -> None:
        """Stop the servers, whoever uses them. What they hold is kept."""
        if self._folder.exists:
            with self._sentences(), self._changing():
                self._stop(_reporter(progress))
        self._holders.release()

    def close(self) -> None:
        """Leave; the last one to leave stops the servers, unless they were told to stay up."""
        if not self._holders.held:
            return
        with self._sentences(), self._changing():
            if self._holders.take() and not self._folder.remembered().keep:
                self._stop(silent)
            self._holders.release()

    def _stop(self, report: Report) -> None:
        memory = self._folder.remembered()
        memory.keep = False
        Group(self._folder, self._folder.secrets() or Secrets(), memory, report).stop()

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

    def is_started(self) -> bool:
        """Whether a server has a process; none is asked, so nothing is waited for."""
        return self._folder.exists and any(map(find, self._folder.remembered().servers.values()))

    def environment(self) -> dict[str, str]:
        """The variables of the profile, with the real addresses.

        Raises:
            ServiceError: If the stack was never started here.
        """
        secrets = self._folder.secrets() if self._folder.exists else None
        chosen = self._folder.remembered().ports
        if secrets is None or set(chosen) != set(NAMES):
            never = said("The embedded servers in {home} were never started.", home=str(self.home))
            raise ServiceError(never, "Start them: stack up")
        postgres, redis, s3 = (next(iter(chosen[name].values())) for name in NAMES)
        broker = f"redis://:{secrets.redis}@{HOST}:{redis}"
        return {
            "DATABASE_URL": f"postgresql://{ROLE}:{secrets.postgres}@{HOST}:{postgres}/{DATABASE}",
            "CELERY_BROKER_URL": f"{broker}/0",
            "CELERY_RESULT_BACKEND": f"{broker}/1",
            "MINIO_ENDPOINT": f"{HOST}:{s3}",
            "MINIO_ACCESS_KEY": secrets.s3_access,
            "MINIO_SECRET_KEY": secrets.s3_secret,
            "MINIO_SECURE": "false",
            "MINIO_OCR_BUCKET": BUCKET,
        }

    def settings(self) -> Settings:
        """The same as settings."""
        return Settings.from_mapping(self.environment(), SOURCE)

    def _bring_up(self, group: Group, keep: bool) -> tuple[str, ...]:
        memory = group.memory
        for server in group.servers:
            server.check()
        missing = group.adopt()
        memory.keep = keep or (memory.keep and len(missing) < len(group.servers))
        notes = group.launch(missing)
        memory.postgres = "" if group.postgres.data.parent == self._folder.root else str(group.postgres.data)
        self._folder.remember(memory)
        lines = [f"{name}={value}" for name, value in self.environment().items()]
        write_private(self.profile_file, "\n".join(["# The embedded servers; written at every start.", *lines, ""]))
        return (*group.postgres.notes, *notes)

    def _group(self, report: Report = silent) -> Group:
        """The servers, with new passwords where none were kept."""
        secrets = self._folder.secrets()
        group = Group(self._folder, secrets or Secrets(), self._folder.remembered(), report)
        if secrets is None:
            group.postgres.set_aside_orphan()
            self._folder.keep_secrets(group.secrets)
        return group

    def _status(self, notes: tuple[str, ...]) -> StackStatus:
        secrets = self._folder.secrets() if self._folder.exists else None
        if secrets is None:
            return StackStatus(dict.fromkeys(NAMES, ServerStatus(None, None, "down")), self.profile_file)
        memory = self._folder.remembered()
        return StackStatus(Group(self._folder, secrets, memory).look(), self.profile_file, memory.keep, notes)

    @contextmanager
    def _changing(self, report: Report = silent) -> Iterator[None]:
        """Be the only one who starts or stops servers of this folder."""
        lock = FileLock(self._folder.root / "change.lock")
        at_once = lock.take()
        if not at_once:
            for name in NAMES:
                report(name, "waiting")
        if not at_once and not lock.take(wait_s=WAIT_FOR_OTHERS_S):
            raise ServiceError(
                said(
                    "Another program has been starting or stopping the servers in {home} for too long.",
                    home=str(self.home),
                ),
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
                full = said("The disk of {home} is full.", home=str(self.home))
                raise DiskFull(full, "Free some space, then start again.") from error
            about, why = str(error.filename or self._folder.root), error.strerror or str(error)
            raise ServiceError(
                said("The embedded servers cannot use {path}: {why}.", path=about, why=why),
                "Make that folder writable, or choose another one with --home.",
            ) from error


def _reporter(progress: Progress | None) -> Report:
    if progress is None:
        return silent
    began = time.monotonic()
    return lambda service, state: progress(service, state, time.monotonic() - began)
