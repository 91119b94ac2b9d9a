"""What an operator does with workers on this machine, as commands."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from console.ops.audit import Entry
from console.ops.commands import Done
from console.ops.guard import Weight
from console.ops.local_workers import LocalWorkers
from console.ops.presence import is_online
from console.ops.profiles import owner_of
from console.ops.worker_options import USUAL, WorkerOptions, full_name, next_name
from console.ops.worker_state import LocalWorker, Stop
from worker.core.errors import InternalError, NotFoundError, OcrConsoleError, ServiceError, UsageError
from worker.core.outcomes import Course
from worker.core.said import listed, said, said_counted, sentences

if TYPE_CHECKING:
    from console.ops.services import Services
    from worker.core.settings import Settings

__all__ = ["RestartWorkers", "StartWorker", "Stop", "StopAll", "StopWorker", "cost_of"]
Names = tuple[str, ...]
BACK_LATER = "What it had begun is taken back when its lease has run out: the database does not answer."


@dataclass(frozen=True, slots=True)
class StartWorker:
    """Leave a worker of the profile behind on this machine."""

    workers: LocalWorkers  # it holds what was started, for who waits until it is ready
    options: WorkerOptions = USUAL
    action: ClassVar[str] = "start worker"
    weight: ClassVar[Weight] = Weight.CHANGES
    asked: ClassVar[int] = 1

    def run(self, services: Services) -> Done[LocalWorker]:
        """It is started and not ready yet: `LocalWorkers.wait_ready` waits. Raises UsageError for bad options."""
        if self.options.name is not None:
            _expect_free(services, full_name(self.options.name))
        worker = self.workers.start(services.settings, services.profile, self.options)
        details = {"worker": worker.name, "processes": worker.concurrency, "queues": list(worker.queues)}
        limits = self.options.variables(services.settings)
        entry = Entry(1, 1, details | ({"limits": limits} if limits else {}))
        return Done(said("Starting {worker} …", worker=worker.name), worker, entry)


@dataclass(frozen=True, slots=True)
class StopWorker:
    """Stop a worker that was started on this machine."""

    workers: LocalWorkers
    name: str
    how: Stop = Stop.SOFT
    profile: str | None = None  # only one of this profile
    action: ClassVar[str] = "stop worker"
    weight: ClassVar[Weight] = Weight.CHANGES
    asked: ClassVar[int] = 1

    def run(self, services: Services) -> Done[LocalWorker]:
        """Blocks until it has ended; a warm stop goes on by itself.

        Raises:
            NotFoundError: there is none of that name.
            UsageError: it works for a production profile, and that is not the one that is open.
        """
        worker = self.workers.find(self.name, self.profile)
        _expect_open(worker, services)
        self.workers.stop(worker.name, self.how)
        told = _told(self.workers, worker, services, self.how)
        return Done(told, worker, Entry(1, 1, {"worker": worker.name, "how": self.how.value}))


@dataclass(frozen=True, slots=True)
class StopAll:
    """Stop every worker that was started on this machine, all at the same time."""

    workers: LocalWorkers
    how: Stop = Stop.SOFT
    profile: str | None = None  # only those of this profile
    action: ClassVar[str] = "stop worker"
    weight: ClassVar[Weight] = Weight.CHANGES

    @property
    def asked(self) -> int:
        """The workers."""
        return len(self._meant())

    def run(self, services: Services) -> Done[Names]:
        """The names of those that are told. Workers of another production profile stay, which is said."""
        meant = self._meant()
        mine = [worker for worker in meant if _may_be_told(worker, services)]
        self.workers.stop_all(mine, self.how)
        told = [_told(self.workers, worker, services, self.how) for worker in mine]
        stay = [worker.name for worker in meant if worker not in mine]
        names = tuple(worker.name for worker in mine)
        if not meant:
            told = ["No worker runs here."]
        entry = Entry(len(meant), len(mine), {"workers": list(names), "how": self.how.value})
        return Done(sentences(*told, _stays(stay)), names, entry)

    def _meant(self) -> tuple[LocalWorker, ...]:
        return tuple(one for one in self.workers.listed() if self.profile in {None, one.profile})


@dataclass(frozen=True, slots=True)
class RestartWorkers:
    """Put a new worker in the place of each, one after the other: the new one is ready before the old one is told.

    The new one has the profile's settings as they are now, and a name of its own: two live workers with one name would
    answer for each other, and give back each other's work.
    """

    workers: LocalWorkers
    names: Names
    how: Stop = Stop.SOFT  # how the old ones are stopped
    course: Course | None = field(default=None, kw_only=True, repr=False, compare=False)
    action: ClassVar[str] = "restart worker"
    weight: ClassVar[Weight] = Weight.CHANGES

    @property
    def asked(self) -> int:
        """The workers."""
        return len(self.names)

    def run(self, services: Services) -> Done[dict[str, str]]:
        """Which worker took over from which, by the old one's name; fewer if it was told to stop.

        Raises:
            NotFoundError, UsageError: one of them is not ours to restart; nothing is done then.
            InternalError: a new one was not ready. The old one stays, and so do those that come after it.
        """
        course = self.course or Course()
        old = [self._meant(name, services) for name in dict.fromkeys(self.names)]
        new: dict[str, str] = {}
        for worker in old:
            course.tell(len(new), len(old))
            if course.stop.is_set() or not (name := self._replace(worker, services, course)):
                break
            new[worker.name] = name
        course.tell(len(new), len(old))
        one, many = "{worker} has taken over from {old}.", "{n} workers are restarted: {worker}."
        told = said_counted(len(new), one, many, worker=listed(new.values()), old=listed(new)) if new else ""
        stay = [worker.name for worker in old if worker.name not in new]
        return Done(sentences(told, _as_they_were(stay)), new, Entry(len(old), len(new), {"workers": new}))

    def _meant(self, name: str, services: Services) -> LocalWorker:
        worker = self.workers.find(name)
        if not _works_for(worker, services):
            other = said("{worker} works for the profile {profile}.", worker=worker.name, profile=worker.profile)
            raise UsageError(other, "Open that profile to restart it.")
        if worker.stops_with_console and not self.workers.is_mine(worker):
            theirs = said("{worker} stops with the console that started it.", worker=worker.name)
            raise UsageError(theirs, "Restart it there.")
        return worker

    def _replace(self, old: LocalWorker, services: Services, course: Course) -> str:
        """The new worker's name; "" if it was told to stop before that was ready."""

        def is_there(name: str, pid: int) -> bool:
            if course.stop.is_set():
                raise _Stopped
            return is_online(services, name, pid)

        taken = [worker.name for worker in self.workers.listed()]
        options = replace(old.options, name=next_name(old.name, taken))
        new = self.workers.start(services.settings, services.profile, options)
        try:
            self.workers.wait_ready(new, is_there)
        except OcrConsoleError as error:
            self._end(new)
            stays = said("{worker} stays as it is: the one that was to take over was not ready.", worker=old.name)
            raise InternalError(sentences(stays, error.sentence), error.advice) from error
        except _Stopped:
            self._end(new)
            return ""
        self.workers.stop(old.name, self.how)
        return new.name

    def _end(self, new: LocalWorker) -> None:
        with contextlib.suppress(NotFoundError):
            self.workers.stop(new.name, Stop.NOW)


