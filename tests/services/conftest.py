"""Real servers for the tests: the embedded stack in a temporary home, started once a session.

OCR_TEST_HOME names a home to use again and to leave running, which saves the start while one test is worked on.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine, text

from console.ops.doctor.verdicts import Report
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from console.ops.stack import Stack
from tests.hazards import table as hazards_table
from tests.services import doctor_table
from tests.services.connections import profile
from tests.services.doctor_ward import PIDBOX, examined
from tests.waiting import until
from worker.core.broker import Broker
from worker.core.database import open_engine, transaction
from worker.core.leases import Leases
from worker.core.schema import upgrade
from worker.core.settings import Settings
from worker.core.store import Store

LEASE_S = 0.5


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the doctor said, and what became of the hazards."""
    for line in (*doctor_table.write(), *hazards_table.write()):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The running embedded stack. Tests that stop servers make one of their own."""
    lasting = os.environ.get("OCR_TEST_HOME")
    home = Path(lasting) if lasting else Path(tempfile.mkdtemp(prefix="ocr-test-"))
    running = Stack(home)
    running.up(keep=bool(lasting))
    yield running
    running.close()
    if not lasting:
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def settings(stack: Stack) -> Settings:
    """Its addresses and limits."""
    return stack.settings()


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Iterator[Engine]:
    """Its database, with our tables."""
    opened = open_engine(settings, application="tests", pool_size=10)
    upgrade(opened)
    until(lambda: _has_run_for(opened, LEASE_S), "a server that is older than a lease")
    yield opened
    opened.dispose()


def _has_run_for(engine: Engine, seconds: float) -> bool:
    """Nothing is reaped before."""
    query = text("select clock_timestamp() - pg_postmaster_start_time() > make_interval(secs => :seconds)")
    with transaction(engine) as connection:
        return bool(connection.scalar(query, {"seconds": seconds}))


@pytest.fixture
def clean(engine: Engine, settings: Settings) -> None:
    """No rows and no messages left by an earlier test."""
    _empty(engine, settings)


@pytest.fixture(scope="module")
def emptied(engine: Engine, settings: Settings) -> None:
    """No rows and no messages left by an earlier file: for a worker that the tests of a file share."""
    _empty(engine, settings)


def _empty(engine: Engine, settings: Settings) -> None:
    with transaction(engine) as connection:
        for table in ("jobs", "batches", "workers", "leftovers", "housekeeping", "history", "incidents", "queues"):
            connection.execute(text(f"delete from {table}"))
        connection.execute(text("truncate audit"))  # nothing less is let through
    with redis.Redis.from_url(settings.broker_url) as broker:
        broker.flushdb()


@pytest.fixture
def store(engine: Engine, clean: None) -> Store:
    """An empty store."""
    return Store(engine)


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    """What the window and the command line work with, on empty tables."""
    with Services.open(Profile(EMBEDDED, "the embedded stack"), settings) as opened:
        yield opened


@pytest.fixture
def client(settings: Settings, clean: None) -> Iterator[redis.Redis]:
    """The broker as it is, with nothing in it."""
    with redis.Redis.from_url(settings.broker_url) as opened:
        yield opened


@pytest.fixture
def leases(engine: Engine) -> Leases:
    """Leases as the program has them, but that a server that started just now may be reaped on."""
    return Leases(engine, lease_s=LEASE_S)


@pytest.fixture
def broker(settings: Settings, clean: None) -> Iterator[Broker]:
    """Its broker, empty."""
    opened = Broker(settings)
    yield opened
    opened.close()


@pytest.fixture
def own(settings: Settings) -> Settings:
    """The same broker, in a database of our own that is empty."""
    alone = replace(settings, broker_url=settings.broker_url.rpartition("/")[0] + "/7")
    with redis.Redis.from_url(alone.broker_url) as client:
        client.flushdb()
    return alone


@pytest.fixture
def ward(settings: Settings, engine: Engine, clean: None) -> Iterator[redis.Redis]:
    """The servers without a fault; a worker listens at their broker."""
    with redis.Redis.from_url(settings.broker_url) as client:
        client.sadd(PIDBOX, "\x06\x16\x06\x16one@desk.celery.pidbox")
        yield client
        client.flushdb()


@pytest.fixture
def well(settings: Settings, ward: redis.Redis) -> Report:
    """What is said of them then."""
    with Services(profile(settings), settings) as services:
        services.blobs.ensure_bucket()
    return examined(settings)
