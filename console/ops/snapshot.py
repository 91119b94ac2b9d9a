"""Takes immutable pictures of all that a screen shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from console.ops.attention_watch import AttentionWatch
from console.ops.facts import Facts, Snapshot
from console.ops.fleet_watch import FleetWatch
from console.ops.health import PATIENCE_S, TITLES, Health, Name, Question, dark
from console.ops.reconciling import Reconciling
from console.ops.rules import RULES, Rule
from worker.core.changes import Mark
from worker.core.errors import DatabaseError, NetworkError, OcrConsoleError
from worker.core.jobs import State
from worker.core.spans import moment

if TYPE_CHECKING:
    from console.ops.services import Services

__all__ = ["Facts", "Health", "Snapshot", "Watcher"]

LAST_ACTS = 3
BATCHES_S = 0.01  # of a picture, in the mean, for counting open batches
CHANGES = 2000  # jobs in one picture; when more changed, the page in view is read anew


class Watcher:
    """Takes pictures of one profile's services, one after the other, on one thread."""

    def __init__(
        self, services: Services, *, patience_s: float = PATIENCE_S, rules: Mapping[str, Rule] = RULES
    ) -> None:
        self._services = services
        self._patience_s = patience_s  # for the lamps, and once more for the facts
        self._facts = Facts()
        self._mark = Mark()  # how far changes were seen
        self._states: dict[Name, Health] = {}
        self._question: Question[tuple[Facts, Mark]] = Question(self._look, "ask-facts")
        self._fleet = FleetWatch(services)
        self._attention = AttentionWatch(services, rules)
        self._queues = Question(self._fleet.look_at_queues, "ask-queues")
        self._reconciling = Reconciling(services)

    def take(self) -> Snapshot:
        """The picture now. Never raises: a dead service is a Health in it, and its facts stay as they were."""
        health = self._services.check(patience_s=self._patience_s)
        self._facts = replace(self._facts, changed=(), complete=True)
        looks: tuple[tuple[Name, Callable[[float], Facts]], ...]
        looks = (("postgres", self._with_facts), ("redis", self._with_queues))
        for service, look in looks:
            if _answer(health, "postgres", service):
                health = self._asked(health, service, look)
        return self._attention.judge(Snapshot(datetime.now(UTC), tuple(map(self._since, health)), self._facts))

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
        facts, self._mark = self._question.answer(until)
        fewer = sum(facts.counts.values()) < sum(self._facts.counts.values())
        if fewer or facts.deleted != self._facts.deleted:
            self._services.batches.doubt()
        return facts

    def _with_queues(self, until: float) -> Facts:
        self._queues.begin()
        queues = self._queues.answer(until)
        found = self._reconciling.look(self._fleet)
        return replace(self._facts, queues=queues, queues_at=datetime.now(UTC), contradictions=found)

    def _look(self) -> tuple[Facts, Mark]:
        store = self._services.store
        midnight = moment("today", datetime.now(UTC))
        changes = store.changes(self._mark, limit=CHANGES)
        counts = store.counts()
        moved = not changes.complete or any(job.state is State.FAILED for job in changes.jobs)
        failures = self._attention.look(midnight, counts[State.FAILED], moved=moved)
        self._fleet.look()
        pulse, flow = self._fleet.pulse, self._fleet.flow
        facts = replace(
            self._facts,
            at=datetime.now(UTC),
            counts=counts,
            workers=self._fleet.workers,
            pages_waiting=sum(flow.waiting.values()),
            pages_per_minute=sum(flow.read.values()),
            failures=failures.groups,
            failed_today=failures.today,
            house=pulse.house,
            acts=self._services.trail.page(limit=LAST_ACTS).rows,
            batches=self._services.batches.open(spend_s=BATCHES_S),
            changed=changes.jobs,
            complete=changes.complete,
            deleted=pulse.deleted,
        )
        return facts, changes.mark

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
