"""What Celery's workers tell everybody who listens: that they live, and what they do if they were started with -E."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any

from worker.core.broker_access import Access
from worker.core.raw_messages import loads

EXCHANGE = "celeryev"
QUIET_S = 30.0
MOST_SENDERS = 2_000  # of which something is kept within a span
_SENDER = re.compile(rb'"hostname": ?"([^"]{1,255})"')  # in the message's headers, before its body is opened
Event = dict[str, Any]


class Events:
    """The events of one deployment, while somebody asks for them.

    They are published, not queued: what is sent while nobody listens is gone.
    """

    def __init__(self, access: Access) -> None:
        self._redis, self._errors = access.client, access.errors
        database = access.client.connection_pool.connection_kwargs.get("db") or 0
        self._topic = f"{access.prefix}/{database}.{EXCHANGE}"

    def listen(self, every_s: float) -> Iterator[list[Event]]:
        """What came within each span: of every sender its last word on itself and its last on a task.

        Nothing else is opened, so a flood costs little more than reading it. Ends when nothing came for QUIET_S: a
        connection whose far end is gone looks no different from one on which nobody speaks.

        Raises:
            NetworkError, AccessRefused: the connection is gone, or was never made.
        """
        with self._errors(), self._redis.pubsub(ignore_subscribe_messages=True) as listening:  # type: ignore[no-untyped-call]
            listening.psubscribe(f"{self._topic}/worker.*", f"{self._topic}/task.*")
            spoken = time.monotonic()
            while time.monotonic() < spoken + QUIET_S:
                if words := _last_words(listening, every_s):
                    spoken = time.monotonic()
                yield list(_opened(words))


def _last_words(listening: Any, seconds: float) -> list[bytes]:  # noqa: ANN401 - redis-py does not type it
    """The last message of each sender on each of the two topics, in the order in which these came."""
    end, last = time.monotonic() + seconds, dict[tuple[bytes, bytes], bytes]()
    while (left := end - time.monotonic()) > 0:
        message = listening.get_message(timeout=left)
        if message is None or not (sender := _SENDER.search(message["data"])):
            continue
        key = (message["pattern"], sender[1])
        if last.pop(key, None) is not None or len(last) < MOST_SENDERS:
            last[key] = message["data"]
    return list(last.values())


def _opened(raws: Iterable[bytes]) -> Iterator[Event]:
    """The events in these messages; of those that hold many, the last."""
    for raw in raws:
        try:
            body = json.loads(base64.b64decode((loads(raw) or {})["body"]))
        except (ValueError, RecursionError, LookupError, TypeError):
            continue
        event = body[-1] if isinstance(body, list) and body else body
        if isinstance(event, dict):
            yield event
