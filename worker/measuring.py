"""When a worker begins and ends to show its figures to Prometheus: never, unless METRICS_PORT names a port."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from celery.signals import celeryd_init, worker_process_init, worker_shutdown

from worker.app import settings

if TYPE_CHECKING:
    from worker.core.store import WorkerReport
    from worker.metrics_page import MetricsPage

_pages: list[MetricsPage] = []  # of this process: one, or none


def show(report: Callable[[], WorkerReport | None]) -> None:
    """Listen from now on; `report` gives what the worker last said of itself."""
    for page in _pages:
        page.open(settings.metrics_host, settings.metrics_port, report)


@celeryd_init.connect
def _prepare(**_: object) -> None:
    if settings.metrics_port:
        from worker.metrics_page import MetricsPage

        _pages.append(MetricsPage())


@worker_process_init.connect
def _let_go(**_: object) -> None:
    """A child that outlives its parent for a moment must not keep the port from the next worker."""
    for page in _pages:
        page.let_go()


@worker_shutdown.connect
def _end(**_: object) -> None:
    while _pages:
        _pages.pop().close()
