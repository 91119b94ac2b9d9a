"""What strikes a worker itself: a page that ends its processes, and a disk without room."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from console.ops.doctor.why import why_not_running
from console.ops.services import Services
from console.ops.snapshot import Watcher
from tests.hazards.meeting import Meeting
from tests.hazards.pictures import FRAMES, frames
from tests.services.connections import profile
from tests.services.worker_process import Desk, celery_worker
from tests.unit.documents import picture
from tests.waiting import until
from worker.core.jobs import Options, State
from worker.core.settings import Settings
from worker.core.store import Store

DEADLY = Path(__file__).parents[1] / "hazards" / "deadly"
ROOM = 230  # MB on a disk; 200 are wanted to work in


@pytest.fixture
def services(settings: Settings, engine: Engine, clean: None) -> Iterator[Services]:
    with Services.open(profile(settings), settings) as opened:
        yield opened


def test_a_page_that_ends_every_engine_costs_that_page(services: Services, settings: Settings, tmp_path: Path) -> None:
    desk = Desk(settings, Store(services.engine))
    places: Any = {
        "PYTHONPATH": f"{DEADLY}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        "PATH": f"{DEADLY / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    frames(tmp_path / "deadly.tif")
    with celery_worker(settings, desk.store, tmp_path, name="mortal@desk", **places) as worker:
        meeting = Meeting(services, worker, desk, tmp_path, ())
        with meeting.watched("kills the engine", "deadly.tif") as seen:
            job = desk.ended(desk.add(tmp_path / "deadly.tif"))
            pages = {page.number: page for page in desk.store.pages(job.id)}
            seen.of(job, more=str(pages[2].error))
        assert (job.state, job.pages_done, job.pages_failed) == (State.DONE, 3, 1)
        assert [pages[number].text for number in (1, 3)] == [FRAMES[0], FRAMES[2]]
        assert (pages[2].state, pages[2].error_class) == ("failed", "engine_crashed")
        assert not meeting.same_process()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[tuple[list[str], Path]]:
    """How to start a program whose disks are all one small one, and where that is seen from here."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("a disk for one process only is made as Linux does it")
    place, ready = tmp_path / "disk", tmp_path / "ready"
    place.mkdir()
    script = (
        f'mount -t tmpfs -o size={ROOM}m,mode=1777 small "{place}" && mount --bind "{place}" /dev/shm && '
        f'touch "{ready}" && exec sleep 600'
    )
    keeper = subprocess.Popen(["unshare", "-rm", "sh", "-c", script], stderr=subprocess.PIPE)
    until(lambda: ready.exists() or keeper.poll() is not None, "the disk")
    if keeper.poll() is not None:
        pytest.skip("no disk can be made here for one process only")
    enter = [
        "nsenter",
        "--preserve-credentials",
        f"--user=/proc/{keeper.pid}/ns/user",
        f"--mount=/proc/{keeper.pid}/ns/mnt",
    ]
    yield enter, Path(f"/proc/{keeper.pid}/root{place}")
    keeper.kill()
    keeper.communicate()


def test_a_full_disk_holds_the_worker_and_not_the_job(
    services: Services, settings: Settings, tmp_path: Path, small_disk: tuple[list[str], Path]
) -> None:
    enter, disk = small_disk
    desk = Desk(settings, Store(services.engine))
    ballast = disk / "ballast"
    with celery_worker(
        settings, desk.store, tmp_path, name="small@desk", before=enter, TMPDIR=str(tmp_path / "disk")
    ) as worker:
        meeting = Meeting(services, worker, desk, tmp_path, ())
        ballast.write_bytes(bytes((ROOM - 60) << 20))
        with meeting.watched("disk full on a worker", "letter.png") as seen:
            job_id = desk.add(picture(tmp_path / "letter.png"), Options(formats=("txt",)))
            until(lambda: "Work waits" in worker.log, "the worker says that it waits")
            watcher = Watcher(services)
            until(lambda: "disk_low" in {one.rule for one in watcher.take().facts.findings}, "the window says so")
            assert desk.store.job(job_id).state in {State.QUEUED, State.RUNNING}
            why = why_not_running(services, job_id)
            assert "MB left" in why.cause, why
            ballast.unlink()
            job = desk.ended(job_id)
            seen.of(job, more="Waited until there was room, then went on by itself.")
        assert (job.state, job.attempts) == (State.DONE, 1)
        (kept,) = disk.glob("ocr-console-sources-*/*")
        (kept / "old").write_bytes(bytes((ROOM - 60) << 20))  # a document that may be read again gives way
        assert desk.ended(desk.add(picture(tmp_path / "other.png"), Options(formats=("txt",)))).state is State.DONE
        assert not (kept / "old").exists()
        assert meeting.same_process()
