"""What a worker's main process does for the processes that read."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, text

from tests.services.queued_jobs import change, queued, value
from worker import children
from worker.bench import Bench
from worker.core.database import transaction
from worker.core.settings import Settings
from worker.core.store import Store

UNTIL = "select lease_until from tasks where id = :task"


def test_a_process_is_vouched_for_only_while_it_has_work(
    settings: Settings, store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of a task may not reach the database: its process lives on, and nobody works at that row."""
    desk = Bench(replace(settings, renew_s=0.0))
    _, task = queued(store)
    assert desk.leases.claim(task, "one@desk")
    requests = [SimpleNamespace(worker_pid=os.getpid(), request_dict={}, args=[])]
    monkeypatch.setattr(children, "active_requests", requests)
    keeper = children.Children(desk, "one@desk")
    claimed = value(engine, UNTIL, task=task)
    keeper.look()
    at_work = value(engine, UNTIL, task=task)
    assert at_work > claimed
    requests.clear()
    keeper.look()
    assert value(engine, UNTIL, task=task) == at_work
    desk.engine.dispose()


def test_a_process_that_dies_at_once_is_missed(settings: Settings, store: Store, engine: Engine) -> None:
    """It was never seen at work, and the row of its job is locked when it is missed."""
    desk = Bench(settings)
    keeper = children.Children(desk, "one@desk")
    reader = subprocess.Popen(["sleep", "60"])
    keeper.look()
    _, task = queued(store)
    assert desk.leases.claim(task, "one@desk")
    change(engine, "update tasks set pid = :pid", pid=reader.pid)
    reader.kill()
    reader.wait()
    with transaction(engine) as other:
        other.execute(text("select 1 from jobs for update"))
        keeper.look()
    assert value(engine, "select status from tasks") == "running"
    keeper.look()
    assert value(engine, "select status from tasks") == "queued"
    assert value(engine, "select error_type from task_log") == "engine_crashed"
    desk.engine.dispose()
