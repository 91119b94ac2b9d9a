"""What an operator can do, as frozen dataclasses: `run(services) -> Done`; window and command line run the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

from console.ops.audit import Entry, named
from console.ops.guard import Weight
from console.ops.intake import Plan
from console.ops.results import ResultsFolder
from console.ops.uploads import Order, Step, Uploaded, Uploader, Watch
from worker.core.errors import NotFoundError, OcrConsoleError, ServiceError
from worker.core.jobs import Job, State
from worker.core.outcomes import NOT_REACHED
from worker.core.said import clauses, said, said_counted, sentences

if TYPE_CHECKING:
    from console.ops.services import Services

T_co = TypeVar("T_co", covariant=True)
FETCHES = 4  # downloads at a time


@dataclass(frozen=True, slots=True)
class Done(Generic[T_co]):
    """What came of a command: a sentence for people, the facts, and the command that takes it back."""

    message: str
    data: T_co
    entry: Entry = field(default_factory=Entry)
    undo: Command[object] | None = None


class Command(Protocol[T_co]):
    """Something that an operator can do, by `acting.act`."""

    @property
    def action(self) -> str:
        """What the audit calls it; "" for one that only looks and has no entry."""
        ...

    @property
    def weight(self) -> Weight:
        """What it asks of a production profile."""
        ...

    @property
    def asked(self) -> int:
        """On how many things it is to act, as far as that is known before; the audit of one that failed says it."""
        ...

    def run(self, services: Services) -> Done[T_co]:
        """Do it. Blocks; never on the window's thread."""
        ...


@dataclass(frozen=True, slots=True)
class Submit:
    """Upload the files of a plan and queue them."""

    plan: Plan
    order: Order
    watch: Watch | None = None
    cancel: threading.Event | None = None
    action: ClassVar[str] = "submit"
    weight: ClassVar[Weight] = Weight.CHANGES

    @property
    def asked(self) -> int:
        """The files of the plan."""
        return len(self.plan.files)

    def run(self, services: Services) -> Done[tuple[Uploaded, ...]]:
        """Blocks until the last file is queued, failed or stopped."""
        uploader = Uploader(services, watch=self.watch, cancel=self.cancel)
        uploaded = uploader.upload(self.plan.files, self.order)
        return Done(told(uploaded), uploaded, submitted(uploaded, self.asked, self.order.batch))


@dataclass(frozen=True, slots=True)
class ResumeUploads:
    """Go on with this user's uploads that were cut off, or forget them."""

    forget: bool = False
    watch: Watch | None = None
    cancel: threading.Event | None = None
    weight: ClassVar[Weight] = Weight.CHANGES
    asked: ClassVar[int] = 0  # not known before it looks

    @property
    def action(self) -> str:
        """One of two."""
        return "forget uploads" if self.forget else "resume uploads"

    def run(self, services: Services) -> Done[tuple[Uploaded, ...]]:
        """Blocks until the last file is queued, failed or stopped."""
        uploader = Uploader(services, watch=self.watch, cancel=self.cancel)
        jobs = uploader.unfinished()
        if self.forget:
            uploader.drop(jobs)
            entry = Entry(len(jobs), len(jobs), {"jobs": named(job.id for job in jobs)})
            one, many = "1 unfinished upload forgotten.", "{n} unfinished uploads forgotten."
            return Done(said_counted(len(jobs), one, many), (), entry)
        uploaded = uploader.resume(jobs)
        return Done(told(uploaded), uploaded, submitted(uploaded, len(jobs)))


@dataclass(frozen=True, slots=True)
class Refused:
    """A job that a command left as it was."""

    id: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Acted:
    """How many of how many."""

    asked: int
    done: tuple[UUID, ...]
    refused: tuple[Refused, ...]

    @property
    def entry(self) -> Entry:
        """What the audit says of it."""
        return Entry(self.asked, len(self.done), {"jobs": named(self.done)})


@dataclass(frozen=True, slots=True)
class Fetched:
    """One result on this disk."""

    job_id: UUID
    format: str
    path: Path


