"""The queues that Celery's programs know of, whoever they are: kombu notes each queue with its exchange."""

from __future__ import annotations

from collections.abc import Iterable

from worker.core.broker_access import Access
from worker.core.raw_messages import SEPARATOR, lists_of
from worker.core.routes import ROUTES, route_to

MOST = 500  # queues
LOOKS = 40  # round trips in one search, each over some thousand keys: a large server is searched in several
COUNT = 5_000
_MARK = "_kombu.binding."
_COMMANDS = ".celery.pidbox"
# Exchanges of events, of commands and their answers, and of what a worker rings for itself.
_NO_WORK = {b"celeryev", b"celery.pidbox", b"reply.celery.pidbox", ROUTES.encode()}


class Bindings:
    """Finds them, without holding the server up: what one search does not come to, the next does."""

    def __init__(self, access: Access) -> None:
        self._redis, self._errors = access.client, access.errors
        self._prefix, self._mark = access.prefix, (access.prefix + _MARK).encode()
        self._cursor = 0
        self._found: set[bytes] = set()  # in a search that has not come around yet
        self._exchanges: frozenset[bytes] = frozenset()

    def queues(self) -> frozenset[str]:
        """The names, as far as they are found. Raises NetworkError or AccessRefused."""
        with self._errors():
            self._search()
            keys = sorted(self._exchanges | self._found)[:MOST]
            with self._redis.pipeline(transaction=False) as pipe:
                for key in keys:
                    pipe.smembers(key)
                answers = pipe.execute(raise_on_error=False) if keys else []
        return frozenset(sorted(_queues_in(answers))[:MOST])

    def workers(self) -> frozenset[str]:
        """The names of workers that listen to commands, or did until they were killed.

        Raises NetworkError or AccessRefused.
        """
        with self._errors():
            members = self._redis.smembers(self._mark + b"celery.pidbox")
        names = _queues_in([members])
        return frozenset(name.removesuffix(_COMMANDS) for name in names if name.endswith(_COMMANDS))

    def forget(self, worker: str) -> None:
        """Leave nothing of the queue that this worker alone took from, and takes from no more.

        Its messages find nothing to claim. Raises NetworkError or AccessRefused.
        """
        route = route_to(worker)
        with self._errors(), self._redis.pipeline(transaction=True) as pipe:
            pipe.srem(self._mark + ROUTES.encode(), SEPARATOR.join((route, "", route)))
            pipe.delete(*(self._prefix + name for name in lists_of(route)))
            pipe.execute()

    def _search(self) -> None:
        pattern = _escaped(self._mark) + b"*"
        for _ in range(LOOKS):
            self._cursor, keys = self._redis.scan(self._cursor, match=pattern, count=COUNT)
            found = {key for key in keys if isinstance(key, bytes)}
            self._found |= {key for key in found if key.removeprefix(self._mark) not in _NO_WORK}
            if self._cursor == 0:
                self._exchanges, self._found = frozenset(self._found), set()
                return


def _queues_in(answers: Iterable[object]) -> set[str]:
    """The last part of each binding."""
    members = [member for answer in answers if isinstance(answer, set) for member in answer]
    return {member.decode(errors="replace").rpartition(SEPARATOR)[2] for member in members} - {""}


def _escaped(text: bytes) -> bytes:
    """A prefix may hold what a pattern means otherwise."""
    return b"".join(b"\\" + bytes([one]) if one in b"*?[]\\^" else bytes([one]) for one in text)
