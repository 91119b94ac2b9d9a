"""Every file of the list of hazards on one worker of one process: its end, its sentence, and a good job after it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from console.ops.services import Services
from tests.hazards.hazard import DONE, Hazard
from tests.hazards.meeting import Meeting
from tests.hazards.suite import ALL
from tests.services.connections import profile
from tests.services.worker_process import Desk, celery_worker
from worker.core.errors import BY_CLASS
from worker.core.jobs import Job, State
from worker.core.settings import Settings
from worker.core.store import Store

PAGE_TIMEOUT_S = 8  # a good page takes a quarter of a second
HEAVY = bool(os.environ.get("OCR_HAZARDS"))  # those that take more than a second each, too
MET = [one for one in ALL if HEAVY or not one.heavy]


@pytest.fixture(scope="module")
def meeting(settings: Settings, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    """One worker for all of them."""
    folder = tmp_path_factory.mktemp("hazards")
    with Services.open(profile(settings), settings) as services:
        desk = Desk(settings, Store(engine))
        limited = replace(settings, page_timeout_s=PAGE_TIMEOUT_S)
        with celery_worker(limited, desk.store, folder, name="brave@desk") as worker:
            yield Meeting(services, worker, desk, folder, MET)


@pytest.mark.parametrize("hazard", MET, ids=lambda hazard: f"{hazard.row}: {hazard.file}")
def test_it_ends_in_a_state_with_a_sentence_and_harms_nobody(meeting: Meeting, hazard: Hazard) -> None:
    assert meeting.planned(hazard) == hazard.planned
    job, peak = meeting.meet(hazard)
    assert (job.error_class or DONE) == hazard.ends, job
    assert peak.megabytes < hazard.most_mb
    if hazard.ends == DONE:
        _is_done(meeting, hazard, job)
    else:
        _has_failed(meeting, hazard, job)
    assert meeting.same_process()


def _is_done(meeting: Meeting, hazard: Hazard, job: Job) -> None:
    assert (job.state, job.pages_done) == (State.DONE, hazard.pages)
    pages = meeting.desk.store.pages(job.id)
    said = " ".join([*job.notes, *(page.error or "" for page in pages)])
    assert re.search(hazard.says, said), said
    assert hazard.reads in " ".join(meeting.desk.text(job).split())
    assert "\0" not in "".join(page.text for page in pages)


def _has_failed(meeting: Meeting, hazard: Hazard, job: Job) -> None:
    assert job.state is State.FAILED
    assert hazard.file in str(job.error)
    assert re.search(hazard.says, str(job.error))
    assert str(job.advice).endswith(".")
    assert job.outputs == {}
    assert BY_CLASS[hazard.ends].retryable is False
    assert [attempt.status for attempt in meeting.desk.store.attempts(job.id)] == ["failed"]
