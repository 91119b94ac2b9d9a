"""What is in a queue, message by message, with what the database and the workers know of it; nothing is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from worker.core.errors import ServiceError

if TYPE_CHECKING:
    from uuid import UUID

    from console.ops.services import Services
    from worker.core.particulars import Title
    from worker.core.peeking import Peeked

LISTS = ("reserved", "scheduled", "active")  # in which a worker names what it has


@dataclass(frozen=True, slots=True)
class Seen:
    """A message, and what is known of it elsewhere."""

    message: Peeked
    name: str = ""  # of the document, if it is ours and its row is there
    state: str = ""  # of the job's row: one that is not QUEUED or RUNNING is left alone by workers
    age_s: float | None = None  # since it was sent; of an older sender's since its row was made
    worker: str | None = None  # that has it; None: nobody has, or nobody says so
    running: bool = False  # that worker has begun


@dataclass(frozen=True, slots=True)
class Peek:
    """The beginning of a queue."""

    queue: str
    ready: tuple[Seen, ...]  # in the order in which they will run
    held: tuple[Seen, ...]  # what workers have, longest first


def peek(services: Services, queue: str, *, limit: int = 50, ask: tuple[str, ...] = ()) -> Peek:
    """Look at the first messages of a queue.

    Args:
        services: Of the profile.
        queue: Its name.
        limit: Messages of each kind, 200 at most.
        ask: Workers that are asked what they have of it, which takes two seconds when one cannot answer.

    Raises:
        NetworkError, AccessRefused, DatabaseError: a service is away.
    """
    ready, held = services.broker.peeking.ready(queue, limit), services.broker.peeking.held(queue, limit)
    titles = services.store.titles({one.job for one in (*ready, *held) if one.job})
    begun = {one.message: one.worker for one in services.pulse().running if one.message}
    holders = _holders(services, ask) if any(one.id not in begun for one in held) else {}
    return Peek(queue, _seen(ready, titles, {}, {}), _seen(held, titles, holders, begun))


def _holders(services: Services, workers: tuple[str, ...]) -> dict[str, str]:
    """Who has which message, by what these workers answer."""
    found: dict[str, str] = {}
    with suppress(ServiceError):
        for question in LISTS:
            for worker, tasks in services.broker.control.look(question, workers).items():
                requests = (task.get("request", task) for task in tasks if isinstance(task, Mapping))
                found |= {str(request.get("id")): worker for request in requests}
    return found


def _seen(
    messages: Iterable[Peeked], titles: Mapping[UUID, Title], holders: Mapping[str, str], begun: Mapping[str, str]
) -> tuple[Seen, ...]:
    rows = []
    for one in messages:
        title, name = titles.get(one.job) if one.job else None, one.id or ""
        age_s = one.age_s if one.age_s is not None or title is None else title.age_s
        worker, state = begun.get(name) or holders.get(name), "" if title is None else title.state
        rows.append(Seen(one, "" if title is None else title.name, state, age_s, worker, name in begun))
    return tuple(rows)
