"""How work flows: what is still to be read in each queue, what came in and went out within a minute, who read it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Engine, text

from worker.core.database import single

SHARE = 20  # asking takes at most a twentieth of the time, however much waits
# A job whose pages are not counted yet is one. `now()`: a clock that runs within a statement would use no index.
_WAITING = text("""
select queue, sum(greatest(coalesce(pages, 1) - pages_done, 0))::bigint as pages
from jobs where state in ('QUEUED', 'RUNNING') group by queue""")
_ADDED = text("""
select queue, sum(coalesce(pages, 1))::bigint as pages from jobs
where created_at > now() - interval '60 seconds' and state <> 'UPLOADING' group by queue""")
# Every page that is read touches its job's row, so the jobs that changed in the last minute lead to the pages that
# were read in it by indexes that exist; `pages` itself has none on its time. The log of attempts keeps who read a page
# after its task went to another.
_READ = text("""
select j.queue, l.worker, count(*) as pages from jobs j join pages p on p.job_id = j.id
    left join task_log l on l.task_id = p.task_id and l.attempt = p.attempt
where j.updated_at > now() - interval '61 seconds' and p.read_at > now() - interval '60 seconds'
group by j.queue, l.worker""")
_ASIDE = text("""
select queue, count(*) as n from tasks where status = 'queued' and lacks is not null and route is null
group by queue""")
_PAUSED = text("select name from queues where paused")


@dataclass(frozen=True, slots=True)
class Flow:
    """Pages, by queue and by worker; what is not named has none."""

    waiting: dict[str, int] = field(default_factory=dict)  # still to be read, by queue; a queue with jobs is named
    added: dict[str, int] = field(default_factory=dict)  # of jobs that came within the last 60 s, by queue
    read: dict[str, int] = field(default_factory=dict)  # within the last 60 s, by queue
    read_by: dict[str, int] = field(default_factory=dict)  # the same by worker
    paused: frozenset[str] = frozenset()  # queues
    aside: dict[str, int] = field(default_factory=dict)  # units of work that wait for a worker that has their languages


class FlowMeter:
    """Asks the database for the flow, seldomer the longer that takes. Threads may share it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._kept: Flow | None = None
        self._due_at = 0.0  # by the monotonic clock

    def flow(self) -> Flow:
        """The figures as they are, or as they were when the last answer took long: after 0.1 s, for 2 s.

        What is paused is always as it is. Raises DatabaseError.
        """
        with self._lock, single(self._engine) as connection:
            paused = frozenset(connection.scalars(_PAUSED))
            if self._kept is not None and time.monotonic() < self._due_at and paused == self._kept.paused:
                return self._kept
            begun = time.monotonic()
            waiting = {row.queue: int(row.pages) for row in connection.execute(_WAITING)}
            added = {row.queue: int(row.pages) for row in connection.execute(_ADDED)}
            rows = connection.execute(_READ).all()
            read, read_by = dict[str, int](), dict[str, int]()
            for row in rows:
                read[row.queue] = read.get(row.queue, 0) + row.pages
                if row.worker is not None:
                    read_by[row.worker] = read_by.get(row.worker, 0) + row.pages
            aside = {row.queue: row.n for row in connection.execute(_ASIDE)}
            self._kept = Flow(waiting, added, read, read_by, paused, aside)
            now = time.monotonic()
            self._due_at = now + SHARE * (now - begun)
            return self._kept
