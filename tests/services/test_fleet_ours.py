"""One of our workers as a real process: what is to be seen of it while it lives, is stopped, and is killed."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.ops.condition import Signs, judged
from console.ops.fleet import Condition, Presence, Worker
from console.ops.services import Services
from console.ops.snapshot import Watcher
from tests.services.connections import profile
from tests.services.worker_process import celery_worker
from tests.waiting import until
from worker.core import connections
from worker.core.settings import Settings
from worker.core.store import Store

NAME = f"mortal@{socket.gethostname()}"


def test_a_worker_of_ours_lives_is_stopped_and_is_killed(
    settings: Settings, engine: Engine, clean: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "YOUNG_S", 0.0)  # the server of a test is younger than a minute
    with Services.open(profile(settings)) as services:
        _lives_and_dies(services, engine, tmp_path)


def _lives_and_dies(services: Services, engine: Engine, folder: Path) -> None:
    watcher = Watcher(services)

    def seen() -> Worker:
        return next(one for one in watcher.take().workers if one.name == NAME)

    with celery_worker(services.settings, Store(engine), folder, name=NAME, OCR_SOFT_SHUTDOWN="0") as worker:
        assert (seen().state, seen().condition, seen().ours) == (Presence.ONLINE, Condition.WELL, True)
        assert (seen().report.pool, seen().report.slots, seen().report.autoscale) == ("prefork", 1, None)
        assert services.connected().has(NAME)
        until(lambda: NAME in services.neighbours.heard(), "its heartbeat on the broker")

        os.kill(worker.process.pid, signal.SIGSTOP)
        until(lambda: seen().condition is Condition.FROZEN, "it to be seen as frozen", seconds=10)
        assert seen().state is Presence.SILENT
        # From another machine it is the connections that tell.
        assert judged(Signs(9, "prefork", connected=services.connected().has(NAME)))[1] is Condition.FROZEN

        os.killpg(worker.process.pid, signal.SIGKILL)
        worker.process.wait()
        until(lambda: seen().condition is Condition.GONE, "it to be seen as gone", seconds=10)
        assert seen().state is Presence.LOST
        until(lambda: services.connected().has(NAME) is False, "the end of its connections")
        assert judged(Signs(9, "prefork", connected=False))[1] is Condition.GONE
