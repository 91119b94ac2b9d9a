"""The messages that follow from the rows: rung for what is queued, taken back for what is cancelled."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from worker.core.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from console.ops.services import Services
    from worker.core.jobs import Doorbell
    from worker.core.store import Cancelled


def ring(services: Services, bells: Iterable[Doorbell]) -> None:
    """Ring for rows that are queued, for as long as the broker answers; the housekeeper rings for the others."""
    with suppress(ServiceError):
        for some in services.broker.ring_all(bells):
            services.store.mark_published([bell.task_id for bell in some])


def withdraw(services: Services, waiting: Iterable[tuple[UUID, str]]) -> bool:
    """Remove the messages of tasks, each with its queue; False: the broker is away, and they come to nothing."""
    try:
        wanted = dict(waiting)
        services.broker.messages.remove(wanted, sorted(set(wanted.values())))
    except ServiceError:
        return False
    return True


def silence(services: Services, cancelled: Cancelled) -> bool:
    """Remove the messages of cancelled tasks and stop the processes that work on one; False: the broker is away."""
    if not withdraw(services, cancelled.waiting):
        return False
    try:
        if cancelled.running:
            workers, messages = zip(*cancelled.running, strict=True)
            services.broker.control.revoke(messages, set(workers))
    except ServiceError:
        return False
    return True


def move(services: Services, bells: Sequence[Doorbell]) -> bool:
    """Take the messages of tasks out of the queues and ring for them as their rows say now; False: the broker is away.

    A message that a worker has, or that is not found in time, stays: the second one then finds nothing to claim.
    """
    try:
        services.broker.messages.remove([bell.task_id for bell in bells], sorted({bell.queue for bell in bells}))
        for some in services.broker.ring_all(bells):
            services.store.mark_published([bell.task_id for bell in some])
    except ServiceError:
        return False
    return True
