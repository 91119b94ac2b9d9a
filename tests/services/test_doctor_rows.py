"""What the doctor says of messages, rows and what was started here: each cause on real servers, and without it."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine

from console.cli import poison as verb
from console.cli.session import Session
from console.cli.terminal import Terminal
from console.ops.doctor.examination import examine
from console.ops.findings import Way
from console.ops.services import Services
from console.ops.worker_options import WorkerOptions
from console.ops.worker_state import GAVE_UP, RUNNING, WAITING, LocalWorker
from tests.services.asked_why import kept, long_ago, waits
from tests.services.connections import elsewhere, profile
from tests.services.dead_ends import HOST, closed_port
from tests.services.doctor_cases import FAIL, FLEET, UNKNOWN, WARN, Doctor, healthy
from tests.services.doorbells import bell, consumer, taken
from tests.services.queued_jobs import cancel, change, expire, queued
from worker.core.errors import DiskFull
from worker.core.leases import Leases
from worker.core.poisoned import POISON_LIST
from worker.core.settings import Settings
from worker.core.store import Store, WorkerReport


@pytest.fixture
def services(settings: Settings, clean: None) -> Iterator[Services]:
    with Services.open(profile(settings)) as opened:
        yield opened


@pytest.fixture
def doctor(services: Services, tmp_path: Path) -> Doctor:
    return Doctor(services, tmp_path)


@pytest.fixture
def one(settings: Settings) -> WorkerReport:
    return healthy(settings)


def test_messages_and_rows(
    doctor: Doctor,
    services: Services,
    settings: Settings,
    store: Store,
    engine: Engine,
    one: WorkerReport,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lost() -> None:
        waits(services, store, rung=False)
        long_ago(engine, 120)

    def dropped() -> None:
        change(engine, "delete from jobs")
        with redis.Redis.from_url(settings.broker_url) as client:
            client.flushdb()

    def by_hand() -> None:
        cancel(engine, waits(services, store)[0])

    def of_another() -> None:
        services.broker.ring(bell())

    mend = (WARN, Way.MEND)
    show = (WARN, Way.SHOW_QUEUE)
    doctor.compared("a message names a row that is not there", "messages-ocr", show, of_another, dropped)
    doctor.compared("a row waits, and its message is lost", "messages-ocr", mend, lost, dropped)
    doctor.compared("a job was cancelled by hand, and its message is there", "messages-ocr", mend, by_hand, dropped)
    waits(services, store)
    app = consumer(settings)

    def seized() -> None:
        assert taken(app) is not None

    def there() -> None:
        store.put_worker(one)

    doctor.compared("a worker that is gone has a message", "messages-held", (WARN, Way.SHOW_QUEUE), seized, there)
    store.worker_goodbye(one.name)
    assert doctor.look("messages-held").counts[WARN] == 1
    answers = {"stats": [("theirs@attic", {"pid": 2})], "active_queues": [("theirs@attic", [{"name": "ocr"}])]}
    monkeypatch.setattr(services.broker.control, "everybody", lambda question: answers.get(question, []))
    assert doctor.look("messages-held").counts[WARN] == 0  # it may have it, and how many it takes is not known
    app.close()


def test_poison(doctor: Doctor, services: Services, settings: Settings) -> None:
    entry = {"queue": "ocr", "why": "JSONDecodeError: Expecting value", "at": "2026-01-02T03:04:05+00:00"}

    def put_aside() -> None:
        with redis.Redis.from_url(settings.broker_url) as client:
            client.lpush(POISON_LIST, json.dumps({**entry, "message": "hello"}), b"\xff no JSON")

    def drop() -> None:
        assert [one.message for one in services.broker.poison.newest(5)] == ["\ufffd no JSON", "hello"]
        assert services.broker.poison.drop() == 2

    doctor.compared("workers put two messages aside", "poison", (WARN, Way.DROP_POISON), put_aside, drop)


def test_the_verb_poison(services: Services, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "profile", profile(settings))
    with redis.Redis.from_url(settings.broker_url) as client:
        client.lpush(POISON_LIST, json.dumps({"queue": "ocr", "why": "KeyError: 'id'", "message": "{}"}))

    def told(*, drop: bool, as_json: bool = False) -> str:
        out = io.StringIO()
        args = Namespace(drop=drop, limit=10, verb="poison", home="/nowhere")
        session = Session(args, Terminal(as_json=as_json, out=out), start_worker=print, open_window=lambda *_: 0)
        assert verb.run(session) == 0
        return out.getvalue()

    [entry] = json.loads(told(drop=False, as_json=True))
    assert (entry["queue"], entry["why"], entry["message"], entry["at"]) == ("ocr", "KeyError: 'id'", "{}", None)
    assert "KeyError" in told(drop=False)
    assert told(drop=True) == "1 message dropped.\n"
    assert told(drop=False) == "No message is poison.\n"
    [done] = services.trail.page().rows
    assert (done.action, done.done) == ("drop poison", 1)


def test_what_is_paused(doctor: Doctor, services: Services, store: Store) -> None:
    batch = store.add_batch("tax 2025", None)
    waits(services, store)
    queued(store, batch_id=batch)

    def paused() -> None:
        store.pause_queues(["ocr"], by="bob@desk")

    def goes_on() -> None:
        store.resume_queues(["ocr"], by="bob@desk")

    def held_back(*, yes: bool) -> None:
        store.pause_batches([batch], paused=yes)

    doctor.compared("a queue with work is paused", "queue-paused-ocr", (WARN, Way.RESUME_QUEUE), paused, goes_on)
    resume, name = (WARN, Way.RESUME_BATCH), f"queue-paused-{batch}"
    end = partial(held_back, yes=False)
    doctor.compared("a batch with work is paused", name, resume, partial(held_back, yes=True), end)


def test_whether_rows_move(doctor: Doctor, store: Store, leases: Leases, engine: Engine) -> None:
    _, task = queued(store)
    start = (FAIL, Way.START_WORKER)

    def unkept() -> None:
        change(engine, "update housekeeping set acted_at = acted_at - interval '2 min'")

    def kept_again() -> None:
        change(engine, "update housekeeping set acted_at = clock_timestamp()")

    never = "work waits, and nobody ever kept house"
    doctor.compared(never, "housekeeping", start, lambda: None, lambda: kept(engine))
    doctor.compared("nobody keeps house for two minutes", "housekeeping", start, unkept, kept_again)
    lease = leases.claim(task, "gone@desk")
    assert lease is not None

    def over_age() -> None:
        expire(engine, task)
        change(engine, "update tasks set lease_until = lease_until - interval '1 min'")

    def renewed() -> None:
        leases.renew(lease)

    doctor.compared("a lease ran out a minute ago", "leases-gone@desk", (FAIL, Way.MEND), over_age, renewed)

    def full() -> None:
        leases.fail(lease, DiskFull("The worker has 90 MB left in /tmp and needs 200 MB."), outage=True)

    def empty() -> None:
        change(engine, "delete from jobs")

    cause = "a worker waits for room on its disk"
    said = doctor.compared(cause, "errors-waiting", (WARN, Way.SHOW_JOBS), full, empty)
    assert "90 MB" in said.cause


def test_workers_of_this_machine(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "w.log").write_text("OSError: no such broker\n")
    local = LocalWorker("ocr-1@desk", "tests", tmp_path, tmp_path / "w.log", WorkerOptions(), False, 40.0, restarts=5)

    def state(word: str, sentence: str = "") -> Callable[[], None]:
        return lambda: replace(local, state=word, sentence=sentence).save()

    well, name = state(RUNNING), "local-workers-ocr-1@desk"
    said = doctor.compared("it ended five times", name, (FAIL, Way.START_WORKER), state(GAVE_UP), well)
    assert "no such broker" in said.cause
    doctor.compared("it is started again", name, (WARN, None), state(WAITING, "It ended with 1."), well)


def test_what_cannot_be_looked_at_is_unknown_and_says_why(settings: Settings, store: Store, tmp_path: Path) -> None:
    for service in ("redis", "postgres"):
        with Services(profile(elsewhere(settings, service, HOST, closed_port()))) as services:
            found = {one.name: one for one in examine(services, looks=FLEET, home=tmp_path).checks}
        needing = {one.name for one in FLEET if service in one.needs}
        assert {name for name, one in found.items() if one.verdict is UNKNOWN} >= needing & found.keys()
        assert all(one.fact for one in found.values() if one.verdict is UNKNOWN)
        assert needing <= found.keys()
