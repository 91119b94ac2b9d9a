"""A real worker whose servers fail in the middle of its work: it waits, says why, goes on, and no job pays for it.

Every fault with every server, at the start, idle and in the middle, for longer: `make outages`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.ops.health import Name
from console.ops.services import Services
from console.ops.snapshot import Watcher
from tests.services.connections import profile
from tests.services.faults import Servers, own_servers
from tests.services.worker_process import Desk, Worker, celery_worker
from tests.waiting import until
from worker.core.database import open_engine
from worker.core.errors import AccessRefused, NetworkError
from worker.core.ids import new_id
from worker.core.jobs import Doorbell, Options, Priority, State
from worker.core.schema import upgrade
from worker.core.store import Store

SAMPLES = Path(str(files("resources.samples")))
SCAN, BORN_DIGITAL = SAMPLES / "english-scan.pdf", SAMPLES / "born-digital.pdf"


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with own_servers() as made:
        yield made


@pytest.fixture(scope="module")
def database(servers: Servers) -> Iterator[Engine]:
    engine = open_engine(servers.settings, application="tests")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def worker(servers: Servers, database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """Started while its broker is away."""
    folder = tmp_path_factory.mktemp("worker")
    servers.stop("redis")
    log = folder / "patient@desk.log"

    def start_later() -> None:
        until(lambda: log.exists() and "No work comes in. Redis at" in log.read_text("utf-8"), "it says that it waits")
        servers.start("redis")

    starter = threading.Thread(target=start_later)
    starter.start()
    with celery_worker(servers.settings, Store(database), folder, name="patient@desk", slots=2) as made:
        starter.join()
        yield made


@pytest.fixture
def desk(servers: Servers, database: Engine) -> Desk:
    return Desk(servers.settings, Store(database))


def test_a_database_that_goes_away_in_the_middle_costs_no_attempt(servers: Servers, worker: Worker, desk: Desk) -> None:
    job_id = desk.add(SCAN, Options(pages="1-2"))
    until(lambda: desk.store.job(job_id).pages_done == 1, "a page is read")
    servers.kill("postgres")
    until(lambda: "What was read waits to be saved. PostgreSQL at" in worker.log, "it says that it waits")
    servers.start("postgres")
    job = desk.ended(job_id)
    assert (job.state, job.pages_done, job.attempts) == (State.DONE, 2, 1)
    assert [attempt.status for attempt in desk.store.attempts(job_id)] == ["success"]
    assert desk.text(job).count("\f") == 1


def test_a_storage_that_goes_away_fails_no_job(servers: Servers, worker: Worker, desk: Desk) -> None:
    slow = desk.add(SCAN, Options(pages="1"))
    until(lambda: desk.store.job(slow).state is State.RUNNING, "it is read")
    servers.stop("s3")
    until(lambda: desk.store.job(slow).error, "it waits with a sentence")
    waiting = desk.store.job(slow)
    assert waiting.state is State.QUEUED
    assert str(waiting.error).endswith("cannot be reached: nothing listens there.")
    assert "Work waits. The S3 server at" in worker.log
    servers.start("s3")
    jobs = [desk.ended(job) for job in (slow, desk.add(BORN_DIGITAL))]
    assert [(job.state, job.error) for job in jobs] == [(State.DONE, None)] * 2


def test_a_broker_that_is_full_ends_no_worker(servers: Servers, worker: Worker, desk: Desk) -> None:
    """A message that was taken from it cannot be noted as held: Celery itself would end."""
    jobs = [desk.add(SCAN, Options(pages="1")) for _ in range(3)]
    until(lambda: desk.store.counts()[State.RUNNING] == 2, "both slots are busy")
    servers.fill_redis()
    for _ in range(2):  # the second time its answer tells no cause
        with pytest.raises(NetworkError, match="is full"):
            desk.broker.ring(Doorbell(new_id(), jobs[0], "ocr", Priority.NORMAL))
    jobs.append(desk.add(BORN_DIGITAL, ring=False))  # what cannot be rung for is not lost
    until(lambda: re.search("No work comes in.* is full. Raise its maxmemory", worker.log), "it says that it waits")
    servers.empty_redis()
    assert [desk.ended(job).state for job in jobs] == [State.DONE] * 4
    assert worker.process.poll() is None
    assert "Traceback" not in worker.log


def test_a_broker_that_cannot_write_to_its_disk_is_said_to(servers: Servers, desk: Desk) -> None:
    servers.spoil_redis()
    with pytest.raises(NetworkError, match="cannot write to its disk"):
        desk.broker.check()
    servers.repair_redis()
    desk.broker.check()


@pytest.mark.parametrize("name", ["postgres", "redis", "s3"])
def test_a_key_that_is_revoked_is_said_and_waited_for(servers: Servers, worker: Worker, desk: Desk, name: Name) -> None:
    servers.refuse(name)
    services = Services(profile(servers.settings))
    watcher = Watcher(services)
    dark = next(health for health in watcher.take().health if health.service == name)
    assert (dark.state, type(dark.error)) == ("down", AccessRefused)
    assert dark.advice
    servers.accept(name)
    assert all(health.ok for health in watcher.take().health)
    services.close()
    assert desk.ended(desk.add(BORN_DIGITAL)).state is State.DONE
