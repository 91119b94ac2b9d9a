"""The thread that keeps a lease alive."""

from __future__ import annotations

import threading

from sqlalchemy import Engine, text

from tests.services.queued_jobs import cancel, queued, value
from tests.waiting import until
from worker.core.database import open_engine, single
from worker.core.leases import Lease, Leases
from worker.core.renewer import REFUSED, RENEWED, Renewer
from worker.core.settings import Settings
from worker.core.store import Store

CONNECTIONS = "select count(*) from pg_stat_activity where application_name = :name"


def held(leases: Leases, store: Store) -> Lease:
    _, task = queued(store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    return lease


def test_it_keeps_the_lease_alive(store: Store, engine: Engine) -> None:
    leases = Leases(engine, lease_s=1)
    lease = held(leases, store)
    query = "select lease_until from tasks where id = :task"
    seen = {value(engine, query, task=lease.task_id)}

    def four_renewals() -> bool:
        seen.add(value(engine, query, task=lease.task_id))
        return len(seen) > 4

    told: list[str] = []
    with Renewer(leases, lease, every=0.1, told=told.append) as renewer:
        until(four_renewals)
        assert leases.reap() == []
        assert not renewer.lost.is_set()
    assert set(told) == {RENEWED}


def test_a_refusal_is_told_at_once(store: Store, engine: Engine) -> None:
    leases = Leases(engine, lease_s=60)
    lease = held(leases, store)
    told: list[str] = []
    with Renewer(leases, lease, every=0.05, told=told.append) as renewer:
        cancel(engine, lease.job_id)
        assert renewer.lost.wait(30)
    assert told[-1] == REFUSED


def test_a_short_task_opens_no_connection_and_leaves_no_thread(store: Store, settings: Settings) -> None:
    engine = open_engine(settings, application="short task", pool_size=1)
    leases = Leases(engine, lease_s=60)
    lease = held(leases, store)
    with Renewer(leases, lease):
        assert value(engine, CONNECTIONS, name="short task") == 1
    assert not [thread for thread in threading.enumerate() if thread.name == f"renew {lease.task_id}"]
    engine.dispose()


def test_it_has_a_connection_of_its_own(store: Store, settings: Settings, engine: Engine) -> None:
    """The pool may be used up by the work."""
    own = open_engine(settings, application="busy pool", pool_size=1)
    leases = Leases(own, lease_s=60)
    lease = held(leases, store)
    with Renewer(leases, lease, every=0.05):
        until(lambda: value(engine, CONNECTIONS, name="busy pool") == 2)
    until(lambda: value(engine, CONNECTIONS, name="busy pool") == 1)
    own.dispose()


def test_a_database_that_is_away_is_no_refusal(store: Store, settings: Settings, engine: Engine) -> None:
    """Its connection is killed again and again; the lease goes on being renewed."""
    own = open_engine(settings, application="shaky", pool_size=1)
    leases = Leases(own, lease_s=60)
    lease = held(leases, store)
    own.dispose()
    query = "select lease_until from tasks where id = :task"
    kill = text("select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'shaky'")
    with Renewer(leases, lease, every=0.05) as renewer:
        for _ in range(3):
            until(lambda: value(engine, CONNECTIONS, name="shaky") == 1)
            with single(engine) as connection:
                connection.execute(kill)
            before = value(engine, query, task=lease.task_id)
            until(lambda before=before: value(engine, query, task=lease.task_id) > before)  # type: ignore[misc]
        assert not renewer.lost.is_set()
