"""A database that goes away while a worker reads."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.services.connections import Gates
from tests.services.worker_process import Desk, celery_worker
from tests.waiting import until
from worker.core.errors import DatabaseError, SchemaNewer
from worker.core.jobs import State
from worker.core.settings import Settings
from worker.core.store import Store
from worker.patience import patiently

SAMPLES = Path(str(files("resources.samples")))
SCAN, BORN_DIGITAL = SAMPLES / "english-scan.pdf", SAMPLES / "born-digital.pdf"


def test_it_costs_no_attempt_and_no_doorbell(settings: Settings, engine: Engine, store: Store, tmp_path: Path) -> None:
    desk = Desk(settings, Store(engine))
    gates = Gates.before(settings)
    try:
        with celery_worker(gates.settings, store, tmp_path) as worker:
            jobs = [desk.add(SCAN)]
            until(lambda: store.job(jobs[0]).pages_done, "a page is read")
            gates.by_name["postgres"].close()
            jobs += [desk.add(BORN_DIGITAL) for _ in range(3)]
            until(lambda: "Waiting for the database" in worker.log, "it waits")
            ready = desk.broker.depths(["ocr"])[0].ready
            gates.by_name["postgres"].reopen()
            ended = [desk.ended(job) for job in jobs]
            assert "Traceback" not in worker.log
    finally:
        gates.close()
    assert ready == 3
    assert [(job.state, job.attempts) for job in ended] == [(State.DONE, 1)] * 4
    assert [attempt.status for attempt in store.attempts(jobs[0])] == ["success"]


def test_what_cannot_pass_is_not_waited_for() -> None:
    calls = []

    def call() -> None:
        calls.append(1)
        raise DatabaseError("PostgreSQL is away.") if len(calls) == 1 else SchemaNewer("The tables are too new.")

    with pytest.raises(SchemaNewer):
        patiently(call)
    assert len(calls) == 2
