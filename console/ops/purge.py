"""A queue is emptied: what waits is cancelled, its messages are kept for an undo, workers keep what they have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from console.ops.audit import Entry, named, write
from console.ops.commands import Done
from console.ops.guard import Weight
from console.ops.submission import submitter
from console.ops.undo import Undo
from console.ops.ways_back import kept
from worker.core.errors import UsageError
from worker.core.jobs import LEGACY_QUEUE, QUEUE
from worker.core.raw_messages import job_of, loads, task_of
from worker.core.said import said, said_counted, sentences
from worker.core.undoing import packed

if TYPE_CHECKING:
    from console.ops.services import Services
    from worker.core.cancels import WaitingBatch
    from worker.core.messages import Kept, SetAside
    from worker.core.store import Cancelled


@dataclass(frozen=True, slots=True)
class Purged:
    """What came of it."""

    queue: str
    purged: int  # messages that were taken out, and jobs that waited without one
    held: int  # messages that workers have and keep
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a purge would take: the jobs by their ids, the messages, which may be of other programs, by their bytes."""

    jobs: int
    messages: int
    held: int  # messages that workers have and keep
    batches: tuple[WaitingBatch, ...] = ()  # whose jobs these are, the one with the most pages first
    oldest_s: float | None = None  # since the oldest message was sent
    seen: Mapping[bytes, int] = field(default_factory=dict, repr=False)  # how often a message of this digest waits

    @property
    def pages(self) -> int:
        """Pages of these jobs that are still to be read."""
        return sum(batch.pages for batch in self.batches)

    @property
    def ids(self) -> set[UUID]:
        """The jobs."""
        return {job for batch in self.batches for job in batch.ids}


@dataclass(frozen=True, slots=True)
class Purge:
    """Take what waits out of a queue: what was seen there, or all that is there when it runs."""

    queue: str
    only: Waiting | None = None  # what it may take: nothing that came since
    action: ClassVar[str] = "purge"
    weight: ClassVar[Weight] = Weight.DESTROYS
    asked: ClassVar[int] = 0  # not known before it looks

    def run(self, services: Services) -> Done[Purged]:
        """The messages out of reach, the rows, the audit, and only then are the messages dropped.

        Raises:
            UsageError: There is no such queue, another purge of it is under way, or it holds too much for an undo.
        """
        _there(services, self.queue)
        services.broker.messages.recover()
        aside = services.broker.messages.set_aside(self.queue)
        back = aside.messages
        try:
            depth = services.broker.depths([self.queue])[0]  # nothing is asked of the broker from the cancel on
            outcome = self._cancel(services, aside)
            back, gone = _sorted(aside.messages, outcome, self.only)
            done = self._recorded(services, outcome, gone, depth.held + depth.delayed)
        except BaseException:
            back = aside.messages  # the rows say whether one is still wanted
            raise
        finally:
            services.broker.messages.settle(aside, back)
        return done

    def _cancel(self, services: Services, aside: SetAside) -> Cancelled:
        if packed(kept((), self.queue, aside.messages)) is None:
            raise _too_much(self.queue)
        tasks, jobs = _named(chain.from_iterable(aside.messages))
        return services.store.purge(
            self.queue,
            by=submitter(),
            tasks=tasks,
            jobs=jobs,
            held=services.broker.messages.held_task_ids(),
            only=None if self.only is None else self.only.ids,
        )

    def _recorded(self, services: Services, outcome: Cancelled, gone: Kept, held: int) -> Done[Purged]:
        rung = [job_of(loads(raw) or {}) for raws in gone for raw in raws]
        purged = len(rung) + len(set(outcome.done) - set(rung))
        message = _told(self.queue, len(outcome.done), len(rung), rung.count(None), held)
        details = {"queue": self.queue, "messages": len(rung), "jobs": named(outcome.done)}
        entry = Entry(purged + len(outcome.refused), purged, details)
        undo = packed(kept(outcome.stamps, self.queue, gone))
        if undo is None:
            services.store.restore(outcome.stamps)
            raise _too_much(self.queue)
        entry = write(services, self.action, message, entry, undo)
        until = services.store.undo_until(entry.number) if entry.number and purged else None
        return Done(message, Purged(self.queue, purged, held, until), entry, Undo(entry.number) if purged else None)


def look(services: Services, queue: str) -> Waiting:
    """What is in a queue. Raises UsageError for a queue that nobody knows, or that holds too much for an undo."""
    seen: Counter[bytes] = Counter()

    def noted() -> Iterator[bytes]:
        for raw in services.broker.messages.seen(queue):
            seen[_digest(raw)] += 1
            yield raw

    tasks, jobs = _named(noted())  # a row waits before its message does: read first, none is of a job not found then
    return replace(_there(services, queue, tasks, jobs), seen=seen)


def _there(services: Services, queue: str, tasks: Collection[UUID] = (), named: Collection[UUID] = ()) -> Waiting:
    batches = services.store.waiting_in(queue, tasks=tasks, jobs=named)
    depth = services.broker.depths([queue])[0]
    held, jobs = depth.held + depth.delayed, sum(batch.jobs for batch in batches)
    if not (depth.ready or held or jobs or queue in {QUEUE, LEGACY_QUEUE}):
        raise UsageError(said("There is nothing in a queue {queue}.", queue=queue), "`ocr-console queues` lists them.")
    return Waiting(jobs, depth.ready, held, tuple(batches), depth.oldest_s)


def _named(raws: Iterable[bytes]) -> tuple[set[UUID], set[UUID]]:
    """The tasks that messages name, and the jobs of those that know of no tasks."""
    tasks, jobs = set(), set()
    for message in filter(None, map(loads, raws)):
        if task := task_of(message):
            tasks.add(task)
        elif job := job_of(message):
            jobs.add(job)
    return tasks, jobs


def _sorted(messages: Kept, outcome: Cancelled, only: Waiting | None) -> tuple[Kept, Kept]:
    """Those that go back, because a worker has a part of their job or they are not meant, and those that go."""
    stay, cancelled = {job for job, _ in outcome.refused}, set(outcome.done)
    meant = None if only is None else Counter(only.seen)

    def goes(raw: bytes) -> bool:
        job = job_of(loads(raw) or {})
        if job in stay:
            return False
        if meant is None:
            return True
        seen = meant[digest := _digest(raw)] > 0
        meant[digest] -= seen
        return seen or job in cancelled

    back, gone = [], []
    for raws in messages:
        sides: tuple[list[bytes], list[bytes]] = [], []
        for raw in raws:
            sides[goes(raw)].append(raw)
        back.append(tuple(sides[False]))
        gone.append(tuple(sides[True]))
    return tuple(back), tuple(gone)


def _digest(raw: bytes) -> bytes:
    return blake2b(raw, digest_size=16).digest()


def _too_much(queue: str) -> UsageError:
    sentence = said("{queue} holds more than can be kept for an undo.", queue=queue)
    return UsageError(sentence, "Cancel the jobs instead.")


def _told(queue: str, jobs: int, messages: int, foreign: int, held: int) -> str:
    what = {
        "jobs": said_counted(jobs, "1 job cancelled", "{n} jobs cancelled"),
        "messages": said_counted(
            messages, "1 message taken out of {queue}", "{n} messages taken out of {queue}", queue=queue
        ),
    }
    if foreign:
        gone = said("{jobs}, {messages}, {foreign} of them of other programs.", **what, foreign=foreign)
    else:
        gone = said("{jobs}, {messages}.", **what)
    stay = said_counted(held, "1 stays with workers.", "{n} stay with workers.") if held else "No worker has any."
    return sentences(gone, stay)
