"""Every child of a worker is bounded in memory: a file that asks for more fails, and its machine goes on."""

from __future__ import annotations

from celery.signals import worker_process_init

from worker.app import settings
from worker.core.bounds import MEMORY_BYTES, bound_memory


@worker_process_init.connect
def _bound(**_: object) -> None:
    """Twice what a child is replaced at, so that it ends by its own accord where it can."""
    bound_memory(max(MEMORY_BYTES, settings.max_memory_mb * 2_000_000))
