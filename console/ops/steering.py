"""What an operator can have a worker do, ours or anybody's, until it restarts; each tells what the worker answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from console.ops.audit import Entry
from console.ops.commands import Command, Done
from console.ops.guard import Weight
from console.ops.inspecting import pools
from console.ops.limits import Limits, limits
from console.ops.refusals import refusal, silence_of
from worker.core.errors import UsageError
from worker.core.said import Said, said, said_counted, sentences

if TYPE_CHECKING:
    from console.ops.services import Services
    from worker.core.control import Answer
    from worker.core.workers import WorkerReport

OBEYED_LATER = "A worker of another program obeys that when it has connected anew, or has new processes."


@dataclass(frozen=True, slots=True)
class OnWorker:
    """A command to one worker.

    Each raises UsageError in our words where the worker refuses, and NotFoundError where it does not answer.
    """

    worker: str
    weight: ClassVar[Weight] = Weight.CHANGES
    asked: ClassVar[int] = 1


@dataclass(frozen=True, slots=True)
class Grow(OnWorker):
    """Give a worker more processes."""

    by: int = 1
    action: ClassVar[str] = "grow pool"

    def run(self, services: Services) -> Done[Answer]:
        """Undone by shrinking it."""
        _expect(self.by > 0, "Say by how many processes, from 1 on.")
        answer = _answer(services, self.worker, "pool_grow", n=self.by)
        told = said("{worker} gets {processes} more.", worker=self.worker, processes=_processes(self.by))
        return _done(told, answer, {"processes": self.by}, Shrink(self.worker, self.by))


@dataclass(frozen=True, slots=True)
class Shrink(OnWorker):
    """Take processes from a worker; those that are at work are not taken."""

    by: int = 1
    action: ClassVar[str] = "shrink pool"

    def run(self, services: Services) -> Done[Answer]:
        """Undone by growing it. One process stays: a worker without any would take work and do nothing."""
        _expect(self.by > 0, "Say by how many processes, from 1 on.")
        there = _size(services, self.worker)
        if there is not None and there <= self.by:
            has = said(
                "{worker} has {processes}, and one has to stay.", worker=self.worker, processes=_processes(there)
            )
            raise UsageError(has, "Stop the worker instead.")
        answer = _answer(services, self.worker, "pool_shrink", n=self.by)
        told = said("{worker} gives up {processes}.", worker=self.worker, processes=_processes(self.by))
        return _done(told, answer, {"processes": self.by}, Grow(self.worker, self.by))


@dataclass(frozen=True, slots=True)
class Autoscale(OnWorker):
    """Set between which numbers of processes a worker scales itself."""

    most: int
    fewest: int
    action: ClassVar[str] = "autoscale"

    def run(self, services: Services) -> Done[Answer]:
        """Undone by the bounds that it had. Only a worker that was started with bounds can."""
        _expect(self.most >= self.fewest > 0, "Name the most and the fewest processes, the fewest from 1 on.")
        before = _stats(services, self.worker).get("autoscaler") or {}
        answer = _answer(services, self.worker, "autoscale", max=self.most, min=self.fewest)
        undo = Autoscale(self.worker, before["max"], before["min"]) if {"max", "min"} <= before.keys() else None
        most = _processes(self.most)
        told = said("{worker} has from {n} to {processes}.", worker=self.worker, n=self.fewest, processes=most)
        return _done(told, answer, {"most": self.most, "fewest": self.fewest}, undo)


@dataclass(frozen=True, slots=True)
class AddConsumer(OnWorker):
    """Have a worker take from a queue, too."""

    queue: str
    action: ClassVar[str] = "add consumer"

    def run(self, services: Services) -> Done[Answer]:
        """Undone by having it leave the queue."""
        _expect(bool(self.queue.strip()), "Name a queue.")
        answer = _answer(services, self.worker, "add_consumer", queue=self.queue)
        paused = self.queue in services.store.paused_queues()
        now, later = "{worker} takes from {queue} now.", "{worker} takes from {queue} when that goes on: it is paused."
        told = said(later if paused else now, worker=self.worker, queue=self.queue)
        return _done(told, answer, {"queue": self.queue}, CancelConsumer(self.worker, self.queue))


@dataclass(frozen=True, slots=True)
class CancelConsumer(OnWorker):
    """Have a worker leave a queue; what it has of it goes on."""

    queue: str
    action: ClassVar[str] = "cancel consumer"

    def run(self, services: Services) -> Done[Answer]:
        """Undone by having it take from the queue again."""
        _expect(bool(self.queue.strip()), "Name a queue.")
        answer = _answer(services, self.worker, "cancel_consumer", queue=self.queue)
        told = said("{worker} leaves {queue}; what it has goes on.", worker=self.worker, queue=self.queue)
        return _done(told, answer, {"queue": self.queue}, AddConsumer(self.worker, self.queue))


@dataclass(frozen=True, slots=True)
class RateLimit(OnWorker):
    """Bound how many tasks of a name a worker begins in a time."""

    task: str
    rate: str  # such as 10/m, 2/s, 100/h; "0": no limit
    action: ClassVar[str] = "rate limit"

    def run(self, services: Services) -> Done[Answer]:
        """Undone by the rate that it had."""
        before = _limits(services, self.worker, self.task)
        answer = _answer(services, self.worker, "rate_limit", task_name=self.task, rate_limit=self.rate)
        limited, free = "{task} is limited to {rate} at {worker}.", "{task} has no limit at {worker}."
        template = free if self.rate.strip() in {"", "0"} else limited
        told = said(template, task=self.task, rate=self.rate, worker=self.worker)
        undo = RateLimit(self.worker, self.task, before.rate or "0")
        return _done(told, answer, {"task": self.task, "rate": self.rate}, undo)


@dataclass(frozen=True, slots=True)
class TimeLimit(OnWorker):
    """Bound how long a task of a name may take on a worker; without seconds as it was started."""

    task: str
    soft_s: float = 0  # a task is told to end after so many
    hard_s: float = 0  # and ended after so many
    action: ClassVar[str] = "time limit"

    def run(self, services: Services) -> Done[Answer]:
        """Undone by the limits that it had. Only our workers heed it at once, and none beyond OCR_TIME_LIMIT."""
        _expect(
            0 < self.soft_s < self.hard_s or self.soft_s == self.hard_s == 0,
            "Name after how many seconds a task is told to end, and after how many more it is ended; 0 0: as started.",
        )
        _expect_to_end_tasks(services, self.worker)
        before = _limits(services, self.worker, self.task)
        seconds = {"soft": self.soft_s or None, "hard": self.hard_s or None}
        answer = _answer(services, self.worker, "time_limit", task_name=self.task, **seconds)
        bound = "{task} is told to end after {soft} s and ended after {hard} s at {worker}."
        started = "{task} has the limits that it was started with at {worker}."
        limits_s = {"soft": f"{self.soft_s:g}", "hard": f"{self.hard_s:g}"}
        told: str = said(bound if self.hard_s else started, task=self.task, worker=self.worker, **limits_s)
        if _ours(services, self.worker) is None:
            told = sentences(told, OBEYED_LATER)
        known = (before.soft_s is None) == (before.hard_s is None)
        undo = TimeLimit(self.worker, self.task, before.soft_s or 0, before.hard_s or 0) if known else None
        return _done(told, answer, {"task": self.task, **seconds}, undo)


@dataclass(frozen=True, slots=True)
class RestartPool(OnWorker):
    """Give a worker new processes in place of those that it has."""

    action: ClassVar[str] = "restart pool"

    def run(self, services: Services) -> Done[Answer]:
        """What its processes are at is taken back and read again."""
        answer = _answer(services, self.worker, "pool_restart", reload=False)
        return _done(said("{worker} gets new processes.", worker=self.worker), answer, {})


def _answer(services: Services, worker: str, command: str, **arguments: Any) -> Answer:  # noqa: ANN401 - JSON
    answer = services.broker.control.ask(command, [worker], **arguments).get(worker)
    if answer is None:
        raise silence_of(worker)
    if not answer.ok:
        raise refusal(answer)
    return answer


def _limits(services: Services, worker: str, task: str) -> Limits:
    return limits(services.broker.control, worker).get(task, Limits())


def _expect_to_end_tasks(services: Services, worker: str) -> None:
    pool = pools(services.broker.control, [worker]).get(worker)
    if pool is None:
        raise silence_of(worker)
    if pool.kind in {"solo", "threads"}:
        raise UsageError(said("The pool of {worker} cannot end a task.", worker=worker), "A prefork pool can.")


def _ours(services: Services, worker: str) -> WorkerReport | None:
    return next((one for one in services.store.workers() if one.name == worker and one.stopped is None), None)


def _stats(services: Services, worker: str) -> dict[str, Any]:
    """What a worker says of itself."""
    answer = services.broker.control.look("stats", [worker]).get(worker)
    if not isinstance(answer, dict):
        raise silence_of(worker)
    return answer


def _size(services: Services, worker: str) -> int | None:
    """How many processes it has, or is to have soon; None for a pool that does not tell them apart."""
    if (ours := _ours(services, worker)) is not None:
        return ours.slots
    pool = _stats(services, worker).get("pool")
    there = pool.get("processes") if isinstance(pool, dict) else None
    return len(there) if isinstance(there, list) else None


def _done(told: str, answer: Answer, details: dict[str, Any], undo: Command[object] | None = None) -> Done[Answer]:
    entry = Entry(1, 1, {"worker": answer.worker, **details, "answer": answer.said})
    return Done(sentences(told, said("It answered: {answer}.", answer=answer.said)), answer, entry, undo)


def _expect(right: bool, otherwise: str) -> None:
    if not right:
        raise UsageError(otherwise)


def _processes(number: int) -> Said:
    return said_counted(number, "1 process", "{n} processes")
