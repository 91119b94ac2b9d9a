"""Why a job that waits is not begun: each cause on the real database and broker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, event

from console.ops.contradictions import Mend
from console.ops.doctor.why import why_not_running
from console.ops.findings import Way
from console.ops.purge import Purge
from console.ops.queues import queues
from console.ops.services import Services
from tests.services import doctor_table
from tests.services.asked_why import FAIL, OK, UNKNOWN, WARN, WORKER, kept, long_ago, waits, why
from tests.services.connections import elsewhere, profile
from tests.services.dead_ends import HOST, closed_port
from tests.services.doorbells import consumer, taken
from tests.services.queued_jobs import change, queued
from worker.core import standing
from worker.core.errors import StorageError
from worker.core.ids import new_id
from worker.core.language_wait import LanguageWait
from worker.core.leases import Leases
from worker.core.settings import Settings
from worker.core.store import Store


@pytest.fixture
def services(settings: Settings, clean: None) -> Iterator[Services]:
    with Services.open(profile(settings)) as opened:
        yield opened


def test_what_is_held_back(services: Services, store: Store) -> None:
    batch = store.add_batch("tax 2025", None)
    job, _ = queued(store, batch_id=batch)
    store.put_worker(WORKER)
    store.pause_queues(["ocr"], by="bob@desk")
    said = why(services, job, "its queue is paused", WARN, "ocr", "paused", way=Way.RESUME_QUEUE)
    assert "bob@desk" in said.cause
    store.pause_batches([batch], paused=True)
    said = why(services, job, "its batch is paused", WARN, "tax 2025", way=Way.RESUME_BATCH)
    assert said.remedy is not None
    assert said.remedy.copy == "ocr-console --profile tests resume --batch 'tax 2025'"


def test_what_is_tried_again(services: Services, store: Store, leases: Leases) -> None:
    job, task = queued(store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    leases.fail(lease, StorageError("The S3 server is away.", "Start it."))
    said = why(services, job, "it failed for want of the storage, and waits", WARN, "tried again at")
    assert "The S3 server is away." in said.cause


def test_nobody_serves_it(services: Services, store: Store) -> None:
    job, _ = waits(services, store)
    said = why(services, job, "no worker is there", FAIL, "ocr", way=Way.START_WORKER)
    assert said.cause == "No worker is online at all."
    store.put_worker(replace(WORKER, queues=("bulk",)))
    said = why(services, job, "the only worker takes from another queue", FAIL, "ocr", way=Way.START_WORKER)
    assert "one@desk" in said.cause


def test_only_another_program_serves_it(
    services: Services, store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, _ = waits(services, store)
    long_ago(engine)
    monkeypatch.setattr(services.broker.control, "consuming", lambda: {"theirs@attic": ["ocr"]})
    why(services, job, "only a worker of another program takes from its queue", OK, "A worker takes it")


def test_nobody_can_read_it(services: Services, store: Store) -> None:
    store.put_worker(WORKER)
    job, _ = waits(services, store, languages="eng+chi_sim")
    said = why(services, job, "no worker has its language", FAIL, "chi_sim")
    assert said.remedy is not None
    assert said.remedy.copy == "apt install tesseract-ocr-chi-sim"


def test_it_waits_for_whoever_can_read_it(services: Services, store: Store, engine: Engine) -> None:
    kept(engine)
    store.put_worker(WORKER)
    job, task = waits(services, store, languages="chi_sim")
    assert services.leases.claim(task, WORKER.name, languages=WORKER.languages) is None
    services.broker.messages.remove([task], ["ocr"])  # its message was taken
    wait = LanguageWait(services.engine, services.broker.messages, wait_s=30)
    wait.tend()
    said = why(services, job, "its language is waited for", FAIL, "“chi_sim”: the only one does not have it")
    assert "It fails in 30 s" in said.cause
    [ocr] = [queue for queue in queues(services) if queue.queue == "ocr"]
    assert (ocr.ready, ocr.delayed, ocr.pages) == (0, 1, 2)  # set aside is not gone
    assert Purge("ocr").run(services).data.purged == 1
    assert services.store.retry([job]).done == [job]
    assert services.leases.claim(task, WORKER.name, languages=WORKER.languages) is None
    store.put_worker(replace(WORKER, name="three@desk", languages=("chi_sim",), terms={"fetches": True}))
    wait.tend()
    said = why(services, job, "the worker that has its language has not come to it", OK, "three@desk, which has its")
    store.worker_goodbye("three@desk")
    store.worker_goodbye(WORKER.name)
    why(services, job, "no worker is there for its language", FAIL, "No worker serves ocr", way=Way.START_WORKER)


def test_it_is_in_line(services: Services, store: Store, engine: Engine) -> None:
    store.put_worker(replace(WORKER, busy=2))
    first, _ = waits(services, store)
    job, _ = waits(services, store)
    why(services, first, "all processes are busy, and it is next", OK, "2 processes", "next", way=Way.START_WORKER)
    why(services, job, "all processes are busy", OK, "2 processes", "2 pages", way=Way.START_WORKER)
    for number in range(20):
        store_page(engine, number)
    services._meter._due_at = 0.0
    said = why(services, job, "all processes are busy, and pages are read", OK, "2 pages", way=Way.START_WORKER)
    assert "about 6 s" in said.cause
    store.put_worker(WORKER)
    why(services, first, "a worker has room, and it came just now", OK, "next")
    long_ago(engine)
    why(services, first, "a worker has room and takes nothing", FAIL, "one@desk", "2 free slots")


def store_page(engine: Engine, number: int) -> None:
    change(
        engine,
        """with one as (insert into jobs (id, name, state) values (:id, 'read.pdf', 'DONE') returning id)
            insert into pages (job_id, number, state) select id, :number, 'done' from one""",
        id=new_id(),
        number=number + 1,
    )


def test_its_message(services: Services, settings: Settings, store: Store, engine: Engine) -> None:
    store.put_worker(WORKER)
    lost, _ = waits(services, store, rung=False)
    said = why(services, lost, "its message is lost, and nobody keeps house", FAIL, "No message", way=Way.MEND)
    assert said.remedy is not None
    assert said.remedy.button is not None
    assert said.remedy.button.contradiction is not None
    assert said.remedy.button.contradiction.remedy is Mend.RING
    kept(engine)
    said = why(services, lost, "its message is lost", WARN, "No message", way=Way.MEND)
    assert said.remedy is not None
    assert "two@desk" in said.remedy.text
    change(engine, "delete from tasks")
    why(services, lost, "another program made the row, and no task", WARN, "No unit of work")
    change(engine, "delete from housekeeping")
    why(services, lost, "the same, and nobody keeps house", FAIL, "No unit of work", way=Way.START_WORKER)
    held, _ = waits(services, store)
    app = consumer(settings)
    assert taken(app) is not None
    why(services, held, "a worker has just taken its message", OK, "about to begin")
    age_messages(services, 40)
    said = why(services, held, "its message was taken and not begun", WARN, "handed out 4")
    assert "one@desk" in said.cause
    change(engine, "update workers set seen_at = seen_at - interval '10 s'")
    said = why(services, held, "its message was taken by one that is silent", WARN, "handed out 4")
    assert "silent" in said.cause
    app.close()


def age_messages(services: Services, seconds: float) -> None:
    """As if what workers have had been sent so long before."""
    client = services.broker.peeking._redis
    for tag, raw in client.hgetall("unacked").items():
        entry = json.loads(raw)
        entry[0]["headers"]["ocr_sent"] -= seconds
        client.hset("unacked", tag, json.dumps(entry))
    services.broker._depths._known.clear()


def test_the_broker_is_away(settings: Settings, store: Store) -> None:
    store.put_worker(WORKER)
    job, _ = queued(store)
    with Services(profile(elsewhere(settings, "redis", HOST, closed_port()))) as services:
        said = why_not_running(services, job)
        doctor_table.note("Redis is away", said)
        assert (said.verdict, "Redis" in said.title) == (FAIL, True)
    with Services(profile(elsewhere(settings, "postgres", HOST, closed_port()))) as services:
        said = why_not_running(services, job)
        doctor_table.note("PostgreSQL is away", said)
        assert said.verdict is UNKNOWN
        assert said.fact


def test_what_is_before_it_is_counted_along_an_index_and_not_to_the_end(
    services: Services, store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "MOST_BEFORE", 100)
    change(
        engine,
        """insert into jobs (id, name, state)
            select gen_random_uuid(), 'many.pdf', 'QUEUED' from generate_series(1, 3000)""",
    )
    change(engine, "analyze jobs")
    change(
        engine,
        """insert into tasks (id, job_id, kind, priority)
            select gen_random_uuid(), id, 'read', 3 from jobs where name = 'many.pdf'""",
    )
    change(engine, "analyze tasks")
    store.put_worker(replace(WORKER, busy=2))
    job, _ = waits(services, store)
    asked: list[tuple[str, Any]] = []
    event.listen(services.engine, "before_cursor_execute", lambda *about: asked.append((about[2], about[3])))
    said = why_not_running(services, job)
    assert "More than 100 units" in said.title
    [(query, values)] = [one for one in asked if "as units" in one[0]]
    with engine.connect() as connection:
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"explain (analyze) {query}", values))
    change(engine, "delete from jobs")  # no worker of another test shall read three thousand
    assert "ix_tasks_due" in plan
    assert "Seq Scan on tasks" not in plan
