"""What is known before a worker is started here: what the machine has, who runs on it, and the same by other means."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import psutil

from console.ops.worker_options import WorkerOptions
from console.ops.worker_state import GAVE_UP
from worker.core.errors import UsageError
from worker.core.said import sentences

if TYPE_CHECKING:
    from console.ops.local_workers import LocalWorkers
    from console.ops.services import Services


@dataclass(frozen=True, slots=True)
class Machine:
    """This one, at one moment."""

    memory_b: int
    memory_free_b: int
    disk_free_b: int  # where a worker draws its pages
    names: frozenset[str]  # of the workers that run here
    slots: int  # of those


@dataclass(frozen=True, slots=True)
class Recipes:
    """A worker like this by other means: texts to copy or to save. No secret is in them."""

    command: str
    environment: str
    systemd: str = ""
    compose: str = ""
    kubernetes: str = ""
    why_not: str = ""  # why it cannot be done elsewhere: these three are "" then


class StartSource:
    """Of one profile's services and this machine's workers."""

    def __init__(self, services: Services, local: LocalWorkers) -> None:
        self._services, self._local = services, local
        self.settings, self.profile = services.settings, services.profile

    def machine(self) -> Machine:
        """Look at the machine; reads the disk."""
        memory = psutil.virtual_memory()
        running = [worker for worker in self._local.listed() if worker.state != GAVE_UP]
        return Machine(
            memory.total,
            memory.available,
            psutil.disk_usage(tempfile.gettempdir()).free,
            frozenset(worker.name for worker in running),
            sum(worker.concurrency for worker in running),
        )

    def recipes(self, options: WorkerOptions) -> Recipes:
        """The same without the console. Raises UsageError for options that cannot be."""
        from console.ops import worker_recipes
        from console.ops.stack import Stack

        stack_file = Stack(self._local.home).profile_file if self.profile.embedded else None
        told = options, self.profile, self.settings
        here = Recipes(
            worker_recipes.command(*told, file=stack_file),
            worker_recipes.environment_file(self.profile, self.settings),
        )
        try:
            return replace(
                here,
                systemd=worker_recipes.systemd_unit(*told),
                compose=worker_recipes.compose_file(*told),
                kubernetes=worker_recipes.kubernetes_manifest(*told),
            )
        except UsageError as error:
            return replace(here, why_not=sentences(error.sentence, error.advice))
