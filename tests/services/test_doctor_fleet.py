"""What the doctor says of workers, on real servers: each cause as it shows there, and the same without it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import Engine

from console.ops.doctor import fleet
from console.ops.doctor.verdicts import Verdict
from console.ops.findings import Way
from console.ops.services import Services
from tests.services.asked_why import waits
from tests.services.connections import profile
from tests.services.doctor_cases import FAIL, WARN, Doctor, healthy
from tests.services.queued_jobs import change, queued
from tests.waiting import until
from worker.core import control
from worker.core.jobs import TASK_NAME
from worker.core.settings import Settings
from worker.core.store import Store, WorkerReport


@pytest.fixture
def services(settings: Settings, clean: None) -> Iterator[Services]:
    with Services.open(profile(settings)) as opened:
        yield opened


@pytest.fixture
def doctor(services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """No process is there that would answer, so nobody is waited for."""
    monkeypatch.setattr(control, "EVERYBODY_S", 0.1)
    monkeypatch.setattr(fleet, "LOOK_AGAIN_S", 0.5)
    return Doctor(services, tmp_path)


@pytest.fixture
def one(settings: Settings) -> WorkerReport:
    return healthy(settings)


def test_whether_a_worker_is_alive(doctor: Doctor, store: Store, engine: Engine, one: WorkerReport) -> None:
    def there() -> None:
        store.put_worker(one)

    def silent(seconds: int) -> Callable[[], None]:
        return lambda: change(engine, "update workers set seen_at = seen_at - make_interval(secs => :s)", s=seconds)

    start, show = (FAIL, Way.START_WORKER), (WARN, Way.SHOW_WORKER)
    doctor.compared("no worker was ever there", "worker", start, lambda: None, there)
    store.worker_goodbye("one@desk")
    [check] = doctor.look("worker").checks
    assert "heard of at" in check.fact  # it was here, and stopped in good order
    there()
    doctor.compared("the only worker is lost", "worker", start, silent(60), there)
    doctor.compared("the only worker is silent", "worker", show, silent(10), there)
    doctor.compared("a worker is silent", "worker-silent-one@desk", show, silent(10), there)
    doctor.compared("a worker is lost", "worker-silent-one@desk", (WARN, Way.FORGET_WORKER), silent(60), there)


def test_whether_a_queue_has_a_worker(doctor: Doctor, services: Services, store: Store, one: WorkerReport) -> None:
    waits(services, store)

    def there() -> None:
        store.put_worker(one)

    def elsewhere_only() -> None:
        store.put_worker(replace(one, queues=("bulk",)))

    start = (FAIL, Way.START_WORKER)
    doctor.compared("work waits, and no worker is there", "no-worker-ocr", start, lambda: None, there)
    cause = "the only worker was told to leave the queue"
    said = doctor.compared(cause, "no-worker-ocr", start, elsewhere_only, there)
    assert said.remedy is not None
    assert said.remedy.copy == "ocr-console --profile tests worker consume one@desk ocr"
    with redis.Redis.from_url(services.settings.broker_url) as client:  # of a program that shares the broker

        def theirs() -> None:
            client.sadd("_kombu.binding.emails", "emails\x06\x16\x06\x16emails")
            client.lpush("emails", "{}")

        lead = (WARN, Way.SHOW_QUEUE)
        doctor.compared(
            "another program's messages wait", "no-worker-emails", lead, theirs, lambda: client.delete("emails")
        )


def test_whether_it_takes_from_our_broker(doctor: Doctor, store: Store, engine: Engine, one: WorkerReport) -> None:
    """A worker that reports here, and whose consumer is somewhere else."""

    def away() -> None:
        store.put_worker(one)
        change(engine, "update workers set started_at = started_at - interval '1 min'")

    def gone() -> None:
        store.worker_goodbye("one@desk")

    cause, name = "the only worker is on another broker", "worker-elsewhere-one@desk"
    said = doctor.compared(cause, name, (FAIL, Way.SHOW_WORKER), away, gone)
    assert "there:6379/0" in said.fact


def test_what_a_worker_does_meanwhile_is_no_fault(
    doctor: Doctor, services: Services, store: Store, engine: Engine, one: WorkerReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One without a pool begins a task and answers no more; another has just started, and reports after it answered."""
    queued(store)
    store.put_worker(one)
    change(engine, "update workers set started_at = started_at - interval '1 min'")
    told = {
        "stats": [("two@desk", {"pid": 2})],
        "registered": [("two@desk", [TASK_NAME])],
        "active_queues": [("two@desk", [{"name": "ocr"}])],
    }

    def begins(*_: object) -> dict[str, object]:
        change(
            engine,
            """update tasks set status = 'running', worker = 'one@desk', started_at = now(),
                lease_until = now() + interval '1 min'""",
        )
        return {}

    monkeypatch.setattr(services.broker.control, "look", begins)
    assert doctor.look("worker-elsewhere").healthy
    monkeypatch.setattr(services.broker.control, "everybody", lambda question: told.get(question, []))
    monkeypatch.setattr(fleet, "_wait", lambda _: store.put_worker(replace(one, name="two@desk", pid=2)), raising=False)
    assert doctor.look("worker-stranger").healthy


