"""The page that Prometheus reads: what a worker's processes have counted, and what its main process knows of it.

Each process counts in a file of its own, and the page adds them up. A process that takes the place of another goes on
with its file, so however many are replaced, there are no more files than places.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from billiard.process import current_process
from prometheus_client import CollectorRegistry, start_http_server, values
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from worker.core.store import WorkerReport

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # as the library calls it
_PREFIX = "ocr-console-metrics-"
MEGABYTE = 1_000_000
log = logging.getLogger("worker.metrics")


class MetricsPage:
    """One worker's. Made before its children are, so that they count in files too."""

    def __init__(self) -> None:
        _sweep()
        self._folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        os.environ[FOLDER] = str(self._folder)
        values.ValueClass = values.MultiProcessValue(_place)  # type: ignore[no-untyped-call]
        self._close: Callable[[], None] = lambda: None
        self.let_go: Callable[[], None] = lambda: None  # of what a child has from its parent

    def open(self, host: str, port: int, report: Callable[[], WorkerReport | None]) -> None:
        """Begin to listen; where that is not possible a sentence says so, and the worker works."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self._folder))  # type: ignore[no-untyped-call]
        registry.register(_Standing(report))
        try:
            server, thread = start_http_server(port, host, registry)
        except OSError as problem:
            why = problem.strerror or str(problem)
            log.warning("Nothing is shown to Prometheus: %s:%d cannot be listened at (%s).", host, port, why)
            return
        log.info("Prometheus is answered at http://%s:%d/metrics", host, port)
        self.let_go = server.socket.close

        def close() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        self._close = close

    def close(self) -> None:
        """Listen no more, and leave no files."""
        self._close()
        shutil.rmtree(self._folder, ignore_errors=True)


class _Standing(Collector):
    """What the worker says of itself every two seconds."""

    def __init__(self, report: Callable[[], WorkerReport | None]) -> None:
        self._report = report

    def collect(self) -> Iterator[Metric]:
        told = self._report()
        if told is None:
            return
        about = {"worker": told.name, "host": told.host, "version": told.version, "pool": told.pool}
        yield InfoMetricFamily("ocr_worker", "Who this is", value=about)
        yield GaugeMetricFamily("ocr_slots", "Tasks that it can do at a time", value=told.slots)
        yield GaugeMetricFamily("ocr_slots_busy", "Those that do one", value=told.busy)
        yield GaugeMetricFamily(
            "ocr_memory_bytes", "Resident, all its processes", value=(told.memory_mb or 0) * MEGABYTE
        )
        yield GaugeMetricFamily("ocr_disk_free_bytes", "Where it works", value=(told.disk_free_mb or 0) * MEGABYTE)


def _place() -> str:
    """Of this process in its pool; the main process, which works too where there are no others, has none."""
    return str(getattr(current_process(), "index", "main"))


def _sweep() -> None:
    """Remove what workers left that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
