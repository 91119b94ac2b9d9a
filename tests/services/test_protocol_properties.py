"""Anything may happen to accepted work, in any order and at the same time: the rules of `protocol_rules` hold.

OCR_PROPERTIES=N: N random examples in place of the few that are the same every time, and N more moves of each thread.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine

from tests.services.protocol_machine import Protocol
from tests.services.protocol_readers import LEASE_S, Reader, arrived, claim, document, work_off
from tests.services.protocol_rules import picture
from tests.services.queued_jobs import change
from worker.core.errors import CorruptFile, NotFoundError, StorageError, UsageError
from worker.core.jobs import ENDED, Priority, State
from worker.core.leases import Leases
from worker.core.store import Store

EXAMPLES = int(os.environ.get("OCR_PROPERTIES", "0"))
SETTINGS = settings(
    max_examples=EXAMPLES or 50,
    stateful_step_count=50,
    derandomize=not EXAMPLES,
    deadline=None,
    database=None,
    print_blob=bool(EXAMPLES),
    suppress_health_check=list(HealthCheck),
)
THREADS, JOBS = 8, 5
MOVES = 120 + EXAMPLES  # of each thread


@pytest.mark.timeout(0 if EXAMPLES else 600)  # what fails is made small for up to five minutes
def test_no_order_of_events_breaks_a_rule(engine: Engine, clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Protocol, "engine", engine, raising=False)
    run_state_machine_as_test(Protocol, settings=SETTINGS)


@pytest.mark.timeout(0 if EXAMPLES else 180)
@pytest.mark.parametrize("seed", [random.randrange(10**6)] if EXAMPLES else [1])
def test_everything_at_the_same_time_breaks_no_rule_and_deadlocks_nowhere(
    engine: Engine, clean: None, seed: int
) -> None:
    """An error of the database, such as a deadlock that it broke off, is raised here."""
    store = Store(engine)
    jobs = [document(store, pages) for pages in (1, 3, 8, 20, 30)]
    store.queue_jobs([arrived(job, b"sealed") for job in jobs])
    with ThreadPoolExecutor(THREADS) as pool:
        crowd = [Someone(engine, jobs, random.Random(THREADS * seed + number)) for number in range(THREADS)]
        for moving in [pool.submit(one.move, MOVES) for one in crowd]:
            moving.result()
    assert picture(engine).broken == []
    work_off(engine)
    now = picture(engine)
    assert now.broken == []
    assert {job["state"] for job in now.jobs.values()} <= {*ENDED, State.UPLOADING}


class Someone:
    """A worker, a housekeeper, an uploader and an operator in one; what he does next is drawn by lot."""

    def __init__(self, engine: Engine, jobs: list[UUID], dice: random.Random) -> None:
        self._engine = engine
        self._store = Store(engine)
        self._leases = Leases(engine, lease_s=LEASE_S)
        self._housekeeper = Leases(engine, lease_s=0.1)
        self._jobs = jobs  # shared with the others
        self._dice = dice
        self._worker = f"{dice.choice('ab')}@desk"
        self._reader: Reader | None = None

    def move(self, times: int) -> None:
        for _ in range(times):
            choices = self._reads() if self._reader and self._dice.random() < 0.8 else self._acts()
            try:
                self._dice.choice(choices)()
            except (UsageError, NotFoundError):  # too late, or gone
                continue

    def _reads(self) -> list[Callable[[], object]]:
        reader = self._reader
        assert reader is not None
        if reader.over:
            self._reader = None
        ends = [
            lambda: reader.fail(StorageError("Away.")),
            lambda: reader.fail(CorruptFile("Broken.")),
            reader.give_back,
        ]
        return [partial(reader.step, self._dice.choice(["done", "failed"]))] * 12 + [reader.renew, *ends]

    def _acts(self) -> list[Callable[[], object]]:
        store, some = self._store, self._dice.sample(self._jobs, 3)
        people: list[Callable[[], object]] = [
            lambda: store.restore(store.cancel(some, by="ann@desk").stamps),
            lambda: store.cancel(some, by="ann@desk"),
            lambda: store.purge("ocr", by="ann@desk", held=[]),
            self._hold_back,
            lambda: store.undo_retry(store.retry(some).before),
            lambda: store.set_priority(some, self._dice.choice(list(Priority))),
            lambda: store.reprocess(some, {"pages": self._dice.choice(["", "2-6"])}),
            self._replace,
        ]
        house: list[Callable[[], object]] = [
            self._fall_silent,
            self._housekeeper.reap,
            lambda: self._leases.crashed(self._worker, [self._dice.randrange(4)]),
            lambda: self._leases.let_go(self._worker),
            lambda: self._leases.vouch(self._worker, [0, 1, 2, 3]),
        ]
        rings = [lambda: store.mark_published(self._tasks()), lambda: store.next_task(some[0])]
        return [self._claim] * 20 + people + house + rings + [lambda: store.retry(some)] * 4

    def _claim(self) -> None:
        for task in self._tasks():
            self._reader = claim(self._store, self._leases, task, self._worker, self._dice.randrange(4))
            if self._reader is not None:
                return

    def _tasks(self) -> list[UUID]:
        tasks = [task.id for job in self._jobs for task in self._store.tasks(job)]
        return self._dice.sample(tasks, len(tasks))

    def _fall_silent(self) -> None:
        """Some workers; what waits for its time is due."""
        for task in self._tasks()[:3]:
            late = "lease_until = clock_timestamp() - interval '1 s', not_before = clock_timestamp()"
            change(self._engine, f"update tasks set {late} where id = :task", task=task)

    def _hold_back(self) -> None:
        """The queue, for as long as a claim takes."""
        self._store.pause_queues(["ocr"], by="ann@desk")
        self._claim()
        self._store.resume_queues(["ocr"], by="ann@desk")

    def _replace(self) -> None:
        """A job goes for good if it has ended, and another comes."""
        place = self._dice.randrange(JOBS)
        if self._store.delete([self._jobs[place]]).done:
            self._jobs[place] = document(self._store, self._dice.choice([2, 12]))
            self._store.take_uploads(self._jobs, (1, 1.0))
            self._store.let_uploads_go(self._jobs)
            self._store.queue_jobs([arrived(self._jobs[place], None)])
