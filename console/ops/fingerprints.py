"""What a profile's name pointed to when it was last used, and whether it points elsewhere now."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from console.ops.health import PATIENCE_S, Name, Question
from console.ops.profiles import owner_of
from console.ops.servers.files import make_private_folder, write_private
from console.ops.servers.locks import FileLock
from worker.core.errors import OcrConsoleError
from worker.core.said import Said, said, sentences

if TYPE_CHECKING:
    from console.ops.profiles import Profile
    from console.ops.services import Services
    from worker.core.marks import BrokerSeen

FILE = "fingerprints.json"
ALL: tuple[Name, ...] = ("redis", "postgres", "s3")
CLOCKS_S = 5.0  # by which a server may seem younger or older than it is
_WAIT_S = 5.0  # for others who write the file
_MOST_BYTES = 1_000_000
_ELSEWHERE: dict[Name, str] = {
    "redis": "Redis at {place} is not the one that {profile} pointed to, or it was emptied.",
    "postgres": "The database at {place} is not the one that {profile} pointed to.",
    "s3": "The bucket at {place} is not the one that {profile} pointed to, or it was emptied.",
}
T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is behind a profile's addresses; "" where it cannot be told, or nobody has looked."""

    redis: str = ""  # the mark in its database
    redis_run: str = ""
    postgres: str = ""
    s3: str = ""  # the mark in its bucket
    seen: float = 0.0  # when Redis was seen last, in seconds since the epoch


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is there now; None: it was not asked, or does not say."""

    redis: BrokerSeen | None = None
    postgres: str | None = None
    s3: str | None = None


class Fingerprints:
    """Those of one home. Profiles without a file have none: where they point is not written anywhere."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def known(self, profile: Profile) -> Fingerprint | None:
        """What its name pointed to; None where it was never used."""
        return self._all().get(owner_of(profile.path)) if profile.path else None

    def differs(self, services: Services, names: tuple[Name, ...] = ALL) -> str:
        """A sentence for each service that is another one now; "" where all is as it was.

        Blocks until they have answered, or not: of one that is away nothing is said. What was not known before is
        known from now on, by marks that are left there. The guard has the sentence too: it lets nothing be changed on
        production until `accept`.
        """
        profile = services.profile
        if profile.path is None:
            return ""
        now = _look(services, names)
        known = self.known(profile) or Fingerprint()
        moved = [name for name in names if _moved(name, known, now)]
        sentence = sentences(*(_elsewhere(name, services) for name in moved))
        services.guard.elsewhere = sentence
        if not moved:
            self._keep(profile.path, _left(services, known, now))
        return sentence

    def accept(self, services: Services) -> None:
        """From now on the name points to what it points to now. Blocks. Raises ServiceError where one is away."""
        assert services.profile.path is not None
        services.require(*ALL)
        self._keep(services.profile.path, _left(services, Fingerprint(), _look(services, ALL)))
        services.guard.elsewhere = ""

    def _all(self) -> dict[str, Fingerprint]:
        try:
            with (self._home / FILE).open("rb") as stream:
                values = json.loads(stream.read(_MOST_BYTES))
            return {name: Fingerprint(**_fit(value)) for name, value in values.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError, TypeError) as problem:
            log.warning("The fingerprints in %s cannot be read: %s", self._home / FILE, problem)
            return {}

    def _keep(self, path: Path, print_: Fingerprint) -> None:
        try:
            with self._writing():
                kept = {name: asdict(one) for name, one in self._all().items()}
                kept[owner_of(path)] = asdict(print_)
                write_private(self._home / FILE, json.dumps(kept, ensure_ascii=False, indent=1))
        except OSError as problem:
            log.warning("The fingerprints cannot be kept in %s: %s", self._home / FILE, problem)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        make_private_folder(self._home)
        lock = FileLock(self._home / f"{FILE}.lock")
        lock.take(wait_s=_WAIT_S)
        try:
            yield
        finally:
            lock.release()


def _fit(value: dict[str, Any]) -> dict[str, Any]:
    """Those of its parts that are known here: the file may be of another version."""
    kinds = {field.name: float if field.name == "seen" else str for field in fields(Fingerprint)}
    return {name: part for name, part in value.items() if name in kinds and isinstance(part, kinds[name])}


def _look(services: Services, names: tuple[Name, ...]) -> _Seen:
    """Ask all at once; nothing is changed anywhere."""
    from worker.core.marks import bucket_mark, database_name

    questions: dict[Name, Question[Any]] = {
        "redis": Question(partial(_redis_seen, services), "look-redis"),
        "postgres": Question(lambda: database_name(services.engine), "look-postgres"),
        "s3": Question(lambda: bucket_mark(services.blobs), "look-s3"),
    }
    for name in names:
        questions[name].begin()
    until = time.monotonic() + PATIENCE_S
    return _Seen(**{name: _answered(questions[name], until) for name in names})


def _redis_seen(services: Services) -> BrokerSeen:
    return services.broker.marks.seen()


def _answered(question: Question[T], until: float) -> T | None:
    try:
        return question.answer(until)
    except (OcrConsoleError, TimeoutError):
        return None


def _moved(name: Name, known: Fingerprint, now: _Seen) -> bool:
    if name == "redis":
        return now.redis is not None and bool(known.redis) and _another_redis(known, now.redis)
    before, there = getattr(known, name), getattr(now, name)
    if there is None or not before:
        return False
    if name == "postgres" and (before.startswith("/") or there.startswith("/")):  # one of them without the cluster's
        return bool(before.rpartition("/")[2] != there.rpartition("/")[2])
    return bool(before != there)


def _another_redis(known: Fingerprint, now: BrokerSeen) -> bool:
    """Whether it is not the one that was known. One that keeps nothing loses its mark by a new start, and is the same.

    That one began to run after it was seen last; another server was there before, or keeps what it has.
    """
    if now.mark:
        return now.mark != known.redis
    if not now.run or now.run == known.redis_run:  # it was emptied, as far as can be told
        return False
    return now.keeps or (now.started is not None and now.started < known.seen - CLOCKS_S)


def _elsewhere(name: Name, services: Services) -> Said:
    place = f"{services.settings.s3_endpoint}/{services.settings.s3_bucket}" if name == "s3" else services.place(name)
    return said(_ELSEWHERE[name], place=place, profile=services.profile.name)


def _left(services: Services, known: Fingerprint, now: _Seen) -> Fingerprint:
    """What is known from now on. Marks are left where there are none: the known one, where a new start has lost it."""
    from worker.core.marks import mark_bucket

    print_ = known
    if now.redis is not None:
        mark = now.redis.mark or _wrote(services.broker.marks.leave, known.redis or uuid4().hex)
        print_ = replace(print_, redis=mark, redis_run=now.redis.run, seen=time.time())
    if now.postgres is not None:
        print_ = replace(print_, postgres=now.postgres)
    if now.s3 is not None:
        mark = now.s3 or _wrote(partial(mark_bucket, services.blobs), uuid4().hex)
        print_ = replace(print_, s3=mark)
    return print_


def _wrote(write: Callable[[str], str], mark: str) -> str:
    """The mark that is there then; "" where none can be left: who may only read knows the place by less."""
    try:
        return write(mark)
    except OcrConsoleError:
        return ""
