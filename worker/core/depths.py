"""How full the queues are: what lies in their lists, and what workers have and did not acknowledge."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from threading import Lock
from typing import Any
from uuid import UUID

import redis

from worker.core.broker_access import Access
from worker.core.raw_messages import headers_of, held_message, job_of, lists_of, loads, queue_of, sent_of, task_of

KNOWN = 20_000  # held messages of which each is looked at; of more there is a sample
SAMPLE = 500
CHUNK = 100  # bodies in one answer
FETCH_BYTES = 8_000_000  # in one reading; what is left comes with the next


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """A message that a worker has; what it says of itself never changes."""

    queue: str | None  # None: it says of none
    id: str | None  # Celery's
    task: UUID | None  # the row of leased work
    sent: float | None  # seconds since 1970
    delayed: bool  # until its time comes


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """A queue as the broker has it; who runs what is known to the database alone.

    All figures of one reading are of the same moment. `ready` is exact always. `held` and `delayed` are exact while
    workers have KNOWN messages or fewer: then `messages` are all of them. Of more, and for some seconds after there
    came thousands at once, their sum over all queues is exact and each is `estimated` from those that were looked at.
    """

    queue: str
    ready: int  # over all its priority lists
    held: int  # delivered to a worker and not acknowledged, so running ones are among them
    delayed: int  # held by a worker until their time comes
    oldest_s: float | None  # age of the oldest message that says when it was sent
    ready_oldest_s: float | None = None  # the same of those in the lists
    estimated: bool = False
    messages: tuple[HeldMessage, ...] = field(default=(), repr=False)  # held and delayed ones
    undated: tuple[UUID, ...] = ()  # jobs of older senders' messages that run next: their rows know their age
    at: float = 0.0  # when it was read, in seconds since 1970

    def age_s(self, message: HeldMessage) -> float | None:
        """How old it was then; None where it does not say when it was sent."""
        return None if message.sent is None else max(0.0, self.at - message.sent)


class Depths:
    """Reads them in one round trip, and one more when a worker took something since. Threads may share it."""

    def __init__(self, access: Access) -> None:
        self._redis, self._prefix, self._errors = access.client, access.prefix, access.errors
        self._unacked = access.prefix + "unacked"
        self._lock = Lock()
        self._size: int | None = None  # of what is held, when it was read last
        self._known: dict[bytes, HeldMessage] = {}  # by kombu's delivery tag

    def read(self, queues: Sequence[str]) -> list[QueueDepth]:
        """The depths of these queues, in their order. Raises NetworkError or AccessRefused."""
        keys = [[self._prefix + name for name in lists_of(queue)] for queue in queues]
        with self._errors(), self._lock:
            lists, size, tags = self._look([key for some in keys for key in some])
            self._size = size
            held, unknown = self._sample(size) if tags is None else self._all(tags)
        now, share = time.time(), 1 + unknown / max(1, len(held))
        by_queue: dict[str | None, list[HeldMessage]] = {}
        for message in held:
            by_queue.setdefault(message.queue, []).append(message)
        return [
            _depth(queue, [next(lists) for _ in some], by_queue.get(queue, []), now, share)
            for queue, some in zip(queues, keys, strict=True)
        ]

    def _look(self, keys: Sequence[str]) -> tuple[Iterator[tuple[int, bytes | None]], int, list[bytes] | None]:
        """The lists' lengths and tails, how much is held, and its tags unless there are too many; of one moment."""
        if self._size is None:
            self._size = int(str(self._redis.hlen(self._unacked)))
        with self._redis.pipeline(transaction=True) as pipe:
            for key in keys:
                pipe.llen(key)
                pipe.lindex(key, -1)  # the tail runs next
            pipe.hlen(self._unacked)
            if self._size <= KNOWN:
                pipe.hkeys(self._unacked)
            answers = [_of_its_kind(answer) for answer in pipe.execute(raise_on_error=False)]
        count = 2 * len(keys)
        lists = ((size or 0, tail) for size, tail in zip(answers[0:count:2], answers[1:count:2], strict=True))
        return lists, answers[count] or 0, answers[count + 1] or [] if self._size <= KNOWN else None

    def _all(self, tags: list[bytes]) -> tuple[list[HeldMessage], int]:
        """What is known of these, and of how many nothing is: new ones are fetched, if they are not too much for once.

        What was acknowledged meanwhile is not among them.
        """
        self._known = {tag: self._known[tag] for tag in tags if tag in self._known}
        left, new = FETCH_BYTES, iter([tag for tag in tags if tag not in self._known])
        while left > 0 and (some := list(islice(new, CHUNK))):
            raws = _list(self._redis.hmget(self._unacked, some))
            left -= sum(len(raw) for raw in raws if raw)
            self._known |= {tag: _held(raw) for tag, raw in zip(some, raws, strict=True) if raw}
        return list(self._known.values()), len(list(new))

    def _sample(self, size: int) -> tuple[list[HeldMessage], int]:
        self._known = {}
        _, found = self._redis.hscan(self._unacked, 0, count=SAMPLE)
        assert isinstance(found, dict)
        return [_held(raw) for raw in found.values() if isinstance(raw, bytes)], max(0, size - len(found))


def _depth(
    queue: str, lists: Iterable[tuple[int, bytes | None]], held: list[HeldMessage], now: float, share: float
) -> QueueDepth:
    sizes, tails = zip(*lists, strict=True)
    waiting = [message for tail in tails if tail and (message := loads(tail))]
    ready = [sent for message in waiting if (sent := sent_of(message)) is not None]
    undated = tuple(job for message in waiting if sent_of(message) is None and (job := job_of(message)))
    delayed = sum(message.delayed for message in held)
    dated = [*ready, *(message.sent for message in held if message.sent is not None)]
    depth = QueueDepth(queue, sum(sizes), len(held) - delayed, delayed, _age(dated, now), _age(ready, now))
    depth = replace(depth, messages=tuple(held), undated=undated, at=now)
    if share == 1.0:
        return depth
    scaled = {"held": round(depth.held * share), "delayed": round(depth.delayed * share)}
    return replace(depth, **scaled, estimated=True)  # type: ignore[arg-type]


def _age(sent: Sequence[float], now: float) -> float | None:
    return max(0.0, now - min(sent)) if sent else None


def _held(raw: bytes) -> HeldMessage:
    message = held_message(raw)
    if message is None:
        return HeldMessage(None, None, None, None, delayed=False)
    headers = headers_of(message)
    told = headers.get("id")
    return HeldMessage(
        queue_of(message),
        told if isinstance(told, str) else None,
        task_of(message),
        sent_of(message),
        delayed=bool(headers.get("eta")),
    )


def _of_its_kind(answer: Any) -> Any:  # noqa: ANN401 - Redis answers with what there is
    """The answer; None where another program keeps something else under that key."""
    if isinstance(answer, redis.ResponseError) and str(answer).startswith("WRONGTYPE"):
        return None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _list(answer: object) -> list[bytes | None]:
    assert isinstance(answer, list)
    return answer
