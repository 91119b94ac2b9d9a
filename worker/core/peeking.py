"""A look at messages without taking them: what runs next in a queue, and what workers have of it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from worker.core.broker_access import Access
from worker.core.raw_messages import (
    FIRST,
    PRIORITY_STEPS,
    headers_of,
    held_message,
    job_of,
    lists_of,
    loads,
    next_count,
    queue_of,
    sent_of,
    task_of,
)

MOST = 200  # messages in one look
MOST_CHARS = 200  # of what a message carries
MOST_BYTES = 20_000_000  # of them together, about: others may send documents within their messages
OPENED_BYTES = 100_000  # a larger body is not opened
SEARCHED = 2_000  # held messages that are looked through for those of one queue


@dataclass(frozen=True, slots=True)
class Peeked:
    """A message as it lies in the broker."""

    task: str  # Celery's name of what is to be done; "": it is no message of Celery's
    id: str | None  # Celery's
    job: UUID | None  # what it is about, if it is ours
    row: UUID | None  # the unit of leased work that it names
    priority: int  # of its list: 0, 3, 6 or 9; the lowest runs first
    age_s: float | None  # since it was sent, where it says so
    bytes: int
    arguments: str  # cut
    eta: str | None = None  # when it is due, as its sender wrote it
    held: bool = False  # a worker has it

    @property
    def ours(self) -> bool:
        """Whether it is one of ours."""
        return self.job is not None


class Peeking:
    """Looks into the queues of one deployment."""

    def __init__(self, access: Access) -> None:
        self._redis, self._prefix, self._errors = access.client, access.prefix, access.errors

    def ready(self, queue: str, limit: int = 50) -> list[Peeked]:
        """What waits, in the order in which it will run. Raises NetworkError or AccessRefused."""
        with self._errors():
            found = list(dict.fromkeys(self._raws(queue, min(limit, MOST))))  # what comes back meanwhile is read twice
        return [_peeked(loads(raw) or {}, len(raw), priority) for priority, raw in found]

    def raws(self, queue: str, limit: int) -> Iterator[bytes]:
        """The messages as they lie there, those that run next first. Raises NetworkError or AccessRefused."""
        with self._errors():
            yield from (raw for _, raw in self._raws(queue, limit))

    def held(self, queue: str, limit: int = 50) -> list[Peeked]:
        """What workers have of this queue, longest first, as far as SEARCHED of all that is held lead to it.

        Raises NetworkError or AccessRefused.
        """
        with self._errors():
            raws = list(dict.fromkeys(self._held_raws()))
        messages = [(raw, message) for raw in raws if (message := held_message(raw)) and queue_of(message) == queue]
        seen = [_peeked(message, len(raw), _priority(message), held=True) for raw, message in messages]
        return sorted(seen, key=lambda one: -(one.age_s or 0.0))[: min(limit, MOST)]

    def _held_raws(self) -> Iterator[bytes]:
        cursor, count, seen, left = 0, FIRST, 0, MOST_BYTES
        while seen < SEARCHED and left > 0:
            cursor, found = self._redis.hscan(self._prefix + "unacked", cursor, count=count)
            raws = [raw for raw in (found.values() if isinstance(found, dict) else ()) if isinstance(raw, bytes)]
            yield from raws
            if not cursor:
                return
            seen, left = seen + len(raws), left - sum(map(len, raws))
            count = next_count(raws) if raws else count

    def _raws(self, queue: str, limit: int) -> Iterator[tuple[int, bytes]]:
        """With the priority of the list, up to MOST_BYTES."""
        left = MOST_BYTES
        for priority, name in zip(PRIORITY_STEPS, lists_of(queue), strict=True):
            seen, count = 0, FIRST
            while limit > 0 and left > 0:
                some = min(count, limit)
                answer = self._redis.lrange(self._prefix + name, -seen - some, -seen - 1)
                raws = [raw for raw in answer if isinstance(raw, bytes)] if isinstance(answer, list) else []
                yield from ((priority, raw) for raw in reversed(raws))  # the tail runs next
                limit, left = limit - len(raws), left - sum(map(len, raws))
                if len(raws) < some:
                    break
                seen, count = seen + len(raws), next_count(raws)


def _peeked(message: dict[str, Any], size: int, priority: int, *, held: bool = False) -> Peeked:
    headers, sent = headers_of(message), sent_of(message)
    return Peeked(
        task=_text(headers.get("task")) or "",
        id=_text(headers.get("id")),
        job=job_of(message),
        row=task_of(message),
        priority=priority,
        age_s=None if sent is None else max(0.0, time.time() - sent),
        bytes=size,
        arguments=cut(_arguments(message, headers, size)),
        eta=_text(headers.get("eta")),
        held=held,
    )


def _arguments(message: dict[str, Any], headers: dict[str, Any], size: int) -> str:
    """What it carries: as Celery shows it, or the body itself."""
    shown = " ".join(text for key in ("argsrepr", "kwargsrepr") if (text := _text(headers.get(key))) and text != "{}")
    if shown or size > OPENED_BYTES:
        return shown
    try:
        args, kwargs, *_ = json.loads(base64.b64decode(message["body"]))
    except (ValueError, RecursionError, LookupError, TypeError):
        return ""
    return json.dumps(args) + (f" {json.dumps(kwargs)}" if kwargs else "")


def _priority(message: dict[str, Any]) -> int:
    """Of the list in which it lay: the highest step that its own number reaches."""
    try:
        given = int(message["properties"]["priority"])
    except (LookupError, TypeError, ValueError):
        given = 0
    return max((step for step in PRIORITY_STEPS if step <= given), default=0)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def cut(text: str) -> str:
    """As much of what a message carries as is shown."""
    return text if len(text) <= MOST_CHARS else text[: MOST_CHARS - 1] + "…"
