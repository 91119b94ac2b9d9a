"""Locks on files, shared or exclusive, that the system takes back from a process that dies."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

if sys.platform != "win32":
    import fcntl

RETRY_S = 0.05


class FileLock:
    """A lock on a file. Every object is a holder of its own, also within one process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock, shared or exclusive."""
        return self._descriptor is not None

    def take(self, *, shared: bool = False, wait_s: float = 0.0) -> bool:
        """Take the lock, or change the kind of one that is held.

        Returns:
            False if others kept it for `wait_s` seconds; then nothing is held.
        """
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        end = time.monotonic() + wait_s
        while not self._try(shared):
            if time.monotonic() >= end:
                self.release()
                return False
            time.sleep(RETRY_S)
        return True

    def _try(self, shared: bool) -> bool:
        if sys.platform == "win32" or self._descriptor is None:
            return True  # the embedded stack does not start on Windows
        try:
            fcntl.flock(self._descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
