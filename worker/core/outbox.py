"""Rings again for what is queued and of which no message in the broker speaks.

What was never rung for is seen in its row. What the broker lost is told in two ways: a note of ours in it is gone or
void when it was emptied or started anew, and then everything is looked at, most urgent first; and fewer messages lie
there than rows say that they were rung for. Reading the queues is the dear part: it waits for such a sign, or for half
a minute.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text

from worker.core.database import single
from worker.core.jobs import LEGACY_QUEUE, QUEUE, Doorbell
from worker.core.lease_sql import RUNG
from worker.core.rows import priority_of

WINDOW = 10_000  # looked at in one go, most urgent first: more than there are slots
HELD_S = 30.0  # a message that is held for longer, its row unclaimed, may be in dead hands
LOOK_EVERY_S = 30.0  # messages of rows that ended may hide that others are missing
LOOK_SHARE = 20  # looking takes at most a twentieth of the time
ASK_SHARE = 5  # and counting, which is quick but among a million that wait, a fifth
ROUND_S = 2.0  # then others have their turn
ROUND_EVERY_S = 1.0  # or seldomer
WHOLE, RESTORING = "whole", "restoring"

# Whoever queues a task rings for it at once: two seconds are left to him. What waits again after an error or an
# interruption has published_at empty and an old created_at, and is rung for as soon as it is due: a message of its last
# attempt may still be held, by a worker that is dead. So may one that nobody ever claimed: after a while it is rung for
# once more, and while that second message lies in the queue no third follows.
# What is held back is not rung for; the messages of a queue that is held back lie there and count for nothing. It is
# looked up first: where no batch is, which is so mostly, the planner drops the question, and counting stays quick.
# Where one is, a job is asked for its batch: a list of all that are held back would be gone over for each, if it is
# longer than the planner would keep in memory.
HELD_BACK = text("""
select array(select name from queues where paused) as queues, array(select id from batches where paused) as batches""")
# What was set aside for its languages is rung for in the queue of the worker that has them, and else not at all.
DUE = """t.status = 'queued' and t.not_before <= clock_timestamp() and t.queue <> all(cast(:queues as text[]))
    and (t.lacks is null or t.route is not null)
    and (cardinality(cast(:batches as uuid[])) = 0 or not exists (
        select from jobs held where held.id = t.job_id and held.batch_id = any(cast(:batches as uuid[]))))"""
_UNRUNG = "t.published_at is null and t.created_at < clock_timestamp() - interval '2 s'"
_STATE = text(f"""
select clock_timestamp() as now, count(*) filter (where {_UNRUNG}) as unrung,
    count(*) filter (where t.published_at is not null) as rung,
    coalesce(array_agg(distinct coalesce(t.route, t.queue)), '{{}}') as queues
from tasks t where {DUE}""")  # noqa: S608 - constants of this file
_ROWS = f"""
select t.id, t.job_id, coalesce(t.route, t.queue) as queue, t.priority, t.published_at is null as unrung,
    t.published_at < clock_timestamp() - make_interval(secs => :held_s) as long_ago