def test_whether_it_takes_what_waits(
    doctor: Doctor, services: Services, store: Store, engine: Engine, one: WorkerReport
) -> None:
    waits(services, store)
    with redis.Redis.from_url(services.settings.broker_url) as client:
        key = "ocr\x06\x166"
        message = json.loads(client.lindex(key, 0) or b"")
        message["headers"]["ocr_sent"] -= 240
        client.lset(key, 0, json.dumps(message))

    says, stop = [one], threading.Event()

    def beat() -> None:
        while not stop.wait(0.05):
            store.put_worker(says[0])

    heart = threading.Thread(target=beat)
    heart.start()
    until(store.workers, "its first word")
    busy = partial(says.__setitem__, 0, replace(one, busy=1))
    cause = "a worker with room takes nothing for minutes"
    try:
        doctor.compared(cause, "worker-stuck-one@desk", (FAIL, Way.MEND), lambda: None, busy)
    finally:
        stop.set()
        heart.join()


def test_whether_its_name_is_its_own(doctor: Doctor, store: Store, one: WorkerReport) -> None:
    def shared() -> None:
        store.put_worker(replace(one, rival={"host": "attic", "pid": 12}))

    def alone() -> None:
        store.put_worker(one)

    cause = "a worker has met another of its name"
    said = doctor.compared(cause, "worker-names", (WARN, Way.SHOW_WORKER), shared, alone)
    assert "attic" in said.fact


@pytest.mark.parametrize(
    ("cause", "name", "verdict", "changed"),
    [
        ("a worker has no engine", "worker-tools", FAIL, {"tools": {}, "languages": ()}),
        ("a worker has an older engine than another", "worker-tools", WARN, {"tools": {"tesserocr": "2.5.0"}}),
        ("a language of a job that waits is on one of two workers", "worker-languages", WARN, {"languages": ("eng",)}),
        ("a worker has little room", "worker-disk", WARN, {"disk_free_mb": 1_500}),
        ("a worker has no room", "worker-disk", FAIL, {"disk_free_mb": 90}),
        (
            "a worker has a visibility timeout of its own",
            "worker-visibility",
            WARN,
            {"terms": {"visibility_timeout": 7200}},
        ),
        ("a worker acknowledges early", "worker-acknowledgement", WARN, {"terms": {"acks_late": False}}),
        ("a worker is of an older version", "worker-versions", WARN, {"version": "0.0.1"}),
        ("a worker is of a newer version", "worker-versions", WARN, {"version": "99.0"}),
    ],
)
def test_what_it_can_do(
    doctor: Doctor,
    services: Services,
    store: Store,
    one: WorkerReport,
    cause: str,
    name: str,
    verdict: Verdict,
    changed: dict[str, Any],
) -> None:
    store.put_worker(replace(one, name="two@attic", host="attic"))
    waits(services, store, languages="deu+eng")

    terms = one.terms | changed.pop("terms", {})

    def lacks() -> None:
        store.put_worker(replace(one, terms=terms, **changed))

    newer = changed.get("version") == "99.0"
    way = None if newer else Way.SHOW_WORKER
    doctor.compared(cause, name, (verdict, way), lacks, lambda: store.put_worker(one))


def test_a_language_that_nobody_has(doctor: Doctor, services: Services, store: Store, one: WorkerReport) -> None:
    waits(services, store, languages="chi_sim")

    def has() -> None:
        store.put_worker(replace(one, languages=("chi_sim", "eng")))

    name, cause = "worker-languages", "a language of a job that waits is on no worker"
    said = doctor.compared(cause, name, (FAIL, Way.SHOW_WORKER), lambda: store.put_worker(one), has)
    assert said.remedy is not None
    assert said.remedy.copy == "apt install tesseract-ocr-chi-sim"
