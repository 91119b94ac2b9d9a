"""One run: servers, workers and consoles up, faults, rest, verdict."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from console.ops.servers.folder import Folder as StackFolder
from console.ops.stack import Stack
from tests.chaos.database import Database
from tests.chaos.evidence import Evidence, gather
from tests.chaos.faults import Faults
from tests.chaos.fleet import Fleet, Worker, left_over
from tests.chaos.observer import Observer
from tests.chaos.recovery import Recovery, p, per_fault, reckon, taken_hastily
from tests.chaos.schedule import schedule
from tests.chaos.servers import Servers
from tests.chaos.submitting import Submitting, make_folders
from tests.chaos.verdict import Check, Verdict, judge, late_writes
from tests.waiting import until
from worker.core.schema import upgrade

SLOTS = (2, 1, 1)  # of the workers
ENOUGH = 50  # pairs of an interrupted and a waiting task, or chance has too much of a say
START_S = 120.0
SLOWEST = 5  # of each kind that are shown
REST_S = 120.0  # without any change, and what waits is stuck
_ACTIVE = "select count(*) from jobs where state in ('UPLOADING', 'QUEUED', 'RUNNING')"
_READY = "select count(*) from workers"
_WAITING = "select count(*) from tasks where status in ('queued', 'running')"
_CHANGES = "select (select count(*) from task_log), (select count(*) from jobs where state in ('DONE', 'FAILED'))"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to run."""

    seed: int
    jobs: int
    seconds: float
    workers: int
    keep: bool = False  # the folder with logs and data


class Run:
    """The parts of one run, and what came of it."""

    def __init__(self, wanted: Wanted, home: Path, say: Callable[[str], None]) -> None:
        self.wanted = wanted
        self.home = home
        self.say = say
        self.began = time.time()
        self.servers = Servers(home)
        settings = self.servers.settings
        self.database = Database(settings)
        upgrade(self.database.engine)
        slots = SLOTS[: wanted.workers]
        names = [f"chaos-{number}@desk" for number in range(1, len(slots) + 1)]
        self.fleet = Fleet([Worker(n, s, settings, home, wanted.seed) for n, s in zip(names, slots, strict=True)])
        self.observer = Observer(settings)
        self.folders = make_folders(home / "scans", wanted.jobs, wanted.seconds, wanted.seed)
        self.submitting = Submitting(self.folders, settings, self.servers.profile, home)
        self.faults = Faults(schedule(wanted.seed, wanted.seconds), self.servers, self.fleet, say)

    def work(self) -> None:
        """Everything until all has come to rest."""
        until(lambda: self.database.rows(_READY)[0][0] == len(self.fleet.workers), "a worker", seconds=START_S)
        parts = (self.observer, self.submitting, self.faults)
        for part in parts:
            part.start()
        self.faults.finish()
        self.say("no more faults")
        self.submitting.finish()
        self._rest()
        self.observer.end()

    def _rest(self) -> None:
        """Wait until nothing is active, or nothing has changed for a long time."""
        last, since = None, time.monotonic()
        while time.monotonic() - since < REST_S:
            active, waiting = (self.database.rows(query)[0][0] for query in (_ACTIVE, _WAITING))
            if not active and not waiting:
                return
            now = tuple(self.database.rows(_CHANGES)[0])
            last, since = (last, since) if now == last else (now, time.monotonic())
            time.sleep(0.5)

    def stop(self) -> None:
        """Workers and servers."""
        self.fleet.stop()
        self.database.close()
        self.servers.down()

    def judged(self) -> tuple[Verdict, dict[str, Any]]:
        """Stop the workers, look at everything, and say what it comes to."""
        time.sleep(1.0)  # for doorbells that find nothing to claim
        self.fleet.stop()
        left = left_over(self.home)
        evidence = gather(self.database, self.servers.settings)
        log = self.fleet.log()
        documents = [document for folder in self.folders for document in folder.documents]
        verdict = judge(documents, self.submitting.refused, evidence, log)
        struck = sorted([*self.faults.struck, *self.submitting.killed], key=lambda one: one.at)
        recovery = reckon(struck, evidence.attempts, self.observer.pids, self.fleet.slots)
        starts, lease_s = self.servers.postgres_starts, self.servers.settings.lease_s
        hasty = taken_hastily(starts, lease_s, struck, evidence.attempts, self.observer.pids)
        more = (
            Check("no program of ours lives on", left),
            Check("nothing that lives is taken back within one lease of a start of PostgreSQL", hasty),
            Check("what was interrupted goes ahead of what waits", _late(recovery)),
        )
        verdict = replace(verdict, checks=(*verdict.checks, *more))
        self._tell(verdict, evidence, recovery)
        return verdict, {
            **_counts(self.wanted, verdict),
            **_figures(recovery),
            "per_fault": per_fault(struck, recovery),
            "attempts": len(evidence.attempts),
            "late_writes_refused": late_writes(log),
        }

    def _tell(self, verdict: Verdict, evidence: Evidence, recovery: Recovery) -> None:
        for check in verdict.checks:
            self.say(str(check))
        for slow in recovery.slowest(SLOWEST):
            self.say(f"slow: {slow} (at {slow.fault.at - self.began:.1f})")
        ends = Counter(one.error_type for one in evidence.attempts if one.status != "success")
        failures = Counter(job.error_class for job in evidence.jobs if job.state == "FAILED")
        self.say(f"attempts that ended otherwise than well: {dict(ends)}; jobs that failed: {dict(failures)}")
        self.say(
            f"interrupted tasks went ahead of {recovery.passed} waiting ones, {recovery.waited_for} began before them;"
            f" a free slot had work after FLUSHALL or a restart of Redis within {p(recovery.of_redis(), 95)} s (p95)"
        )
        self.say(
            f"objects that no row names: {evidence.unnamed}; messages held by the dead: {evidence.held_by_the_dead}"
        )


def _late(recovery: Recovery) -> list[str]:
    if recovery.waited_for <= recovery.passed or recovery.waited_for + recovery.passed < ENOUGH:
        return []
    return [f"{recovery.waited_for} waiting tasks began before interrupted ones, {recovery.passed} after them"]


def _counts(wanted: Wanted, verdict: Verdict) -> dict[str, Any]:
    names = ("jobs", "done", "failed_explained", "lost", "visible_duplicates", "stuck")
    return {"seed": wanted.seed, **{name: getattr(verdict, name) for name in names}}


def _figures(recovery: Recovery) -> dict[str, Any]:
    kills, redis = recovery.of_kills(), recovery.of_redis()
    figures = {f"recovery_p{percent}_s": p(kills, percent) for percent in (50, 95)}
    return figures | {f"redis_recovery_p{percent}_s": p(redis, percent) for percent in (50, 95)}


@contextmanager
def home_of_a_run(keep: bool) -> Iterator[Path]:
    """A folder for everything; cleared away with its servers."""
    home = Path(tempfile.mkdtemp(prefix="ocr-chaos-"))
    try:
        yield home
    finally:
        Stack(home).down()
        if not keep:
            shutil.rmtree(StackFolder(home.resolve()).outside, ignore_errors=True)
            shutil.rmtree(home)


def run(wanted: Wanted, say: Callable[[str], None]) -> tuple[Verdict, dict[str, Any]]:
    """The whole of it."""
    with home_of_a_run(wanted.keep) as home:
        say(f"seed {wanted.seed}: {wanted.jobs} documents, {wanted.seconds:.0f} s of faults, in {home}")
        one = Run(wanted, home, say)
        try:
            one.work()
            return one.judged()
        finally:
            one.stop()
