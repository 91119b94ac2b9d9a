"""The messages that no worker can take: workers put them aside, people look at them and drop them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from worker.core.broker_access import Access

POISON_LIST = "ocr.poison"


@dataclass(frozen=True, slots=True)
class Poisoned:
    """One of them."""

    queue: str  # where it lay; "": not known
    why: str  # what went wrong with it, in the words of the program
    at: datetime | None  # when a worker met it
    message: str  # cut


class PoisonList:
    """Of one deployment."""

    def __init__(self, access: Access) -> None:
        self._redis, self._key, self._errors = access.client, access.prefix + POISON_LIST, access.errors

    def count(self) -> int:
        """How many there are. Raises NetworkError or AccessRefused."""
        with self._errors():
            return int(str(self._redis.llen(self._key)))

    def newest(self, limit: int) -> list[Poisoned]:
        """The newest first. Raises NetworkError or AccessRefused."""
        with self._errors():
            found = self._redis.lrange(self._key, 0, limit - 1)
        return [_poisoned(raw) for raw in (found if isinstance(found, list) else ()) if isinstance(raw, bytes)]

    def drop(self) -> int:
        """Forget them all; how many that were. Raises NetworkError or AccessRefused."""
        with self._errors(), self._redis.pipeline(transaction=True) as pipe:
            pipe.llen(self._key)
            pipe.delete(self._key)
            return int(pipe.execute()[0])


def _poisoned(raw: bytes) -> Poisoned:
    """Others may write there too: what cannot be read is shown as it is."""
    try:
        entry = json.loads(raw)
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, Mapping):
        return Poisoned("", "", None, raw.decode(errors="replace"))
    try:
        at = datetime.fromisoformat(str(entry.get("at")))
    except ValueError:
        at = None
    return Poisoned(str(entry.get("queue", "")), str(entry.get("why", "")), at, str(entry.get("message", "")))
