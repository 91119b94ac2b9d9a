"""What cannot be true at the same time: the database says one thing, the broker or the workers another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from console.ops.fleet import ONLINE_S, SILENT_S, Presence, Queue, Worker
from worker.core.said import said, said_counted

if TYPE_CHECKING:
    from console.ops.heard import Heard
    from worker.core.pulse import Running
    from worker.core.strays import Stray, Strays

EXPIRED_S = 20.0  # a lease that ran out is taken back within seconds, where somebody keeps house
IDLE_S = 30.0
LISTENED_S = 15.0  # a worker speaks every two seconds on its broker


class Kind(StrEnum):
    """What contradicts what."""

    UNHELD = "unheld"  # running in the database, and no worker has it
    CANCELLED = "cancelled"  # cancelled in the database, and still in the queue
    UNRUNG = "unrung"  # queued in the database, and no message says so
    IDLE = "idle"  # a worker is there and has room, and takes nothing of what waits
    ELSEWHERE = "elsewhere"  # a worker is seen in the database, and not on this broker


class Mend(StrEnum):
    """What is done about it: see `console.ops.mending`."""

    TAKE_BACK = "take_back"
    TAKE_OUT = "take_out"
    RING = "ring"
    PING = "ping"
    SHOW = "show"  # nothing can be done from here: the worker is shown


_TITLES = {
    Kind.UNHELD: "{name} does not work at what it has",
    Kind.CANCELLED: "What was cancelled is still in {name}",
    Kind.UNRUNG: "Work in {name} waits without a message",
    Kind.IDLE: "{name} takes nothing of what waits",
    Kind.ELSEWHERE: "{name} listens to another broker",
}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Something that is found, in plain words, and what can be done about it."""

    kind: Kind
    subject: str  # the queue or the worker that it is about
    sentence: str
    remedy: Mend
    count: int = 1
    tasks: tuple[UUID, ...] = ()  # rows of leased work, a hundred at most
    jobs: tuple[UUID, ...] = ()  # theirs

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return said(_TITLES[self.kind], name=self.subject)


def unheld(running: Iterable[Running]) -> Iterator[Contradiction]:
    """Tasks whose leases ran out so long ago that somebody should have taken them back, by worker."""
    lost: dict[str, list[Running]] = {}
    for one in running:
        if one.lease_s < -EXPIRED_S:
            lost.setdefault(one.worker, []).append(one)
    for worker, tasks in sorted(lost.items()):
        sentence = said_counted(
            len(tasks),
            "1 task is running in the database at {worker}, which does not work at it: its lease ran out {s} s ago.",
            "{n} tasks are running in the database at {worker}, which does not work at it: "
            "its lease ran out {s} s ago.",
            worker=worker,
            s=round(max(-one.lease_s for one in tasks)),
        )
        ids = [(one.task, one.job) for one in tasks]
        yield _named(Kind.UNHELD, worker, sentence, Mend.TAKE_BACK, len(tasks), ids)


def stray(found: Strays) -> Iterator[Contradiction]:
    """Messages and rows that do not belong together."""
    for one in found.cancelled:
        sentence = said_counted(
            one.count,
            "1 message is still in {queue} though the job was cancelled. Workers pass it over.",
            "{n} messages are still in {queue} though the job was cancelled. Workers pass it over.",
            queue=one.queue,
        )
        yield _of_stray(Kind.CANCELLED, one, sentence, Mend.TAKE_OUT)
    for one in found.unrung:
        sentence = said_counted(
            one.count,
            "1 task of {queue} waits for more than a minute, and no message tells the workers.",
            "{n} tasks of {queue} wait for more than a minute, and no message tells the workers.",
            queue=one.queue,
        )
        yield _of_stray(Kind.UNRUNG, one, sentence, Mend.RING)


def elsewhere(
    workers: Iterable[Worker], heard: Mapping[str, Heard], listening_s: float | None, now: float
) -> Iterator[Contradiction]:
    """Workers of ours that the database hears and this broker does not, though it was listened to for long enough."""
    if listening_s is None or listening_s < LISTENED_S:
        return
    for worker in workers:
        there = heard.get(worker.name)
        if _speaks(worker) and (there is None or there.silent_s(now) > SILENT_S):
            sentence = said(
                "{worker} reports to the database and is not heard on this broker: "
                "it takes its messages from another one.",
                worker=worker.name,
            )
            yield Contradiction(Kind.ELSEWHERE, worker.name, sentence, Mend.SHOW)


class Idle:
    """Watches for workers that have room and take nothing of what waits in their queues.

    Args:
        clock: Monotonic, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[str, tuple[object, float]] = {}  # what it had done, and since when it has done no more

    def look(
        self, workers: Iterable[Worker], queues: Sequence[Queue], heard: Mapping[str, Heard]
    ) -> Iterator[Contradiction]:
        """Those that do so for IDLE_S; it has to look every few seconds."""
        now, since = self._clock(), dict[str, tuple[object, float]]()
        waiting = {one.queue: one.ready for one in queues if one.ready and not one.paused}
        for worker in workers:
            mine = {queue: waiting[queue] for queue in worker.report.queues if queue in waiting}
            if not mine or not has_room(worker):
                continue
            done = what_it_did(worker, heard.get(worker.name))
            before = self._since.get(worker.name)
            since[worker.name] = before if before is not None and before[0] == done else (done, now)
            idle_s = now - since[worker.name][1]
            if idle_s > IDLE_S:
                yield idle(worker, mine, idle_s)
        self._since = since


def has_room(worker: Worker) -> bool:
    """Whether it is there and could begin something."""
    return worker.state is Presence.ONLINE and worker.report.busy < worker.report.slots


def _speaks(worker: Worker) -> bool:
    """Whether it is one of ours that is there for a while; a task may keep it from being heard on the broker."""
    report = worker.report
    up_s = (report.seen - report.started).total_seconds() if report.seen and report.started else 0.0
    return worker.ours and report.silent_s <= ONLINE_S and not worker.doing and up_s > LISTENED_S


def what_it_did(worker: Worker, heard: Heard | None = None) -> object:
    """What changes when a worker takes something."""
    short = 0 if worker.doing else worker.pages_per_minute
    return frozenset(one.task for one in worker.doing), short, heard and heard.processed


def idle(worker: Worker, waiting: Mapping[str, int], idle_s: float) -> Contradiction:
    """Of a worker that took nothing for so long of what waits in these queues; messages by queue."""
    queue, ready = max(waiting.items(), key=lambda pair: pair[1])
    free = worker.report.slots - worker.report.busy
    sentence = said(
        "{worker} is online with {slots} and takes nothing for {s} s, while {waiting}.",
        worker=worker.name,
        slots=said_counted(free, "1 free slot", "{n} free slots"),
        s=round(idle_s),
        waiting=said_counted(ready, "1 message of {queue} waits", "{n} messages of {queue} wait", queue=queue),
    )
    return Contradiction(Kind.IDLE, worker.name, sentence, Mend.PING)


def _of_stray(kind: Kind, one: Stray, sentence: str, remedy: Mend) -> Contradiction:
    return Contradiction(kind, one.queue, sentence, remedy, one.count, one.tasks, one.jobs)


def _named(
    kind: Kind, subject: str, sentence: str, remedy: Mend, count: int, ids: Sequence[tuple[UUID, UUID]]
) -> Contradiction:
    some = ids[:100]
    return Contradiction(kind, subject, sentence, remedy, count, tuple(a for a, _ in some), tuple(b for _, b in some))
