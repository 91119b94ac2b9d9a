"""What an operator does with local workers, with real supervisors of fake workers: what is refused, and what stays."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from console.ops import local_workers, supervisor, worker_commands, worker_state
from console.ops.local_workers import LocalWorkers
from console.ops.profiles import Profile
from console.ops.servers import files
from console.ops.servers.files import LOG_LIMIT
from console.ops.servers.processes import find
from console.ops.supervisor import Supervisor
from console.ops.worker_commands import RestartWorkers, StartWorker, StopAll, StopWorker, cost_of
from console.ops.worker_options import WorkerOptions
from console.ops.worker_state import GAVE_UP, LocalWorker, Stop
from tests.services.fake_supervisor import WORKERS
from tests.services.test_local_workers import PROFILE, SETTINGS, ended, fakes, home, is_running
from tests.waiting import until
from worker.core.errors import InternalError, NotFoundError, ServiceError, UsageError
from worker.core.outcomes import Course

__all__ = ["home"]
REAL = Profile("real", "a test", replace(SETTINGS, production=True))


def services(profile: Profile = PROFILE) -> Any:
    return SimpleNamespace(settings=profile.settings, profile=profile)


@pytest.fixture
def workers(home: Any, monkeypatch: pytest.MonkeyPatch) -> LocalWorkers:
    """Two that run, "mine" and "yours", and nobody is known to be online."""
    monkeypatch.setattr(worker_commands, "is_online", lambda *_: False)
    made = fakes(home, "works")
    for name in ("mine", "yours"):
        made.start(SETTINGS, PROFILE, WorkerOptions(name, 1, restart_when_it_dies=False))
    until(lambda: is_running(made) and is_running(made, "yours"))
    return made


def kinds(workers: LocalWorkers, other: str) -> LocalWorkers:
    """The same home with a console whose new workers are of another kind."""
    return fakes(workers.find("mine").home, other)


def names(workers: LocalWorkers) -> list[str]:
    return [worker.name.partition("@")[0] for worker in workers.listed()]


def test_where_the_new_one_is_not_ready_the_old_one_stays(workers: LocalWorkers):
    before = workers.running()
    with pytest.raises(InternalError, match=r"mine@.* stays as it is") as error:
        RestartWorkers(kinds(workers, "ends_at_once"), ("mine", "yours")).run(services())
    assert "no such language" in error.value.sentence
    assert workers.running() == before
    StopAll(workers).run(services())
    assert names(workers) == []


def test_a_restart_is_told_to_stop_and_tells_what_it_did(workers: LocalWorkers, monkeypatch: pytest.MonkeyPatch):
    told: list[tuple[int, int]] = []
    course = Course(lambda done, asked: told.append((done, asked)))

    def online(_services: object, name: str, _pid: int | None = None) -> bool:
        if name.startswith("yours"):
            course.stop.set()
        return name.startswith("mine.2")

    monkeypatch.setattr(worker_commands, "is_online", online)
    done = RestartWorkers(workers, ("mine", "yours"), course=course).run(services())
    assert [old.partition("@")[0] for old in done.data] == ["mine"]
    assert "yours" in done.message
    assert (done.entry.asked, done.entry.done, told) == (2, 1, [(0, 2), (1, 2), (1, 2)])
    assert names(workers) == ["mine.2", "yours"]
    assert workers.find("mine").name.startswith("mine.2@")  # by the name that it had at first
    StopAll(workers).run(services())


def test_what_is_not_ours_to_restart_is_refused_before_anything_is_done(workers: LocalWorkers):
    with pytest.raises(UsageError, match="works for the profile a test"):
        RestartWorkers(workers, ("mine",)).run(services(REAL))
    with pytest.raises(NotFoundError):
        RestartWorkers(workers, ("mine", "nobody")).run(services())
    workers.start(SETTINGS, PROFILE, WorkerOptions("window", 1, stop_with_console=True))
    with pytest.raises(UsageError, match="stops with the console that started it"):
        RestartWorkers(kinds(workers, "works"), ("mine", "window")).run(services())
    assert names(workers) == ["mine", "window", "yours"]
    StopAll(workers).run(services())


def test_what_works_for_a_production_is_stopped_under_its_own_profile(workers: LocalWorkers):
    assert REAL.settings is not None
    workers.start(REAL.settings, REAL, WorkerOptions("live", 1))
    with pytest.raises(UsageError, match="production profile real"):
        StopWorker(workers, "live").run(services())
    with pytest.raises(NotFoundError):
        StopWorker(workers, "live", profile="a test").run(services())
    done = StopAll(workers).run(services())
    assert len(done.data) == 2
    assert "live" in done.message
    assert names(workers) == ["live"]
    assert StopWorker(workers, "live", profile="real").run(services(REAL)).data.profile == "real"
    assert StopAll(workers).run(services()).message == "No worker runs here."


def test_another_profile_of_the_same_name_is_no_way_around_a_production(workers: LocalWorkers, home: Any):
    production = replace(REAL, name=".env", path=home / "live" / ".env")
    other = replace(PROFILE, name=".env", path=home / "trial" / ".env")
    assert REAL.settings is not None
    workers.start(REAL.settings, production, WorkerOptions("live", 1))
    with pytest.raises(UsageError, match=r"production profile \.env") as error:
        StopWorker(workers, "live").run(services(other))
    assert str(production.path) in error.value.advice
    with pytest.raises(UsageError, match="works for the profile"):
        RestartWorkers(workers, ("live",)).run(services(other))
    assert "live" not in " ".join(StopAll(workers).run(services(other)).data)
    assert names(workers) == ["live"]
    StopWorker(workers, "live").run(services(production))
    assert names(workers) == []


def test_a_warm_stop_takes_its_time_until_a_soft_one(home: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(local_workers, "WARM_SHOWS_S", 0.3)
    workers = fakes(home, "takes_its_time")
    workers.start(SETTINGS, PROFILE, WorkerOptions("mine", 1))
    until(lambda: is_running(workers))
    done = StopWorker(workers, "mine", Stop.WARM).run(services())
    assert "ends what it has begun: at most 600 s" in done.message
    until(lambda: workers.leaving() == {done.data.name})
    assert not workers.wait_ended(done.data, 0.2)
    StopWorker(workers, "mine").run(services())
    assert ended(done.data)
    assert names(workers) == []


def test_one_that_is_not_to_be_started_again_is_not(home: Any):
    workers = fakes(home, "ends_at_once")
    workers.start(SETTINGS, PROFILE, WorkerOptions("mine", 1, restart_when_it_dies=False))

    def seen() -> LocalWorker:
        return workers.find("mine")

    until(lambda: seen().state == GAVE_UP)
    assert "not to be started again" in seen().sentence
    assert seen().log.read_text().count("no such language") == 1
    assert workers.log_of("mine") == seen().log
    workers.stop("mine")
    assert workers.log_of("mine").name.startswith("worker-mine@")  # stays, to be read


def test_a_name_that_is_online_elsewhere_is_not_given_twice(
    workers: LocalWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_commands, "is_online", lambda *_: True)
    with pytest.raises(UsageError, match="scan@other is online already"):
        StartWorker(workers, WorkerOptions("scan@other")).run(services())
    StopAll(workers).run(services())


def test_each_stop_says_what_it_costs():
    assert cost_of(Stop.NOW, 0, SETTINGS) == "It does nothing now: it ends at once."
    assert cost_of(Stop.WARM, 1, SETTINGS) == "1 task ends first, in 600 s at most. Nothing is read twice."
    assert "2 tasks have 30 s to end" in cost_of(Stop.SOFT, 2, replace(SETTINGS, soft_shutdown_s=30))
    assert "2 tasks go back to the queue at once" in cost_of(Stop.NOW, 2, SETTINGS)


def test_a_worker_whose_servers_cannot_be_started_is_not_left_behind(tmp_path: Path):
    """Not in the home whose workers are killed at the end: this very process is the supervisor."""
    mine = LocalWorker("mine@desk", "embedded", tmp_path, tmp_path / "a.log", WorkerOptions("mine", 1), True, 5.0)
    started = []

    def cannot() -> None:
        seen = LocalWorker.load(mine.file)
        assert seen is not None
        assert seen.worker is not None
        started.append(seen.worker)
        raise ServiceError("The servers cannot be started.")

    with pytest.raises(ServiceError):
        Supervisor(mine, [sys.executable, "-c", WORKERS["ignores_stop"]], begun=cannot).run()
    assert [find(one) for one in started] == [None]


@pytest.mark.parametrize("part", ["options", "supervisor", "home", "worker"])
def test_a_state_file_that_is_damaged_is_none(home: Any, part: str):
    ours = LocalWorker("mine@desk", "a test", home, home / "log", WorkerOptions(), False, 1.0, state=GAVE_UP)
    ours.save()
    assert LocalWorkers(home).listed() == (ours,)
    ours.file.write_text(json.dumps(json.loads(ours.file.read_text()) | {part: 7}))
    assert LocalWorkers(home).listed() == ()


def test_a_full_disk_does_not_end_a_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ours = LocalWorker("mine@desk", "a test", tmp_path, tmp_path / "log", WorkerOptions(), False, 1.0)
    ours.log.write_bytes(b"x" * (LOG_LIMIT + 1))
    keeper = Supervisor(ours, ["sleep", "20"])
    monkeypatch.setattr(supervisor, "put_aside_if_long", lambda _log: None)
    full = Mock(side_effect=OSError(28, "No space left on device"))
    monkeypatch.setattr(files, "write_private", full)
    monkeypatch.setattr(worker_state, "write_private", full)
    with ThreadPoolExecutor(1) as pool:
        ending = pool.submit(keeper.run)
        until(lambda: ending.done() or (full.call_count >= 2 and ours.log.stat().st_size == 0))
        assert not ending.done()
        keeper.stop.set()
        assert ending.result(20) == 0
