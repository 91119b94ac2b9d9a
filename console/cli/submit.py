"""`submit`: files and folders become jobs; with `--wait` until they have ended, with `--out` to their results."""

from __future__ import annotations

import signal
import threading
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from console.cli import shapes
from console.cli.passwords import password_in
from console.cli.progress import Progress, progress
from console.cli.reading import options_of, preset_of
from console.cli.session import Session
from console.cli.waiting import jobs_of, wait_for
from console.ops.commands import FetchResults, Submit, counted, first_error
from console.ops.found import Skipped
from console.ops.intake import Plan, existing, plan
from console.ops.uploads import Order, Same, Step, Uploaded, Uploader
from worker.core.errors import UsageError
from worker.core.jobs import Job, Priority, State

if TYPE_CHECKING:
    from console.ops.services import Services
    from worker.core.page_fates import PageCounts

QUEUED = frozenset({Step.QUEUED, Step.REUSED})
NOT_READ = frozenset({State.FAILED, State.CANCELLED, State.UPLOADING})  # the last: its upload stopped


def run(session: Session) -> int:
    """0 all done, 1 some failed or were skipped, 3 a service went away, 130 stopped by Ctrl-C."""
    args = session.args
    began = time.monotonic()
    order = order_of(args)
    existing(args.paths)
    if not args.plan:
        session.confirm()
    with progress(session.terminal) as shown:
        planned = plan(
            args.paths,
            order.options,
            password=order.password,
            limits=session.limits,
            progress=lambda done, total: shown.set("Looking into files", done, total, "files"),
        )
    for entry in planned.skipped:
        session.terminal.say(f"skipped    {entry.path}: {entry.reason}")
    if args.plan:
        mode = order.options.mode
        session.terminal.answer(shapes.plan(planned, mode), _plan_lines(planned, mode))
        return 0
    if not planned.files:
        return _answer(session, [], planned.skipped, began)
    with session.services() as services:
        return _submit(session, services, planned, order, began)


def order_of(args: Namespace) -> Order:
    """What the words say of how files are to be handled. Raises UsageError for what cannot be meant."""
    if args.out and not args.wait:
        raise UsageError("--out fetches results, so it needs --wait.", "Or fetch them later: ocr-console results.")
    preset = preset_of(args)
    return Order(
        options_of(args, preset),
        preset.priority if args.priority is None else Priority[args.priority.upper()],
        args.batch,
        Same(args.same),
        password_in(args.password_file),
    )


def _submit(session: Session, services: Services, planned: Plan, order: Order, began: float) -> int:
    if session.args.wait:
        from console.cli.own_worker import OwnWorker

        with OwnWorker(session, services) as worker, progress(session.terminal) as shown:
            uploaded = _upload(session, services, planned, order, shown)
            jobs = wait_for(services, _ids(uploaded, QUEUED), shown, check=worker.check)
    else:
        with progress(session.terminal) as shown:
            uploaded = _upload(session, services, planned, order, shown)
        jobs = jobs_of(services, _ids(uploaded, QUEUED))
    skipped = [*planned.skipped, *_read_before(uploaded)]
    failed = jobs_of(services, _ids(uploaded, {Step.FAILED}))
    missing = session.args.out and _fetch(session, services, jobs)
    code = _answer(session, [*jobs, *failed], skipped, began)
    error = first_error(uploaded)
    if error is not None:
        raise error
    return 1 if missing else code


