"""What a doctor asks Redis: how it keeps what it is given, how full it is, who uses its databases, what was left."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import redis

from worker.core.broker_access import Access
from worker.core.jobs import LEGACY_QUEUE, QUEUE
from worker.core.raw_messages import lists_of

REPLIES = "reply.celery.pidbox"  # what answers to commands are sent to: a list for each who asked
LOOKS = 40  # round trips in one search, each over some thousand keys
COUNT = 5_000
MOST = 2_000  # keys that are looked at
STALE_S = 60  # nobody waits so long for an answer
_BINDING = "_kombu.binding."
_FOR_EVER = -1  # Redis's word for a key that has no end


@dataclass(frozen=True, slots=True)
class BrokerState:
    """What the server says of itself."""

    version: str
    database: int
    appends: bool  # every change is written to a file
    saves: str | None  # when the whole is: "3600 1 300 100"; "": never; None: it does not let us ask
    writes: bool  # the last writing succeeded
    bytes: int  # of memory
    most_bytes: int  # that it may take; 0: as much as there is
    policy: str  # what it drops when that is full: "noeviction"
    ahead_s: float  # by which its clock is before ours
    others: tuple[int, ...]  # databases with keys in them, but for ours
    folder: str | None  # where it writes; None: it does not let us ask


@dataclass(frozen=True, slots=True)
class Dwellers:
    """Who uses one of its databases."""

    database: int
    workers: int  # that listen to commands there, or did until they were killed
    messages: int  # in our queues
    known: bool  # our queue is known there


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Answers to commands that nobody fetched, and the notes on where such answers go."""

    answers: int
    notes: int
    complete: bool  # False: there are more keys than were looked at


class BrokerCheckup:
    """Asks; changes nothing. Everything raises NetworkError or AccessRefused."""

    def __init__(self, access: Access) -> None:
        self._redis, self._prefix, self._errors = access.client, access.prefix, access.errors

    def state(self) -> BrokerState:
        """As it is now."""
        with self._errors():
            asked = time.time()
            seconds, micro = self._redis.time()
            ahead_s = seconds + micro / 1_000_000 - (asked + time.time()) / 2
            about: dict[str, Any] = self._redis.info()
            settings = self._settings("save", "dir")
        ours = self._database
        numbers = (int(name[2:]) for name in about if name.startswith("db") and name[2:].isdecimal())
        return BrokerState(
            str(about.get("valkey_version") or about.get("redis_version", "")),
            ours,
            bool(about.get("aof_enabled")),
            settings.get("save"),
            "err" not in {about.get("rdb_last_bgsave_status"), about.get("aof_last_write_status")},
            about.get("used_memory", 0),
            about.get("maxmemory", 0),
            str(about.get("maxmemory_policy", "")),
            ahead_s,
            tuple(sorted(number for number in numbers if number != ours)),
            settings.get("dir"),
        )

    def dwellers(self, databases: Iterable[int]) -> list[Dwellers]:
        """Who uses these databases."""
        numbers, found = list(databases), []
        bound, listening = f"{self._prefix}{_BINDING}{QUEUE}", f"{self._prefix}{_BINDING}celery.pidbox"
        lists = [self._prefix + key for queue in (QUEUE, LEGACY_QUEUE) for key in lists_of(queue)]
        with self._errors(), self._redis.pipeline(transaction=True) as pipe:  # what is chosen in it ends with it
            for number in numbers:
                pipe.execute_command("SELECT", number)  # type: ignore[no-untyped-call]
                pipe.exists(bound)
                pipe.scard(listening)
                for key in lists:
                    pipe.llen(key)
            pipe.execute_command("SELECT", self._database)  # type: ignore[no-untyped-call]
            answers = pipe.execute()
        for place, number in enumerate(numbers):
            known, workers, *lengths = answers[place * (3 + len(lists)) + 1 :][: 2 + len(lists)]
            found.append(Dwellers(number, workers, sum(lengths), bool(known)))
        return found

    def leftovers(self) -> Leftovers:
        """What was left of commands and their answers, as far as it is found within some round trips."""
        with self._errors():
            keys, complete = self._search(f"*{REPLIES}*")
            with self._redis.pipeline(transaction=False) as pipe:
                for key in keys:
                    pipe.pttl(key)
                    pipe.object("idletime", key)
                pipe.scard(f"{self._prefix}{_BINDING}{REPLIES}")
                *answers, notes = pipe.execute(raise_on_error=False)
        pairs = zip(answers[::2], answers[1::2], strict=True)
        return Leftovers(sum(left == _FOR_EVER and _is_stale(idle) for left, idle in pairs), int(notes), complete)

    @property
    def _database(self) -> int:
        return int(self._redis.connection_pool.connection_kwargs.get("db") or 0)

    def _settings(self, *names: str) -> dict[str, str]:
        """Those that it lets us read."""
        try:
            found = {name: self._redis.config_get(name).get(name) for name in names}
        except redis.ResponseError:  # a hosted server, or a user without the right
            return {}
        return {name: value for name, value in found.items() if value is not None}

    def _search(self, pattern: str) -> tuple[list[bytes], bool]:
        cursor, found = 0, set[bytes]()
        note = f"{self._prefix}{_BINDING}{REPLIES}".encode()
        for _ in range(LOOKS):
            cursor, keys = self._redis.scan(cursor, match=pattern, count=COUNT)
            found |= {key for key in keys if isinstance(key, bytes) and key != note}
            if cursor == 0 or len(found) >= MOST:
                break
        return sorted(found)[:MOST], cursor == 0 and len(found) <= MOST


def _is_stale(idle: object) -> bool:
    """A server that drops what is used least counts uses and not seconds: there every answer counts."""
    return idle >= STALE_S if isinstance(idle, int) else isinstance(idle, redis.ResponseError)
