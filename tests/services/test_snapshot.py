"""The picture a second of all that a screen shows."""

import os
import socket
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text

from console.ops import snapshot
from console.ops.fleet import Presence
from console.ops.services import Services
from console.ops.snapshot import Facts, Snapshot, Watcher
from tests.services.connections import FIELDS, Gates, elsewhere, profile
from tests.services.dead_ends import HOST, closed_port
from tests.services.queued_jobs import OUTPUTS, change, queued, uploading
from tests.waiting import until
from worker.core.database import unpooled
from worker.core.errors import CorruptFile
from worker.core.filters import JobFilter
from worker.core.jobs import Job, Page, State
from worker.core.store import WorkerReport


@pytest.fixture
def services(settings, clean):
    with Services.open(profile(settings)) as opened:
        yield opened


@pytest.fixture
def watcher(services):
    return Watcher(services)


def names(picture: Snapshot) -> list[str]:
    return [job.name for job in picture.changed]


def test_nothing_to_see(watcher):
    seen = watcher.take()
    assert [one.state for one in seen.health] == ["ok"] * 3
    assert seen.counts == dict.fromkeys(State, 0)
    assert (seen.workers, seen.changed, seen.pages_waiting, seen.pages_per_minute, seen.failed_today) == (
        (),
        (),
        0,
        0,
        0,
    )
    assert seen.age_s < 5


def test_jobs_and_pages(watcher, store, leases):
    uploading(store, "uploading.pdf")
    queued(store, "queued.pdf")  # 2 pages
    _, reading = queued(store, "reading.pdf")
    _, broken = queued(store, "broken.pdf")
    _, read = queued(store, "read.pdf")
    leases.progress(leases.claim(reading, "ocr@here"), Page(1, "failed"), 2)
    leases.fail(leases.claim(broken, "ocr@here"), CorruptFile("It is broken."))
    done = leases.claim(read, "ocr@here")
    for number in (1, 2):
        leases.progress(done, Page(number, "done"), 2)
    leases.finish(done, outputs=OUTPUTS, pages=2, engine={}, notes=(), seconds=1.0)
    seen = watcher.take()
    assert {state: count for state, count in seen.counts.items() if count} == {
        State.UPLOADING: 1,
        State.QUEUED: 1,
        State.RUNNING: 1,
        State.DONE: 1,
        State.FAILED: 1,
    }
    assert (seen.pages_waiting, seen.pages_per_minute, seen.failed_today) == (3, 3, 1)
    assert names(seen) == []  # before the first picture there was nothing to compare with
    assert sorted(names(watcher.take())) == ["broken.pdf", "queued.pdf", "read.pdf", "reading.pdf", "uploading.pdf"]


def test_pages_of_the_last_minute_only(watcher, store, leases, engine):
    _, task = queued(store)
    leases.progress(leases.claim(task, "ocr@here"), Page(1, "done"), 2)
    change(engine, "update pages set read_at = read_at - interval '61 seconds'")
    assert watcher.take().pages_per_minute == 0


def test_failures_of_yesterday_are_not_today_s(watcher, store, leases, engine):
    _, task = queued(store)
    leases.fail(leases.claim(task, "ocr@here"), CorruptFile("It is broken."))
    change(engine, "update jobs set finished_at = finished_at - interval '25 hours'")
    assert watcher.take().failed_today == 0


def test_only_what_changed_comes_again(watcher, store, engine):
    old, _ = queued(store, "old.pdf")
    change(engine, "alter table jobs disable trigger user")
    change(engine, "update jobs set updated_at = updated_at - interval '1 hour'")
    change(engine, "alter table jobs enable trigger user")
    watcher.take()
    watcher.take()
    queued(store, "new.pdf")
    assert names(watcher.take()) == ["new.pdf"]
    assert names(watcher.take()) == []
    change(engine, "update jobs set name = 'renamed.pdf' where id = :job", job=old)
    assert names(watcher.take()) == ["renamed.pdf"]


def test_what_was_deleted_is_noticed_although_as_much_came(watcher, services, store, engine):
    batch = store.add_batch("tax", None)
    first, second = (queued(store, name, batch_id=batch)[0] for name in "ab")
    seen = watcher.take().facts
    with unpooled(engine).begin() as connection:
        connection.execute(text("delete from jobs where id = :job"), {"job": first})
    queued(store, "c")
    until(lambda: watcher.take().facts.deleted > seen.deleted, "the number of those that were deleted")
    assert [one.jobs for one in services.batches.figures(services.batches.lines()).values()] == [1]
    assert store.job(second).name == "b"


def test_more_changes_than_a_picture_holds(watcher, store, monkeypatch):
    monkeypatch.setattr(snapshot, "CHANGES", 2)
    watcher.take()
    for name in "abc":
        queued(store, name)
    first, second = watcher.take(), watcher.take()
    assert (names(first), first.facts.complete) == (["b", "c"], False)
    assert (names(second), second.facts.complete) == ([], True)


