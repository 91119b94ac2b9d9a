"""A submission whose console is killed again and again on the way: every file is read, and none twice.

    python -m tests.chaos.kill_submit [--files 500] [--kills 3] [--seed 1]

Real servers, a real worker that reads all the while, the program as a process. Each console is killed by SIGKILL when
a share of the files has arrived that the seed chose; the last one waits until all are read. The last line is one JSON
object, counted in the database.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from console.ops.stack import Stack
from tests.services.queued_jobs import value
from tests.services.stack_homes import temporary_home
from tests.services.worker_process import celery_worker
from tests.unit.documents import drawn
from worker.core.database import open_engine, transaction
from worker.core.parts import PART_BYTES
from worker.core.schema import upgrade
from worker.core.store import Store

LARGE_EVERY = 50  # one file of so many goes up in parts
_ARRIVED = "select count(*) from jobs where state <> 'UPLOADING'"
_ON_THE_WAY = "select count(*) from jobs where state = 'UPLOADING'"
_FIGURES = text("""
select (select count(*) from jobs) as jobs,
    (select count(*) from jobs where state = 'DONE') as done,
    (select count(*) from jobs where state not in ('DONE', 'FAILED')) as not_ended,
    (select count(*) - count(distinct path) from jobs) as paths_twice,
    (select count(*) - count(distinct source_sha256) from jobs) as contents_twice,
    (select count(*) from tasks) as tasks,
    (select count(*) from task_log where status = 'success') as successes,
    (select count(*) from (select from task_log where status = 'success' group by job_id having count(*) > 1) t)
        as read_twice""")


def main() -> None:
    """Run it, print the figures, and end with 1 if a file is missing, failed or was read twice."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--files", type=int, default=500)
    words.add_argument("--kills", type=int, default=3)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    with temporary_home() as home, tempfile.TemporaryDirectory() as folder, Stack(home) as stack:
        scans = _scans(Path(folder), asked.files)
        settings = stack.settings()
        engine = open_engine(settings, application="kill submit")
        upgrade(engine)
        began = time.monotonic()
        with celery_worker(settings, Store(engine), Path(folder), name="reads@desk", slots=2):
            killed_at = _kill(engine, home, scans, _shares(asked.kills, asked.files, asked.seed))
            last = _submit(home, scans, "--wait")
            subprocess.run(last, env=_environment(home), stdout=subprocess.DEVNULL, check=True)
        figures = {"seed": asked.seed, "files": asked.files, "killed_at": killed_at, **_figures(engine)}
        engine.dispose()
    print(json.dumps({**figures, "seconds": round(time.monotonic() - began, 1)}))
    sys.exit(0 if _is_right(figures) else 1)


def _scans(folder: Path, count: int) -> Path:
    """Pages of one word, all different; some with so much behind their end that they go up in parts."""
    scans = folder / "scans"
    scans.mkdir()
    for number in range(count):
        page = drawn(f"number {number}")
        page.crop((0, 0, page.width, min(page.height, 200))).save(scans / f"{number:04d}.png")
        if number % LARGE_EVERY == 0:
            with (scans / f"{number:04d}.png").open("ab") as file:
                file.write(os.urandom(PART_BYTES + 1000))
    return scans


def _shares(kills: int, files: int, seed: int) -> list[int]:
    """After how many files the consoles are killed; the last one well before the end, for many arrive at a time."""
    chance = random.Random(seed)
    step = files * 3 // 4 // kills
    return [number * step + chance.randrange(step) for number in range(kills)]


def _kill(engine: Engine, home: Path, scans: Path, shares: list[int]) -> list[int]:
    """Submit, and kill the console when that many have arrived, again and again. How many there were each time."""
    killed_at = []
    for share in shares:
        console = subprocess.Popen(
            _submit(home, scans), env=_environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while value(engine, _ARRIVED) <= share:
            assert console.poll() is None, "it came to its end before it was killed"
            time.sleep(0.01)
        console.kill()
        console.wait()
        assert value(engine, _ON_THE_WAY), "all had arrived before it was killed: take more files"
        killed_at.append(int(value(engine, _ARRIVED)))
        print(f"killed when {killed_at[-1]} files had arrived", flush=True)
    return killed_at


def _submit(home: Path, scans: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "console", "submit", str(scans), "--json", "--home", str(home), *more]


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "OCR_CONSOLE_HOME": str(home)}


def _figures(engine: Engine) -> dict[str, Any]:
    with transaction(engine) as connection:
        return dict(connection.execute(_FIGURES).mappings().one())


def _is_right(figures: dict[str, Any]) -> bool:
    all_once = figures["jobs"] == figures["done"] == figures["successes"] == figures["files"]
    return all_once and not (figures["paths_twice"] or figures["contents_twice"] or figures["read_twice"])


if __name__ == "__main__":
    main()
