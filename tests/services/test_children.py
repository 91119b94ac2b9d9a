"""What a worker's main process does for its children: real processes and rows, requests as Celery keeps them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from tests.services.queued_jobs import change, queued, value
from tests.waiting import until
from worker import children
from worker.bench import Bench
from worker.children import Children
from worker.core.database import transaction
from worker.core.ids import new_id
from worker.core.jobs import State
from worker.core.leases import Lease, Leases
from worker.core.raw_messages import TASK_HEADER
from worker.core.settings import Settings
from worker.core.store import Store


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> set[object]:
    """What Celery would say is at work."""
    at_work: set[object] = set()
    monkeypatch.setattr(children, "active_requests", at_work)
    return at_work


@pytest.fixture
def looking(settings: Settings, engine: Engine, leases: Leases) -> Children:
    desk = Bench(settings)
    desk.__dict__.update(engine=engine, leases=leases)
    return Children(desk, "one@desk")


def read_by(child: subprocess.Popen[bytes], requests: set[object], leases: Leases, engine: Engine, task: UUID) -> Lease:
    """The task, claimed by that process."""
    message = str(new_id())
    children.received.append(message)
    lease = leases.claim(task, "one@desk", message_id=message)
    assert lease is not None
    change(engine, "update tasks set pid = :pid where id = :task", pid=child.pid, task=task)
    request = SimpleNamespace(worker_pid=child.pid, request_dict={TASK_HEADER: str(task)}, args=[str(lease.job_id)])
    requests.add(_Request(request))
    return lease


class _Request:
    """Hashed by what it is, as Celery's are."""

    def __init__(self, about: SimpleNamespace) -> None:
        self.__dict__.update(about.__dict__)


def lease_grows(engine: Engine, looking: Children, task: UUID) -> bool:
    query = "select lease_until from tasks where id = :task"
    before = value(engine, query, task=task)
    looking._vouched = 0.0
    looking.look()
    return bool(value(engine, query, task=task) > before)


def test_what_a_living_child_works_at_is_renewed(
    child: subprocess.Popen[bytes],
    requests: set[object],
    looking: Children,
    leases: Leases,
    store: Store,
    engine: Engine,
) -> None:
    _, task = queued(store)
    read_by(child, requests, leases, engine, task)
    assert lease_grows(engine, looking, task)
    requests.clear()  # its end never reached the database, and the child is idle
    assert not lease_grows(engine, looking, task)


def test_what_a_dead_child_held_is_queued_at_once(
    child: subprocess.Popen[bytes],
    requests: set[object],
    looking: Children,
    leases: Leases,
    store: Store,
    engine: Engine,
) -> None:
    job, task = queued(store)
    leases.begin_page(read_by(child, requests, leases, engine, task), 2)
    looking.look()
    assert store.job(job).state is State.RUNNING
    requests.clear()  # Celery may have noticed first
    child.kill()
    child.wait()
    looking.look()
    assert store.job(job).state is State.QUEUED
    assert value(engine, "select suspect from tasks where id = :task", task=task) == 2


def test_one_that_dies_before_it_was_seen_at_work_is_missed(
    child: subprocess.Popen[bytes],
    requests: set[object],
    looking: Children,
    leases: Leases,
    store: Store,
    engine: Engine,
) -> None:
    """And what is locked just then is asked for again."""
    looking.look()
    _, task = queued(store)
    read_by(child, requests, leases, engine, task)
    requests.clear()
    child.kill()
    child.wait()
    with transaction(engine) as other:
        other.execute(text("select 1 from jobs for update"))
        looking.look()
    assert value(engine, "select status from tasks") == "running"
    looking.look()
    assert value(engine, "select status from tasks") == "queued"
    assert value(engine, "select error_type from task_log") == "engine_crashed"


def test_what_another_worker_of_the_same_name_holds_is_not_ours(
    child: subprocess.Popen[bytes],
    requests: set[object],
    looking: Children,
    leases: Leases,
    store: Store,
    engine: Engine,
) -> None:
    """Its process looks dead here, for it runs on another machine."""
    _, task = queued(store)
    read_by(child, requests, leases, engine, task)
    requests.clear()
    children.received.clear()
    child.kill()
    child.wait()
    looking.look()
    assert value(engine, "select status from tasks") == "running"


def test_what_a_killed_worker_left_is_taken_back_by_the_one_in_its_place(
    requests: set[object], looking: Children, leases: Leases, store: Store, engine: Engine
) -> None:
    (_, left), (_, ours), (_, another) = (queued(store) for _ in range(3))
    for task, worker in ((left, "one@desk"), (another, "two@desk")):
        assert leases.claim(task, worker)
        change(engine, "update tasks set started_at = started_at - interval '1 day'")
    assert leases.claim(ours, "one@desk")
    looking.look()
    status = "select status from tasks where id = :task"
    assert [value(engine, status, task=task) for task in (left, ours, another)] == ["queued", "running", "running"]
    assert value(engine, "select error_type from task_log where task_id = :task", task=left) == "interrupted"


def test_the_process_of_a_cancelled_task_is_ended(
    child: subprocess.Popen[bytes],
    requests: set[object],
    looking: Children,
    leases: Leases,
    store: Store,
    engine: Engine,
) -> None:
    job, task = queued(store)
    read_by(child, requests, leases, engine, task)
    looking.look()
    assert child.poll() is None
    store.cancel([job], by="ann")
    looking.look()
    until(lambda: child.poll() is not None, "the end of the process")
    requests.clear()
    looking.look()
    assert store.job(job).state is State.CANCELLED
