"""Local workers with real supervisors and a fake worker: started again, stopped, adopted, and nothing left behind."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from console.ops import local_workers
from console.ops.local_workers import LocalWorkers, environment
from console.ops.profiles import Profile
from console.ops.program import program_environment
from console.ops.servers.files import LOG_LIMIT
from console.ops.servers.processes import Mark, find, mark
from console.ops.worker_ending import kill_what_is_left
from console.ops.worker_options import WorkerOptions
from console.ops.worker_state import GAVE_UP, RUNNING, LocalWorker
from tests.waiting import until
from worker.core.errors import InternalError, NotFoundError, UsageError
from worker.core.said import Joined, Said
from worker.core.settings import Settings
from worker.core.store import Store

SETTINGS = Settings.from_mapping(
    {
        "DATABASE_URL": "postgresql://ocr:hush-hush@127.0.0.1:1/ocr",
        "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
        "CELERY_RESULT_BACKEND": "redis://127.0.0.1:1/1",
        "MINIO_ENDPOINT": "127.0.0.1:1",
        "MINIO_ACCESS_KEY": "key",
        "MINIO_SECRET_KEY": "hush-hush",
        "MINIO_OCR_BUCKET": "ocr",
        "OCR_SOFT_SHUTDOWN": "0",
    },
    "a test",
)
PROFILE = Profile("a test", "a test", SETTINGS)
STARTS = """
import sys
from pathlib import Path
from console.ops.worker_options import WorkerOptions
from tests.services.test_local_workers import PROFILE, SETTINGS, fakes
workers = fakes(Path(sys.argv[1]), "works")
workers.start(SETTINGS, PROFILE, WorkerOptions("mine", stop_with_console=True))
print("started", flush=True)
sys.stdin.read()
"""


def fakes(home: Path, kind: str) -> LocalWorkers:
    def argv(worker: LocalWorker) -> list[str]:
        return [sys.executable, "-m", "tests.services.fake_supervisor", str(worker.file), kind]

    return LocalWorkers(home, supervisor=argv)


def is_running(workers: LocalWorkers, name: str = "mine") -> bool:
    return workers.find(name).state == RUNNING and "ready" in workers.find(name).log.read_text()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose workers are gone when the test is."""
    yield tmp_path
    for worker in LocalWorkers(tmp_path).running():
        for known in (worker.supervisor, worker.worker):
            process = find(known) if known else None
            if process is not None:
                with contextlib.suppress(psutil.Error):
                    process.kill()


def start(home: Path, kind: str = "works", *, with_console: bool = False) -> tuple[LocalWorkers, LocalWorker]:
    workers = fakes(home, kind)
    workers.start(SETTINGS, PROFILE, WorkerOptions("mine", 1, stop_with_console=with_console))
    return workers, workers.find("mine")


def ended(*workers: LocalWorker) -> bool:
    return not any(worker.alive for worker in workers)


def test_a_worker_is_started_known_to_the_next_console_and_stopped(home: Path):
    workers, _ = start(home)
    until(lambda: is_running(workers))
    (seen,) = LocalWorkers(home).running()
    assert seen.pid is not None
    assert seen.file.stat().st_mode & 0o777 == 0o600
    LocalWorkers(home).stop("mine")  # another console
    assert ended(seen)
    assert LocalWorkers(home).running() == ()
    with pytest.raises(NotFoundError):
        workers.stop("mine")


def test_secrets_are_in_the_environment_only(home: Path):
    workers, _ = start(home)
    until(lambda: is_running(workers))
    worker = workers.find("mine")
    assert worker.supervisor is not None
    process = psutil.Process(worker.supervisor.pid)
    assert "hush-hush" not in " ".join(process.cmdline()) + worker.file.read_text() + worker.log.read_text()
    assert process.environ()["MINIO_SECRET_KEY"] == "hush-hush"
    workers.stop("mine")


