"""What is known of a profile's services at one moment, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from console.ops.fleet import Queue, Worker
from console.ops.health import Health
from worker.core.jobs import Job, State

if TYPE_CHECKING:
    from console.ops.contradictions import Contradiction
    from console.ops.findings import Finding
    from worker.core.audit_entry import AuditEntry
    from worker.core.batch_figures import BatchFigures
    from worker.core.failures import FailureGroup
    from worker.core.pulse import House

UNKEPT_S = 30.0  # nobody keeps house: what is lost now is not found


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database says; kept as it was while the database is away."""

    at: datetime | None = None  # when it was so; None: never heard of
    counts: Mapping[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))
    workers: tuple[Worker, ...] = ()
    queues: tuple[Queue, ...] = ()  # ours first; kept as they were while Redis is away
    queues_at: datetime | None = None  # when they were so; None: never heard of
    contradictions: tuple[Contradiction, ...] = ()  # between database, broker and workers; as old as the queues
    pages_waiting: int = 0
    pages_per_minute: int = 0
    failed_today: int = 0
    failures: tuple[FailureGroup, ...] = ()  # what is failed, the largest group first
    findings: tuple[Finding, ...] = ()  # what needs attention, the worst first
    house: House | None = None  # who keeps it
    acts: tuple[AuditEntry, ...] = ()  # the last of all, whoever did them
    batches: tuple[BatchFigures, ...] = ()  # the open ones, the newest first, at most batches.MOST_OPEN
    changed: tuple[Job, ...] = ()  # since the picture before, oldest change first
    complete: bool = True  # False: more changed than `changed` holds
    deleted: int = 0  # jobs; when it is another number, some are gone that no change tells of


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known at one moment."""

    at: datetime
    health: tuple[Health, ...]
    facts: Facts = field(default_factory=Facts)

    @property
    def counts(self) -> Mapping[State, int]:
        """Jobs by state, every state named."""
        return self.facts.counts

    @property
    def workers(self) -> tuple[Worker, ...]:
        """The fleet, by name."""
        return self.facts.workers

    @property
    def queues(self) -> tuple[Queue, ...]:
        """The queues, ours first, then by name."""
        return self.facts.queues

    @property
    def pages_waiting(self) -> int:
        """Pages of queued and running jobs that are still to be read."""
        return self.facts.pages_waiting

    @property
    def pages_per_minute(self) -> int:
        """Pages that were read in the last minute."""
        return self.facts.pages_per_minute

    @property
    def failed_today(self) -> int:
        """Jobs that failed since midnight, here."""
        return self.facts.failed_today

    @property
    def unkept_s(self) -> float | None:
        """For how long nobody kept house while jobs wait for it; None while somebody does."""
        house = self.facts.house
        if house is None or house.silent_s <= UNKEPT_S or not self.counts[State.QUEUED] + self.counts[State.RUNNING]:
            return None
        return house.silent_s

    @property
    def changed(self) -> tuple[Job, ...]:
        """Jobs that changed since the picture before, oldest change first."""
        return self.facts.changed

    @property
    def age_s(self) -> float | None:
        """How old the facts are; None if there never were any."""
        return None if self.facts.at is None else max(0.0, (self.at - self.facts.at).total_seconds())

    @property
    def queues_age_s(self) -> float | None:
        """How old the queues' figures are; None if there never were any."""
        return None if self.facts.queues_at is None else max(0.0, (self.at - self.facts.queues_at).total_seconds())

    def including(self, unseen: Snapshot) -> Snapshot:
        """This picture with the changes of an earlier one that nobody looked at."""
        latest = {job.id: job for job in (*unseen.changed, *self.changed)}
        complete = self.facts.complete and unseen.facts.complete
        return replace(self, facts=replace(self.facts, changed=tuple(latest.values()), complete=complete))
