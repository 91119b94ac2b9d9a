"""What runs on this machine for as long as the program does, whichever profile its window shows."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.ops.local_workers import LocalWorkers
    from console.ops.profiles import Profile
    from console.ops.stack import Stack
    from worker.core.settings import Settings


class ThisMachine:
    """The workers and the embedded servers of one home folder. Threads may share it.

    A worker that stops with the console stops with the program: it goes on while the window shows another profile, and
    so do the servers that it may be working on.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._lock = threading.Lock()
        self._workers: LocalWorkers | None = None
        self._stack: Stack | None = None
        self._own = ""  # the name of the worker that was started because there was none

    @property
    def workers(self) -> LocalWorkers:
        """The workers; what this loads is wanted behind the first paint."""
        from console.ops.local_workers import LocalWorkers

        with self._lock:
            if self._workers is None:
                self._workers = LocalWorkers(self.home)
            return self._workers

    @property
    def stack(self) -> Stack:
        """The embedded servers, which this holds from their first `up` on."""
        from console.ops.stack import Stack

        with self._lock:
            if self._stack is None:
                self._stack = Stack(self.home)
            return self._stack

    @property
    def works(self) -> bool:
        """Whether the worker that `work` started runs, though it may not be ready yet."""
        return bool(self._own) and any(worker.name == self._own for worker in self.workers.running())

    def work(self, settings: Settings, profile: Profile) -> str:
        """Start a worker that stops with the program; returns its name."""
        from console.ops.worker_options import WorkerOptions

        self._own = self.workers.start(settings, profile, WorkerOptions(stop_with_console=True)).name
        return self._own

    def close(self) -> None:
        """Stop the workers that stop with the console, leave the servers. Blocks until all is done."""
        if self._workers is not None:
            self._workers.close()
        if self._stack is not None:
            self._stack.close()
