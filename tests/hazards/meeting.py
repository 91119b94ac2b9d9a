"""One hazard after the other on one worker: into the plan, through the queue, and a good job right after it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from console.ops.acting import act
from console.ops.commands import Submit
from console.ops.intake import Plan, plan
from console.ops.services import Services
from console.ops.submission import Order, Same
from tests.hazards.hazard import DONE, TAKEN, Hazard
from tests.hazards.memory import Peak
from tests.hazards.table import Met, rows
from tests.services.worker_process import Desk, Worker
from tests.unit.documents import picture
from tests.waiting import until
from worker.core.jobs import Job, Options, State

GOOD = "A good page is read as ever"


class Meeting:
    """The worker, what is needed to give it files and to look at what it made, and the plan for all the files."""

    def __init__(self, services: Services, worker: Worker, desk: Desk, folder: Path, hazards: Sequence[Hazard]) -> None:
        self.worker, self.desk = worker, desk
        self._services = services
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
        (sent,) = act(Submit(Plan(files, ()), Order(hazard.options, same=Same.READ)), self._services).data
        assert sent.job_id, sent
        return self.desk.ended(sent.job_id)

    def good(self) -> str:
        """A good job is done by the process that met the file before; what to write of it."""
        job = self.desk.ended(self.desk.add(self._good, Options(formats=("txt",))))
        assert job.state is State.DONE, job.error
        assert self.desk.text(job).strip() == GOOD
        assert self.worker.process.poll() is None, self.worker.log
        return "done"

    def same_process(self) -> bool:
        """Whether the worker has the processes that it had at the start."""
        return self._children() == self._known

    def _children(self) -> tuple[int, ...]:
        return self.worker.child_pids(self.desk.store)

    def meet(self, hazard: Hazard) -> tuple[Job, Peak]:
        """Give it the file; the row of the table."""
        began = time.monotonic()
        with Peak(self.worker.process.pid) as peak:
            job = self.ended(hazard)
        took = time.monotonic() - began
        state = job.error_class or DONE
        told = " ".join([job.error or "", job.advice or "", *job.notes]).strip()
        after = self.good()
        rows.append(Met(hazard.file, hazard.row, state, told, took, peak.megabytes, after))
        return job, peak