def test_workers_with_their_presence(watcher, services, engine):
    here = socket.gethostname()
    for name, host in (("ocr@a", here), ("ocr@b", "elsewhere"), ("ocr@c", here), ("ocr@d", here), ("ocr@e", here)):
        services.store.put_worker(WorkerReport(name, host, os.getpid(), "1", languages=("eng",), doing=({"job": "x"},)))
    for name, silent in (("ocr@b", 8), ("ocr@c", 40), ("ocr@e", 100_000)):
        change(
            engine,
            "update workers set seen_at = clock_timestamp() - make_interval(secs => :s) where name = :n",
            s=silent,
            n=name,
        )
    services.store.worker_goodbye("ocr@d")
    seen = watcher.take().workers
    assert [(one.name, one.state, one.local) for one in seen] == [
        ("ocr@a", Presence.ONLINE, True),
        ("ocr@b", Presence.SILENT, False),
        ("ocr@c", Presence.LOST, True),
    ]
    assert seen[0].report.languages == ("eng",)


def test_a_worker_that_renews_its_lease_is_not_lost(watcher, store, leases, services, engine):
    _, task = queued(store)
    leases.claim(task, "ocr@busy")
    services.store.put_worker(WorkerReport("ocr@busy", "elsewhere", 1, "1"))
    change(engine, "update tasks set lease_until = clock_timestamp() + interval '1 minute'")
    change(engine, "update workers set seen_at = clock_timestamp() - interval '40 seconds'")
    assert [one.state for one in watcher.take().workers] == [Presence.SILENT]
    change(engine, "update tasks set lease_until = clock_timestamp() - interval '1 second'")
    assert [one.state for one in watcher.take().workers] == [Presence.LOST]


@pytest.mark.parametrize("service", FIELDS)
def test_a_dead_service_is_a_lamp_and_the_rest_goes_on(settings, clean, store, service):
    queued(store)
    services = Services(profile(elsewhere(settings, service, HOST, closed_port())))
    seen = Watcher(services).take()
    services.close()
    assert {one.service: one.state for one in seen.health} == {
        name: "down" if name == service else "ok" for name in FIELDS
    }
    assert (seen.age_s is None) == (service == "postgres")
    assert seen.counts[State.QUEUED] == (0 if service == "postgres" else 1)


def test_what_was_known_stays_while_the_database_is_away(settings, clean, store):
    queued(store)
    gates = Gates.before(settings)
    services = Services.open(profile(gates.settings))
    watcher = Watcher(services, patience_s=2)
    before = watcher.take()
    gates.by_name["postgres"].hang()
    hung, still = watcher.take(), watcher.take()
    gates.by_name["postgres"].close()
    gates.by_name["postgres"].flow()
    gone = watcher.take()
    gates.by_name["postgres"].reopen()
    store.add_batch("another", None)
    back = watcher.take()
    for dark in (hung, still, gone):
        assert {one.service: one.state for one in dark.health} == {"redis": "ok", "postgres": "down", "s3": "ok"}
        assert dark.counts == before.counts
        assert dark.facts.at == before.facts.at
        assert dark.changed == ()
    assert still.age_s is not None
    assert still.age_s > 2
    since = {one.since for dark in (hung, still, gone) for one in dark.health if one.service == "postgres"}
    assert len(since) == 1
    assert all(one.ok for one in back.health)
    assert back.facts.at != before.facts.at
    services.close()
    gates.close()


def test_a_question_that_fails_is_a_lamp(watcher, engine):
    watcher.take()
    change(engine, "alter table workers rename to workers_away")
    try:
        seen = watcher.take()
    finally:
        change(engine, "alter table workers_away rename to workers")
    postgres = next(one for one in seen.health if one.service == "postgres")
    assert (postgres.state, bool(postgres.sentence)) == ("down", True)
    assert all(one.ok for one in watcher.take().health)


def test_changes_of_a_picture_that_nobody_saw_are_kept():
    def picture(*jobs: Job, complete: bool = True) -> Snapshot:
        return Snapshot(datetime.now(UTC), (), Facts(changed=jobs, complete=complete))

    first, second = (Job(uuid4(), name, "", State.QUEUED) for name in "ab")
    running = replace(first, state=State.RUNNING)
    merged = picture(running).including(picture(first, second))
    assert {job.id: job.state for job in merged.changed} == {first.id: State.RUNNING, second.id: State.QUEUED}
    assert merged.facts.complete
    assert not picture().including(picture(complete=False)).facts.complete


def test_open_batches_and_the_last_acts_are_in_the_picture(watcher, store):
    batch = store.add_batch("tax", None)
    queued(store, batch_id=batch)
    numbers = [store.audit(who="ann@desk", profile="", action="retry") for _ in range(4)]
    facts = watcher.take().facts
    assert [(one.name, one.jobs) for one in facts.batches] == [("tax", 1)]
    assert [one.id for one in facts.acts] == numbers[:0:-1]
    store.cancel(store.ids(JobFilter(batches=frozenset({"tax"}))), by="ann@desk")
    store.delete(store.ids(JobFilter(batches=frozenset({"tax"}))))
    assert watcher.take().facts.batches == ()
