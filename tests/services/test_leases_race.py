"""Many at once: exactly one wins, nobody waits for ever, and no figure is wrong afterwards."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from sqlalchemy import Engine, text

from tests.services.queued_jobs import OUTPUTS, cancel, change, expire, make_due, many, queued, value
from worker.core.database import transaction
from worker.core.errors import StorageError
from worker.core.jobs import Page, State
from worker.core.leases import LeaseLost, Leases
from worker.core.settings import Settings
from worker.core.store import Store

CLAIMANT = """
import os, random, sys
from uuid import UUID, uuid4
from worker.core.database import open_engine
from worker.core.leases import Leases
from worker.core.settings import Settings
leases = Leases(open_engine(Settings.from_mapping(os.environ, "test"), application="claimant"), lease_s=60)
leases.claim(uuid4(), "connects")
print("ready", flush=True)
tasks = sys.stdin.readline().split()
random.shuffle(tasks)
print(*[task for task in tasks if leases.claim(UUID(task), sys.argv[1])])
"""


def test_two_processes_claim_each_task_once(store: Store, settings: Settings) -> None:
    tasks = [str(task) for _, task in many(store, 150)]
    environment = {**settings.as_environment(), "PYTHONPATH": ":".join(sys.path)}
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMANT, name],
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for name in ("one", "two")
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write(" ".join(tasks) + "\n")
        racer.stdin.flush()
    won = [racer.communicate(timeout=60)[0].split() for racer in racers]
    assert sorted(won[0] + won[1]) == sorted(tasks)


def test_eight_threads_on_one_task(store: Store, leases: Leases, engine: Engine) -> None:
    for _ in range(10):
        _, task = queued(store)
        barrier = threading.Barrier(8)

        def claim(number: int, task: UUID = task, barrier: threading.Barrier = barrier) -> bool:
            barrier.wait(30)
            return leases.claim(task, f"worker {number}") is not None

        with ThreadPoolExecutor(8) as pool:
            assert Counter(pool.map(claim, range(8)))[True] == 1
    assert value(engine, "select max(n) from (select count(*) n from task_log group by task_id) t") == 1


def test_random_moves_of_many_leave_every_row_explained(store: Store, engine: Engine) -> None:
    """Workers, a reaper, a canceller and a retrier on the same jobs: no deadlock, no error, and the books agree."""
    made = many(store, 12)
    leases = Leases(engine, lease_s=0.5)
    jobs = [job for job, _ in made]

    def work(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(60):
            job, task = dice.choice(made)
            lease = leases.claim(task, f"worker {seed}")
            if lease is None:
                move = dice.randrange(5)
                if move == 0:
                    cancel(engine, job)
                elif move == 1:
                    store.retry(dice.sample(jobs, 5))
                elif move == 2:
                    expire(engine, task)
                    leases.reap()
                make_due(engine, task)
                continue
            try:
                leases.progress(lease, Page(dice.randrange(1, 4), "done", confidence=50, words=1), 3)
                leases.renew(lease)
                if dice.random() < 0.5:
                    leases.fail(lease, StorageError("Away."))
                else:
                    leases.finish(lease, outputs=OUTPUTS, pages=3, engine={}, seconds=1)
            except LeaseLost:
                pass

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    for job in jobs:
        row, [task] = store.job(job), store.tasks(job)
        pages = store.pages(job)
        assert row.state == task.state.upper()
        assert row.pages_done == len(pages)
        log = store.attempts(job)
        assert [entry.attempt for entry in log] == list(range(1, task.attempt + 1))
        assert sum(entry.status == "success" for entry in log) <= 1


def test_pages_of_one_job_from_many_threads_are_counted_right(store: Store, engine: Engine) -> None:
    job, task = queued(store)
    leases = Leases(engine, lease_s=60)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: leases.progress(lease, Page(number, "done"), 40), range(1, 41)))
    assert store.job(job).pages_done == 40


def test_a_cancel_waits_for_nobody_long(store: Store, engine: Engine) -> None:
    """Cancel and progress at the same time, again and again: both lock the job's row first."""
    leases = Leases(engine, lease_s=60)
    for _ in range(10):
        job, task = queued(store)
        lease = leases.claim(task, "one@desk")
        assert lease is not None
        stop = threading.Event()

        def read(lease: object = lease, stop: threading.Event = stop) -> bool:
            number = 0
            while not stop.is_set():
                number += 1
                try:
                    leases.progress(lease, Page(number % 5 + 1, "done"), 5)  # type: ignore[arg-type]
                except LeaseLost:
                    return True
            return False

        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(read)
            change(engine, "select pg_sleep(0.01)")
            cancel(engine, job)
            assert reading.result(timeout=30)
        assert store.job(job).state is State.CANCELLED


def test_what_is_rung_for_waits_for_no_row_that_another_changes(store: Store, engine: Engine) -> None:
    """It holds rows of many jobs and no job's lock: if it waited, the other might wait for it."""
    (_, first), (_, second) = many(store, 2)
    with transaction(engine) as holder:
        holder.execute(text("select from tasks where id = :task for no key update"), {"task": second})
        store.mark_published([second, first])
        assert value(engine, "select array_agg(id) from tasks where published_at is not null") == [first]
