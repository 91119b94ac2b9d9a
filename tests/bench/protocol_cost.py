"""What the lease protocol costs a task: milliseconds of processor time for claim, renew and finish.

    python -m tests.bench.protocol_cost [--tasks 2000]

Ours: this process's own processor time. The server's: of the processes of PostgreSQL that serve us, where the system
tells. The rows, of jobs that are queued, are made before and are not counted. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from uuid import UUID

import psutil
from sqlalchemy import Connection, text

from console.ops.stack import Stack
from tests.services.queued_jobs import HASH
from tests.services.stack_homes import temporary_home
from worker.core.admission import Arrived, NewJob
from worker.core.database import open_engine, single
from worker.core.jobs import Options, Output, Priority
from worker.core.leases import Leases
from worker.core.schema import upgrade
from worker.core.store import Store

WARM = 50  # tasks that are not counted
OUTPUTS = {form: Output(f"results/{form}", 1_000, HASH) for form in ("txt", "pdf", "hocr", "tsv", "json")}


def main() -> None:
    """Run it and print the figures."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--tasks", type=int, default=2_000)
    asked = words.parse_args()
    with temporary_home() as home, Stack(home) as stack:
        engine = open_engine(stack.settings(), application="bench", pool_size=1)
        upgrade(engine)
        tasks = _queued(Store(engine), asked.tasks + WARM)
        leases = Leases(engine)
        with leases.own_connections.connect() as connection:
            renewer = connection.execution_options(isolation_level="AUTOCOMMIT")  # as a worker's thread has one
            with single(engine) as other:
                servers = [psutil.Process(each.scalar(text("select pg_backend_pid()"))) for each in (renewer, other)]
            _serve(leases, tasks[:WARM], renewer)
            before, served, began = time.process_time(), _seconds(servers), time.monotonic()
            _serve(leases, tasks[WARM:], renewer)
            ours, theirs = time.process_time() - before, _seconds(servers) - served
        figures = {
            "tasks": asked.tasks,
            "client_ms": round(1_000 * ours / asked.tasks, 3),
            "server_ms": round(1_000 * theirs / asked.tasks, 3),
            "elapsed_ms": round(1_000 * (time.monotonic() - began) / asked.tasks, 3),
        }
        engine.dispose()
    print(json.dumps({**figures, "cpus": os.cpu_count()}))


def _queued(store: Store, count: int) -> list[UUID]:
    new = NewJob(
        name="letter.pdf",
        path="in/letter.pdf",
        batch_id=None,
        options=Options(),
        priority=Priority.NORMAL,
        source_path="/scans/letter.pdf",
        source_bytes=1_234,
        source_mtime=1.5,
        submitted_by="bench@desk",
    )
    jobs = store.add_jobs([new] * count)
    arrived = [Arrived(job, f"uploads/{job}/source.pdf", 1_234, HASH, "application/pdf", 1) for job in jobs]
    return [bell.task_id for bell in store.queue_jobs(arrived).values()]


def _serve(leases: Leases, tasks: list[UUID], renewer: Connection) -> None:
    """Each task as a worker takes it, with one renewal, which a short task never needs."""
    for task in tasks:
        lease = leases.claim(task, "bench@desk", message_id="0" * 36)
        assert lease is not None
        assert leases.renew(lease, renewer)
        assert leases.finish(lease, outputs=OUTPUTS, pages=1, engine={"engine": "none"}, seconds=0.1)


def _seconds(processes: list[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return float(sum(one.user + one.system for one in times))


if __name__ == "__main__":
    main()
