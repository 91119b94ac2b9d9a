"""Uploads: for every file row UPLOADING → bytes to S3 → row QUEUED with its first task → doorbell, four at a time.

Whatever cuts this off leaves a row from which the rest can be done: `unfinished` lists such rows, `resume` goes on.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from console.ops import upload
from console.ops.accepting import accept, take, unfinished
from console.ops.finishing import End, Finisher
from console.ops.intake import PlannedFile, plan
from console.ops.sending import Sender
from console.ops.submission import Order, Same, Step, Uploaded, Watch, submitter
from worker.core.admission import Arrived
from worker.core.errors import BY_CLASS, InternalError, OcrConsoleError, ServiceError, UnreadableFile, UsageError
from worker.core.jobs import Job, Options, State
from worker.core.said import said
from worker.core.sealing import seal

if TYPE_CHECKING:
    from console.ops.services import Services

__all__ = ["Order", "Same", "Step", "Uploaded", "Uploader", "Watch", "submitter"]

PARALLEL = 4
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Run:
    """What the files of one call have in common."""

    order: Order
    sealed: bytes | None
    finisher: Finisher


class Uploader:
    """Uploads of one profile. `watch` is told of every change, from several threads; `cancel` stops after the rows."""

    def __init__(
        self,
        services: Services,
        *,
        watch: Watch | None = None,
        cancel: threading.Event | None = None,
        parallel: int = PARALLEL,
    ) -> None:
        self._store = services.store
        self._blobs = services.blobs
        self._broker = services.broker
        self._settings = services.settings
        self._watch = watch or (lambda _: None)
        self._parallel = parallel
        self.cancel = cancel or threading.Event()

    def upload(self, files: Sequence[PlannedFile], order: Order) -> tuple[Uploaded, ...]:
        """Upload and queue the files; what fails is in the answer and costs nobody else.

        A file whose earlier upload was cut off goes on in the row that it has.

        Raises:
            ServiceError: the database is away before the first row stands.
        """
        return self._send_all(accept(self._store, files, order), order) if files else ()

    def unfinished(self) -> list[Job]:
        """This user's uploads that were cut off; not those that another console is just sending."""
        return unfinished(self._store)

    def resume(self, jobs: Iterable[Job], *, password: str | None = None) -> tuple[Uploaded, ...]:
        """Go on with uploads that were cut off. A file that is gone or no longer readable fails its job."""
        done: list[Uploaded] = []
        for options, alike in _by_options(jobs).items():
            planned = _planned_again(alike, options, password)
            pairs: list[tuple[PlannedFile, Job]] = []
            for job in alike:
                file = planned.get(_source(job)) or self._plan_again(job, options, password)
                if isinstance(file, Uploaded):
                    done.append(file)
                else:
                    pairs.append((replace(file, path=job.path), job))
            take(self._store, [job for _, job in pairs])
            done += self._send_all(pairs, Order(options, password=password, same=Same.READ))
        return tuple(done)

    def drop(self, jobs: Iterable[Job]) -> None:
        """Forget uploads that were cut off; their rows go, the user's files stay as they are."""
        for job in jobs:
            self._store.abandon_upload(job.id, None)

    def _plan_again(self, job: Job, options: Options, password: str | None) -> PlannedFile | Uploaded:
        """One file that was not among those that can be read; it may have come back."""
        source = _source(job)
        try:  # of a folder, a plan would take what lies in it
            again = None if source.is_dir() else plan([source], options, password=password)
        except (UsageError, PermissionError):
            again = None
        if again is None:
            gone = said("{path} is no longer where it was.", path=job.path)
            return self._give_up(_ghost(job), job, UnreadableFile(gone, "Add it."))
        if again.files:
            return again.files[0]
        (why,) = again.skipped
        return self._give_up(_ghost(job), job, BY_CLASS.get(why.error_class, UnreadableFile)(why.reason, ""))

    def _give_up(self, file: PlannedFile, job: Job, error: OcrConsoleError) -> Uploaded:
        with contextlib.suppress(ServiceError):  # then the row stays, and the next start comes to the same end
            self._store.abandon_upload(job.id, error)
        return self._tell(Uploaded(file, Step.FAILED, job.id, error=error))

    def _send_all(self, pairs: Sequence[tuple[PlannedFile, Job]], order: Order) -> tuple[Uploaded, ...]:
        """Send the files, each into the row that it has."""
        sealed = seal(order.password, self._settings) if order.password else None
        results: list[Uploaded | Future[Uploaded | Future[Uploaded]]] = []
        with (
            Finisher(self._store, self._broker) as finisher,
            ThreadPoolExecutor(self._parallel, thread_name_prefix="upload") as pool,
        ):
            run = _Run(order, sealed, finisher)
            try:
                for file, job in pairs:
                    if job.state is not State.UPLOADING:
                        step = Step.REUSED if job.state is State.DONE else Step.QUEUED
                        results.append(self._tell(Uploaded(file, step, job.id, file.bytes)))
                        continue
                    self._tell(Uploaded(file, job_id=job.id))
                    results.append(pool.submit(self._send_one, file, job, run))
            except BaseException:
                self.cancel.set()
                raise
            finally:
                ended = [_ended(one) for one in results]
                self._let_go(ended)
        return tuple(ended)

    def _let_go(self, ended: Iterable[Uploaded]) -> None:
        """Other consoles may go on with what was stopped here, or waits for a service."""
        left = [one.job_id for one in ended if one.job_id and one.step in {Step.STOPPED, Step.FAILED}]
        if left:
            with contextlib.suppress(ServiceError):  # then they may when this process has ended
                self._store.let_uploads_go(left)

    def _send_one(self, file: PlannedFile, job: Job, run: _Run) -> Uploaded | Future[Uploaded]:
        try:
            if self.cancel.is_set():
                raise upload.Cancelled
            known = self._read_before(file, job, run.order)
            return self._tell(known) if known else self._send(file, job, run)
        except Exception as error:  # noqa: BLE001 - it costs this file and no other
            return self._failed(file, job, error)

    def _failed(self, file: PlannedFile, job: Job, error: Exception) -> Uploaded:
        match error:
            case upload.Cancelled():
                return self._tell(Uploaded(file, Step.STOPPED, job.id))
            case ServiceError():  # the row stays: what can pass is tried again by the next start
                return self._tell(Uploaded(file, Step.FAILED, job.id, error=error))
            case OcrConsoleError():
                return self._give_up(file, job, error)
        logger.error("The upload of job %s stopped", job.id, exc_info=error)
        fault = InternalError(
            said("{path} was not uploaded: a fault in this program.", path=file.path), "Add it again."
        )
        return self._tell(Uploaded(file, Step.FAILED, job.id, error=fault))

    def _read_before(self, file: PlannedFile, job: Job, order: Order) -> Uploaded | None:
        """What becomes of a file that was already read with the same options; None: it has to be sent."""
        if order.same is Same.READ:
            return None
        earlier = self._store.done_like(upload.fingerprint(file.source, file.path, self.cancel), order.options)
        if earlier is None:
            return None
        if order.same is Same.SKIP:
            self._store.abandon_upload(job.id, None)
            return Uploaded(file, Step.SKIPPED, job.id)
        reused = self._store.reuse(job.id, earlier)
        return Uploaded(file, Step.REUSED, job.id, file.bytes) if reused else None

    def _send(self, file: PlannedFile, job: Job, run: _Run) -> Future[Uploaded]:
        """Bytes up; the future has what comes of the rest."""
        key = upload.object_key(job.id, file.extension)
        sender = Sender(self._store, self._blobs, job.id, key, file.media_type)

        def progress(sent: int) -> None:
            if self.cancel.is_set():
                raise upload.Cancelled
            self._tell(Uploaded(file, Step.SENDING, job.id, sent))

        size, sha256 = upload.send(file, lambda stream, length: sender.put(stream, length, progress), self.cancel)
        pages = file.pages if size == file.bytes else None
        arrived = Arrived(job.id, key, size, sha256, file.media_type, pages, run.sealed)

        def ended(how: End) -> Uploaded:
            if isinstance(how, bool):
                return self._tell(Uploaded(file, Step.QUEUED, job.id, size, rung=how))
            if isinstance(how, Exception):
                return self._failed(file, job, how)
            raise how

        return run.finisher.finish(arrived, ended)

    def _tell(self, progress: Uploaded) -> Uploaded:
        self._watch(progress)
        return progress


def _ended(one: Uploaded | Future[Uploaded | Future[Uploaded]] | Future[Uploaded]) -> Uploaded:
    while isinstance(one, Future):
        one = one.result()
    return one


def _by_options(jobs: Iterable[Job]) -> Mapping[Options, list[Job]]:
    groups: dict[Options, list[Job]] = {}
    for job in jobs:
        groups.setdefault(job.options, []).append(job)
    return groups


def stopped(job: Job) -> Uploaded:
    """An upload that was cut off, as far as its row tells."""
    return Uploaded(_ghost(job), Step.STOPPED, job.id)


def _planned_again(jobs: Iterable[Job], options: Options, password: str | None) -> Mapping[Path, PlannedFile]:
    """Those of the files that are there and can be read."""
    try:
        there = [source for source in map(_source, jobs) if source.is_file()]
        return {file.source: file for file in plan(there, options, password=password).files} if there else {}
    except (UsageError, PermissionError):  # one of them went away just now
        return {}


def _source(job: Job) -> Path:
    return Path(job.source_path or job.path)


def _ghost(job: Job) -> PlannedFile:
    """A file of which only the row is left."""
    return PlannedFile(_source(job), job.path, job.source_bytes or 0, 0.0, "", "", None, None)