def _upload(session: Session, services: Services, planned: Plan, order: Order, shown: Progress) -> tuple[Uploaded, ...]:
    """Upload what is planned. Ctrl-C stops it after the rows that stand; a second one at once."""
    sent = _Sent()

    def watch(one: Uploaded) -> None:
        shown.set("Uploading", sent.with_(one), planned.bytes, "bytes")
        if one.step is Step.FAILED and one.error is not None:
            shown.line(f"failed     {one.file.path}: {one.error.sentence} {one.error.advice}".rstrip())

    with _cancelled_by_ctrl_c() as cancel:
        done = session.act(Submit(planned, order, watch, cancel), services)
    if cancel.is_set():
        begun = sum(one.step in QUEUED for one in done.data)
        total = counted(len(planned.files), "file")
        sentence = f"Stopped. {begun} of {total} are queued. Submit the same paths again, and it goes on from there."
        raise KeyboardInterrupt(sentence)
    shown.line(done.message)
    mine = set(_ids(done.data, frozenset(Step)))
    left = [job.path for job in Uploader(services).unfinished() if job.id not in mine]
    if left:
        what = counted(len(left), "upload")
        shown.line(f"{what} of an earlier run did not end, such as {left[0]}. Submit that again, or open the window.")
    return done.data


class _Sent:
    """The bytes that are up, of all files together; told of by several threads, some ten thousand times."""

    def __init__(self) -> None:
        self._of: dict[Path, int] = {}
        self._all = 0
        self._lock = threading.Lock()

    def with_(self, one: Uploaded) -> int:
        """How many there are when this file is so far."""
        now = one.file.bytes if one.step in QUEUED else one.sent
        with self._lock:
            self._all += now - self._of.get(one.file.source, 0)
            self._of[one.file.source] = now
            return self._all


@contextmanager
def _cancelled_by_ctrl_c() -> Iterator[threading.Event]:
    cancel = threading.Event()

    def stop(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        cancel.set()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)


def _fetch(session: Session, services: Services, jobs: Sequence[Job]) -> bool:
    """Download what is done. Whether something is missing."""
    ids = tuple(job.id for job in jobs if job.state is State.DONE)
    try:
        done = session.act(FetchResults(ids, Path(session.args.out)), services)
    except UsageError as error:
        session.terminal.tell(error)
        return True
    for refused in done.data.refused:
        session.terminal.say(refused.why)
    session.terminal.say(done.message)
    return bool(done.data.refused)


def _answer(session: Session, jobs: Sequence[Job], skipped: Sequence[Skipped], began: float) -> int:
    done = sum(job.state is State.DONE for job in jobs)
    failed = sum(job.state in NOT_READ for job in jobs)
    document = {
        "jobs": [shapes.job(job) for job in jobs],
        "skipped": shapes.skipped(skipped),
        "done": done,
        "failed": failed,
        "seconds": shapes.rounded(time.monotonic() - began),
    }
    session.terminal.answer(document, [f"{job.id}  {job.state.value:<9}  {job.path or job.name}" for job in jobs])
    return 1 if failed or skipped else 0


def _read_before(uploaded: Sequence[Uploaded]) -> list[Skipped]:
    reason = "It was read before with the same options."
    return [Skipped(one.file.path, "duplicate", reason) for one in uploaded if one.step is Step.SKIPPED]


def _ids(uploaded: Sequence[Uploaded], steps: frozenset[Step] | set[Step]) -> list[UUID]:
    return [one.job_id for one in uploaded if one.step in steps and one.job_id is not None]


def _plan_lines(planned: Plan, mode: str) -> list[str]:
    lines = [
        f"{'?' if file.chosen_pages is None else file.chosen_pages:>5}  {file.bytes / 1e6:8.2f} MB  {file.path}"
        + _aside(file.counts(mode))
        for file in planned.files
    ]
    locked = f", {len(planned.locked)} of them locked" if planned.locked else ""
    total = f"{counted(len(planned.files), 'file')}{locked}, {counted(planned.pages, 'page')}"
    aside = _aside(planned.counts(mode))
    return [*lines, f"{total}{aside}, {planned.bytes / 1e6:,.2f} MB to upload; {len(planned.skipped)} left out."]


def _aside(found: PageCounts) -> str:
    """What is not simply read; "" if all is."""
    counts = (
        (found.kept, "kept with the text that is there"),
        (found.empty, "empty"),
        (found.refused, "too large to be read"),
        (found.unknown, "not looked at, counted as to be read"),
    )
    said = [f"{count:,} {what}" for count, what in counts if count]
    return f" ({found.read:,} to read, {', '.join(said)})" if said else ""
