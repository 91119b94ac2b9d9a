"""The messages in the queues: read to the end, taken out, set aside, and put back byte for byte."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from uuid import UUID, uuid4

import redis
from redis.client import Pipeline

from worker.core.broker_access import Access
from worker.core.errors import UsageError
from worker.core.raw_messages import FIRST, PAGE, SEPARATOR, held_message, lists_of, loads, next_count, task_of
from worker.core.said import Said, said

REMOVALS = 200  # in one round trip: each may search a whole list while others wait for Redis
REMOVE_FOR_S = 5.0  # what is left then finds nothing to claim
MOST_KEPT = 200_000  # messages that are set aside at a time
MOST_MB = 300  # of them together, by what Redis reckons: they are read into memory
LOCK_S = 300  # a purge that was broken off holds others up for so long
INSTEAD = "Cancel the jobs instead."

Kept = tuple[tuple[bytes, ...], ...]  # a queue's messages by priority list, from head to tail


@dataclass(frozen=True, slots=True)
class SetAside:
    """A queue's messages out of everybody's reach, until they are settled."""

    queue: str
    messages: Kept
    token: str

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(map(len, self.messages))


class Messages:
    """Raw messages of one deployment."""

    def __init__(self, access: Access) -> None:
        self._redis, self._prefix, self._errors = access.client, access.prefix, access.errors

    def keys(self, queue: str) -> list[str]:
        """The lists of a queue, the most urgent first."""
        return [self._prefix + name for name in lists_of(queue)]

    def ready(self, queue: str) -> Iterator[bytes]:
        """All that waits in a queue, list by list, from the head on. Raises what the client raises."""
        for key in self.keys(queue):
            yield from self._all(key)

    def seen(self, queue: str) -> Iterator[bytes]:
        """All that waits in a queue, as `ready` reads it: what came while it was read may be told of twice.

        Raises:
            UsageError: It holds more than can be set aside.
        """
        with self._errors():
            if too_much := self._too_much(queue):
                raise UsageError(too_much, INSTEAD)
            yield from self.ready(queue)

    def held_task_ids(self) -> set[UUID]:
        """The rows whose messages were delivered to a worker and are not acknowledged."""
        with self._errors():
            raws = _answers(self._redis.hvals(self._prefix + "unacked"))
        found = (task_of(message) for raw in raws if (message := held_message(raw)))
        return {task for task in found if task}

    def remove(self, tasks: Collection[UUID], queues: Iterable[str]) -> int:
        """Take the messages of these tasks out of the queues; how many that were.

        It gives up after REMOVE_FOR_S: a message whose row is not queued does nothing when it comes to a worker.
        """
        wanted, end, removed = frozenset(tasks), time.monotonic() + REMOVE_FOR_S, 0
        if not wanted:
            return 0
        with self._errors():
            for key in (key for queue in queues for key in self.keys(queue)):
                mine = [raw for raw in self._all(key) if (message := loads(raw)) and task_of(message) in wanted]
                for some in _pages(mine, REMOVALS):
                    if time.monotonic() > end:
                        return removed
                    removed += self._remove(key, some)
        return removed

    def set_aside(self, queue: str) -> SetAside:
        """Move all that waits in a queue out of the workers' reach, in one step a list, and read it.

        It has to be settled. When nobody does, because the program was killed, the next purge or undo puts it back.

        Raises:
            UsageError: Another purge of it is under way, or it holds more than can be kept.
        """
        token = uuid4().hex
        with self._errors():
            if not self._redis.set(self._lock(queue), token, nx=True, ex=LOCK_S):
                raise UsageError(said("Another purge of {queue} is under way.", queue=queue), "Try again in a moment.")
            self._return_kept(queue)
            if too_much := self._too_much(queue):
                self._redis.delete(self._lock(queue))
                raise UsageError(too_much, INSTEAD)
            self._redis.sadd(self._register, queue)
            for key, kept in zip(self.keys(queue), self._kept(queue), strict=True):
                self._rename(key, kept)
            return SetAside(queue, tuple(tuple(self._all(kept)) for kept in self._kept(queue)), token)

    def settle(self, aside: SetAside, back: Kept) -> None:
        """Put some of the messages back to where they were and forget the others, all in one step."""
        with self._errors(), self._redis.pipeline(transaction=True) as pipe:
            self._push(pipe, aside.queue, back)
            pipe.delete(*self._kept(aside.queue), self._lock(aside.queue))
            pipe.srem(self._register, aside.queue)
            pipe.execute()

    def put_back(self, queue: str, messages: Kept) -> None:
        """Put messages at the end of their lists that runs next, in the order in which they were; all or none.

        Where the purge that took them was broken off behind its entry, they are still set aside, and come from there.
        """
        with self._errors():
            aside = {raw for kept in self._kept(queue) for raw in self._all(kept)}
            if not aside.isdisjoint(chain.from_iterable(messages)):
                self._return_kept(queue)
                self._redis.delete(self._lock(queue))
                messages = tuple(tuple(raw for raw in raws if raw not in aside) for raws in messages)
            with self._redis.pipeline(transaction=True) as pipe:
                self._push(pipe, queue, messages)
                pipe.execute()

    def recover(self) -> None:
        """Put back what purges set aside that were broken off."""
        with self._errors():
            for name in _members(self._redis.smembers(self._register)):
                queue = name.decode()
                if self._redis.set(self._lock(queue), "recover", nx=True, ex=LOCK_S):
                    self._return_kept(queue)
                    self._redis.delete(self._lock(queue))

    def _too_much(self, queue: str) -> Said | None:
        """Why a queue is too full to be kept; None if it is not."""
        count = sum(int(str(self._redis.llen(key))) for key in self.keys(queue))
        if count > MOST_KEPT:
            template = "{queue} holds {n} messages, and at most {most} can be kept for an undo."
            return said(template, queue=queue, n=count, most=MOST_KEPT)
        megabytes = sum(self._bytes(key) for key in self.keys(queue)) // 1_000_000
        if megabytes > MOST_MB:
            template = "{queue} holds {n} MB of messages, and at most {most} MB can be kept for an undo."
            return said(template, queue=queue, n=megabytes, most=MOST_MB)
        return None

    def _bytes(self, key: str) -> int:
        try:
            return int(str(self._redis.memory_usage(key) or 0))
        except redis.exceptions.NoPermissionError:  # then it is not known
            return 0

    def _return_kept(self, queue: str) -> None:
        messages = tuple(tuple(self._all(kept)) for kept in self._kept(queue))
        with self._redis.pipeline(transaction=True) as pipe:
            self._push(pipe, queue, messages)
            pipe.delete(*self._kept(queue))
            pipe.srem(self._register, queue)
            pipe.execute()

    def _push(self, pipe: Pipeline, queue: str, messages: Kept) -> None:
        for key, raws in zip(self.keys(queue), messages, strict=True):
            for some in _pages(raws, PAGE):
                pipe.rpush(key, *some)

    def _remove(self, key: str, raws: Sequence[bytes]) -> int:
        with self._redis.pipeline(transaction=False) as pipe:
            for raw in raws:
                pipe.lrem(key, 1, raw)  # type: ignore[arg-type]  # bytes are what it takes
            return sum(pipe.execute())

    def _rename(self, key: str, new: str) -> None:
        try:
            self._redis.rename(key, new)
        except redis.ResponseError as problem:
            if "no such key" not in str(problem):
                raise

    def _all(self, key: str) -> Iterator[bytes]:
        start, count = 0, FIRST
        while page := _answers(self._redis.lrange(key, start, start + count - 1)):
            yield from page
            start, count = start + len(page), next_count(page)

    @property
    def _register(self) -> str:
        return self._prefix + "ocr-purged"

    def _kept(self, queue: str) -> list[str]:
        return [f"{self._register}{SEPARATOR}{name}" for name in lists_of(queue)]

    def _lock(self, queue: str) -> str:
        return f"{self._prefix}ocr-purging{SEPARATOR}{queue}"


def _pages(raws: Sequence[bytes], size: int) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(raws), size):
        yield raws[start : start + size]


def _answers(answer: object) -> list[bytes]:
    assert isinstance(answer, list)
    return answer


def _members(answer: object) -> set[bytes]:
    assert isinstance(answer, set)
    return answer
