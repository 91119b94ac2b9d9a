"""What does not belong together: messages whose job was cancelled, and rows that wait for a message nobody has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from worker.core.database import single
from worker.core.outbox import DUE, HELD_BACK
from worker.core.raw_messages import TASK_HEADER

if TYPE_CHECKING:
    from worker.core.broker import Broker
    from worker.core.depths import QueueDepth

LOOKED = 5_000  # messages of all queues together that are read in one look, those that run next first
WAITS_S = 60.0  # a row without a message is rung for again in half a minute, where somebody keeps house
NAMED = 100  # rows of one kind that are named
_TASK = re.compile(rb'"%s": ?"([0-9a-f-]{36})"' % TASK_HEADER.encode())
_WAITING = f"""from tasks t where {DUE} and t.lacks is null
    and greatest(t.not_before, coalesce(t.published_at, t.created_at))
        < clock_timestamp() - make_interval(secs => :waits_s)"""
_COUNTS = text(f"select t.queue, count(*) as n {_WAITING} group by t.queue")
_RUNG = text(f"select count(*) as n {_WAITING} and t.queue = :queue and t.id = any(cast(:known as uuid[]))")
# Along the index of what waits, and no further than it takes to find some that are not known.
_ROWS = text(f"""
with front as materialized (
    select t.id, t.job_id {_WAITING} and t.queue = :queue order by t.priority, t.id limit :most)
select front.id, front.job_id from front join jobs j on j.id = front.job_id
where j.state in ('QUEUED', 'RUNNING')
    and not exists (select from unnest(cast(:known as uuid[])) known where known = front.id)
limit :named""")  # noqa: S608 - constants
_ROWLESS = text("""
select named as id from unnest(cast(:tasks as uuid[])) named where not exists (select from tasks where id = named)""")
_CANCELLED = text("""
select t.id, t.job_id from tasks t join jobs j on j.id = t.job_id
where t.id = any(cast(:tasks as uuid[])) and j.state = 'CANCELLED' order by t.id""")


@dataclass(frozen=True, slots=True)
class Stray:
    """Rows of one queue, NAMED at most; `count` are all that are known of."""

    queue: str
    count: int
    tasks: tuple[UUID, ...] = ()
    jobs: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Strays:
    """What was found in one look."""

    cancelled: tuple[Stray, ...] = field(default=())  # messages that wait though their job was cancelled
    unrung: tuple[Stray, ...] = field(default=())  # rows that wait for longer than WAITS_S, and no message of them does
    rowless: tuple[Stray, ...] = field(default=())  # messages that name rows which are not in this database


def strays(engine: Engine, broker: Broker, queues: Sequence[str]) -> Strays:
    """Compare the rows with the messages of these queues.

    Messages are read up to LOOKED, so of a long queue what runs next. Rows without a message are told one by one while
    a queue is read to its end; of a longer one it is only told when there are more such rows than messages.

    Raises:
        DatabaseError, NetworkError, AccessRefused: a service is away.
    """
    cancelled, unrung, rowless, left = list[Stray](), list[Stray](), list[Stray](), LOOKED
    with single(engine) as connection:
        waits = {"waits_s": WAITS_S, **connection.execute(HELD_BACK).mappings().one()}
        old = {row.queue: row.n for row in connection.execute(_COUNTS, waits)}
        for depth in broker.depths(queues):
            raws = list(broker.peeking.raws(depth.queue, left)) if depth.ready and left else []
            left -= len(raws)
            rung = {UUID(found[1].decode()) for raw in raws if (found := _TASK.search(raw))}
            if rows := connection.execute(_CANCELLED, {"tasks": list(rung)}).all() if rung else []:
                cancelled.append(_stray(depth.queue, len(rows), [(row.id, row.job_id) for row in rows]))
            if missing := list(connection.scalars(_ROWLESS, {"tasks": list(rung)})) if rung else []:
                rowless.append(Stray(depth.queue, len(missing), tuple(missing[:NAMED])))
            if depth.queue in old:
                known = None if len(raws) < depth.ready or depth.estimated else rung
                unrung += _unrung(connection, depth, old[depth.queue], known, waits)
    return Strays(tuple(cancelled), tuple(unrung), tuple(rowless))


def _unrung(
    connection: Connection, depth: QueueDepth, old: int, rung: set[UUID] | None, waits: Mapping[str, Any]
) -> Iterable[Stray]:
    """Of `old` rows those without a message; `rung` are those that have one in the queue, None where it is too long."""
    if rung is None:
        surplus = old - depth.ready - depth.held - depth.delayed
        return [_stray(depth.queue, surplus, [])] if surplus > 0 else []
    known = list(rung | {message.task for message in depth.messages if message.task})
    asked = {**waits, "queue": depth.queue, "known": known, "named": NAMED, "most": len(known) + NAMED}
    rows = connection.execute(_ROWS, asked).all()
    count = max(len(rows), old - int(connection.execute(_RUNG, asked).scalar_one()))
    return [_stray(depth.queue, count, [(row.id, row.job_id) for row in rows])] if rows else []


def _stray(queue: str, count: int, rows: Sequence[tuple[UUID, UUID]]) -> Stray:
    named = rows[:NAMED]
    return Stray(queue, count, tuple(task for task, _ in named), tuple(dict.fromkeys(job for _, job in named)))
