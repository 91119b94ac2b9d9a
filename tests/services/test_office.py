"""One keeps house at a time, is seen at it, and gives way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine

from tests.services.queued_jobs import change, expire, old, queued, value
from tests.waiting import until
from worker.core import office
from worker.core.broker import Broker
from worker.core.housekeeper import Housekeeper
from worker.core.jobs import State
from worker.core.leases import Leases
from worker.core.settings import Settings
from worker.core.store import Store, WorkerReport


@contextmanager
def running(keeper: Housekeeper) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=keeper.run, args=(stop, 0.1))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


@contextmanager
def elsewhere(settings: Settings, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """One that keeps house in another process."""
    command = [sys.executable, "-m", "tests.services.keeper_process", name]
    process = subprocess.Popen(command, env={**os.environ, **settings.as_environment()})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def acted_by(engine: Engine) -> str | None:
    found: str | None = value(engine, "select acted_by from housekeeping")
    return found


def test_one_that_was_stopped_is_deposed(
    store: Store, engine: Engine, leases: Leases, broker: Broker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lock would stay for ever: the kernel of a stopped process keeps the connection."""
    monkeypatch.setattr(office, "STOPPED_S", 3.0)
    heir = Housekeeper(engine, leases, broker, name="heir")
    with elsewhere(settings, "stopped") as process:
        until(lambda: acted_by(engine) == "stopped")
        with running(heir):
            process.send_signal(signal.SIGSTOP)
            until(heir.acting.is_set)
            assert acted_by(engine) == "heir"
            process.send_signal(signal.SIGCONT)  # it finds its connection gone, and is a candidate again
            job, task = queued(store)
            assert leases.claim(task, "one@desk")
            expire(engine, task)
            until(lambda: store.job(job).state is State.QUEUED)
            assert heir.acting.is_set()
        until(lambda: acted_by(engine) == "stopped")


def test_one_that_acts_is_left_in_peace(
    engine: Engine, leases: Leases, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "STOPPED_S", 3.0)
    first, second = (Housekeeper(engine, leases, broker, name=name) for name in ("first", "second"))
    with running(first):
        until(first.acting.is_set)
        change(engine, "update housekeeping set acted_at = acted_at - interval '1 h'")  # before it says so again
        with running(second):
            began = value(engine, "select clock_timestamp()")
            until(lambda: value(engine, "select acted_at > :began from housekeeping", began=began))
            assert first.acting.is_set()
            assert not second.acting.is_set()


def test_what_was_done_is_added_up(store: Store, engine: Engine, leases: Leases, broker: Broker) -> None:
    queued(store)
    old(engine)
    for number in (1, 2):
        with running(Housekeeper(engine, leases, broker, name=f"keeper {number}")):
            until(lambda: value(engine, "select published from housekeeping") == number)  # noqa: B023
            assert acted_by(engine) == f"keeper {number}"
            queued(store)
            old(engine)


def test_a_substitute_gives_way_to_a_worker(store: Store, engine: Engine, leases: Leases, broker: Broker) -> None:
    keeper = Housekeeper(engine, leases, broker, name="console", substitute=True)
    with running(keeper):
        until(keeper.acting.is_set)
        store.put_worker(WorkerReport("ocr@here", "here", 1, "1"))
        until(lambda: not keeper.acting.is_set())
        worker = Housekeeper(engine, leases, broker, name="ocr@here")
        with running(worker):
            until(worker.acting.is_set)
        store.worker_goodbye("ocr@here")
        until(keeper.acting.is_set)


def test_what_hangs_aside_holds_no_tick_up(store: Store, engine: Engine, leases: Leases, broker: Broker) -> None:
    hangs, ends = threading.Event(), threading.Event()

    def sweep() -> int:
        hangs.set()
        assert ends.wait(60)
        return 7

    keeper = Housekeeper(engine, leases, broker, name="keeper", sweep=sweep)
    with running(keeper):
        until(hangs.is_set)
        job, task = queued(store)
        assert leases.claim(task, "one@desk")
        expire(engine, task)
        until(lambda: store.job(job).state is State.QUEUED)
        ends.set()
        until(lambda: value(engine, "select swept from housekeeping") == 7)
