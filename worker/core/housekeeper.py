"""Takes back what dead workers held and rings again for what no message in the broker speaks of.

Every worker's main process runs one; an advisory lock makes one of them act. It is safe if two did: reaping skips what
is locked, and a doorbell too many finds nothing to claim.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text

from worker.core.database import database_errors, single, unpooled
from worker.core.errors import OcrConsoleError
from worker.core.jobs import LEGACY_QUEUE, QUEUE, Doorbell
from worker.core.leases import Leases
from worker.core.rows import priority_of

TICK_S = 1.0
WAIT_AT_MOST_S = 15.0
WINDOW = 500  # looked at in one tick, most urgent first: more than there are slots
HELD_S = 30.0  # a message that is held for longer, its row unclaimed, may be in dead hands
LOOK_SHARE = 20  # reading the broker's queues takes at most a twentieth of the time
ELECTION_KEY = 0x4F43_5201

log = logging.getLogger("worker.housekeeper")

# Whoever queues a task rings for it at once: two seconds are left to him. What waits again after an error or an
# interruption has published_at empty and an old created_at, and is rung for as soon as it is due: a message of its last
# attempt may still be held, by a worker that is dead. So may one that nobody ever claimed: after a while it is rung for
# once more, and while that second message lies in the queue no third follows.
_UNHEARD = text("""
select t.id, t.job_id, t.queue, t.priority, t.published_at is null as unrung,
    t.published_at < clock_timestamp() - make_interval(secs => :held_s) as long_ago
from tasks t join jobs j on j.id = t.job_id
where t.status = 'queued' and t.not_before <= clock_timestamp() and j.state in ('QUEUED', 'RUNNING')
    and case when t.published_at is null then t.created_at < clock_timestamp() - interval '2 s'
        else t.published_at < clock_timestamp() - interval '5 s' end
order by t.priority, t.id limit :window""")
_PUBLISHED = text("""
update tasks set published_at = clock_timestamp() where id = any(cast(:tasks as uuid[])) and status = 'queued'""")


class Bells(Protocol):
    """What it needs of the broker."""

    def ring(self, bell: Doorbell) -> None:
        """Tell the workers to look at a row."""

    def waiting_task_ids(self, queues: Sequence[str], *, held: bool = True) -> set[UUID]:
        """The rows whose messages are ready or, if asked for, held."""


@dataclass(frozen=True, slots=True)
class Tick:
    """What one round did."""

    reaped: int
    published: int


class Housekeeper:
    """One candidate for the office. `run` is the body of its thread."""

    def __init__(self, engine: Engine, leases: Leases, broker: Bells) -> None:
        self.engine = engine
        self.acting = threading.Event()
        self._leases = leases
        self._broker = broker
        self._own = unpooled(engine)
        self._look_again = 0.0

    def run(self, stop: threading.Event, every: float = TICK_S) -> None:
        """Keep house until `stop` is set, whenever no other does; services that are away are waited for."""
        wait = every
        while not stop.is_set():
            try:
                self._serve(stop, every)
                wait = every
            except OcrConsoleError as error:
                log.warning("Housekeeping waits %.0f s: %s", wait, error.sentence)
            except Exception:
                log.exception("A fault in housekeeping")
            self.acting.clear()
            stop.wait(wait)
            wait = min(wait * 2, WAIT_AT_MOST_S)

    def tick(self) -> Tick:
        """One round, whoever holds the office."""
        reaped = self._leases.reap()
        with single(self.engine) as connection:
            rows = connection.execute(_UNHEARD, {"window": WINDOW, "held_s": HELD_S}).all()
        published = self._publish(self._unheard(rows)) if rows else 0
        return Tick(len(reaped), published)

    def _serve(self, stop: threading.Event, every: float) -> None:
        """Act for as long as the lock is ours; come back when another has it, or raise when a service is away."""
        with database_errors(self.engine), self._own.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            if not connection.scalar(text("select pg_try_advisory_lock(:key)"), {"key": ELECTION_KEY}):
                return
            self.acting.set()
            while not stop.is_set():
                _still_ours(connection)
                done = self.tick()
                if done.reaped or done.published:
                    log.info("Taken back from lost workers: %d; rung for again: %d", done.reaped, done.published)
                stop.wait(every)

    def _unheard(self, rows: Sequence[Row[Any]]) -> list[Doorbell]:
        """Of the rows that may be unheard of, those whose message is in no queue and in no living hand."""
        unsure = [row for row in rows if not row.unrung]
        waiting: set[UUID] = set()
        begun = time.monotonic()
        if unsure and begun < self._look_again:
            rows = [row for row in rows if row.unrung]
        elif unsure:
            queues = sorted({QUEUE, LEGACY_QUEUE, *(row.queue for row in unsure)})
            waiting = self._broker.waiting_task_ids(queues)
            if any(row.long_ago and row.id in waiting for row in unsure):
                ready = self._broker.waiting_task_ids(queues, held=False)
                waiting -= {row.id for row in unsure if row.long_ago} - ready
            self._look_again = time.monotonic() + LOOK_SHARE * (time.monotonic() - begun)
        unheard = [row for row in rows if row.unrung or row.id not in waiting]
        return [Doorbell(row.id, row.job_id, row.queue, priority_of(row.priority)) for row in unheard]

    def _publish(self, bells: Sequence[Doorbell]) -> int:
        rung: list[UUID] = []
        try:
            for bell in bells:
                self._broker.ring(bell)
                rung.append(bell.task_id)
        finally:
            if rung:
                with single(self.engine) as connection:
                    connection.execute(_PUBLISHED, {"tasks": rung})
        return len(rung)


def _still_ours(connection: Connection) -> None:
    """The lock is the connection's: as long as it lives nobody else acts."""
    connection.execute(text("select 1"))
