"""Queues and workers, from the broker and the database together."""

from uuid import UUID

import pytest

from console.ops.condition import presence
from console.ops.fleet import Presence, Queue
from console.ops.presence import workers
from console.ops.queues import queues
from console.ops.services import Services
from tests.services.connections import profile
from tests.services.doorbells import consumer, taken
from tests.services.queued_jobs import queued
from worker.core.jobs import Doorbell, Priority
from worker.core.raw_messages import TASK_HEADER
from worker.core.store import WorkerReport


@pytest.fixture
def services(settings, clean):
    with Services.open(profile(settings)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("silent_s", "working", "expected"),
    [
        (0, False, Presence.ONLINE),
        (5, False, Presence.ONLINE),
        (5.1, False, Presence.SILENT),
        (15, False, Presence.SILENT),
        (15.1, False, Presence.LOST),
        (15.1, True, Presence.SILENT),
        (60, True, Presence.SILENT),
        (60.1, True, Presence.LOST),
    ],
)
def test_presence(silent_s, working, expected):
    assert presence(silent_s, working=working) is expected


def figures(queue: Queue) -> tuple[int, int, int, int]:
    return queue.ready, queue.held, queue.running, queue.delayed


def test_depths_without_any_worker(services, store):
    for priority in Priority:
        job, task = queued(store)
        services.broker.ring(Doorbell(task, job, "ocr", priority))
    ours, legacy = queues(services)
    assert (ours.queue, figures(ours), ours.pages, ours.workers) == ("ocr", (4, 0, 0, 0), 8, ())
    assert ours.oldest_s is not None
    assert ours.oldest_s < 60
    assert legacy == Queue("celery")


def test_held_becomes_running_when_it_is_claimed(services, store, leases, settings):
    for _ in range(2):
        job, task = queued(store)
        services.broker.ring(Doorbell(task, job))
    with consumer(settings) as app:
        held = taken(app)
        assert figures(queues(services)[0]) == (1, 1, 0, 0)
        leases.claim(UUID(held.headers[TASK_HEADER]), "ocr@here")
        assert figures(queues(services)[0]) == (1, 0, 1, 0)


def test_queues_that_only_a_worker_names(services):
    services.store.put_worker(WorkerReport("ocr@a", "h", 1, "1", queues=("ocr", "bulk")))
    assert [queue.queue for queue in queues(services)] == ["ocr", "celery", "bulk"]
    assert [worker.name for worker in workers(services)] == ["ocr@a"]
