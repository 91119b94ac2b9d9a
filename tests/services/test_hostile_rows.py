"""Rows and messages of somebody who means ill, straight at a real worker: nothing is run, nothing leaves its folder."""

from __future__ import annotations

import base64
import json
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psutil
import pytest
import redis
from sqlalchemy import Engine

from console.ops.acting import act
from console.ops.commands import FetchResults
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from tests.services.queued_jobs import change
from tests.services.worker_process import Desk, Worker, celery_worker
from tests.unit.documents import picture
from tests.waiting import until
from worker.core.bounds import MEMORY_BYTES
from worker.core.jobs import Doorbell, Job, Priority, State
from worker.core.settings import Settings
from worker.core.store import Store

NAMES = [
    "$(touch pwned); `touch pwned` | touch pwned & -rf --help.png",
    "../../../../tmp/pwned.png",
    "/etc/pwned.png",
    "a\n[OCR] ✅ Job completed 42.png",
    "\u202egnp.exe\u2066.png",
    "n" * 1000 + ".png",
    "-rf",
]
OPTIONS: list[dict[str, Any]] = [
    {"languages": "eng;touch pwned"},
    {"languages": "../../../../etc/passwd"},
    {"languages": "--help"},
    {"languages": "eng\neng"},
    {"languages": ["eng"]},
    {"pages": "$(touch pwned)"},
    {"pages": "9" * 5000},
]
KEYS = ["../../etc/passwd", "/etc/passwd", "uploads/../../x", "uploads/a\nb", "-rf", "uploads//x"]


@pytest.fixture(scope="module")
def worker(
    settings: Settings, engine: Engine, emptied: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worker]:
    folder = tmp_path_factory.mktemp("worker")
    (folder / "tmp").mkdir()
    place = str(folder / "tmp")
    with celery_worker(settings, Store(engine), folder, name="careful@desk", TMPDIR=place) as one:
        yield one


@pytest.fixture
def desk(settings: Settings, engine: Engine) -> Desk:
    return Desk(settings, Store(engine))


def hostile(desk: Desk, engine: Engine, folder: Path, statement: str, **values: Any) -> UUID:
    """A job whose row somebody has changed before its doorbell rings."""
    job = desk.add(picture(folder / f"{uuid4().hex}.png"), ring=False)
    change(engine, f"update jobs set {statement} where id = :job", job=job, **values)
    change(engine, "update tasks set max_attempts = 1 where job_id = :job", job=job)
    (task,) = desk.store.tasks(job)
    desk.broker.ring(Doorbell(task.id, job, "ocr", Priority.NORMAL))
    return job


def unharmed(worker: Worker) -> None:
    """Nobody made the file that every one of them tries to make."""
    assert worker.process.poll() is None
    places = (Path.cwd(), Path("/tmp"), Path("/etc"), worker.log_file.parent, worker.log_file.parent / "tmp")
    assert [place for place in places if (place / "pwned").exists() or (place / "pwned.png").exists()] == []


def test_options_are_refused_with_a_sentence(worker: Worker, desk: Desk, engine: Engine, tmp_path: Path) -> None:
    statement = "options = options || cast(:more as jsonb)"
    ids = [hostile(desk, engine, tmp_path, statement, more=json.dumps(more)) for more in OPTIONS]
    jobs = [desk.ended(job) for job in ids]
    assert [(job.state, job.error_class) for job in jobs] == [
        *[(State.FAILED, "no_language")] * 5,
        *[(State.FAILED, "usage")] * 2,
    ]
    unharmed(worker)


def test_keys_that_are_none_of_ours_are_not_fetched(worker: Worker, desk: Desk, engine: Engine, tmp_path: Path) -> None:
    ids = [hostile(desk, engine, tmp_path, "source_key = :key", key=key) for key in KEYS]
    jobs = [desk.ended(job) for job in ids]
    assert {(job.state, job.error_class) for job in jobs} == {(State.FAILED, "storage")}
    unharmed(worker)


def test_names_are_only_names(worker: Worker, desk: Desk, engine: Engine, settings: Settings, tmp_path: Path) -> None:
    ids = [hostile(desk, engine, tmp_path, "name = :name, path = :name", name=name) for name in NAMES]
    jobs: list[Job] = [desk.ended(job) for job in ids]
    assert [job.state for job in jobs] == [State.DONE] * len(NAMES)
    change(engine, """update jobs set outputs = outputs || jsonb_build_object('/../../../pwned', outputs->'txt')""")
    target = tmp_path / "out" / "results"
    with Services(Profile(EMBEDDED, "the embedded stack"), settings) as services:
        fetched = act(FetchResults(tuple(ids), target), services).data
    assert len(fetched.files) == 7 * len(NAMES)  # five formats, the one that was written in, the receipt
    assert fetched.refused == ()
    assert all(file.path.resolve().is_relative_to(target.resolve()) for file in fetched.files)
    assert list((tmp_path / "out").iterdir()) == [target]
    assert not [line for line in worker.log.splitlines() if line.startswith("[OCR]")]
    unharmed(worker)


def test_its_children_are_bounded_in_memory(worker: Worker, desk: Desk) -> None:
    children = worker.child_pids(desk.store)
    assert children
    for pid in children:
        assert psutil.Process(pid).rlimit(psutil.RLIMIT_AS) == (MEMORY_BYTES, MEMORY_BYTES)


class Canary:
    """What makes a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.file),)


@pytest.mark.parametrize("kind", ["application/x-python-serialize", "application/x-yaml", "application/data"])
def test_a_message_that_is_not_json_is_not_opened(
    worker: Worker, desk: Desk, settings: Settings, tmp_path: Path, kind: str
) -> None:
    canary = tmp_path / "hatched"
    body = base64.b64encode(pickle.dumps([[Canary(canary)], {}, {}])).decode()
    headers = {"lang": "py", "task": "ocr.run_job", "id": str(uuid4()), "root_id": None, "parent_id": None}
    about = {
        "correlation_id": headers["id"],
        "delivery_mode": 2,
        "delivery_info": {"exchange": "ocr", "routing_key": "ocr"},
        "priority": 0,
        "body_encoding": "base64",
        "delivery_tag": str(uuid4()),
    }
    message = {
        "body": body,
        "content-encoding": "binary",
        "content-type": kind,
        "headers": headers,
        "properties": about,
    }
    with redis.Redis.from_url(settings.broker_url) as client:
        client.lpush("ocr", json.dumps(message))
        until(lambda: client.llen("ocr") == 0, "the message is taken")
    after = desk.ended(desk.add(picture(tmp_path / "after.png")))
    assert (after.state, canary.exists()) == (State.DONE, False)
    assert worker.process.poll() is None
