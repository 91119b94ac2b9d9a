"""What waits for a worker that has its languages: told, fetched, given up, and never asked for in vain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.services.language_cases import HERE, THERE, WAIT_S, fetched, passes, present, refused, row, waiting, waits
from tests.services.queued_jobs import change, old, value
from worker.core.broker import Broker
from worker.core.errors import NoLanguage
from worker.core.housekeeper import Housekeeper
from worker.core.jobs import Priority, State, TaskState
from worker.core.language_wait import LanguageWait
from worker.core.leases import Lease, Leases
from worker.core.outbox import WHOLE
from worker.core.routes import route_to
from worker.core.store import Store
from worker.core.strays import strays
from worker.core.workers import WorkerReport


@pytest.fixture
def wait(engine: Engine, broker: Broker) -> Iterator[LanguageWait]:
    with waiting(engine, broker) as made:
        yield made


def test_what_cannot_be_read_here_is_refused_once(store: Store, engine: Engine, leases: Leases) -> None:
    job, task = waits(store, "jpn+eng")
    refused(leases, task)
    assert (row(engine, task, "status"), row(engine, task, "attempt")) == ("queued", 0)
    assert (row(engine, task, "lacks"), row(engine, task, "published_at")) == ("eng+jpn", None)
    assert store.job(job).state is State.QUEUED
    lease = leases.claim(task, THERE, languages=("eng", "jpn"))
    assert lease is not None
    assert (lease.attempt, row(engine, task, "lacks")) == (1, None)


@pytest.mark.parametrize("languages", ["eng; rm", "", "eng+"])
def test_what_is_no_language_is_claimed_to_fail(store: Store, leases: Leases, engine: Engine, languages: str) -> None:
    _, task = waits(store)
    change(engine, "update jobs set options = jsonb_build_object('languages', cast(:it as text))", it=languages)
    assert leases.claim(task, HERE, languages=("eng",)) is not None


def test_it_says_why_it_waits_and_fails_after_a_while(
    store: Store, engine: Engine, leases: Leases, wait: LanguageWait
) -> None:
    job, task = waits(store)
    for name in ("a", "b", "c"):
        present(store, name, "eng", "deu")
    refused(leases, task)
    assert wait.tend() == 0
    seen = store.job(job)
    assert (seen.state, seen.error_class) == (State.QUEUED, "no_language")
    assert seen.error == "Waits for a worker that has “jpn”: none of 3 has it."
    assert seen.advice == "Install it on one of them (apt install tesseract-ocr-jpn): that is seen within seconds."
    passes(engine, WAIT_S - 1)
    assert wait.tend() == 0
    passes(engine, 1.5)
    assert wait.tend() == 1
    seen = store.job(job)
    assert (seen.state, seen.error_class) == (State.FAILED, "no_language")
    assert "“jpn”" in str(seen.error)
    assert "then retry" in str(seen.advice)
    assert row(engine, task, "status") == TaskState.FAILED
    assert store.retry([job]).done == [job]  # one click
    assert (row(engine, task, "lacks"), row(engine, task, "status")) == (None, "queued")
    assert leases.claim(task, THERE, languages=("jpn",)) is not None


def test_its_time_stands_still_while_no_worker_is_alive(
    store: Store, engine: Engine, leases: Leases, broker: Broker, wait: LanguageWait
) -> None:
    job, task = waits(store)
    present(store, HERE, "eng")
    refused(leases, task)
    wait.tend()
    passes(engine, WAIT_S - 5)
    store.worker_goodbye(HERE)
    before = value(engine, "select manned_s from housekeeping")
    for _ in range(3):
        change(engine, "update housekeeping set manned_at = manned_at - interval '1 hour'")
        assert wait.tend() == 0
    assert value(engine, "select manned_s from housekeeping") == before
    assert store.job(job).error == "Waits for a worker that has “jpn”: none that serves ocr is alive."
    present(store, HERE, "eng")
    heir = LanguageWait(engine, broker.messages, wait_s=WAIT_S)  # another keeps house by now
    change(engine, "update housekeeping set manned_at = manned_at - interval '1 hour'")
    assert heir.tend() == 0
    assert value(engine, "select manned_s from housekeeping") == pytest.approx(before + 3)  # it saw no more of the hour
    assert store.job(job).error == "Waits for a worker that has “jpn”: the only one does not have it."
    passes(engine, 5)
    assert heir.tend() == 1  # it goes on where it was


def test_a_worker_that_has_it_fetches_it_and_nobody_else(
    store: Store, engine: Engine, leases: Leases, wait: LanguageWait
) -> None:
    job, task = waits(store)
    present(store, HERE, "eng")
    refused(leases, task)
    wait.tend()
    assert fetched(leases, HERE, "eng") == []
    present(store, THERE, "eng", "jpn")
    assert fetched(leases, THERE, "eng", "jpn") == [task]
    assert fetched(leases, "third@desk", "jpn") == []
    wait.tend()
    assert (store.job(job).error, row(engine, task, "lacks_until")) == (None, None)
    passes(engine, 10 * WAIT_S)
    assert wait.tend() == 0  # it waits for a busy worker like any other
    refused(leases, task)  # an older message of it
    assert row(engine, task, "route") == route_to(THERE)


def test_the_most_urgent_is_fetched_first_and_no_more_than_is_soon_begun(
    store: Store, leases: Leases, engine: Engine
) -> None:
    tasks = [waits(store, priority=one)[1] for one in (Priority.LOW, Priority.NORMAL, Priority.NEXT, Priority.HIGH)]
    for task in tasks:
        refused(leases, task)
    assert set(fetched(leases, THERE, "jpn")) == {tasks[2], tasks[3]}
    assert fetched(leases, THERE, "jpn") == []
    assert leases.claim(tasks[2], THERE, languages=("jpn",)) is not None
    assert fetched(leases, THERE, "jpn") == [tasks[1]]


def test_what_is_held_back_is_not_fetched(store: Store, leases: Leases) -> None:
    _, task = waits(store)
    refused(leases, task)
    store.pause_queues(["ocr"], by="ann")
    assert fetched(leases, THERE, "jpn") == []
    store.resume_queues(["ocr"], by="ann")
    assert leases.fetch(THERE, queues=("other",), languages=("jpn",), slots=1) == []
    assert fetched(leases, THERE, "jpn") == [task]
    leases.leave(THERE)  # it is told to stop
    assert fetched(leases, "third@desk", "jpn") == [task]


def test_what_is_held_back_is_not_given_up(store: Store, engine: Engine, leases: Leases, wait: LanguageWait) -> None:
    batch = store.add_batch("tax", None)
    jobs = [waits(store, batch_id=batch)[0], waits(store)[0]]
    for task in (store.tasks(job)[0].id for job in jobs):
        refused(leases, task)
    present(store, HERE, "eng")
    store.pause_batches([batch], paused=True)
    wait.tend()
    store.pause_queues(["ocr"], by="ann")
    passes(engine, 2 * WAIT_S)
    assert wait.tend() == 0
    store.resume_queues(["ocr"], by="ann")
    assert wait.tend() == 1
    assert [store.job(job).state for job in jobs] == [State.QUEUED, State.FAILED]


def test_a_purge_takes_it_with_the_others(store: Store, leases: Leases) -> None:
    job, task = waits(store)
    refused(leases, task)
    assert store.purge("ocr", by="ann", held=()).done == [job]
    assert fetched(leases, THERE, "jpn") == []


def test_what_a_dead_worker_was_rung_for_goes_to_another(
    store: Store, engine: Engine, leases: Leases, broker: Broker, wait: LanguageWait
) -> None:
    _, task = waits(store)
    present(store, HERE, "eng")
    present(store, THERE, "jpn")
    present(store, "third@desk", "jpn")
    refused(leases, task)
    for bell in leases.fetch(THERE, queues=("ocr",), languages=("jpn",), slots=1):
        broker.ring(bell)
    assert broker.ready([route_to(THERE)]) == 1
    wait.tend()
    assert row(engine, task, "route") == route_to(THERE)
    store.worker_goodbye(THERE)
    wait.tend()
    assert (row(engine, task, "route"), broker.ready([route_to(THERE)])) == (None, 0)
    assert fetched(leases, "third@desk", "jpn") == [task]


def test_what_the_broker_lost_is_rung_for_where_it_was(
    store: Store, engine: Engine, leases: Leases, broker: Broker
) -> None:
    _, task = waits(store)
    broker.memory.note(WHOLE)  # nothing was lost since
    keeper = Housekeeper(engine, leases, broker)
    refused(leases, task)
    old(engine)
    assert keeper.tick().published == 0  # nobody is rung for what nobody can read
    assert strays(engine, broker, ["ocr"]).unrung == ()
    assert fetched(leases, THERE, "jpn") == [task]
    old(engine)  # and the message of it never arrived
    assert keeper.tick().published == 1
    assert (broker.ready(["ocr"]), broker.ready([route_to(THERE)])) == (0, 1)
    assert strays(engine, broker, ["ocr"]).unrung == ()
    assert not [name for name in broker.bindings.queues() if "routes" in name]


def test_pages_that_were_read_stay_when_a_language_disappears(store: Store, engine: Engine, leases: Leases) -> None:
    _, task = waits(store, "deu+jpn")
    lease = leases.claim(task, HERE, languages=("deu", "jpn"))
    assert isinstance(lease, Lease)
    assert leases.give_back(lease, NoLanguage("There is no jpn here."), lacks="deu+jpn")
    assert (row(engine, task, "lacks"), row(engine, task, "status")) == ("deu+jpn", "queued")
    assert row(engine, task, "max_attempts - attempt") == 4  # as many tries as before
    assert fetched(leases, HERE, "deu") == []
    assert fetched(leases, THERE, "deu", "jpn") == [task]


def test_a_document_of_which_parts_wait_says_so_when_nothing_of_it_runs(
    store: Store, leases: Leases, wait: LanguageWait
) -> None:
    job, task = waits(store)
    present(store, THERE, "jpn")
    lease = leases.claim(task, THERE, languages=("jpn",))
    assert lease is not None
    first, second = (bell.task_id for bell in leases.spread(lease, [(1, 8), (9, 16)], pages=16, seconds=1))
    part = leases.claim(first, THERE, languages=("jpn",))
    assert part is not None
    refused(leases, second)
    store.worker_goodbye(THERE)
    present(store, HERE, "eng")
    wait.tend()
    assert (store.job(job).state, store.job(job).error) == (State.RUNNING, None)
    assert leases.give_back(part, NoLanguage("There is no jpn here."), lacks="jpn")
    wait.tend()
    seen = store.job(job)
    assert (seen.state, seen.error) == (
        State.QUEUED,
        "Waits for a worker that has “jpn”: the only one does not have it.",
    )
    present(store, THERE, "jpn")
    wait.tend()
    assert store.job(job).error is None


def test_an_older_worker_has_it_and_does_not_fetch(store: Store, leases: Leases, wait: LanguageWait) -> None:
    job, task = waits(store)
    present(store, HERE, "eng")
    store.put_worker(WorkerReport(THERE, "desk", 1, "0.0", queues=("ocr",), languages=("jpn",)))
    refused(leases, task)
    wait.tend()
    assert store.job(job).error is not None  # it does not wait for ever


def test_languages_that_no_worker_has_together_are_all_named(store: Store, leases: Leases, wait: LanguageWait) -> None:
    job, task = waits(store, "deu+eng+jpn")
    present(store, HERE, "eng", "deu")
    present(store, THERE, "eng", "jpn")
    refused(leases, task, "eng", "deu")
    wait.tend()
    assert store.job(job).error == "Waits for a worker that has “deu” and “jpn”: none of 2 has them."