@dataclass(frozen=True, slots=True)
class Fetch:
    """What was fetched, and the jobs of which something is missing."""

    files: tuple[Fetched, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class FetchResults:
    """Download the outputs of jobs into a folder, in the folders in which their sources lay."""

    ids: tuple[UUID, ...]
    folder: Path
    formats: tuple[str, ...] = ()  # empty: all that there are
    progress: Callable[[int, int], None] | None = None  # jobs fetched, of how many; from several threads
    cancel: threading.Event | None = None  # set it to stop behind the files that are under way
    action: ClassVar[str] = ""
    weight: ClassVar[Weight] = Weight.LOOKS

    @property
    def asked(self) -> int:
        """The jobs."""
        return len(self.ids)

    def run(self, services: Services) -> Done[Fetch]:
        """Fetch what is there; a job that is missing, or missing something, costs nobody else."""
        jobs, unknown = self._look_up(services)
        target = ResultsFolder(self.folder)
        lock, count = threading.Lock(), 0

        def fetch(job: Job) -> tuple[list[Fetched], list[Refused]]:
            nonlocal count
            answer = self._fetch_one(services, target, job)
            with lock:
                count += 1
                if self.progress is not None:
                    self.progress(count, len(jobs))
            return answer

        with ThreadPoolExecutor(FETCHES, thread_name_prefix="fetch") as pool:
            answers = list(pool.map(fetch, jobs))
        files = tuple(file for saved, _ in answers for file in saved)
        refused = (*unknown, *(why for _, missing in answers for why in missing))
        message = said_counted(len(files), "1 file in {folder}.", "{n} files in {folder}.", folder=str(target.folder))
        return Done(message, Fetch(files, refused))

    @property
    def _is_stopped(self) -> bool:
        return self.cancel is not None and self.cancel.is_set()

    def _look_up(self, services: Services) -> tuple[list[Job], list[Refused]]:
        jobs: list[Job] = []
        unknown: list[Refused] = []
        for place, job_id in enumerate(self.ids):
            if self._is_stopped:
                unknown.extend(Refused(left, NOT_REACHED) for left in self.ids[place:])
                break
            try:
                jobs.append(services.store.job(job_id))
            except NotFoundError as error:
                unknown.append(Refused(job_id, error.sentence))
        return jobs, unknown

    def _fetch_one(self, services: Services, target: ResultsFolder, job: Job) -> tuple[list[Fetched], list[Refused]]:
        if job.state is not State.DONE and not job.outputs:  # while it is read anew the earlier ones are there
            why = said("{name} is {state}, so it has no results.", name=job.name, state=said(job.state.value))
            return [], [Refused(job.id, why)]
        saved: list[Fetched] = []
        missing: list[Refused] = []
        for form in self.formats or job.outputs:
            if self._is_stopped:
                missing.append(Refused(job.id, NOT_REACHED))
                break
            output = job.outputs.get(form)
            if output is None:
                missing.append(Refused(job.id, said("{name} was not read to {form}.", name=job.name, form=form)))
                continue
            try:
                saved.append(Fetched(job.id, form, target.save(job, form, output, services.blobs.get_file)))
            except ServiceError as error:
                missing.append(Refused(job.id, sentences(said("{name}:", name=job.name), error.sentence)))
        return saved, missing


def known_ids(texts: Sequence[str]) -> tuple[UUID, ...]:
    """Job ids out of what a person typed.

    Raises:
        NotFoundError: a text is no id, so there is no such job.
    """
    ids = []
    for text in texts:
        try:
            ids.append(UUID(text))
        except ValueError:
            raise NotFoundError(said("There is no job {id}.", id=text), "`ocr-console jobs` lists them.") from None
    return tuple(dict.fromkeys(ids))


def counted(number: int, thing: str) -> str:
    """A number with its thing: 1 job, 2 jobs."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def told(uploaded: Sequence[Uploaded]) -> str:
    """What became of a submission's files, in a sentence."""
    steps = [one.step for one in uploaded]
    parts = [said_counted(steps.count(Step.QUEUED), "1 file queued", "{n} files queued")]
    others = {
        Step.REUSED: "{n} read before",
        Step.SKIPPED: "{n} left out",
        Step.FAILED: "{n} failed",
        Step.STOPPED: "{n} stopped",
    }
    parts += [said(template, n=steps.count(step)) for step, template in others.items() if step in steps]
    silent = [one for one in uploaded if one.step is Step.QUEUED and not one.rung]
    note = "The broker did not answer; the messages follow by themselves." if silent else ""
    return sentences(said("{files}.", files=clauses(parts)), note)


def submitted(uploaded: Sequence[Uploaded], asked: int, batch: str | None = None) -> Entry:
    """What the audit says of a submission."""
    arrived = [one.job_id for one in uploaded if one.step in {Step.QUEUED, Step.REUSED} and one.job_id]
    return Entry(asked, len(arrived), {"jobs": named(arrived)} | ({"batch": batch} if batch else {}))


def first_error(uploaded: Sequence[Uploaded]) -> OcrConsoleError | None:
    """The first service error among uploads: what stopped them all."""
    return next((one.error for one in uploaded if isinstance(one.error, ServiceError)), None)
