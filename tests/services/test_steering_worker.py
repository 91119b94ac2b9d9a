"""Real workers under an operator's hands: paused over a restart, made larger and smaller, told to leave, to stop."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine

from console.ops.acting import act
from console.ops.braking import NOBODY_TOLD
from console.ops.pausing import PauseQueues, ResumeQueues
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from console.ops.steering import (
    AddConsumer,
    Autoscale,
    CancelConsumer,
    Grow,
    RateLimit,
    RestartPool,
    Shrink,
    TimeLimit,
)
from console.ops.worker_ends import ForgetWorkers, Ping, WarmStop
from tests.services.queued_jobs import change
from tests.services.worker_process import ROOT, Desk, celery_worker
from tests.waiting import until
from worker.core.errors import NetworkError, NotFoundError, UsageError
from worker.core.jobs import LEGACY_QUEUE, QUEUE, Doorbell, State
from worker.core.settings import Settings
from worker.core.store import Store, WorkerReport

DOCUMENT = Path(str(files("resources.samples"))) / "born-digital.pdf"
NAME = "steered@desk"
THEIRS = "theirs"
FOREIGN = f"""
from celery import Celery
app = Celery("foreign", broker="BROKER")
app.conf.task_default_queue = "{THEIRS}"
app.conf.worker_pool_restarts = True
app.worker_main(["worker", "--without-mingle", "--without-gossip", *OPTIONS])
"""


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    with Services.open(Profile(EMBEDDED, "the embedded stack"), settings) as opened:
        yield opened


def report(store: Store, name: str = NAME) -> WorkerReport:
    return next(one for one in store.workers() if one.name == name)


def add(desk: Desk, engine: Engine, queue: str) -> UUID:
    """A document whose message lies in that queue."""
    job = desk.add(DOCUMENT, ring=False)
    change(engine, "update tasks set queue = :queue where job_id = :job", queue=queue, job=job)
    task = desk.store.tasks(job)[0].id
    desk.broker.ring(Doorbell(task, job, queue))
    desk.store.mark_published([task])
    return job


def test_a_pause_holds_over_a_restart_and_nothing_of_it_is_lost(
    services: Services, settings: Settings, store: Store, engine: Engine, tmp_path: Path
) -> None:
    desk = Desk(settings, store)
    with celery_worker(settings, store, tmp_path, name=NAME):
        act(PauseQueues((QUEUE,)), services)
        until(lambda: report(store).paused == (QUEUE,), "the worker leaves it")
        assert report(store).queues == (LEGACY_QUEUE,)
        held = add(desk, engine, QUEUE)
        assert desk.ended(add(desk, engine, LEGACY_QUEUE)).state is State.DONE  # it works on
        assert services.broker.ready([QUEUE]) == 1
    change(engine, "delete from workers")
    with celery_worker(settings, store, tmp_path, name=NAME):
        until(lambda: report(store).paused == (QUEUE,), "the new one leaves it, too")
        assert desk.ended(add(desk, engine, LEGACY_QUEUE)).state is State.DONE
        assert store.job(held).state is State.QUEUED
        act(ResumeQueues((QUEUE,)), services)
        assert desk.ended(held).state is State.DONE
        until(lambda: report(store).queues == (LEGACY_QUEUE, QUEUE), "it takes from both")


def test_a_worker_is_steered_and_every_answer_is_its_own(
    services: Services, settings: Settings, store: Store, engine: Engine, tmp_path: Path
) -> None:
    desk = Desk(settings, store)
    with celery_worker(settings, store, tmp_path, name=NAME) as worker:
        grown = act(Grow(NAME), services)
        assert "pool will grow" in grown.message
        until(lambda: report(store).slots == 2, "two processes")
        with pytest.raises(UsageError, match="one has to stay"):
            act(Shrink(NAME, 2), services)
        assert grown.undo == Shrink(NAME, 1)
        assert act(Shrink(NAME, 1), services).undo == Grow(NAME, 1)
        until(lambda: report(store).slots == 1, "one process")
        with pytest.raises(UsageError, match="fixed number"):
            act(Autoscale(NAME, 3, 1), services)
        with pytest.raises(UsageError, match="does not restart its pool"):
            act(RestartPool(NAME), services)
        limited = act(RateLimit(NAME, "ocr.run_job", "600/m"), services)
        assert "ocr.run_job" in limited.message
        assert limited.undo == RateLimit(NAME, "ocr.run_job", "0")
        assert act(RateLimit(NAME, "ocr.run_job", "500/m"), services).undo == RateLimit(NAME, "ocr.run_job", "600/m")
        with pytest.raises(UsageError, match="no task of that name"):
            act(RateLimit(NAME, "ocr.run", "1/m"), services)
        with pytest.raises(UsageError, match="does not understand that rate"):
            act(RateLimit(NAME, "ocr.run_job", "often"), services)
        _told_to_leave_while_paused(services, store)
        added = act(AddConsumer(NAME, "more"), services)
        assert desk.ended(add(desk, engine, "more")).state is State.DONE
        assert added.undo == CancelConsumer(NAME, "more")
        there = act(Ping((NAME, "nobody@desk")), services).data
        assert (there[NAME] is not None, there["nobody@desk"]) == (True, None)
        with pytest.raises(NotFoundError):
            act(Grow("nobody@desk"), services)
        with pytest.raises(UsageError, match="only a worker that is lost"):
            act(ForgetWorkers((NAME,)), services)
        stopped = act(WarmStop((NAME,)), services)
        assert (stopped.data.ended, stopped.message) == ((NAME,), f"{NAME} has stopped.")
        worker.process.wait(30)
    forgotten = act(ForgetWorkers((NAME,)), services)
    assert store.workers() == []
    assert forgotten.undo is not None
    act(forgotten.undo, services)
    assert report(store).stopped is not None


def _told_to_leave_while_paused(services: Services, store: Store) -> None:
    """It does not take it up again when the queue goes on."""
    act(PauseQueues((LEGACY_QUEUE,)), services)
    until(lambda: report(store).paused == (LEGACY_QUEUE,), "held back")
    left = act(CancelConsumer(NAME, LEGACY_QUEUE), services)
    until(lambda: report(store).paused == (), "left for good")
    act(ResumeQueues((LEGACY_QUEUE,)), services)
    assert report(store).queues == (QUEUE,)
    assert left.undo is not None
    act(left.undo, services)
    until(lambda: report(store).queues == (LEGACY_QUEUE, QUEUE), "it takes from it again")


@contextmanager
def foreign(settings: Settings, folder: Path, name: str, *options: str) -> Iterator[None]:
    """A worker of another program on the same broker."""
    script = folder / f"{name}.py"
    given = repr(["-n", name, *options])
    script.write_text(FOREIGN.replace("BROKER", settings.broker_url).replace("OPTIONS", given))
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, str(script)], cwd=ROOT, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def test_a_worker_of_another_program_is_told_by_name(
    services: Services, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise NetworkError("Redis is away.")

    control = services.broker.control
    with foreign(settings, tmp_path, "other@elsewhere", "-P", "solo"):
        until(lambda: control.look("ping", ["other@elsewhere"]), "it answers")
        done = act(PauseQueues((THEIRS,)), services)
        assert "other@elsewhere was told to leave theirs" in done.message
        until(lambda: control.consuming()["other@elsewhere"] == frozenset(), "it left")
        assert done.undo is not None
        assert "told to take from theirs again" in act(done.undo, services).message
        until(lambda: control.consuming()["other@elsewhere"] == {THEIRS}, "it is back")
        with pytest.raises(UsageError, match="cannot do that"):
            act(Grow("other@elsewhere"), services)  # its pool is one that cannot grow
        with pytest.raises(UsageError, match="cannot end a task"):
            act(TimeLimit("other@elsewhere", "celery.ping", 1, 2), services)
        act(PauseQueues((THEIRS,)), services)
        with monkeypatch.context() as now:
            now.setattr(control, "ask", away)
            assert NOBODY_TOLD in act(ResumeQueues((THEIRS,)), services).message
        assert "told to take from theirs again" in act(ResumeQueues((THEIRS,)), services).message
        act(PauseQueues((THEIRS,)), services)
    assert "did not answer" in act(ResumeQueues((THEIRS,)), services).message


def test_a_worker_that_scales_itself_gets_other_bounds_and_new_processes(
    services: Services, settings: Settings, tmp_path: Path
) -> None:
    name, control = "scaling@elsewhere", services.broker.control
    with foreign(settings, tmp_path, name, "--autoscale", "3,1"):
        until(lambda: control.look("ping", [name]), "it answers")
        done = act(Autoscale(name, 2, 1), services)
        assert "max=2 min=1" in done.message
        assert done.undo == Autoscale(name, 3, 1)
        with pytest.raises(UsageError, match="scales itself"):
            act(Grow(name), services)
        assert "has connected anew" in act(TimeLimit(name, "celery.backend_cleanup", 5, 6), services).message
        assert "reload started" in act(RestartPool(name), services).message
        stopped = act(WarmStop((name, "nobody@desk")), services)
        assert (stopped.data.ended, stopped.data.silent) == ((name,), ("nobody@desk",))
