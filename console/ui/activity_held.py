"""What was held back some time ago and still is: it can be let go from its entry, long after an undo could."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from worker.core.audit_entry import AuditEntry

if TYPE_CHECKING:
    from console.ops.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Held:
    """What is paused by now: queues by name, and batches, whose names may be the same."""

    queues: frozenset[str] = frozenset()
    batches: Mapping[str, tuple[UUID, ...]] = field(default_factory=dict)

    def by(self, entry: AuditEntry) -> tuple[list[str], list[UUID]]:
        """The queues and the batches that this entry held back and that still are."""
        if entry.action != "pause" or entry.undone_at is not None:
            return [], []
        queues = [name for name in _names(entry, "queues") if name in self.queues]
        return queues, [batch for name in _names(entry, "batches") for batch in self.batches.get(name, ())]


def held_of(snapshot: Snapshot) -> Held:
    """What a picture says of it."""
    batches: dict[str, tuple[UUID, ...]] = {}
    for batch in snapshot.facts.batches:
        if batch.paused:
            batches[batch.name] = (*batches.get(batch.name, ()), batch.id)
    return Held(frozenset(queue.queue for queue in snapshot.facts.queues if queue.paused), batches)


def _names(entry: AuditEntry, key: str) -> list[str]:
    given = entry.details.get(key)
    return [str(one) for one in given] if isinstance(given, list) else []
