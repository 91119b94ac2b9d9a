"""Every place where a secret could leak, and how a test looks there."""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psutil
import redis
from sqlalchemy import text

from console.ops.servers.folder import Folder
from worker.core.blobs import Blobs
from worker.core.database import open_engine, transaction
from worker.core.settings import Settings


class Place(NamedTuple):
    """One of them."""

    what: str
    mark: str  # stands there if the test really looked; {job} is the id of a job that was read


PLACES = {
    "outputs": Place("what every verb printed on both streams, also with wrong credentials", "{job}"),
    "celery": Place("banner and log of plain Celery with wrong credentials, `report`, `inspect conf`", "broker_url"),
    "logs": Place("logs of workers (at DEBUG, as JSON), their supervisors, the console", "Job started {job}"),
    "server logs": Place("logs of the embedded PostgreSQL, Valkey and SeaweedFS", "ready to accept connections"),
    "processes": Place("command lines of all processes here, for as long as the test runs", "supervise"),
    "files": Place("all other files of the home, the servers' data among them, and what workers left behind", "{job}"),
    "tables": Place("all rows of all tables: audit, task_log with tracebacks, jobs.error, workers, tasks", "{job}"),
    "statements": Place("what PostgreSQL shows of its sessions", "pg_stat_activity"),
    "redis": Place("keys and values in Redis: messages, what is held, results", "_kombu.binding"),
    "objects": Place("names, metadata and contents of all objects in the bucket", "results/{job}"),
}
MAY_HOLD = frozenset({"secrets.json", "embedded.env", "valkey.conf", "s3.json"})  # the embedded services' own


@dataclass
class Evidence:
    """What was found at each place, as text."""

    found: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def add(self, place: str, where: str, what: str | bytes) -> None:
        """Take something that was read there."""
        as_text = what.decode("utf-8", "replace") if isinstance(what, bytes) else what
        self.found.setdefault(place, []).append((where, as_text))

    def leaks(self, secrets: dict[str, str]) -> list[str]:
        """`which secret: place, where exactly`, of every secret that stands somewhere in any spelling."""
        spellings = {name: {value, quote(value, safe=""), json.dumps(value)[1:-1]} for name, value in secrets.items()}
        return [
            f"{name}: {place}, {where}"
            for place, entries in self.found.items()
            for where, what in entries
            for name, spelt in spellings.items()
            if any(one in what for one in spelt)
        ]

    def has(self, place: str, mark: str) -> bool:
        """Whether that stands there."""
        return any(mark in where or mark in what for where, what in self.found.get(place, ()))


@contextmanager
def watched_processes(evidence: Evidence) -> Iterator[None]:
    """Look at all command lines, again and again, until the block ends."""
    stop, seen = threading.Event(), set[str]()

    def look() -> None:
        while not stop.wait(0.1):
            for process in psutil.process_iter(["cmdline"]):
                seen.add("\0".join(process.info["cmdline"] or ()))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join()
    for words in seen:
        evidence.add("processes", words[:200], words)


def look_at_files(evidence: Evidence, home: Path) -> Iterator[str]:
    """Read every file of the home; yields those whose mode lets others read what is private."""
    for root in (home, Folder(home.resolve()).outside):
        for folder, _, names in os.walk(root):
            for path in (Path(folder, name) for name in names):
                if path.is_symlink() or not path.is_file() or path.name in MAY_HOLD:
                    private = path.name in MAY_HOLD
                else:
                    evidence.add(_kind(path), str(path), path.read_bytes())
                    private = path.suffix in {".log", ".env"} or "workers" in path.parts
                if private and stat.S_IMODE(path.stat().st_mode) & 0o077:
                    yield f"{path} {stat.S_IMODE(path.stat().st_mode):o}"


def _kind(path: Path) -> str:
    if "stack" in path.parts:
        return "server logs" if path.suffix == ".log" else "files"
    return "logs" if "logs" in path.parts else "files"


def look_at_services(evidence: Evidence, settings: Settings) -> None:
    """Read all rows, keys and objects."""
    look_at_tables(evidence, settings)
    for url in (settings.broker_url, settings.result_backend):
        with redis.Redis.from_url(url) as client:
            for key in client.scan_iter():
                evidence.add("redis", repr(key), key + b"\n" + _value(client, key))
    blobs = Blobs(settings)
    for blob in blobs.list():
        found = blobs._client.stat_object(settings.s3_bucket, blob.key)
        evidence.add("objects", blob.key, f"{blob.key}\n{dict(found.metadata or {})}")
        evidence.add("objects", blob.key, blobs.get_bytes(blob.key))
    blobs.close()


def look_at_tables(evidence: Evidence, settings: Settings) -> None:
    """Read every row, and what the server shows of our sessions."""
    engine = open_engine(settings, application="tests")
    with transaction(engine) as connection:
        tables = connection.execute(text("select tablename from pg_tables where schemaname = 'public'")).scalars()
        for table in list(tables):
            for row in connection.execute(text(f"select t::text from {table} t")).scalars():
                evidence.add("tables", table, row)
        for row in connection.execute(text("select a::text from pg_stat_activity a")).scalars():
            evidence.add("statements", "pg_stat_activity", row)
    engine.dispose()


def _value(client: redis.Redis, key: bytes) -> bytes:
    ways: dict[bytes, Callable[[bytes], object]] = {
        b"list": lambda name: client.lrange(name, 0, -1),
        b"hash": client.hgetall,
        b"zset": lambda name: client.zrange(name, 0, -1),
        b"set": client.smembers,
        b"string": client.get,
    }
    kind = client.type(key)
    assert isinstance(kind, bytes)
    return repr(ways[kind](key)).encode()
