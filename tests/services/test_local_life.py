"""Real local workers through their lives: started, adopted, replaced, stopped in each way, and nothing of them left."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import psutil
import pytest

from console.ops.local_workers import LocalWorkers
from console.ops.presence import is_online
from console.ops.profiles import open_profile
from console.ops.program import program_environment
from console.ops.services import Services
from console.ops.worker_commands import RestartWorkers, StopAll, StopWorker
from console.ops.worker_figures import Figures
from console.ops.worker_options import WorkerOptions
from console.ops.worker_recipes import command
from console.ops.worker_state import LocalWorker, Stop
from tests.services.worker_process import ROOT, Desk
from tests.waiting import until
from worker.core.jobs import Options, State
from worker.core.settings import Settings
from worker.core.store import Store

SCAN = Path(str(files("resources.samples"))) / "english-scan.pdf"
GONE_S = 45.0  # what reads has OCR_SOFT_SHUTDOWN seconds, and its processes ten
STARTS = """
import sys
from pathlib import Path
from console.ops.local_workers import LocalWorkers
from console.ops.profiles import open_profile
from tests.services.test_local_life import GOES, STAYS
home = Path(sys.argv[1])
profile = open_profile(home / "real.env", {})
workers = LocalWorkers(home)
for options in (GOES, STAYS):
    workers.start(profile.settings, profile, options)
