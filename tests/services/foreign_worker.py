"""Workers of another program as processes, and what it sends them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from celery import Celery

ROOT = Path(__file__).parents[2]


@contextmanager
def foreign_worker(
    broker_url: str,
    *options: str,
    name: str,
    pool: str = "prefork",
    prefetch: int = 4,
    prefix: str = "",
    **environment: str,
) -> Iterator[psutil.Process]:
    """A worker of the foreign application, until the block ends; it may be stopped or killed meanwhile."""
    command = [sys.executable, "-m", "celery", "-A", "tests.services.foreign_app", "worker", "-l", "error"]
    command += ["-n", name, "-P", pool, "-c", "1", "--without-mingle", "--without-gossip", *options]
    given = {"FOREIGN_BROKER_URL": broker_url, "FOREIGN_PREFIX": prefix, "FOREIGN_PREFETCH": str(prefetch)}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **given, **environment, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def sender(broker_url: str, prefix: str = "") -> Celery:
    """What that program sends tasks with."""
    app = Celery("foreign-sender", broker=broker_url, set_as_current=False)
    app.conf.update(task_default_queue="foreign", broker_transport_options={"global_keyprefix": prefix})
    return app
