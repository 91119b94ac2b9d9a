"""How many jobs a second are submitted once their bytes are up, and how long a whole `submit` of small files takes.

    python -m tests.bench.submit_rate [--jobs 10000] [--files 2000]

The first figure is the way from "the object is there" on, by the code that every upload takes: row to QUEUED with its
task, message, row marked. Rows and objects are made before, and timed apart. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

from console.ops.finishing import End, Finisher
from console.ops.intake import PlannedFile
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from console.ops.stack import Stack
from console.ops.submission import Step, Uploaded, submitter
from tests.services.queued_jobs import HASH, value
from tests.services.stack_homes import temporary_home
from tests.unit.documents import picture
from worker.core.admission import Arrived, NewJob
from worker.core.jobs import Options, Priority

PARALLEL = 4  # uploads at a time, as the console has them


def main() -> None:
    """Run both and print the figures."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--jobs", type=int, default=10_000)
    words.add_argument("--files", type=int, default=2_000)
    asked = words.parse_args()
    with (
        temporary_home() as home,
        tempfile.TemporaryDirectory() as folder,
        Stack(home) as stack,
        Services.open(Profile(EMBEDDED, "the embedded stack"), stack.settings()) as services,
    ):
        figures = _bytes_are_up(services, asked.jobs)
        figures |= _whole_submit(services, home, Path(folder), asked.files)
    print(json.dumps(figures))


def _bytes_are_up(services: Services, count: int) -> dict[str, Any]:
    new = [_new(number) for number in range(count)]
    began = time.monotonic()
    jobs = services.store.add_jobs(new)
    rows_s = time.monotonic() - began
    began = time.monotonic()
    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(lambda job: services.blobs.put_bytes(_key(job), b"x", "image/png"), jobs))
    objects_s = time.monotonic() - began
    began, cpu = time.monotonic(), time.process_time()
    _finish(services, jobs)
    took, cpu = time.monotonic() - began, time.process_time() - cpu
    _check(services, count)
    return {
        "jobs": count,
        "jobs_per_s": round(count / took),
        "cpu_ms_per_job": round(1000 * cpu / count, 2),
        "rows_per_s": round(count / rows_s),
        "objects_per_s": round(count / objects_s),
    }


def _finish(services: Services, jobs: Sequence[UUID]) -> None:
    file = PlannedFile(Path("x.png"), "x.png", 1, 0.0, "image/png", "png", 1, 1)

    def ended(how: End) -> Uploaded:
        assert how is True, how
        return Uploaded(file, Step.QUEUED)

    with Finisher(services.store, services.broker) as finisher:
        done = [finisher.finish(Arrived(job, _key(job), 1, HASH, "image/png", 1), ended) for job in jobs]
    assert all(one.result().step is Step.QUEUED for one in done)


def _check(services: Services, count: int) -> None:
    """Every job is queued with one task that is rung for, and there is one message for each."""
    right = """select count(distinct j.id) from jobs j join tasks t on t.job_id = j.id
        where j.state = 'QUEUED' and t.status = 'queued' and t.published_at is not null"""
    assert value(services.engine, right) == count
    assert value(services.engine, "select count(*) from tasks") == count
    assert services.broker.ready(["ocr"]) == count


def _whole_submit(services: Services, home: Path, folder: Path, count: int) -> dict[str, Any]:
    """The program as a process: start, look into the files, fingerprints, bytes, rows, messages."""
    for number in range(count):
        picture(folder / f"{number:05d}.png", f"{number:05d}")
    before = value(services.engine, "select count(*) from jobs")
    program = [sys.executable, "-m", "console", "submit", str(folder), "--json", "--home", str(home)]
    began = time.monotonic()
    subprocess.run(program, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "OCR_CONSOLE_HOME": str(home)})
    took = time.monotonic() - began
    assert value(services.engine, "select count(*) from jobs where state = 'QUEUED'") == before + count
    return {"submit_files": count, "submit_s": round(took, 1), "submit_files_per_s": round(count / took)}


def _new(number: int) -> NewJob:
    return NewJob(
        name=f"{number:05d}.png",
        path=f"bench/{number:05d}.png",
        batch_id=None,
        options=Options(),
        priority=Priority.NORMAL,
        source_path=f"/bench/{number:05d}.png",
        source_bytes=1,
        source_mtime=0.0,
        submitted_by=submitter(),
    )


def _key(job: UUID) -> str:
    return f"uploads/{job}/source.png"


if __name__ == "__main__":
    main()
