"""Whether the broker still knows what it knew: a word of ours in it goes when it is emptied or loses its file."""

from __future__ import annotations

from typing import Any

import redis

from worker.core.broker_access import Access
from worker.core.servers import BrokerServer

_KEY = "ocr-note"
_DROPS = "allkeys"  # the others drop none, or only keys that have an end: queues have none
_UNNAMED = "-"  # a run of a server that does not let us ask for its name


class BrokerMemory:
    """The word that was left there."""

    def __init__(self, access: Access) -> None:
        self._redis, self._key, self._errors = access.client, access.prefix + _KEY, access.errors

    def note(self, word: str) -> None:
        """Leave a word. It is void when the server is started anew: of its last second it may have kept nothing."""
        with self._errors():
            self._redis.set(self._key, f"{self._run()} {word}")

    def noted(self) -> str | None:
        """The word; None if the server may have lost messages since it was left."""
        with self._errors():
            found = self._redis.get(self._key)
            run, _, word = found.decode(errors="replace").partition(" ") if isinstance(found, bytes) else ("", "", "")
            return word if word and run == self._run() else None

    def server(self) -> BrokerServer:
        """What it says of itself. Raises NetworkError or AccessRefused."""
        with self._errors():
            about: dict[str, Any] = {}
            for section in ("server", "persistence", "memory", "clients"):
                about |= self._redis.info(section)
        policy = str(about.get("maxmemory_policy", ""))
        return BrokerServer(
            str(about.get("redis_version", "")),
            self._redis.connection_pool.connection_kwargs.get("db", 0),
            bool(about.get("aof_enabled")),
            bytes=about.get("used_memory", 0),
            peak_bytes=about.get("used_memory_peak", 0),
            most_bytes=about.get("maxmemory", 0),
            clients=about.get("connected_clients", 0),
            up_s=about.get("uptime_in_seconds", 0),
            evicts=policy if policy.startswith(_DROPS) else "",
        )

    def _run(self) -> str:
        """What names this run of the server."""
        try:
            about = self._redis.info("server")
        except redis.exceptions.NoPermissionError:
            return _UNNAMED
        return str(about.get("run_id", _UNNAMED)) if isinstance(about, dict) else _UNNAMED
