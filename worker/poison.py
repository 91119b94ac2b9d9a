"""The way from Redis to Celery, on which a message that is none is put aside, so that it does not end the worker.

Kombu takes a message out of its list before it looks at it. What is not JSON would end the worker. What is JSON and no
message of Celery's would do so too, and go back to its queue meanwhile, where the next worker meets it.
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from datetime import UTC, datetime
from queue import Empty
from typing import Any

from kombu.transport import redis as kombu_redis
from redis import RedisError

from worker.core.poisoned import POISON_LIST

KEPT = 1000  # messages in that list; the oldest goes first
KEPT_CHARACTERS = 10_000  # of each
SERVICE_FAULTS = (RedisError, OSError, MemoryError)  # no message is to blame for these

log = logging.getLogger("worker.poison")


class Channel(kombu_redis.Channel):
    """Kombu's, but that it survives what is not JSON."""

    def put_aside(self, message: object, queue: str, problem: Exception) -> None:
        """Keep the message, which is in no queue any more, where people can look at it."""
        why = type(problem).__name__
        sentence = "A message that no worker can take (%s) came from “%s”. It lies in the list %s."
        log.error(sentence, why, queue, POISON_LIST)
        text = message.decode(errors="replace") if isinstance(message, bytes) else message
        text = text if isinstance(text, str) else json.dumps(text)
        entry = {"queue": queue, "why": f"{why}: {problem}"[:300], "at": datetime.now(UTC).isoformat()}
        with suppress(RedisError), self.conn_or_acquire() as client:
            if client.lpush(POISON_LIST, json.dumps({**entry, "message": text[:KEPT_CHARACTERS]})) > KEPT:
                client.rpop(POISON_LIST)

    def _brpop_read(self, **options: Any) -> bool:  # noqa: ANN401 - kombu's
        try:
            return bool(super()._brpop_read(**options))  # type: ignore[no-untyped-call]
        except (Empty, *SERVICE_FAULTS):
            raise
        except Exception as problem:  # noqa: BLE001 - parsers fail in many ways: JSON, UTF-8, too deep
            raw = getattr(problem, "doc", getattr(problem, "object", ""))
            self.put_aside(raw, "/".join(self.active_queues), problem)
            return True


class Transport(kombu_redis.Transport):
    """Kombu's, but that it survives what Celery cannot take."""

    Channel = Channel

    def _deliver(self, message: Any, queue: str) -> None:  # noqa: ANN401 - whatever JSON can be
        try:
            _check_limits(message)
            super()._deliver(message, queue)  # type: ignore[no-untyped-call]
        except SERVICE_FAULTS:
            raise
        except Exception as problem:  # noqa: BLE001 - what is in a message may break anything
            for channel in self.channels:
                with suppress(LookupError, TypeError):
                    channel.qos.get(message["properties"]["delivery_tag"])
                    channel.basic_ack(message["properties"]["delivery_tag"])
            next(iter(self.channels)).put_aside(message, queue, problem)


def _check_limits(message: Any) -> None:  # noqa: ANN401
    """Celery looks at a message's own time limits when a process has it already, and dies of wrong ones then.

    Raises:
        Exception: they are wrong, or the message is none.
    """
    soft, hard = (message["headers"] or {}).get("timelimit") or (None, None)
    for limit in (soft, hard):
        float(limit or 0)
