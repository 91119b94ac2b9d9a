"""Every server away in every way, before a worker starts, while it idles and while it reads: a table of what happened.

python -m tests.chaos.outages [--away SECONDS] [--service NAME] [--fault NAME] [--when NAME]
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from uuid import UUID

from console.ops.health import Health, Name
from console.ops.services import Services
from console.ops.snapshot import Watcher
from tests.services.connections import profile
from tests.services.faults import FAULTS, Servers, own_servers
from tests.services.worker_process import Desk, Worker, celery_worker
from tests.waiting import until
from worker.core.errors import ServiceError
from worker.core.jobs import Job, Options, State
from worker.core.store import Store, WorkerReport

SERVICES: tuple[Name, ...] = ("postgres", "redis", "s3")
WHENS = ("start", "idle", "middle")
SAMPLES = Path(str(files("resources.samples")))
SCAN, BORN_DIGITAL = SAMPLES / "english-scan.pdf", SAMPLES / "born-digital.pdf"
SAYS = re.compile(r"(No work comes in|Work waits|What was read waits to be saved|does not hear this worker)\. (.*?\.) ")


@dataclass
class Case:
    """One fault, and what came of it."""

    service: Name
    fault: str
    when: str
    jobs: Sequence[Job] = ()
    attempts: int = 0  # the most that a job took
    on_after_s: float = 0.0  # from the server's return to the end of the last job
    lamp_after_s: float = 0.0  # until all lamps are green
    lamp: str = ""
    worker: str = ""

    @property
    def kept(self) -> bool:
        """Whether all that was promised held."""
        done = all(job.state is State.DONE and not job.pages_failed for job in self.jobs)
        return bool(self.jobs) and done and self.attempts <= 2 and bool(self.lamp)

    def row(self) -> str:
        """Its line of the table."""
        states = ", ".join(sorted({job.state.value for job in self.jobs}))
        figures = (f"{self.on_after_s:5.1f} s", f"{self.lamp_after_s:4.1f} s", str(self.attempts))
        verdict = "kept" if self.kept else "BROKEN"
        cells = (self.service, self.fault, self.when, states, *figures, verdict, self.lamp, self.worker)
        return f"| {' | '.join(cells)} |"


class Laboratory:
    """The stack, the console's eyes, and how to try a case."""

    def __init__(self, servers: Servers, folder: Path, away_s: float) -> None:
        self._servers, self._folder, self._away_s = servers, folder, away_s
        self._services = Services.open(profile(servers.settings))
        self._watcher = Watcher(self._services)
        self._store: Store = self._services.store
        self._desk = Desk(servers.settings, self._store)
        self._number = 0
        self._back = 0.0  # when the server was

    def close(self) -> None:
        """Close the connections."""
        self._services.close()

    def tried(self, case: Case) -> Case:
        """Make the fault, wait, mend it, and see what became of the jobs."""
        self._number += 1
        if case.when == "start":
            self._at_start(case)
        else:
            with self._worker() as worker:
                jobs = self._begun() if case.when == "middle" else []
                FAULTS[case.fault][0](self._servers, case.service)
                jobs += self._added_while_away()
                time.sleep(self._away_s)
                self._mend(case)
                self._settle(case, worker, jobs)
        return case

    def _at_start(self, case: Case) -> None:
        FAULTS[case.fault][0](self._servers, case.service)
        jobs = self._added_while_away()

        def mend() -> None:
            time.sleep(self._away_s)
            self._mend(case)

        mender = threading.Thread(target=mend)
        mender.start()
        with self._worker() as worker:
            mender.join()
            self._settle(case, worker, jobs)

    @contextmanager
    def _worker(self) -> Iterator[Worker]:
        name = f"case{self._number}@desk"
        with celery_worker(self._servers.settings, _Deaf(self._store), self._folder, name=name, slots=2) as worker:
            yield worker

    def _begun(self) -> list[UUID]:
        """Two documents whose first page is read, and one that waits."""
        jobs = [self._desk.add(SCAN, Options(pages="1-2")) for _ in range(2)]
        jobs.append(self._desk.add(BORN_DIGITAL))
        until(lambda: all(self._store.job(job).pages_done for job in jobs[:2]), "pages are read")
        return jobs

    def _added_while_away(self) -> list[UUID]:
        try:
            return [self._desk.add(BORN_DIGITAL)]
        except ServiceError:  # as an operator is told
            return []

    def _look(self, case: Case) -> None:
        dark = [health for health in self._watcher.take().health if health.service == case.service and not health.ok]
        case.lamp = dark[0].sentence if dark and dark[0].since else ""

    def _mend(self, case: Case) -> None:
        self._look(case)
        FAULTS[case.fault][1](self._servers, case.service)
        self._back = time.monotonic()

    def _settle(self, case: Case, worker: Worker, jobs: list[UUID]) -> None:
        back = self._back
        until(lambda: _green(self._watcher.take().health), "green lamps", every=0.2)
        case.lamp_after_s = time.monotonic() - back
        jobs = jobs or [self._desk.add(BORN_DIGITAL)]
        case.jobs = [self._desk.ended(job) for job in jobs]
        case.on_after_s = time.monotonic() - back
        case.attempts = max(len(self._store.attempts(job)) for job in jobs)
        found = SAYS.search(worker.log)
        case.worker = f"{found[1]}. {found[2]}" if found else ""


class _Deaf(Store):
    """The store as whoever starts a worker asks it: one that is away has heard of nobody yet."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.engine)

    def workers(self) -> list[WorkerReport]:
        try:
            return super().workers()
        except ServiceError:
            return []


def _green(health: Sequence[Health]) -> bool:
    return all(one.ok for one in health)


def main() -> int:
    """Run the cases; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="outages")
    parser.add_argument("--away", type=float, default=20.0, metavar="SECONDS")
    parser.add_argument("--service", choices=SERVICES)
    parser.add_argument("--fault", choices=FAULTS)
    parser.add_argument("--when", choices=WHENS)
    asked = parser.parse_args()
    cases = [
        Case(service, fault, when)
        for service in SERVICES
        for fault in FAULTS
        for when in WHENS
        if asked.service in (None, service) and asked.fault in (None, fault) and asked.when in (None, when)
    ]
    print("| server | fault | when | jobs | all done after | lamps green after | attempts | promise | lamp | worker |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    with (
        own_servers() as servers,
        tempfile.TemporaryDirectory() as folder,
        closing(Laboratory(servers, Path(folder), asked.away)) as laboratory,
    ):
        for case in cases:
            print(laboratory.tried(case).row(), flush=True)
    broken = [case for case in cases if not case.kept]
    print(f"{len(cases)} cases, {len(broken)} broken promises")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
