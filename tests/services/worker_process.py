"""A real worker, started with plain Celery, and jobs for it."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from tests.waiting import until
from worker.core.admission import Arrived, NewJob
from worker.core.blobs import Blobs
from worker.core.broker import Broker
from worker.core.database import single
from worker.core.jobs import QUEUE, Job, Options, Priority, State
from worker.core.settings import Settings
from worker.core.store import Store

ROOT = Path(__file__).parents[2]
PATIENCE_S = 90


@dataclass
class Worker:
    """The process, and what it logs."""

    process: subprocess.Popen[bytes]
    log_file: Path
    name: str

    @property
    def log(self) -> str:
        return self.log_file.read_text("utf-8")

    def child_pids(self, store: Store) -> tuple[int, ...]:
        return next(report.children for report in store.workers() if report.name == self.name)


@contextmanager
def celery_worker(
    settings: Settings,
    store: Store,
    folder: Path,
    *,
    name: str = "one@desk",
    slots: int = 1,
    options: Sequence[str] = (),
    before: Sequence[str] = (),
    **environment: str,
) -> Iterator[Worker]:
    """`celery -A worker.app:celery_app worker -l info`, until the block ends; ready when it says so in the database.

    `before`: a program that becomes it.
    """
    log_file = folder / f"{name}.log"
    command = [sys.executable, "-m", "celery", "-A", "worker.app:celery_app", "worker", "-l", "info"]
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [*before, *command, "-c", str(slots), "-n", name, *options],
            cwd=ROOT,
            env={**os.environ, **settings.as_environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    worker = Worker(process, log_file, name)
    try:
        until(lambda: process.poll() is not None or name in {report.name for report in store.workers()}, "ready")
        assert process.poll() is None, worker.log
        yield worker
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Desk:
    """Adds jobs and looks at them, as the console does."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.store, self.blobs, self.broker = store, Blobs(settings), Broker(settings)
        self.blobs.ensure_bucket()

    def add(
        self,
        source: Path,
        options: Options | None = None,
        *,
        priority: Priority = Priority.NORMAL,
        ring: bool = True,
        queue: str = QUEUE,
        password: bytes | None = None,
        known: bool = False,
    ) -> UUID:
        """Upload and queue a file. Not `known`: its pages are read, whatever was read before."""
        if not known:
            with single(self.store.engine) as connection:
                connection.execute(text("update pages set image_key = null where image_key is not null"))
        about = source.stat()
        new = NewJob(
            name=source.name,
            path=source.name,
            batch_id=None,
            options=options or Options(),
            priority=priority,
            source_path=str(source),
            source_bytes=about.st_size,
            source_mtime=about.st_mtime,
            submitted_by="ann@desk",
        )
        (job,) = self.store.add_jobs([new])
        key = f"uploads/{job}/source.bin"
        self.blobs.put_file(key, source)
        sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
        arrived = Arrived(job, key, about.st_size, sha256, "", None, password)
        bell = self.store.queue_jobs([arrived])[job]
        if ring:
            self.broker.ring(replace(bell, queue=queue))
            self.store.mark_published([bell.task_id])
        return job

    def ended(self, job_id: UUID) -> Job:
        """The job, when it has come to an end."""
        ends = {State.DONE, State.FAILED, State.CANCELLED}
        until(lambda: self.store.job(job_id).state in ends, f"the end of {self.store.job(job_id)}")
        return self.store.job(job_id)

    def text(self, job: Job, kind: str = "txt") -> str:
        """An output of it, as text."""
        return self.blobs.get_bytes(job.outputs[kind].key, 10_000_000).decode("utf-8")
