"""Workers of ours as real processes: one that is busy, one that was stopped and one that was killed, told apart."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine

from console.ops import presence
from console.ops.fleet import Condition, Presence, Worker
from console.ops.services import Services
from console.ops.snapshot import Snapshot, Watcher
from tests.services.connections import profile
from tests.services.worker_process import Desk, celery_worker
from tests.services.worker_process import Worker as Process
from tests.waiting import until
from worker.core import connections
from worker.core.settings import Settings
from worker.core.store import Store

SCAN = Path(str(files("resources.samples"))) / "english-scan.pdf"
DROWSY = Path(__file__).parent / "drowsy"
HERE, ELSEWHERE = socket.gethostname(), "another machine"
BUSY, FROZEN, KILLED = (f"{name}@{HERE}" for name in ("busy", "frozen", "killed"))
POOLS = {BUSY: "solo", FROZEN: "prefork", KILLED: "prefork"}
NOT_ONLINE_S, LOST_S = 6.0, 16.0  # what is promised of a worker that was killed


@dataclass(frozen=True)
class Look:
    """What a console on some machine saw, and when it began to look: seconds after the kill."""

    host: str
    at_s: float
    picture: Snapshot

    def worker(self, name: str) -> Worker:
        return next(one for one in self.picture.workers if one.name == name)

    @property
    def findings(self) -> set[tuple[str, str]]:
        return {(one.rule, one.subject) for one in self.picture.facts.findings}


class Eyes:
    """A console on this machine and one on another, which sees no processes."""

    def __init__(self, services: Services, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self._watchers = {HERE: Watcher(services), ELSEWHERE: Watcher(services)}
        self.looks: list[Look] = []
        self.begun = time.monotonic()

    def look(self) -> Look:
        """Once from each; gives what the one far away saw."""
        for host, watcher in self._watchers.items():
            self._patch.setattr(presence, "socket", SimpleNamespace(gethostname=lambda host=host: host))
            at_s = time.monotonic() - self.begun
            self.looks.append(Look(host, at_s, watcher.take()))
        return self.looks[-1]

    def until_s(self, host: str, *states: Presence) -> float:
        """The last moment at which the killed one was still shown as one of these."""
        return max(look.at_s for look in self.looks if look.host == host and look.worker(KILLED).state in states)


@pytest.fixture
def services(settings: Settings, clean: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setattr(connections, "YOUNG_S", 0.0)  # the server of a test is younger than a minute
    with Services.open(profile(settings)) as opened:
        yield opened


@pytest.fixture
def reading(services: Services, engine: Engine, tmp_path: Path) -> Iterator[dict[str, Process]]:
    """Three workers, each with a document that takes it half a minute."""
    settings, store = services.settings, Store(engine)
    desk = Desk(settings, store)
    path = f"{DROWSY}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    with ExitStack() as stack:
        processes = {}
        for name, pool in POOLS.items():
            options = ("-P", pool, "-Q", name)
            started = celery_worker(
                settings, store, tmp_path, name=name, options=options, PYTHONPATH=path, OCR_ENGINE="tesserocr"
            )
            processes[name] = stack.enter_context(started)
            stack.callback(_send, processes[name], signal.SIGKILL)
        for name in POOLS:
            desk.add(SCAN, queue=name)
        until(lambda: {one.worker for one in services.pulse().running if one.page} == set(POOLS), "all three read")
        yield processes


def _send(worker: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(worker.process.pid, number)


def test_a_busy_one_a_stopped_one_and_a_killed_one_are_told_apart_in_time(
    services: Services, reading: dict[str, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    eyes = Eyes(services, monkeypatch)
    first = {name: eyes.look().worker(name) for name in POOLS}
    until(lambda: {FROZEN, KILLED} <= services.neighbours.heard().keys(), "their heartbeats on the broker")
    assert {(one.state, one.ours, one.report.slots, one.report.autoscale) for one in first.values()} == {
        (Presence.ONLINE, True, 1, None)
    }
    assert {name: one.report.pool for name, one in first.items()} == POOLS
    eyes.looks.clear()

    _send(reading[FROZEN], signal.SIGSTOP)
    _send(reading[KILLED], signal.SIGKILL)
    eyes.begun = time.monotonic()
    reading[KILLED].process.wait()
    until(lambda: eyes.look().worker(KILLED).state is Presence.LOST, "the end of the killed one", every=0.2)

    _look_at_the_killed(eyes)
    for look in eyes.looks:
        busy, frozen = look.worker(BUSY), look.worker(FROZEN)
        assert (busy.condition, busy.state is Presence.LOST) == (Condition.BUSY, False)
        assert frozen.state is Presence.ONLINE or frozen.condition is Condition.FROZEN
        assert BUSY not in {subject for _rule, subject in look.findings}
    assert {look.worker(BUSY).state for look in eyes.looks} == {Presence.ONLINE, Presence.SILENT}
    assert eyes.looks[-1].worker(FROZEN).state is not Presence.ONLINE


def _look_at_the_killed(eyes: Eyes) -> None:
    """A look that began after the promised moment shows it as it is, however busy the machine."""
    online = {host: eyes.until_s(host, Presence.ONLINE) for host in (HERE, ELSEWHERE)}
    there = {host: eyes.until_s(host, Presence.ONLINE, Presence.SILENT) for host in (HERE, ELSEWHERE)}
    print(f"killed: shown online until {online}, lost not until {there}")
    assert max(online.values()) < NOT_ONLINE_S
    assert there[HERE] == online[HERE]  # its process is seen to be gone
    assert there[ELSEWHERE] < LOST_S
    for look in eyes.looks[-2:]:
        assert look.worker(KILLED).condition is Condition.GONE
        assert ("worker_lost", KILLED) in look.findings
