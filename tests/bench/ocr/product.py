"""The product's side: a worker of so many processes, warm, fed through storage, database and queue."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from console.ops.stack import Stack
from tests.bench.ocr.sides import Run, check, cpu_s, peak_mb
from tests.services.worker_process import Desk, Worker, celery_worker
from tests.waiting import until
from worker.core.database import open_engine
from worker.core.jobs import ENDED, Job, Options, State
from worker.core.schema import upgrade
from worker.core.store import Store

LONGEST_S = 3600.0
BOTH_MAKE = ("txt", "pdf")  # what OCRmyPDF makes too


@dataclass
class Product:
    """A worker that is ready, and the servers that it works with."""

    desk: Desk
    worker: Worker
    servers: tuple[int, ...]

    def read(self, source: Path) -> Run:
        """Have a document read; then it and all that is known of it is deleted, so that no later run gains by it."""
        ours, theirs = self._cpu()
        job = self.ended(source)
        used, served = self._cpu()
        texts = self.desk.text(job).split("\f")
        with tempfile.NamedTemporaryFile(suffix=".pdf") as pdf:
            pdf.write(self.desk.blobs.get_bytes(job.outputs["pdf"].key, 2_000_000_000))
            pdf.flush()
            check("The worker", texts, Path(pdf.name), job.pages or 0)
        self.forget(job)
        children = psutil.Process(self.worker.process.pid).children()
        peak = max(peak_mb(child.pid) for child in children)
        return Run(took(job), used - ours, peak, texts, job.outputs["pdf"].bytes, served - theirs)

    def ended(self, source: Path, options: Options | None = None) -> Job:
        """The job of a document, when it is done.

        Raises:
            SystemExit: it failed, or a page of it.
        """
        job_id = self.desk.add(source, options or Options(formats=BOTH_MAKE))
        until(lambda: self.desk.store.job(job_id).state in ENDED, source.name, seconds=LONGEST_S, every=0.5)
        job = self.desk.store.job(job_id)
        if job.state is not State.DONE or job.pages_failed:
            raise SystemExit(f"{source.name}: {job.state}, {job.pages_failed} pages failed: {job.error}")
        return job

    def page_seconds(self, job: Job) -> float:
        """What its pages took, one after the other: drawing, recognising, nothing around that."""
        return sum(page.seconds or 0.0 for page in self.desk.store.pages(job.id))

    def forget(self, job: Job) -> None:
        """Delete it with its pages."""
        self.desk.store.delete([job.id])

    def _cpu(self) -> tuple[float, float]:
        return cpu_s([self.worker.process.pid]), cpu_s(self.servers)


@contextmanager
def product(stack: Stack, folder: Path, slots: int, warm: Sequence[Path]) -> Iterator[Product]:
    """A worker of so many processes, each of which has read pages before, of the documents in `warm`: no two alike."""
    settings = stack.settings()
    engine = open_engine(settings, application="bench")
    upgrade(engine)
    store = Store(engine)
    servers = tuple(service.pid for service in stack.status().services.values() if service.pid)
    with celery_worker(settings, store, folder, name=f"of-{slots}@bench", slots=slots) as worker:
        found = Product(Desk(settings, store), worker, servers)
        for job_id in [found.desk.add(one, Options(formats=BOTH_MAKE)) for one in warm]:
            found.forget(found.desk.ended(job_id))
        yield found
    engine.dispose()


def took(job: Job) -> float:
    """Seconds from its row's first moment to its last; its upload is among them."""
    assert job.created
    assert job.finished
    return (job.finished - job.created).total_seconds()
