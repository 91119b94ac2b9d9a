"""The queues as they are now: the broker's figures, the database's, and the workers that serve them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from console.ops.fleet import Presence, Queue, Worker
from console.ops.presence import everybody
from worker.core.depths import HeldMessage, QueueDepth
from worker.core.flow import Flow
from worker.core.jobs import LEGACY_QUEUE, QUEUE
from worker.core.pulse import Pulse, Running

if TYPE_CHECKING:
    from console.ops.services import Services

MOST = 500  # queues that are looked at


def queues(services: Services) -> tuple[Queue, ...]:
    """Our queues and every other that is known. Raises DatabaseError, NetworkError or AccessRefused."""
    pulse, flow = services.pulse(), services.flow()
    fleet = everybody(services)
    return looked_at(services, named(fleet, pulse, flow, services.broker.bindings.queues()), fleet, pulse, flow)


def named(fleet: Iterable[Worker], pulse: Pulse, flow: Flow, others: Iterable[str] = ()) -> list[str]:
    """Every queue that somebody knows of: ours first, then by name; `others` are those of the broker itself."""
    served = {queue for worker in fleet for queue in worker.serves}
    running = {one.queue for one in pulse.running}
    found = served | running | flow.waiting.keys() | flow.added.keys() | flow.read.keys() | flow.paused | set(others)
    return [QUEUE, LEGACY_QUEUE, *sorted(found - {QUEUE, LEGACY_QUEUE})][:MOST]


def looked_at(
    services: Services, names: Sequence[str], fleet: Sequence[Worker], pulse: Pulse, flow: Flow
) -> tuple[Queue, ...]:
    """These queues now. Raises NetworkError, AccessRefused or DatabaseError."""
    depths = services.broker.depths(names)
    undated = {job for depth in depths for job in depth.undated}
    titles = services.store.titles(undated) if undated else {}
    return counted(depths, fleet, pulse, flow, {job: title.age_s for job, title in titles.items()})


def counted(
    depths: Iterable[QueueDepth],
    fleet: Sequence[Worker],
    pulse: Pulse,
    flow: Flow,
    ages: Mapping[UUID, float] | None = None,
) -> tuple[Queue, ...]:
    """The broker's figures with the database's: what is claimed is running, though its message is still held.

    Args:
        depths: What the broker has.
        fleet: All workers.
        pulse: What runs.
        flow: Pages, and what is paused.
        ages: Of jobs whose messages do not say when they were sent, in seconds.
    """
    return tuple(_counted(depth, fleet, pulse, flow, ages or {}) for depth in depths)


def _counted(depth: QueueDepth, fleet: Sequence[Worker], pulse: Pulse, flow: Flow, ages: Mapping[UUID, float]) -> Queue:
    running = [one for one in pulse.running if one.queue == depth.queue]
    unclaimed = _unclaimed(depth.messages, running)
    waiting = [message for message in unclaimed if not message.delayed]
    serving = [worker for worker in fleet if worker.state is Presence.ONLINE and depth.queue in worker.serves]
    slots = sum(worker.report.slots for worker in serving)
    busy = sum(min(worker.report.busy, worker.report.slots) for worker in serving)
    return Queue(
        depth.queue,
        ready=depth.ready,
        held=max(0, depth.held - len(running)) if depth.estimated else len(waiting),
        running=len(running) + _elsewhere(depth.queue, fleet),
        delayed=depth.delayed + flow.aside.get(depth.queue, 0),
        oldest_s=_oldest(depth, waiting, ages),
        pages=flow.waiting.get(depth.queue, 0),
        pages_in=flow.added.get(depth.queue, 0),
        pages_out=flow.read.get(depth.queue, 0),
        paused=depth.queue in flow.paused,
        workers=tuple(worker.name for worker in serving),
        slots=slots,
        utilisation=busy / slots if slots else 0.0,
        estimated=depth.estimated,
    )


def _elsewhere(queue: str, fleet: Iterable[Worker]) -> int:
    """What other programs' workers say they are at that serve this queue alone; of the others nobody can tell."""
    theirs = (one for one in fleet if not one.ours and one.state is not Presence.LOST and one.serves == {queue})
    return sum(one.report.busy for one in theirs)


def _unclaimed(messages: Iterable[HeldMessage], running: Iterable[Running]) -> list[HeldMessage]:
    """Without those of tasks that run. An older sender's message names no task: the claim noted the message."""
    tasks, ids = set(), set()
    for one in running:
        tasks.add(one.task)
        ids.add(one.message)
    return [one for one in messages if one.task not in tasks and (one.id is None or one.id not in ids)]


def _oldest(depth: QueueDepth, held: Iterable[HeldMessage], ages: Mapping[UUID, float]) -> float | None:
    known = [depth.ready_oldest_s, *map(depth.age_s, held), *map(ages.get, depth.undated)]
    return max((age for age in known if age is not None), default=None)
