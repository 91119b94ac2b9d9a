"""Which uploads are under way on this machine, so that nobody takes a running upload for one that was cut off.

Every console that uploads keeps one file in the home's `uploads` folder, named for its process, with the ids of its
jobs. The file of a process that is gone counts for nothing and is removed.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from uuid import UUID

from console.ops.servers.files import make_private_folder
from console.ops.servers.processes import Mark, find, mark


class UploadRegister:
    """This process's file and a look at those of the others."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "uploads"
        self._own: Path | None = None
        self._lock = threading.Lock()

    def add(self, job_id: UUID) -> None:
        """Say that this process uploads the job's file from now on."""
        with self._lock:
            if self._own is None:
                make_private_folder(self._folder)
                me = mark(os.getpid())
                assert me is not None
                self._own = self._folder / f"{me.pid}-{me.created:.2f}"
            with self._own.open("a", encoding="ascii") as file:
                file.write(f"{job_id}\n")

    def elsewhere(self) -> frozenset[UUID]:
        """The jobs that other living processes of this user upload."""
        return frozenset(job_id for path in self._living(os.getpid()) for job_id in _ids(path))

    def close(self) -> None:
        """Nothing is under way here any more."""
        with self._lock:
            if self._own is not None:
                self._own.unlink(missing_ok=True)
                self._own = None

    def _living(self, but: int) -> list[Path]:
        living = []
        for path in self._folder.glob("*-*"):
            pid, _, created = path.name.partition("-")
            if not pid.isdecimal() or int(pid) == but:
                continue
            if find(Mark(int(pid), float(created))):
                living.append(path)
            else:
                path.unlink(missing_ok=True)
        return living


def _ids(path: Path) -> list[UUID]:
    try:
        return [UUID(line) for line in path.read_text("ascii").split()]
    except (OSError, ValueError):  # it ended, or writes this very moment
        return []
