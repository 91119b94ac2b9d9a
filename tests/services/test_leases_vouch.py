"""The main process of a worker renews what its children hold."""

from __future__ import annotations

import os

from sqlalchemy import Engine, text

from tests.services.queued_jobs import change, queued, value
from worker.core.database import transaction
from worker.core.leases import Lease, Leases
from worker.core.store import Store

UNTIL = "select lease_until from tasks where id = :task"


def held(leases: Leases, store: Store) -> Lease:
    _, task = queued(store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    return lease


def test_what_a_living_process_holds_is_renewed(store: Store, engine: Engine) -> None:
    lease = held(Leases(engine, lease_s=10), store)
    before = value(engine, UNTIL, task=lease.task_id)
    assert Leases(engine, lease_s=20).vouch("one@desk", [os.getpid()]) == 1
    assert value(engine, UNTIL, task=lease.task_id) > before


def test_what_a_dead_process_holds_is_not(store: Store, engine: Engine) -> None:
    leases = Leases(engine, lease_s=10)
    lease = held(leases, store)
    before = value(engine, UNTIL, task=lease.task_id)
    assert leases.vouch("one@desk", [os.getpid() + 1]) == 0
    assert leases.vouch("another@desk", [os.getpid()]) == 0
    assert value(engine, UNTIL, task=lease.task_id) == before


def test_what_another_changes_just_now_holds_nobody_up(store: Store, engine: Engine) -> None:
    leases = Leases(engine, lease_s=10)
    first, _ = held(leases, store), held(leases, store)
    change(engine, "update tasks set pid = pid + 1 where id = :task", task=first.task_id)
    pids = [os.getpid(), os.getpid() + 1]
    with transaction(engine) as other:
        other.execute(text("select 1 from tasks where id = :task for update"), {"task": first.task_id})
        assert leases.vouch("one@desk", pids) == 1
    assert leases.vouch("one@desk", pids) == 2


def test_nobody_vouches_past_the_deadline(store: Store, engine: Engine) -> None:
    leases = Leases(engine, lease_s=10, task_limit_s=0)
    held(leases, store)
    assert leases.vouch("one@desk", [os.getpid()]) == 0


def test_nobody_vouches_for_what_has_ended(store: Store, engine: Engine) -> None:
    leases = Leases(engine, lease_s=10)
    lease = held(leases, store)
    assert leases.finish(lease, outputs={}, pages=1, engine={}, seconds=1.0)
    assert leases.vouch("one@desk", [os.getpid()]) == 0


def test_a_process_works_at_what_it_claimed_last(store: Store, engine: Engine) -> None:
    """The end of an earlier task never reached the database: nobody keeps that one alive."""
    leases = Leases(engine, lease_s=10)
    stale, current = held(leases, store), held(leases, store)
    before = value(engine, UNTIL, task=stale.task_id)
    assert Leases(engine, lease_s=20).vouch("one@desk", [os.getpid()]) == 1
    assert value(engine, UNTIL, task=stale.task_id) == before
    assert value(engine, UNTIL, task=current.task_id) > before
