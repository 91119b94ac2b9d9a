"""What each page of the window asks: handed to it when the services of a profile are open, or did not open."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from console.ops.doctor.verdicts import Check, Report
    from console.ops.local_workers import LocalWorkers
    from console.ops.profiles import Profile
    from console.ops.services import Services
    from console.ops.this_machine import ThisMachine
    from console.ui.activity import ActivityPage
    from console.ui.doctor import DoctorPage
    from console.ui.history import HistoryPage
    from console.ui.jobs import JobsPage
    from console.ui.overview import OverviewPage
    from console.ui.queues import QueuesPage
    from console.ui.worker_start import StartWorkerPage
    from worker.core.errors import OcrConsoleError


def open_overview(services: Services, page: OverviewPage) -> None:
    """Ask these services how it goes."""
    from console.ops.overview import OverviewSource

    page.open_source(OverviewSource(services))


def open_history(services: Services, page: HistoryPage) -> None:
    """Ask them how it went."""
    from console.ops.history import HistorySource

    page.open_source(HistorySource(services))


def open_jobs(services: Services, page: JobsPage) -> None:
    """Show their jobs."""
    page.open_source(services.store)
    page.pane.open_source(services.store)
    page.pane.open_why(partial(_why, services))


def _why(services: Services, job_id: UUID) -> Check:
    from console.ops.doctor.why import why_not_running

    return why_not_running(services, job_id)


def open_activity(services: Services, page: ActivityPage) -> None:
    """Show what people did to them."""
    store, kept_days = services.store, services.settings.audit_kept_days
    page.open_source(services.trail, lambda chosen: store.jobs(chosen).rows, kept_days=kept_days)


def open_start(services: Services, local: LocalWorkers | None, page: StartWorkerPage) -> None:
    """Start workers of their profile."""
    from console.ops.worker_start import StartSource

    if local is not None:
        page.open(StartSource(services, local))


def open_queues(services: Services, local: LocalWorkers | None, page: QueuesPage) -> None:
    """Ask them, and each worker by name, what goes on."""
    from console.ops.inspecting import inspect
    from console.ops.needs import needs
    from console.ops.peeking import peek
    from worker.core.history import History

    ask_worker = partial(inspect, services.broker.control)
    here = (local, services.settings, services.profile.name) if local is not None else None
    page.open(
        History(services.engine),
        here,
        peek=partial(peek, services),
        inspect=ask_worker,
        needs=lambda _: needs(services),
    )


def open_doctor(services: Services, local: LocalWorkers | None, page: DoctorPage) -> None:
    """Have them examined."""
    page.open_source(partial(_examined, services, local))


def _examined(services: Services, local: LocalWorkers | None) -> Report:
    from console.ops.doctor.examination import examine

    return examine(services, home=local.home if local else None)


def open_unopened(profile: Profile, machine: ThisMachine, error: OcrConsoleError, page: DoctorPage) -> None:
    """Have those examined that did not open, of which this was told."""
    page.open_source(partial(_examined_unopened, profile, machine, error))


def _examined_unopened(profile: Profile, machine: ThisMachine, error: OcrConsoleError) -> Report:
    from console.ops.doctor.unopened import examine_unopened

    return examine_unopened(profile, machine, error)
