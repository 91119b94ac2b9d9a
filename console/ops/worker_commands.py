"""What an operator does with workers on this machine, as commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from console.ops.audit import Entry
from console.ops.commands import Done
from console.ops.guard import Weight
from console.ops.local_workers import LocalWorkers
from console.ops.worker_options import USUAL, WorkerOptions
from console.ops.worker_state import LocalWorker
from worker.core.said import said

if TYPE_CHECKING:
    from console.ops.services import Services


@dataclass(frozen=True, slots=True)
class StartWorker:
    """Leave a worker of the profile behind on this machine."""

    workers: LocalWorkers  # it holds what was started, for who waits until it is ready
    options: WorkerOptions = USUAL
    action: ClassVar[str] = "start worker"
    weight: ClassVar[Weight] = Weight.CHANGES
    asked: ClassVar[int] = 1

    def run(self, services: Services) -> Done[LocalWorker]:
        """It is started and not ready yet: `LocalWorkers.wait_ready` waits. Raises UsageError for bad options."""
        worker = self.workers.start(services.settings, services.profile, self.options)
        details = {"worker": worker.name, "processes": worker.concurrency, "queues": list(worker.queues)}
        return Done(said("Starting {worker} …", worker=worker.name), worker, Entry(1, 1, details))


@dataclass(frozen=True, slots=True)
class StopWorker:
    """Stop a worker that was started on this machine; its tasks get their time to end."""

    workers: LocalWorkers
    name: str
    action: ClassVar[str] = "stop worker"
    weight: ClassVar[Weight] = Weight.CHANGES
    asked: ClassVar[int] = 1

    def run(self, _services: Services) -> Done[LocalWorker]:
        """Blocks until it has ended. Raises NotFoundError where there is none of that name."""
        stopped = self.workers.stop(self.name)
        return Done(said("{worker} is stopped.", worker=stopped.name), stopped, Entry(1, 1, {"worker": stopped.name}))
