"""What cannot be true at once is found on the real services, and the remedy that goes with it ends it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine, event

from console.ops.acting import act
from console.ops.contradictions import Contradiction, Kind, Mend, stray, unheld
from console.ops.mending import mend
from console.ops.services import Services
from console.ops.snapshot import Watcher
from tests.services.connections import profile
from tests.services.queued_jobs import cancel, change, old, queued, value
from tests.waiting import until
from worker.core import strays
from worker.core.jobs import Doorbell
from worker.core.leases import Leases
from worker.core.settings import Settings
from worker.core.store import Store


@pytest.fixture
def services(settings: Settings, clean: None) -> Iterator[Services]:
    with Services.open(profile(settings)) as opened:
        yield opened


def searched(services: Services) -> list[Contradiction]:
    return list(stray(strays.strays(services.engine, services.broker, ["ocr", "celery"])))


def rung(services: Services, store: Store, name: str = "letter.pdf") -> tuple[UUID, UUID]:
    job, task = queued(store, name)
    services.broker.ring(Doorbell(task, job))
    store.mark_published([task])
    return job, task


def waiting_for_long(engine: Engine) -> None:
    old(engine)
    change(engine, "update tasks set not_before = not_before - interval '2 min'")


def done(services: Services, found: Contradiction) -> int:
    command = mend(found)
    assert command is not None
    data = act(command, services).data
    assert isinstance(data, int)
    return data


def test_what_nobody_works_at_is_taken_back(services: Services, store: Store, leases: Leases, engine: Engine) -> None:
    for name, age in (("lost.pdf", 30), ("late.pdf", 10)):
        leases.claim(queued(store, name)[1], "gone@desk")
        change(
            engine,
            """update tasks set lease_until = clock_timestamp() - make_interval(secs => :age)
                from jobs j where j.id = job_id and j.name = :name""",
            age=age,
            name=name,
        )
    [found] = unheld(services.pulse().running)
    assert (found.kind, found.subject, found.count, found.remedy) == (Kind.UNHELD, "gone@desk", 1, Mend.TAKE_BACK)
    assert store.titles(found.jobs)[found.jobs[0]].name == "lost.pdf"
    until(lambda: done(services, found) == 2, "the end of a lease since the server's start")
    assert services.pulse().running == ()
    assert value(engine, "select count(*) from audit where action = 'take back'") >= 1


def test_a_message_of_a_cancelled_job_is_taken_out(services: Services, store: Store, engine: Engine) -> None:
    job, task = rung(services, store, "cancelled.pdf")
    rung(services, store, "wanted.pdf")
    assert searched(services) == []
    cancel(engine, job)
    [found] = searched(services)
    assert (found.kind, found.subject, found.tasks, found.jobs) == (Kind.CANCELLED, "ocr", (task,), (job,))
    assert done(services, found) == 1
    assert searched(services) == []
    assert services.broker.depths(["ocr"])[0].ready == 1


def test_a_row_without_a_message_is_rung_for(services: Services, store: Store, engine: Engine) -> None:
    _, task = queued(store, "silent.pdf")
    store.mark_published([task])
    assert searched(services) == []  # it waits for a moment only
    rung(services, store, "told.pdf")
    waiting_for_long(engine)
    [found] = searched(services)
    assert (found.kind, found.subject, found.tasks, found.remedy) == (Kind.UNRUNG, "ocr", (task,), Mend.RING)
    assert done(services, found) == 1
    assert services.broker.depths(["ocr"])[0].ready == 2
    waiting_for_long(engine)
    assert searched(services) == []


def test_what_is_paused_needs_no_message(services: Services, store: Store, engine: Engine) -> None:
    queued(store)
    waiting_for_long(engine)
    assert len(searched(services)) == 1
    store.pause_queues(["ocr"], by="ann@desk")
    assert searched(services) == []
    store.resume_queues(["ocr"], by="ann@desk")


def test_of_a_long_queue_the_surplus_is_told(
    services: Services, store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strays, "LOOKED", 2)
    for _ in range(3):
        rung(services, store)
    waiting_for_long(engine)
    assert searched(services) == []
    for _ in range(2):
        queued(store)
    waiting_for_long(engine)
    [found] = searched(services)
    assert (found.kind, found.count, found.tasks) == (Kind.UNRUNG, 2, ())


def test_of_many_rows_without_a_message_some_are_named_and_all_are_counted(
    services: Services, store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strays, "NAMED", 2)
    for _ in range(4):
        queued(store)
    waiting_for_long(engine)
    fetched: list[int] = []
    event.listen(services.engine, "after_cursor_execute", lambda *about: fetched.append(about[1].rowcount))
    [found] = searched(services)
    assert (found.kind, found.count, len(found.tasks)) == (Kind.UNRUNG, 4, 2)
    assert max(fetched) <= 2


def test_they_are_in_the_picture(services: Services, store: Store, engine: Engine) -> None:
    job, _ = rung(services, store)
    cancel(engine, job)
    watcher = Watcher(services)
    until(lambda: [one.kind for one in watcher.take().facts.contradictions] == [Kind.CANCELLED], "it to be found")
