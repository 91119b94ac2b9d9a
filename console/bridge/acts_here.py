"""What the window's buttons do with workers of this machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from console.ops.commands import Command
    from console.ops.local_workers import LocalWorkers
    from console.ops.worker_options import WorkerOptions
    from console.ops.worker_state import Stop


class ActsHere(QObject):
    """A part of Acts, which runs the commands."""

    _local: LocalWorkers | None = None  # before the services are open nothing can be done here

    def start_worker(self, slots: int, queues: Sequence[str], stop_with_console: bool) -> None:
        """Start a worker on this machine."""
        from console.ops.worker_options import WorkerOptions

        self.start_workers([WorkerOptions(None, slots, tuple(queues), stop_with_console=stop_with_console)])

    def start_workers(self, options: Sequence[WorkerOptions]) -> None:
        """Start a worker on this machine for each of these."""
        from console.ops.worker_commands import StartWorker

        if self._local is not None:
            for one in options:
                self._run(StartWorker(self._local, one))

    def stop_worker(self, name: str, how: Stop) -> None:
        """Stop a worker of this machine."""
        from console.ops.worker_commands import StopWorker

        if self._local is not None:
            self._run(StopWorker(self._local, name, how))

    def stop_workers_here(self, how: Stop) -> None:
        """Stop all workers of this machine."""
        from console.ops.worker_commands import StopAll

        if self._local is not None:
            self._run(StopAll(self._local, how))

    def restart_workers(self, names: Sequence[str]) -> None:
        """Put a new worker in the place of each of these, one after the other."""
        from console.ops.worker_commands import RestartWorkers

        if self._local is not None:
            self._run(RestartWorkers(self._local, tuple(names)))

    def _run(self, command: Command[Any], confirm: str | None = None) -> None:
        raise NotImplementedError