def test_the_environment_is_the_profile_s_and_nobody_else_s(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere:6379/0")
    monkeypatch.setenv("S3_BUCKET", "elsewhere")
    monkeypatch.setenv("TESSDATA_PREFIX", "/elsewhere")
    made = environment(SETTINGS)
    assert "elsewhere" not in " ".join(made.values())
    assert made["OMP_THREAD_LIMIT"] == "1"
    assert Settings.from_mapping(made, "its environment") == SETTINGS


def test_a_worker_that_was_killed_is_started_again(home: Path):
    workers, _ = start(home)
    until(lambda: is_running(workers))
    first = workers.find("mine").worker
    assert first is not None
    os.kill(first.pid, 9)
    until(lambda: "It was killed. It is started again." in workers.find("mine").sentence, "it is told")
    until(lambda: workers.find("mine").restarts == 1 and workers.find("mine").state == RUNNING)
    assert workers.find("mine").worker != first
    workers.stop("mine")


def test_a_worker_that_is_told_to_stop_by_others_is_not_started_again(home: Path):
    workers, _ = start(home, "obeys")
    until(lambda: is_running(workers))
    assert workers.why_not("mine") == ""
    worker = workers.find("mine")
    assert worker.worker is not None
    os.kill(worker.worker.pid, signal.SIGTERM)
    until(lambda: ended(worker), "the end of both")
    assert workers.running() == ()


def test_a_worker_that_ends_again_and_again_is_given_up_with_its_last_words(home: Path):
    workers, started = start(home, "ends_at_once")
    until(lambda: "no such language" in workers.why_not("mine"), "the first end is told")
    with pytest.raises(InternalError, match="no such language"):
        workers.wait_ready(started, lambda *_: False, limit_s=60)
    assert workers.find("mine").state == GAVE_UP
    assert started.log.read_text().count("no such language") == 5  # not more: it does not spin
    until(lambda: ended(started))
    (listed,) = workers.listed()  # so that somebody can see why
    assert "no such language" in listed.sentence
    assert isinstance(listed.sentence, Joined)  # the supervisor's file keeps what it is made of
    assert [type(part) for part in listed.sentence.parts] == [Said, Said, Said]
    assert "no such language" in workers.why_not("mine")
    workers.stop("mine")
    assert workers.listed() == workers.running() == ()


def test_the_log_of_a_worker_that_runs_for_long_stays_bounded(home: Path):
    workers, worker = start(home, "talks")
    kept = worker.log.with_name(f"{worker.log.name}.1")
    until(lambda: kept.exists() and worker.log.stat().st_size < LOG_LIMIT, "the log is cut")
    assert kept.read_text().startswith("ready\n")
    assert kept.stat().st_mode & 0o777 == 0o600
    workers.stop("mine")


def test_a_worker_that_does_not_stop_is_killed_after_its_grace(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(local_workers, "MARGIN_S", 0.5)
    workers, _ = start(home, "ignores_stop")
    until(lambda: is_running(workers))
    worker = workers.find("mine")
    workers.stop("mine")
    assert ended(worker)


def test_one_that_ends_what_it_has_begun_is_known_to_take_nothing_new(home: Path):
    workers = fakes(home, "ignores_stop")
    workers.start(replace(SETTINGS, soft_shutdown_s=60), PROFILE, WorkerOptions("mine"))
    until(lambda: is_running(workers))
    assert workers.leaving() == frozenset()
    mine = workers.find("mine")
    assert mine.supervisor is not None
    os.kill(mine.supervisor.pid, signal.SIGTERM)
    until(lambda: workers.leaving() == {mine.name})
    assert mine.pid is not None
    os.kill(mine.pid, signal.SIGKILL)
    until(lambda: workers.leaving() == frozenset())


def test_children_of_a_killed_worker_do_not_stay(home: Path):
    workers, _ = start(home, "has_children")
    until(lambda: is_running(workers))
    worker = workers.find("mine")
    assert worker.pid is not None
    until(lambda: psutil.Process(worker.pid).children())
    child = psutil.Process(worker.pid).children()[0]
    os.kill(worker.pid, 9)
    until(lambda: not child.is_running())
    workers.stop("mine")


def test_the_number_of_a_worker_that_ended_long_ago_may_be_another_program_s(home: Path):
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    known = mark(stranger.pid)
    assert known is not None
    ours = LocalWorker("mine@desk", "a test", home, home / "log", WorkerOptions(), False, 1.0, state=GAVE_UP)
    try:
        kill_what_is_left(replace(ours, worker=Mark(known.pid, known.created - 86_400)))
        with pytest.raises(subprocess.TimeoutExpired):
            stranger.wait(0.2)
        kill_what_is_left(replace(ours, worker=known))
        stranger.wait(30)
    finally:
        stranger.kill()
        stranger.wait()


def test_a_killed_supervisor_takes_its_worker_with_it(home: Path):
    workers, _ = start(home)
    until(lambda: is_running(workers))
    worker = workers.find("mine")
    assert worker.supervisor is not None
    os.kill(worker.supervisor.pid, 9)
    until(lambda: ended(worker))
    assert "lifeline cut" in worker.log.read_text()


def test_what_lost_its_supervisor_and_does_not_end_is_stopped_by_name(home: Path):
    workers, _ = start(home, "ignores_stop")
    until(lambda: is_running(workers))
    worker = workers.find("mine")
    assert worker.supervisor is not None
    os.kill(worker.supervisor.pid, 9)
    workers.stop("mine")
    assert ended(worker)


@pytest.mark.parametrize("how", [9, 15])
def test_a_worker_that_stops_with_its_console_does_so_however_that_ends(home: Path, how: int):
    console = subprocess.Popen(
        [sys.executable, "-c", STARTS, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=program_environment(),
    )
    assert console.stdout is not None
    assert console.stdin is not None
    assert console.stdout.readline() == b"started\n"
    workers = LocalWorkers(home)
    until(lambda: is_running(workers))
    worker = workers.find("mine")
    console.send_signal(how)
    console.wait(30)
    until(lambda: ended(worker))
    console.stdout.close()
    console.stdin.close()


def test_close_stops_those_that_stop_with_the_console_and_no_others(home: Path):
    workers, _ = start(home, with_console=True)
    workers.start(SETTINGS, PROFILE, WorkerOptions("stays", 1))
    until(lambda: is_running(workers) and is_running(workers, "stays"))
    mine, stays = workers.find("mine"), workers.find("stays")
    workers.close()
    assert ended(mine)
    assert stays.alive
    LocalWorkers(home).stop("stays")


def test_names(home: Path):
    workers, _ = start(home)
    for bad in ("a b", "../x", "-c", "a@b@c", ""):
        with pytest.raises(UsageError):
            workers.start(SETTINGS, PROFILE, WorkerOptions(bad))
    with pytest.raises(UsageError, match="runs here already"):
        workers.start(SETTINGS, PROFILE, WorkerOptions("mine"))
    workers.stop("mine")


def test_a_worker_of_a_production_profile_was_confirmed_when_it_was_started(
    home: Path, settings: Settings, store: Store
):
    workers, settings = LocalWorkers(home), replace(settings, production=True)
    production = Profile("production", "a test", settings)
    worker = workers.start(settings, production, WorkerOptions("real", 1))
    try:
        workers.wait_ready(worker, lambda name, pid: (name, pid) in {(one.name, one.pid) for one in store.workers()})
    finally:
        workers.stop("real")
