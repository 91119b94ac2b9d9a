"""A worker that is stopped: what it reads ends or goes back at once, and no process of it is left."""

from __future__ import annotations

import os
import signal
from importlib.resources import files
from pathlib import Path

import psutil
import pytest
import redis
from sqlalchemy import Engine

from tests.services.connections import Gates
from tests.services.queued_jobs import value
from tests.services.worker_process import Desk, Worker, celery_worker
from tests.waiting import until
from worker.core.jobs import Options, State
from worker.core.settings import Settings
from worker.core.store import Store

SAMPLES = Path(str(files("resources.samples")))
SCAN, BORN_DIGITAL = SAMPLES / "english-scan.pdf", SAMPLES / "born-digital.pdf"
LONG_LEASE = "3600"  # what is queued again was given back, and not taken back


@pytest.fixture
def desk(settings: Settings, store: Store) -> Desk:
    return Desk(settings, store)


def family(worker: Worker) -> list[psutil.Process]:
    main = psutil.Process(worker.process.pid)
    return [main, *main.children(recursive=True)]


def gone(processes: list[psutil.Process]) -> bool:
    return not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes)


def tools(worker: Worker) -> list[psutil.Process]:
    """Programs that read for it just now."""
    return [process for process in family(worker) if process.name() == "tesseract"]


@pytest.mark.parametrize(
    ("signals", "seconds", "remap"),
    [((signal.SIGTERM,), "0", ""), ((signal.SIGINT, signal.SIGTERM), "3600", "SIGQUIT")],
    ids=["its time is over", "a second signal"],
)
def test_what_is_read_goes_back_to_the_queue(
    signals: tuple[signal.Signals, ...],
    seconds: str,
    remap: str,
    desk: Desk,
    settings: Settings,
    engine: Engine,
    tmp_path: Path,
) -> None:
    store = desk.store
    changed = {"OCR_LEASE": LONG_LEASE, "OCR_SOFT_SHUTDOWN": seconds}
    settings = Settings.from_mapping(settings.as_environment() | changed, "a test")
    with celery_worker(settings, store, tmp_path, REMAP_SIGTERM=remap) as worker:
        job = desk.add(SCAN)
        until(lambda: store.job(job).pages_done == 1, "a page is read")
        processes = family(worker)
        for number, one in enumerate(signals):
            if number:
                until(lambda: store.job(job).pages_done > 1, "it goes on until the second signal")
            worker.process.send_signal(one)
        assert worker.process.wait(30) == 0
        assert gone(processes)
    left = store.job(job)
    assert left.state is State.QUEUED
    assert left.pages_done >= 1
    assert value(engine, "select status || interruptions || max_attempts - attempt from tasks") == "queued04"
    assert [attempt.status for attempt in store.attempts(job)] == ["retrying"]
    assert next(one for one in store.workers() if one.name == worker.name).stopped is not None


def test_what_is_read_may_end_and_nothing_new_is_taken(desk: Desk, settings: Settings, tmp_path: Path) -> None:
    store = desk.store
    with celery_worker(settings, store, tmp_path) as worker:
        read = desk.add(SCAN, Options(pages="1-2"))
        until(lambda: store.job(read).pages_done == 1, "a page is read")
        worker.process.send_signal(signal.SIGTERM)
        waits = desk.add(BORN_DIGITAL)
        assert worker.process.wait(30) == 0
    assert (store.job(read).state, store.job(read).attempts) == (State.DONE, 1)
    assert (store.job(waits).state, store.job(waits).attempts) == (State.QUEUED, 1)
    with redis.Redis.from_url(settings.broker_url) as broker:
        assert [broker.llen("ocr\x06\x166"), broker.hlen("unacked")] == [1, 0]


def test_services_that_hang_hold_no_stop_up(desk: Desk, settings: Settings, tmp_path: Path) -> None:
    gates = Gates.before(settings)
    try:
        with celery_worker(gates.settings, desk.store, tmp_path, OCR_SOFT_SHUTDOWN="0") as worker:
            job = desk.add(SCAN)
            until(lambda: desk.store.job(job).state is State.RUNNING, "it is read")
            processes = family(worker)
            for service in ("postgres", "redis"):
                gates.by_name[service].hang()
            worker.process.send_signal(signal.SIGTERM)
            worker.process.wait(30)
            until(lambda: gone(processes), "all of it is gone")
    finally:
        gates.close()
    assert desk.store.job(job).state is State.RUNNING  # until its lease has run out


def test_what_is_killed_takes_its_children_and_their_tools_along(
    desk: Desk, settings: Settings, tmp_path: Path
) -> None:
    with celery_worker(settings, desk.store, tmp_path, OCR_ENGINE="tesseract") as worker:
        desk.add(SCAN)
        until(lambda: tools(worker), "a tool works")
        of_the_child = tools(worker)
        os.kill(psutil.Process(worker.process.pid).children()[0].pid, signal.SIGKILL)
        until(lambda: gone(of_the_child), "the tools of a killed child are gone")
        until(lambda: tools(worker), "another child's tool works")
        processes = family(worker)
        worker.process.kill()
        until(lambda: gone(processes), "all of a killed worker is gone")
