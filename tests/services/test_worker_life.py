"""A worker that starts and ends: by itself, by a signal, by force. No other works beside it."""

from __future__ import annotations

import os
import signal
import threading
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.services.connections import Gates
from tests.services.worker_process import Desk, celery_worker
from tests.waiting import until
from worker.core.jobs import Options, Priority, State
from worker.core.settings import Settings
from worker.core.store import Store

SAMPLES = Path(str(files("resources.samples")))
SCAN, BORN_DIGITAL = SAMPLES / "english-scan.pdf", SAMPLES / "born-digital.pdf"


@pytest.fixture
def desk(settings: Settings, store: Store) -> Desk:
    return Desk(settings, store)


def test_the_most_urgent_goes_first(
    desk: Desk, settings: Settings, engine: Engine, store: Store, tmp_path: Path
) -> None:
    low, normal, urgent = (
        desk.add(BORN_DIGITAL, priority=priority) for priority in (Priority.LOW, Priority.NORMAL, Priority.NEXT)
    )
    with celery_worker(settings, store, tmp_path):
        started = [desk.ended(job).started for job in (urgent, normal, low)]
    assert None not in started
    assert started == sorted(started, key=str)


def test_a_page_that_takes_longer_than_a_lease_is_read_once(
    desk: Desk, settings: Settings, store: Store, tmp_path: Path
) -> None:
    """The engine keeps the interpreter to itself meanwhile: the main process renews."""
    with celery_worker(settings, store, tmp_path, OCR_LEASE="1", OCR_RENEW="0.3"):
        job = desk.ended(desk.add(SCAN, Options(pages="1")))
    assert job.state is State.DONE
    assert [attempt.status for attempt in store.attempts(job.id)] == ["success"]


def test_what_a_killed_worker_held_is_read_by_the_next(
    desk: Desk, settings: Settings, store: Store, tmp_path: Path
) -> None:
    with celery_worker(settings, store, tmp_path, name="first@desk") as first:
        job_id = desk.add(SCAN)
        until(lambda: store.job(job_id).pages_done == 1, "a page is read")
        os.killpg(first.process.pid, signal.SIGKILL)
    with celery_worker(settings, store, tmp_path, name="second@desk"):
        job = desk.ended(job_id)
    assert (job.state, job.attempts, job.pages_done) == (State.DONE, 2, 3)
    assert [attempt.status for attempt in store.attempts(job_id)] == ["retrying", "success"]


def test_a_goodbye_is_said(settings: Settings, store: Store, tmp_path: Path) -> None:
    with celery_worker(settings, store, tmp_path, name="polite@desk"):
        pass
    assert next(one for one in store.workers() if one.name == "polite@desk").stopped is not None


def test_a_worker_that_started_before_its_database_keeps_house_all_the_same(
    desk: Desk, settings: Settings, store: Store, tmp_path: Path
) -> None:
    gates = Gates.before(settings)
    postgres = gates.by_name["postgres"]
    postgres.close()
    log_file = tmp_path / "early@desk.log"

    def open_later() -> None:
        until(lambda: log_file.exists() and "does not hear" in log_file.read_text("utf-8"), "it looked in vain")
        postgres.reopen()

    opener = threading.Thread(target=open_later)
    opener.start()
    job_id = desk.add(BORN_DIGITAL, ring=False)
    try:
        with celery_worker(gates.settings, store, tmp_path, name="early@desk") as worker:
            job = desk.ended(job_id)
            assert "Traceback" not in worker.log
    finally:
        opener.join()
        gates.close()
    assert job.state is State.DONE
