"""A fleet of which one worker has a language: what that costs in messages and claims, and what it spares."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import pytest
from sqlalchemy import Engine

from tests.services.language_cases import THERE, WAIT_S, fetched, passes, present, refused, waiting, waits
from tests.services.queued_jobs import change, old
from worker.core import aside
from worker.core.broker import Broker
from worker.core.housekeeper import Housekeeper
from worker.core.jobs import Doorbell, Priority
from worker.core.language_wait import LanguageWait
from worker.core.leases import Leases
from worker.core.pulse import pulse
from worker.core.routes import route_to
from worker.core.store import Store


@pytest.fixture
def wait(engine: Engine, broker: Broker) -> Iterator[LanguageWait]:
    with waiting(engine, broker) as made:
        yield made


def test_a_fleet_of_twenty_of_which_one_has_it(
    store: Store, engine: Engine, leases: Leases, broker: Broker, wait: LanguageWait
) -> None:
    """Messages and claims while 30 jobs wait for two minutes, and until they are read by the one that came."""
    keeper = Housekeeper(engine, leases, broker, languages=wait.tend)
    fleet = [f"w{number:02d}@desk" for number in range(20)]
    for name in fleet:
        present(store, name, "eng")
    jobs = [waits(store) for _ in range(30)]
    others = [waits(store, "eng") for _ in range(30)]
    messages = claims = 0
    for (_, task), worker in zip(jobs, cycle(fleet), strict=False):  # each message comes to some worker
        refused(leases, task, worker=worker)
        messages, claims = messages + 1, claims + 1
    old(engine)
    store.mark_published([task for _, task in others])
    for job, task in others:
        broker.ring(Doorbell(task, job))
    before = broker.ready(["ocr", *map(route_to, fleet)])
    for _ in range(120):  # ticks, of a second each
        change(engine, "update workers set seen_at = clock_timestamp()")  # they say so, however long a tick takes
        keeper.tick()
        passes(engine, WAIT_S / 200)
    assert broker.ready(["ocr", *map(route_to, fleet)]) == before  # nothing is rung for in vain
    assert {job.error for job in map(store.job, [job for job, _ in jobs])} == {
        "Waits for a worker that has “jpn”: none of 20 has it."
    }
    assert all(leases.claim(task, fleet[0], languages=("eng",)) for _, task in others)  # they wait for nobody
    present(store, fleet[7], "eng", "jpn", slots=2)
    read = 0
    while bells := leases.fetch(fleet[7], queues=("ocr",), languages=("eng", "jpn"), slots=2):
        messages += len(bells)
        assert len(bells) <= 4
        for bell in bells:
            claims += 1
            read += leases.claim(bell.task_id, fleet[7], languages=("eng", "jpn")) is not None
    assert (read, messages, claims) == (30, 60, 60)  # two for each job, whatever the fleet
    assert len(pulse(engine).running) == 60


def test_a_large_batch_that_is_held_back_hides_nothing_for_long(
    store: Store, engine: Engine, leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is gone over a part at a time, and what waits behind it or for another language is not left behind."""
    monkeypatch.setattr(aside, "LOOKED", 4)
    batch = store.add_batch("tax", None)
    held = [waits(store, batch_id=batch)[1] for _ in range(14)]
    behind = [waits(store)[1] for _ in range(4)]
    other = waits(store, "fra")[1]
    change(engine, "update tasks set lacks = 'jpn' where id <> :other", other=other)
    change(engine, "update tasks set lacks = 'fra' where id = :other", other=other)
    store.pause_batches([batch], paused=True)
    assert fetched(leases, THERE, "jpn", "fra") == [other]
    assert leases.claim(other, THERE, languages=("fra",))
    looks = [fetched(leases, THERE, "jpn", "fra") for _ in range(6)]
    assert sorted(task for look in looks for task in look) == behind[:2]
    for task in behind[:2]:
        assert leases.claim(task, THERE, languages=("jpn",))
    assert sorted(fetched(leases, THERE, "jpn")) == behind[2:]  # it goes on where it was
    store.pause_batches([batch], paused=False)
    leases.leave(THERE)
    assert sorted(fetched(leases, THERE, "jpn")) == held[:2]
    leases.leave(THERE)
    store.pause_batches([batch], paused=True)
    urgent = waits(store, priority=Priority.HIGH)[1]
    refused(leases, urgent)
    assert urgent in fetched(leases, THERE, "jpn")  # before all of them


def test_a_batch_that_goes_on_is_not_left_behind_what_is_read_in_the_meantime(
    store: Store, engine: Engine, leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "LOOKED", 4)
    first, second = (store.add_batch(name, None) for name in ("first", "second"))
    _, resumed = ([waits(store, batch_id=batch)[1] for _ in range(8)] for batch in (first, second))
    behind = [waits(store)[1] for _ in range(4)]
    change(engine, "update tasks set lacks = 'jpn'")
    store.pause_batches([first, second], paused=True)
    looks = [fetched(leases, THERE, "jpn") for _ in range(7)]
    assert sorted(task for look in looks for task in look) == behind[:2]
    leases.leave(THERE)
    store.pause_batches([second], paused=False)
    looks = [fetched(leases, THERE, "jpn") for _ in range(4)]
    assert sorted(task for look in looks for task in look) == resumed[:2]
