"""One immutable picture of all that a screen shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from console.ops.fleet import Queue, Worker
from console.ops.fleet_watch import FleetWatch
from console.ops.health import PATIENCE_S, TITLES, Health, Name, Question, dark
from worker.core.errors import DatabaseError, NetworkError, OcrConsoleError
from worker.core.jobs import Job, State

if TYPE_CHECKING:
    from console.ops.findings import Finding
    from console.ops.services import Services
    from worker.core.audit_entry import AuditEntry
    from worker.core.batch_figures import BatchFigures
    from worker.core.failures import FailureGroup
    from worker.core.pulse import House

__all__ = ["Health", "Snapshot", "Watcher"]

UNKEPT_S = 30.0  # nobody keeps house: what is lost now is not found
LAST_ACTS = 3
BATCHES_S = 0.01  # of a picture, in the mean, for counting open batches
CHANGES = 2000  # jobs in one picture; when more changed, the page in view is read anew


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database says; kept as it was while the database is away."""

    at: datetime | None = None  # when it was so; None: never heard of
    counts: Mapping[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))
    workers: tuple[Worker, ...] = ()
    queues: tuple[Queue, ...] = ()  # ours first; kept as they were while Redis is away
    queues_at: datetime | None = None  # when they were so; None: never heard of
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


class Watcher:
    """Takes pictures of one profile's services, one after the other, on one thread."""

    def __init__(self, services: Services, *, patience_s: float = PATIENCE_S) -> None:
        self._services = services
        self._patience_s = patience_s  # for the lamps, and once more for the facts
        self._facts = Facts()
        self._newest: datetime | None = None  # the latest change that was seen
        self._seen: dict[UUID, datetime | None] = {}  # when what the last look brought had changed
        self._states: dict[Name, Health] = {}
        self._question = Question(self._look, "ask-facts")
        self._fleet = FleetWatch(services)
        self._queues = Question(self._fleet.queues, "ask-queues")

    def take(self) -> Snapshot:
        """The picture now. Never raises: a dead service is a Health in it, and its facts stay as they were."""
        health = self._services.check(patience_s=self._patience_s)
        self._facts = replace(self._facts, changed=(), complete=True)
        looks: tuple[tuple[Name, Callable[[float], Facts]], ...]
        looks = (("postgres", self._with_facts), ("redis", self._with_queues))
        for service, look in looks:
            if _answer(health, "postgres", service):
                health = self._asked(health, service, look)
        return Snapshot(datetime.now(UTC), tuple(map(self._since, health)), self._facts)

    def _asked(self, health: tuple[Health, ...], service: Name, look: Callable[[float], Facts]) -> tuple[Health, ...]:
        """The lamps after a question to this service, whose answer becomes part of the facts."""
        try:
            self._facts = look(time.monotonic() + self._patience_s)
        except OcrConsoleError as problem:
            return _replaced(health, service, problem)
        except Exception as problem:  # noqa: BLE001 - the promise of `take`
            slow, kind = isinstance(problem, TimeoutError), DatabaseError if service == "postgres" else NetworkError
            what = "does not answer our questions in time" if slow else f"gave an odd answer ({type(problem).__name__})"
            return _replaced(health, service, kind(f"{TITLES[service]} {what}."))
        return health

    def _with_facts(self, until: float) -> Facts:
        self._question.begin()
        return self._unseen(self._question.answer(until))

    def _with_queues(self, until: float) -> Facts:
        self._queues.begin()
        return replace(self._facts, queues=self._queues.answer(until), queues_at=datetime.now(UTC))

    def _unseen(self, facts: Facts) -> Facts:
        """The same without the changes of the picture before: the store looks back a little, so they come again."""
        unseen = tuple(job for job in facts.changed if self._seen.get(job.id) != job.updated)
        self._seen = {job.id: job.updated for job in facts.changed}
        self._newest = facts.changed[-1].updated if facts.changed else self._newest
        if sum(facts.counts.values()) < sum(self._facts.counts.values()):
            self._services.batches.doubt()
        return replace(facts, changed=unseen, complete=facts.complete or not unseen)

    def _look(self) -> Facts:
        store = self._services.store
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        changed = store.changed_since(self._newest, limit=CHANGES)
        self._fleet.look(midnight)
        pulse, flow = self._fleet.pulse, self._fleet.flow
        return replace(
            self._facts,
            at=datetime.now(UTC),
            counts=store.counts(),
            workers=self._fleet.workers,
            pages_waiting=sum(flow.waiting.values()),
            pages_per_minute=sum(flow.read.values()),
            failed_today=pulse.failed,
            house=pulse.house,
            acts=self._services.trail.page(limit=LAST_ACTS).rows,
            batches=self._services.batches.open(spend_s=BATCHES_S),
            changed=tuple(changed),
            complete=len(changed) < CHANGES,
        )

    def _since(self, health: Health) -> Health:
        """The same with the moment since which it answers, or does not: a server that starts does not yet."""
        before = self._states.get(health.service)
        if before is not None and before.ok == health.ok:
            health = replace(health, since=before.since)
        self._states[health.service] = health
        return health


def _answer(health: tuple[Health, ...], *services: str) -> bool:
    return all(one.ok for one in health if one.service in services)


def _replaced(health: tuple[Health, ...], service: Name, problem: OcrConsoleError) -> tuple[Health, ...]:
    return tuple(dark(service, problem) if one.service == service else one for one in health)