from tasks t join jobs j on j.id = t.job_id
where {DUE} and j.state in ('QUEUED', 'RUNNING') and ({{}}) order by t.priority, t.id limit :window"""  # noqa: S608
_NEVER_RUNG = text(_ROWS.format(_UNRUNG))
_UNSURE = text(_ROWS.format("t.published_at < clock_timestamp() - interval '5 s'"))
_BEFORE = text(_ROWS.format(f"t.published_at < :before or {_UNRUNG}"))


class Memory(Protocol):
    """A word of ours in the broker."""

    def note(self, word: str) -> None:
        """Leave it."""

    def noted(self) -> str | None:
        """The word, or None when messages may have been lost since."""


class Bells(Protocol):
    """What it needs of the broker."""

    @property
    def memory(self) -> Memory:
        """What it was told to keep in mind."""

    def ring_all(self, bells: Iterable[Doorbell]) -> Iterator[list[Doorbell]]:
        """Tell the workers to look at rows; gives those that were taken, some at a time."""

    def ready(self, queues: Sequence[str]) -> int:
        """How many messages lie there."""

    def waiting(self, queues: Sequence[str]) -> tuple[set[UUID], set[UUID]]:
        """The rows whose messages are ready, and those whose are held."""


class Outbox:
    """Used by one thread, that of who keeps house."""

    def __init__(self, engine: Engine, broker: Bells) -> None:
        self._engine = engine
        self._broker = broker
        self._restoring: _Restoring | None = None
        self._ask_not_before = 0.0  # these three by the monotonic clock
        self._look_at = 0.0
        self._look_not_before = 0.0
        self._held_back: dict[str, list[Any]] = {}

    def deliver(self) -> int:
        """One round; how many were rung for. Raises DatabaseError, NetworkError or AccessRefused."""
        noted = self._broker.memory.noted()
        if noted == WHOLE:
            self._restoring = None  # perhaps by another, meanwhile
            if time.monotonic() < self._ask_not_before:
                return 0
        with single(self._engine) as connection:
            self._held_back = dict(connection.execute(HELD_BACK).mappings().one())
            state = self._state(connection)
            queues = sorted({QUEUE, LEGACY_QUEUE, *state.queues} - set(self._held_back["queues"]))
            if noted is None or (noted != WHOLE and self._restoring is None):
                self._broker.memory.note(RESTORING)
                self._restoring = _Restoring(state.now, *self._broker.waiting(queues))
            if self._restoring is not None:
                return self._restore(connection, self._restoring)
            rung = self._ring(connection, connection.execute(_NEVER_RUNG, self._values()).all()) if state.unrung else 0
            if state.rung and self._wants_a_look(state.rung, queues):
                rung += self._look(connection, queues)
            return rung

    def _state(self, connection: Connection) -> Row[Any]:
        """Counted in 5 ms among 10,000 that wait, and seldom among a million."""
        begun = time.monotonic()
        state = connection.execute(_STATE, self._held_back).one()
        took = time.monotonic() - begun
        self._ask_not_before = begun + ASK_SHARE * took - ROUND_EVERY_S
        return state

    def _restore(self, connection: Connection, lost: _Restoring) -> int:
        """Ring for everything that was rung for before the broker forgot, and is not in it."""
        rung, until = 0, time.monotonic() + ROUND_S
        while True:
            rows = connection.execute(_BEFORE, {**self._values(), "before": lost.at}).all()
            rung += self._ring(connection, _missing(rows, lost.ready, lost.held))
            _mark(connection, [row.id for row in rows])
            if len(rows) < WINDOW:
                self._broker.memory.note(WHOLE)
                self._restoring = None
                return rung
            if time.monotonic() > until:
                return rung

    def _wants_a_look(self, rung: int, queues: Sequence[str]) -> bool:
        now = time.monotonic()
        return now >= self._look_not_before and (now >= self._look_at or self._broker.ready(queues) < rung)

    def _look(self, connection: Connection, queues: Sequence[str]) -> int:
        """Compare the rows with what lies in the queues."""
        begun, rung = time.monotonic(), 0
        if rows := connection.execute(_UNSURE, self._values()).all():
            rung = self._ring(connection, _missing(rows, *self._broker.waiting(queues)))
        now = time.monotonic()
        self._look_at, self._look_not_before = now + LOOK_EVERY_S, now + LOOK_SHARE * (now - begun)
        return rung

    def _values(self) -> dict[str, Any]:
        return {"window": WINDOW, "held_s": HELD_S, **self._held_back}

    def _ring(self, connection: Connection, rows: Iterable[Row[Any]]) -> int:
        count = 0
        bells = (Doorbell(row.id, row.job_id, row.queue, priority_of(row.priority)) for row in rows)
        for some in self._broker.ring_all(bells):
            _mark(connection, [bell.task_id for bell in some])
            count += len(some)
        return count


class _Restoring:
    """What the broker still knew when its loss was seen, and when that was by the database's clock."""

    def __init__(self, at: datetime, ready: set[UUID], held: set[UUID]) -> None:
        self.at, self.ready, self.held = at, ready, held


def _missing(rows: Iterable[Row[Any]], ready: set[UUID], held: set[UUID]) -> list[Row[Any]]:
    """Those whose message is in no queue and in no living hand."""
    return [row for row in rows if row.unrung or (row.id not in ready and (row.long_ago or row.id not in held))]


def _mark(connection: Connection, tasks: Sequence[UUID]) -> None:
    if tasks:
        connection.execute(RUNG, {"tasks": list(tasks)})
