"""The one Celery task: claim the row that a doorbell names, do its kind of work, save."""

from __future__ import annotations

import logging
import time
import traceback
from uuid import UUID

from billiard.exceptions import SoftTimeLimitExceeded
from celery import Task
from celery.app.task import Context
from celery.signals import task_postrun

from worker.app import celery_app, settings
from worker.attempt import Attempt, TriedOut
from worker.bench import Bench, bench
from worker.core.addresses import hide
from worker.core.errors import InternalError, NoLanguage, OcrConsoleError, OutOfMemory, ServiceError
from worker.core.jobs import TASK_NAME, Page, TaskKind, TaskState
from worker.core.languages import named, spelt
from worker.core.leases import Lease, LeaseLost
from worker.core.logs import bind, unbind
from worker.core.outlasting import outlasting
from worker.core.renewer import Renewer
from worker.core.taking_back import too_slow
from worker.reading import STEPS

log = logging.getLogger("worker.ocr")


@celery_app.task(bind=True, name=TASK_NAME)
def run_job(self: Task, job_id: str) -> None:
    """Answer a doorbell. Does nothing where another worker has the work, or nobody wants it any more."""
    began = time.monotonic()
    bind(job=job_id)
    try:
        desk = bench(settings)
        lease = desk.gate.through(lambda: _claim(desk, self.request, job_id))
        if lease is not None:
            with outlasting():
                _work(desk, lease, began)
    except MemoryError:  # what Celery would end the whole worker for
        raise OutOfMemory("A task needed more memory than this worker has. It is taken back soon.") from None


@task_postrun.connect
def _over(**_: object) -> None:
    """Celery too has said by now how it ended."""
    unbind()


def _claim(desk: Bench, request: Context, job_id: str) -> Lease | None:
    task_id = _named_task(desk, request, job_id)
    if task_id is None:
        return None
    return desk.leases.claim(task_id, request.hostname, message_id=request.id, languages=desk.languages())


def _named_task(desk: Bench, request: Context, job_id: str) -> UUID | None:
    """The row that the message's header names. An older sender knows of jobs only: the row that is next of its job."""
    named = (request.headers or {}).get("ocr_task") or request.get("ocr_task")
    try:
        task, job = UUID(named) if named else None, UUID(job_id)
    except (ValueError, TypeError, AttributeError):
        log.error("A message names no job: %.100r, %.100r. It is left alone.", named, job_id)
        return None
    return task or desk.store.next_task(job)


def _work(desk: Bench, lease: Lease, began: float) -> None:
    """Do the leased work; whatever happens, the row ends in a state with a reason."""
    bind(job=lease.job_id, task=lease.task_id, attempt=lease.attempt)
    _say_started(lease)
    desk.meter.taken_up(lease.waited_s)
    attempt: Attempt | None = None
    with Renewer(desk.leases, lease, told=desk.meter.renewal) as renewer:
        try:
            attempt = Attempt(desk, lease, renewer.lost)
            STEPS[lease.kind](attempt)
            desk.gate.worked()
        except LeaseLost:
            log.warning("[OCR] Job %s is no longer this worker's: attempt %d stops", lease.job_id, lease.attempt)
        except SoftTimeLimitExceeded:
            _out_of_time(desk, lease, attempt, time.monotonic() - began)
        except TriedOut as end:
            _fail(desk, lease, end.error, final=True)
        except NoLanguage as error:
            _lacks(desk, lease, attempt, error)
        except MemoryError:
            _fail(desk, lease, OutOfMemory("Reading it needed more memory than this worker has."))
        except OcrConsoleError as error:
            _fail(desk, lease, error)
        except Exception as error:  # noqa: BLE001 - a fault of ours must end in a state too
            kind = type(error).__name__
            _fail(desk, lease, InternalError(f"Reading it ran into a fault of the program ({kind})."))
        finally:
            desk.meter.attempted(lease.kind, time.monotonic() - began)


def _say_started(lease: Lease) -> None:
    if lease.kind is TaskKind.READ:
        log.info("[OCR] Job started %s", lease.job_id)
    elif lease.kind is TaskKind.PAGES:
        log.info("[OCR] Pages %s to %s of %s started", lease.first_page, lease.last_page, lease.job_id)
    else:
        log.info("[OCR] Assembly of %s started", lease.job_id)


def _out_of_time(desk: Bench, lease: Lease, attempt: Attempt | None, took_s: float) -> None:
    """The task's time is over. What it read stays; a page that took all of it has failed; the rest is queued again."""
    limit_s = min(settings.soft_time_limit_s, took_s)  # this worker may have been told of a lower one
    slow = too_slow(limit_s)
    if attempt is None or (attempt.page is None and not attempt.settled):
        _fail(desk, lease, slow)
        return
    try:
        if not attempt.settled and attempt.page is not None:
            page = Page(attempt.page, "failed", error_class=slow.error_class, error=slow.sentence)
            desk.leases.progress(lease, page, attempt.total)
        desk.leases.give_back(lease, slow)
    except LeaseLost:
        log.warning("[OCR] Job %s is no longer this worker's: attempt %d stops", lease.job_id, lease.attempt)
    except OcrConsoleError as error:  # its lease runs out, and the same is said of the page then
        log.warning("[OCR] Job %s could not be given back: %s", lease.job_id, error.sentence)


def _lacks(desk: Bench, lease: Lease, attempt: Attempt | None, error: NoLanguage) -> None:
    """A language was removed here since it was claimed: what was read stays, and one that has it reads the rest."""
    needed = named(attempt.job.options.languages) if attempt else None
    if needed is None:  # no worker has what is no language
        _fail(desk, lease, error)
        return
    try:
        if desk.leases.give_back(lease, error, lacks=spelt(needed)):
            log.warning("[OCR] Job %s waits for a worker that has %s", lease.job_id, spelt(needed))
    except ServiceError as away:
        log.warning("[OCR] Job %s is taken back when its lease has run out. %s", lease.job_id, away.sentence)


def _fail(desk: Bench, lease: Lease, error: OcrConsoleError, *, final: bool = False) -> None:
    desk.meter.attempt_failed(error.error_class)
    trace, outage = hide(traceback.format_exc(), settings.secrets), not final and desk.gate.took_part(error)
    try:
        state = desk.leases.fail(lease, error, traceback=trace, outage=outage, final=final)
    except ServiceError as away:
        log.warning("[OCR] Job %s is taken back when its lease has run out. %s", lease.job_id, away.sentence)
        return
    if state is TaskState.FAILED:
        desk.meter.job("failed")
        log.error("[OCR] ❌ Job failed %s: %s", lease.job_id, error.sentence)
    elif state is TaskState.QUEUED:
        log.warning("[OCR] Job %s will be tried again: %s", lease.job_id, error.sentence)
    if isinstance(error, InternalError):
        log.error("Details of the fault in %s", lease.job_id, exc_info=True)