print("started", flush=True)
sys.stdin.read()
"""
GOES = WorkerOptions("goes", 1, stop_with_console=True)
STAYS = WorkerOptions(
    "stays", 2, ("ocr", "other"), nice=5, time_limit_s=300, memory_mb=900, tasks_per_child=50, log_level="DEBUG",
    log_format="json",
)  # fmt: skip


class Watched(LocalWorkers):
    """Tells whether the other one was online at the moment when one was told to stop."""

    services: Services
    seen: tuple[str, bool] = ("", False)

    def stop(self, name: str, how: Stop = Stop.SOFT) -> LocalWorker:
        (other,) = [worker.name for worker in self.running() if worker.name != name]
        self.seen = other, is_online(self.services, other)
        return super().stop(name, how)


class Home:
    """A folder of workers, and what of them runs on this machine: the profile's own variable tells their processes."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        values = settings.as_environment() | {"OWN_MARK": str(folder)}
        file = folder / "real.env"
        file.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()), "utf-8")
        file.chmod(0o600)
        self.profile = open_profile(file, {})
        assert self.profile.settings is not None
        self.settings: Settings = self.profile.settings
        self.workers = Watched(folder)

    def processes(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                alive = process.status() != psutil.STATUS_ZOMBIE
                if alive and process.environ().get("OWN_MARK") == str(self.folder):
                    found.append(process)
        return found

    def tell(self, when: str) -> None:
        """A row of the table: how many processes, and which."""
        names = []
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                words = process.cmdline()
                kind = "supervisor" if "supervise" in words else "worker" if "worker" in words else words[0]
                names.append(f"{process.pid} {kind}")
        print(f"| {when} | {len(names)} | {', '.join(names) or 'none'} |")


@pytest.fixture
def home(settings: Settings, store: Store, tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path, replace(settings, soft_shutdown_s=0))
    yield made
    for process in made.processes():
        with contextlib.suppress(psutil.Error):
            process.kill()


@pytest.fixture
def services(home: Home) -> Iterator[Services]:
    with Services(home.profile) as opened:
        yield opened


def test_from_a_console_that_is_killed_to_one_that_stops_all(home: Home, services: Services):
    home.tell("before")
    console = subprocess.Popen(
        [sys.executable, "-c", STARTS, str(home.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=program_environment(),
    )
    assert console.stdout is not None
    assert console.stdin is not None
    assert console.stdout.readline() == b"started\n"
    workers = home.workers
    goes, stays = workers.find("goes"), workers.find("stays")
    for one in (goes, stays):
        until(lambda one=one: is_online(services, one.name), "it is ready")  # type: ignore[misc]
    home.tell("two workers")
    everything_reached_it(workers.find("stays"), services)

    of_one = {child.pid for child in psutil.Process(workers.find("goes").pid).children(recursive=True)}
    console.kill()
    console.wait(30)
    killed = time.monotonic()
    until(lambda: "goes" not in " ".join(one.name for one in workers.running()), "it stops", seconds=GONE_S)
    until(lambda: not of_one & {process.pid for process in home.processes()}, "its children end", seconds=GONE_S)
    home.tell(f"{time.monotonic() - killed:.1f} s after kill -9 of the console")
    assert [one.name for one in workers.running()] == [stays.name]

    workers.services = services
    restarted = RestartWorkers(workers, ("stays",)).run(services)
    new = stays.name.replace("stays", "stays.2")
    assert (restarted.data, workers.seen) == ({stays.name: new}, (new, True))
    home.tell("one is replaced by another console")
    assert [(one.name, one.options.memory_mb) for one in workers.running()] == [(new, 900)]

    services.broker.control.tell("shutdown", (new,))
    until(lambda: not home.processes(), "it is told through the broker, and nobody starts it again", seconds=GONE_S)
    until(lambda: workers.listed() == (), "it is forgotten")
    home.tell("told to stop through the broker")
    console.stdout.close()
    console.stdin.close()


def everything_reached_it(worker: LocalWorker, services: Services) -> None:
    """Each choice is where it takes effect; a secret is in the environment alone."""
    assert worker.pid is not None
    main = psutil.Process(worker.pid)
    assert main.nice() == psutil.Process().nice() + 5
    given = main.environ()
    assert (given["OCR_TIME_LIMIT"], given["OCR_SOFT_TIME_LIMIT"], given["OCR_MAX_MEMORY"]) == ("300", "270", "900")
    assert services.settings.s3_secret_key not in " ".join(main.cmdline()) + worker.file.read_text()
    assert worker.log.read_text().splitlines()[-1].startswith("{")
    assert "[queues]" not in worker.log.read_text()  # Celery's banner is no entry
    (report,) = [one for one in services.store.workers() if one.name == worker.name]
    assert (report.slots, report.pool, set(report.queues)) == (2, "prefork", {"ocr", "other"})
    stats = services.broker.control.look("stats", (worker.name,))[worker.name]
    assert (stats["pool"]["max-tasks-per-child"], stats["pool"]["timeouts"]) == (50, [270, 300])
    figures = Figures()
    looks = [figures.take([worker])[worker.name] for _ in range(2)]
    assert [one.role for one in looks[0].processes] == ["supervisor", "main", "child", "child"]
    assert looks[0].cpu_percent is None
    assert looks[1].cpu_percent is not None
    assert looks[1].memory_mb > 50


def test_a_stop_is_warm_or_at_once_and_nothing_is_lost(home: Home, settings: Settings, store: Store):
    """The time of a soft stop is over at once here, and leases last; so each way shows."""
    home.settings = replace(home.settings, lease_s=3600, renew_s=1)
    profile = replace(home.profile, settings=home.settings)
    desk, workers = Desk(settings, store), LocalWorkers(home.folder)
    with Services(profile, home.settings) as services:
        warm = workers.start(home.settings, profile, WorkerOptions("warm", 1))
        cold = workers.start(home.settings, profile, WorkerOptions("cold", 1, ("other",)))
        for one in (warm, cold):
            workers.wait_ready(one, lambda name, _: is_online(services, name))
        first = desk.add(SCAN, Options(pages="1-3"))
        until(lambda: store.job(first).pages_done >= 1, "a page is read")
        told = StopWorker(workers, "warm", Stop.WARM).run(services)
        assert "ends what it has begun" in told.message or not workers.is_ending(warm)
        until(lambda: store.job(first).state is State.DONE, "it ends what it has begun")
        assert store.job(first).attempts == 1
        until(lambda: [one.name for one in workers.running()] == [cold.name], "it is gone")

        second = desk.add(SCAN, Options(pages="1-3"), queue="other")
        until(lambda: store.job(second).pages_done >= 1, "a page is read")
        killed = StopAll(workers, Stop.NOW).run(services)
        assert "1 task went back to the queue." in killed.message
        assert store.job(second).state is State.QUEUED
        assert home.processes() == []
        assert all(report.stopped for report in store.workers())


def test_the_printed_command_starts_a_worker(home: Home, services: Services):
    options = replace(STAYS, name="printed@desk")
    shell = subprocess.Popen(
        ["sh", "-c", command(options, home.profile, home.settings)],
        cwd=ROOT,
        env={"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]), "HOME": str(home.folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until(lambda: shell.poll() is not None or is_online(services, "printed@desk"), "it is ready")
        (report,) = [one for one in services.store.workers() if one.name == "printed@desk"]
        assert (report.slots, set(report.queues)) == (2, {"ocr", "other"})
        assert psutil.Process(report.pid).environ()["OCR_MAX_MEMORY"] == "900"
    finally:
        os.killpg(shell.pid, 15)
        shell.wait(GONE_S)


def test_a_worker_that_fails_says_so_with_its_exit_code(settings: Settings):
    """So that its supervisor starts it again; one that was told to stop ends with 0."""
    fails = "import worker.app; from celery.apps.worker import Worker; from console.__main__ import main\n"
    fails += "Worker.start = lambda self: self.stop(exitcode=1)\nraise SystemExit(main(['worker', 'run']))"
    done = subprocess.run(
        [sys.executable, "-c", fails],
        env=program_environment(settings.as_environment()),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
