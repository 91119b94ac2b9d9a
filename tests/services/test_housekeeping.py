"""The console keeps house while no worker lives, and is seen at it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from console.ops.housekeeping import GOODBYE_S, Housekeeping
from console.ops.services import Services
from console.ops.snapshot import Watcher
from tests.services.connections import Gates, profile
from tests.services.queued_jobs import change, expire, old, queued, value
from tests.waiting import until
from worker.core.history import History
from worker.core.jobs import State
from worker.core.leases import Leases
from worker.core.settings import Settings
from worker.core.store import Store, WorkerReport


@pytest.fixture
def services(settings: Settings, clean: None) -> Iterator[Services]:
    with Services.open(profile(settings)) as opened:
        yield opened


@pytest.fixture
def housekeeping(services: Services) -> Iterator[Housekeeping]:
    made = Housekeeping(services)
    made.start()
    yield made
    made.close()


def test_without_a_worker_the_console_takes_back_and_rings(
    services: Services, store: Store, engine: Engine, leases: Leases, housekeeping: Housekeeping
) -> None:
    until(housekeeping.keeper.acting.is_set)
    job, task = queued(store)
    _, never_rung = queued(store)
    old(engine)
    assert leases.claim(task, "gone@desk")
    expire(engine, task)
    until(lambda: store.job(job).state is State.QUEUED)
    until(lambda: never_rung in services.broker.waiting(["ocr"])[0])
    watcher = Watcher(services)
    until(lambda: (seen := watcher.take().facts.house) and seen.reaped == 1 and seen.published >= 1)
    house = watcher.take().facts.house
    assert house is not None
    assert house.acted_by == f"console@{socket.gethostname()}"
    assert house.silent_s < 15


def test_without_a_worker_the_console_keeps_the_history_and_it_outlives_both(
    settings: Settings, clean: None, store: Store, engine: Engine
) -> None:
    queued(store)
    with Services.open(profile(settings)) as services:
        housekeeping = Housekeeping(services)
        housekeeping.start()
        until(lambda: value(engine, "select count(*) from history where queue = ''"), "a row of history")
        housekeeping.close()
    now = datetime.now(UTC)
    latest = History(engine).series("", now - timedelta(hours=1), now, 10).latest
    assert latest is not None
    assert latest.waiting == 2


def test_it_gives_way_to_a_worker_that_comes(housekeeping: Housekeeping, store: Store, engine: Engine) -> None:
    until(housekeeping.keeper.acting.is_set)
    store.put_worker(WorkerReport("ocr@here", "here", 1, "1"))
    until(lambda: not housekeeping.keeper.acting.is_set(), "it gives way")
    change(engine, "update workers set seen_at = now() - interval '1 min'")  # it died
    until(housekeeping.keeper.acting.is_set)


def test_a_picture_says_for_how_long_nobody_kept_house(services: Services, store: Store, engine: Engine) -> None:
    watcher = Watcher(services)
    assert watcher.take().facts.house is None
    change(engine, "insert into housekeeping (acted_by, acted_at) values ('ocr@here', now() - interval '40 s')")
    assert watcher.take().unkept_s is None  # nothing is queued that could be lost
    queued(store)
    unkept = watcher.take().unkept_s
    assert unkept is not None
    assert unkept > 39


def test_services_that_hang_hold_nobody_up(settings: Settings, clean: None) -> None:
    gates = Gates.before(settings)
    services = Services(profile(settings), gates.settings)
    housekeeping = Housekeeping(services)
    housekeeping.start()
    until(housekeeping.keeper.acting.is_set)
    for gate in gates.by_name.values():
        gate.hang()
    time.sleep(1.5)  # it asks, and gets no answer
    begun = time.monotonic()
    housekeeping.close()
    assert time.monotonic() - begun < GOODBYE_S + 5
    gates.close()
    services.close()