class _Stopped(Exception):
    """A restart is told to stop."""


def cost_of(how: Stop, busy: int, settings: Settings) -> str:
    """What a stop costs a worker that does so many tasks."""
    if busy == 0:
        return "It does nothing now: it ends at once."
    if how is Stop.WARM:
        one = "1 task ends first, in {s} s at most. Nothing is read twice."
        many = "{n} tasks end first, in {s} s at most. Nothing is read twice."
        return said_counted(busy, one, many, s=settings.time_limit_s)
    if how is Stop.SOFT:
        one = "1 task has {s} s to end, else it goes back to the queue. Pages that were read stay."
        many = "{n} tasks have {s} s to end, else they go back to the queue. Pages that were read stay."
        return said_counted(busy, one, many, s=settings.soft_shutdown_s)
    one = "1 task goes back to the queue at once; a page that is half read is read again."
    many = "{n} tasks go back to the queue at once; pages that are half read are read again."
    return said_counted(busy, one, many)


def _told(workers: LocalWorkers, worker: LocalWorker, services: Services, how: Stop) -> str:
    if workers.is_ending(worker):
        ending = "{worker} takes nothing new and ends what it has begun: at most {s} s."
        return said(ending, worker=worker.name, s=round(worker.task_s))
    if how is not Stop.NOW:
        return said("{worker} is stopped.", worker=worker.name)
    return sentences(said("{worker} is killed.", worker=worker.name), _taken_back(worker, services))


def _taken_back(worker: LocalWorker, services: Services) -> str:
    """Give back what a killed worker held, and say goodbye for it."""
    if not _works_for(worker, services):
        return "What it had begun is taken back when its lease has run out."
    try:
        back = len(services.leases.let_go(worker.name))
        services.store.worker_goodbye(worker.name)
    except ServiceError:
        return BACK_LATER
    if not back:
        return ""
    return said_counted(back, "1 task went back to the queue.", "{n} tasks went back to the queue.")


def _works_for(worker: LocalWorker, services: Services) -> bool:
    """Whether it is one of the profile that is open: two files may have one name, such as `.env`."""
    theirs, ours = worker.profile_file, services.profile.path
    if worker.profile != services.profile.name or theirs is None or ours is None:
        return worker.profile == services.profile.name and theirs is ours
    return owner_of(theirs) == owner_of(ours)


def _may_be_told(worker: LocalWorker, services: Services) -> bool:
    """What works for a production is stopped by who has that profile open, under its guard and in its audit."""
    return not worker.production or _works_for(worker, services)


def _expect_open(worker: LocalWorker, services: Services) -> None:
    if not _may_be_told(worker, services):
        real = "{worker} works for the production profile {profile}."
        raise UsageError(
            said(real, worker=worker.name, profile=worker.profile),
            said(
                "Open that profile to stop it: --profile {profile}.", profile=str(worker.profile_file or worker.profile)
            ),
        )


def _expect_free(services: Services, name: str) -> None:
    """Also on other machines; a database that is away does not say."""
    with contextlib.suppress(ServiceError):
        if is_online(services, name):
            taken = said("A worker called {name} is online already.", name=name)
            raise UsageError(taken, "Choose another name: two of one name take each other's work.")


def _stays(names: Sequence[str]) -> str:
    one = "{workers} stays: it works for another profile, a production."
    many = "{workers} stay: they work for another profile, a production."
    return said_counted(len(names), one, many, workers=listed(names)) if names else ""


def _as_they_were(names: Sequence[str]) -> str:
    one, many = "{workers} is as it was.", "{workers} are as they were."
    return said_counted(len(names), one, many, workers=listed(names)) if names else ""
