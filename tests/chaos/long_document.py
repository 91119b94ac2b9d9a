"""A scan of many pages on two workers, one of which is killed in the middle: how many pages are read twice.

    python -m tests.chaos.long_document [--pages 300]

The last line is one JSON object. A page counts as read when its worker logs it; the one that was under way when its
worker died is read again and was never logged, and is counted apart.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import tempfile
import time
from collections import Counter
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import pikepdf
import psutil
from sqlalchemy import Engine

from console.ops.stack import Stack
from tests.services.queued_jobs import value
from tests.services.stack_homes import temporary_home
from tests.services.worker_process import Desk, Worker, celery_worker
from tests.unit.documents import dot
from tests.waiting import until
from worker.core.database import open_engine
from worker.core.jobs import Job, Options, TaskKind
from worker.core.schema import upgrade
from worker.core.settings import Settings
from worker.core.store import Store

_READ = re.compile(r"\[OCR\] page (\d+)/")
LIMIT_S = 3600


def main() -> None:
    """Run it and print what happened."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--pages", type=int, default=300)
    pages = words.parse_args().pages
    with temporary_home() as home, tempfile.TemporaryDirectory() as folder, Stack(home) as stack:
        stack.up()
        settings = stack.settings()
        engine = open_engine(settings, application="long document")
        upgrade(engine)
        print(json.dumps(run(settings, engine, long_scan(Path(folder), pages), Path(folder))))
        engine.dispose()


def long_scan(folder: Path, pages: int) -> Path:
    """The pages of the English sample, again and again."""
    path = folder / "long.pdf"
    with pikepdf.new() as pdf, pikepdf.open(Path(str(files("resources.samples"))) / "english-scan.pdf") as sample:
        for number in range(pages):
            pdf.pages.append(sample.pages[number % len(sample.pages)])
            dot(pdf.pages[-1], number)
        pdf.save(path)
    return path


def run(settings: Settings, engine: Engine, source: Path, folder: Path) -> dict[str, Any]:
    """Read it with two workers of one process each; kill one of them, processes and all, half way."""
    store = Store(engine)
    desk = Desk(settings, store)
    began = time.monotonic()
    with celery_worker(settings, store, folder, name="stays@desk") as stays:
        with celery_worker(settings, store, folder, name="dies@desk") as dies:
            job_id = desk.add(source, Options())
            half = len_of(source) // 2
            until(lambda: store.job(job_id).pages_done >= half, "half of it", seconds=LIMIT_S, every=0.2)
            held = _held_by(engine, dies)
            os.killpg(dies.process.pid, signal.SIGKILL)
            killed = time.monotonic()
            until(lambda: _claimed_again(engine, held), "the rest of its share", seconds=120, every=0.1)
            recovered = time.monotonic() - killed
        peak = 0.0
        while not _ended(store, job_id):
            assert time.monotonic() - began < LIMIT_S
            peak = max(peak, _largest_mb(stays))
            time.sleep(0.5)
        return {
            **_figures(store, store.job(job_id), [stays, dies]),
            "claimed_again_s": round(recovered, 1),
            "under_way_at_the_kill": len(held),
            "peak_mb": round(peak),
            "seconds": round(time.monotonic() - began, 1),
        }


def len_of(source: Path) -> int:
    """Its pages."""
    with pikepdf.open(source) as pdf:
        return len(pdf.pages)


def _held_by(engine: Engine, worker: Worker) -> list[UUID]:
    query = "select array_agg(id) from tasks where status = 'running' and worker = :worker"
    held: list[UUID] = value(engine, query, worker=worker.name) or []
    return held


def _claimed_again(engine: Engine, held: list[UUID]) -> bool:
    query = "select count(*) from tasks where id = any(:held) and (attempt > 1 or status = 'done')"
    return bool(value(engine, query, held=held) == len(held))


def _ended(store: Store, job_id: UUID) -> bool:
    return store.job(job_id).finished is not None


def _figures(store: Store, job: Job, workers: list[Worker]) -> dict[str, Any]:
    read = Counter(int(number) for worker in workers for number in _READ.findall(worker.log))
    tasks = store.tasks(job.id)
    return {
        "state": job.state.value,
        "pages": job.pages,
        "pages_done": job.pages_done,
        "pages_failed": job.pages_failed,
        "pages_read_twice": sum(count - 1 for count in read.values()),
        "tasks": sum(task.kind is TaskKind.PAGES for task in tasks),
        "attempts": len(store.attempts(job.id)),
        "by_worker": {worker.name: len(_READ.findall(worker.log)) for worker in workers},
    }


def _largest_mb(worker: Worker) -> float:
    process = psutil.Process(worker.process.pid)
    largest = 0.0
    for one in [process, *process.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):  # a program that drew a page, and is done
            largest = max(largest, one.memory_info().rss / 1e6)
    return largest


if __name__ == "__main__":
    main()
