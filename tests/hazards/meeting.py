"""One hazard after the other on one worker: into the plan, through the queue, and a good job right after it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from console.ops.acting import act
from console.ops.commands import Submit
from console.ops.intake import Plan, plan
from console.ops.services import Services
from console.ops.submission import Order, Same, Step, Watch
from tests.hazards.hazard import DONE, TAKEN, Hazard
from tests.hazards.memory import Peak
from tests.hazards.table import Met, rows
from tests.services.worker_process import Desk, Worker
from tests.unit.documents import picture
from tests.waiting import until
from worker.core.jobs import Job, Options, State

GOOD = "A good page is read as ever"


@dataclass
class Seen:
    """What became of a file, for the table."""

    state: str = DONE
    sentence: str = ""
    peak_mb: int = 0

    def of(self, *jobs: Job, more: str = "") -> None:
        """How these jobs ended; the last tells most."""
        last = jobs[-1]
        self.state = last.error_class or DONE
        self.sentence = " ".join(filter(None, [last.error, last.advice, *last.notes, more]))


class Meeting:
    """The worker, what is needed to give it files and to look at what it made, and the plan for all the files."""

    def __init__(self, services: Services, worker: Worker, desk: Desk, folder: Path, hazards: Sequence[Hazard]) -> None:
        self.worker, self.desk = worker, desk
        self.services = services
        self._good = picture(folder / "good.png", GOOD)
        files = folder / "files"
        files.mkdir()
        for hazard in hazards:
            hazard.make(files / hazard.file)
        self._files = files
        self.plan = plan([files])
        until(self._children, "the process that reads")
        self._known = self._children()

    def planned(self, hazard: Hazard) -> str:
        """The class in the plan, TAKEN for a file that is uploaded; the sentence of one that is not is looked at."""
        path = f"{self._files.name}/{hazard.file}"
        if any(file.path == path for file in self.plan.files):
            return TAKEN
        (left_out,) = (entry for entry in self.plan.skipped if entry.path == path)
        assert hazard.file in left_out.reason, left_out
        return left_out.error_class

    def ended(self, hazard: Hazard) -> Job:
        """The job of a file, as the console submits it; one that the plan leaves out, as a sender without a plan."""
        path = self._files / hazard.file
        files = tuple(file for file in self.plan.files if file.source == path)
        if not files:
            return self.desk.ended(self.desk.add(path, hazard.options))
        (job,) = self.submitted(Plan(files, ()), hazard.options)
        return job

    def submitted(
        self, planned: Plan, options: Options | None = None, same: Same = Same.READ, watch: Watch | None = None
    ) -> list[Job]:
        """The jobs of a plan, when they have come to an end."""
        order = Order(options or Options(formats=("txt",)), same=same)
        sent = act(Submit(planned, order, watch), self.services).data
        return [self.desk.ended(one.job_id) for one in sent if one.job_id and one.step is not Step.SKIPPED]

    def meet(self, hazard: Hazard) -> tuple[Job, int]:
        """Give it the file of a hazard; how it ended, and the most memory that took in MB."""
        with self.watched(hazard.row, hazard.file) as seen:
            seen.of(job := self.ended(hazard))
        return job, seen.peak_mb

    @contextmanager
    def watched(self, row: str, file: str) -> Iterator[Seen]:
        """Measure what the worker does within, have a good job done after it, and write it into the table."""
        seen = Seen()
        began = time.monotonic()
        with Peak(self.worker.process.pid) as peak:
            yield seen
        took, seen.peak_mb = time.monotonic() - began, peak.megabytes
        rows.append(Met(file, row, seen.state, seen.sentence, took, peak.megabytes, self.good()))

    def good(self) -> str:
        """A good job is done by the worker that met the file; what to write of it."""
        job = self.desk.ended(self.desk.add(self._good, Options(formats=("txt",))))
        assert job.state is State.DONE, job.error
        assert self.desk.text(job).strip() == GOOD
        assert self.worker.process.poll() is None, self.worker.log
        return "done, same process" if self.same_process() else "done"

    def take_as_it_is(self) -> None:
        """The processes that the worker has now are those that it is to keep."""
        self._known = self._children()

    def same_process(self) -> bool:
        """Whether the worker has the processes that it had at the start."""
        return self._children() == self._known

    def _children(self) -> tuple[int, ...]:
        return tuple(child.pid for child in psutil.Process(self.worker.process.pid).children())
