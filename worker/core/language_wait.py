"""What was set aside for its languages, looked after by who keeps house: told, taken back from the dead, given up.

A job waits for LANGUAGE_WAIT seconds for a worker that has its languages; while one is there, however busy, it waits
like any other. The seconds are those in which a worker was there at all: they are counted in a row, so that they go on
where they were when workers, consoles and whoever keeps house were started anew, and stand still while none is alive.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text

from worker.core.database import single, transaction
from worker.core.errors import NoLanguage
from worker.core.languages import install_line
from worker.core.lease import end_or_wait, reason
from worker.core.office import ABSENT_S
from worker.core.routes import route_to
from worker.core.said import Said, listed, said, said_counted

AT_ONCE = 200  # jobs that are given up in one transaction
GIVING_UP_S = 0.5
PORTION = 1_000  # rows of one set of languages that are changed in a round; the next comes to the others
SHARE = 20  # it takes at most a twentieth of the time, however much waits
_COUNTED_S = 3.0  # at most, between two rounds: a housekeeper that slept saw nothing of the time between

_SETS = text("""
select queue, lacks, count(*) filter (where lacks_until is null) as new, bool_or(lacks_until is not null) as told,
    min(lacks_until) as until, bool_or(route is not null) as routed
from tasks where status = 'queued' and lacks is not null group by queue, lacks order by queue, lacks""")
_FLEET = text("""
select name, queues || paused as queues, languages, coalesce(cast(terms -> 'fetches' as boolean), false) as fetches
from workers
where stopped_at is null and seen_at > clock_timestamp() - make_interval(secs => :absent_s) order by name""")
_CLOCK = text("""
update housekeeping set manned_at = clock_timestamp(), manned_s = manned_s + case when not :manned then 0 else
    least(greatest(extract(epoch from clock_timestamp() - coalesce(manned_at, clock_timestamp())), 0), :most) end
returning manned_s""")
_OF_SET = "t.status = 'queued' and t.queue = :queue and t.lacks = :lacks"
# Here and below: many rows without their jobs' locks, so what another changes just now is left for the next round.
_BEGIN = text(f"""
with part as materialized (
    select id from tasks t where {_OF_SET} and lacks_until is null limit :most for no key update skip locked)
update tasks set lacks_until = :until from part where tasks.id = part.id returning job_id""")  # noqa: S608 - constants
_END = text(f"""
with part as materialized (
    select id from tasks t where {_OF_SET} and lacks_until is not null limit :most for no key update skip locked)
update tasks set lacks_until = null from part where tasks.id = part.id returning job_id""")  # noqa: S608
_SAY_OTHERWISE = text(f"""
select distinct j.id from tasks t join jobs j on j.id = t.job_id where {_OF_SET} and lacks_until is not null
    and j.state in ('QUEUED', 'RUNNING') and j.error is distinct from :error limit :most""")  # noqa: S608
# Of a job some parts may be read just now: it runs, and says nothing.
_TELL = text("""
update jobs set state = 'QUEUED', error_class = :error_class, error = :error, advice = :advice,
    made_of = cast(:made_of as jsonb)
where id in (select id from jobs where id = any(cast(:jobs as uuid[])) and state in ('QUEUED', 'RUNNING')
        and error is distinct from :error order by id for no key update skip locked)
    and not exists (select from tasks t where t.job_id = jobs.id and t.status = 'running')""")
_UNTELL = text("""
update jobs set error_class = null, error = null, advice = null
where id in (select id from jobs where id = any(cast(:jobs as uuid[])) and state = 'QUEUED'
    and error_class = :error_class order by id for no key update skip locked)""")
# What is held back fails for nothing: whoever paused it may be about to install the language.
_LOCK_OVERDUE = text(f"""
with part as materialized (
    select t.job_id from tasks t join jobs j on j.id = t.job_id left join batches b on b.id = j.batch_id
    where {_OF_SET} and t.lacks_until <= :now and not coalesce(b.paused, false)
        and not exists (select from queues where name = :queue and paused) limit :most)
select id from jobs where id in (select job_id from part) order by id for no key update skip locked""")  # noqa: S608
_GIVE_UP = text(f"""
update tasks t set status = 'failed', password = null, finished_at = clock_timestamp(), published_at = null,
    lacks = null, lacks_until = null, error_class = :error_class, error = :error
where job_id = any(cast(:jobs as uuid[])) and {_OF_SET} and lacks_until <= :now""")  # noqa: S608
_OF_DEAD = "status = 'queued' and route is not null and route <> all(cast(:routes as text[]))"
_TAKE_BACK = text(f"""
update tasks set route = null, published_at = null where id in (
    select id from tasks where {_OF_DEAD} for no key update skip locked) returning id""")  # noqa: S608
_DEAD = text(f"select distinct route from tasks where {_OF_DEAD}")  # noqa: S608
log = logging.getLogger("worker.housekeeper")


class Messages(Protocol):
    """What it needs of the broker."""

    def remove(self, tasks: Collection[UUID], queues: Iterable[str]) -> int:
        """Take messages out of queues."""


class LanguageWait:
    """Used by one thread, that of who keeps house.

    Args:
        engine: The deployment's database.
        messages: Of its broker.
        wait_s: How long a job waits for a worker that has its languages, while there are workers at all.
    """

    def __init__(self, engine: Engine, messages: Messages, *, wait_s: float) -> None:
        self._engine = engine
        self._messages = messages
        self._wait_s = wait_s
        self._told: dict[tuple[str, str], str] = {}  # what the jobs of a set of languages say, by queue and set
        self._due_at = 0.0  # by the monotonic clock

    def tend(self) -> int:
        """One round; how many jobs were given up. Raises DatabaseError, NetworkError or AccessRefused."""
        begun = time.monotonic()
        if begun < self._due_at:
            return 0
        try:
            return self._round()
        finally:
            took = time.monotonic() - begun
            self._due_at = begun + min(SHARE * took, _COUNTED_S) - 1.0  # it is asked every second

    def _round(self) -> int:
        with single(self._engine) as connection:
            sets = connection.execute(_SETS).all()
            if not sets:
                self._told.clear()
                return 0
            fleet = connection.execute(_FLEET, {"absent_s": ABSENT_S}).all()
            now = connection.scalar(_CLOCK, {"manned": bool(fleet), "most": _COUNTED_S})
            if now is None:  # nobody ever kept house
                return 0
            gone = self._take_back(connection, fleet) if any(one.routed for one in sets) else []
            given_up = sum(self._look_after(connection, one, fleet, now) for one in sets)
        for task_ids, routes in gone:
            self._messages.remove(task_ids, routes)
        return given_up

    def _take_back(self, connection: Connection, fleet: Sequence[Row[Any]]) -> list[tuple[list[UUID], list[str]]]:
        """From workers that are gone: others may fetch it. Their messages are to go: nobody may ever take them."""
        routes = {"routes": [route_to(one.name) for one in fleet]}
        dead = list(connection.scalars(_DEAD, routes))
        return [(list(connection.scalars(_TAKE_BACK, routes)), dead)] if dead else []

    def _look_after(self, connection: Connection, waiting: Row[Any], fleet: Sequence[Row[Any]], now: float) -> int:
        """The work of one queue that lacks the same languages."""
        asked: dict[str, Any] = {"queue": waiting.queue, "lacks": waiting.lacks, "most": PORTION}
        needed = frozenset(waiting.lacks.split("+"))
        serving = [one for one in fleet if waiting.queue in one.queues]
        if any(one.fetches and needed <= frozenset(one.languages) for one in serving):
            self._told.pop((waiting.queue, waiting.lacks), None)
            if waiting.told:
                jobs = list(connection.scalars(_END, asked))
                connection.execute(_UNTELL, {"jobs": jobs, "error_class": NoLanguage.error_class})
            return 0
        languages, given_up = [frozenset(one.languages) for one in serving], 0
        if serving and waiting.until is not None and waiting.until <= now:
            given_up = self._give_up(asked, why_given_up(needed, languages, self._wait_s), now)
        self._tell(
            connection, waiting, {**asked, "until": now + self._wait_s}, waits_for(needed, languages, waiting.queue)
        )
        return given_up

    def _tell(self, connection: Connection, waiting: Row[Any], asked: dict[str, Any], why: NoLanguage) -> None:
        """Have the jobs say why they wait: those that are new, and all where it is another reason than before."""
        key, jobs = (waiting.queue, waiting.lacks), list[UUID]()
        if waiting.new:
            jobs += connection.scalars(_BEGIN, asked)
        if self._told.get(key) != why.sentence:
            others = list(connection.scalars(_SAY_OTHERWISE, {**asked, "error": why.sentence}))
            jobs += others
            if len(others) < PORTION:
                self._told[key] = why.sentence
        if jobs:
            connection.execute(_TELL, {"jobs": jobs, **reason(why)})

    def _give_up(self, asked: dict[str, Any], error: NoLanguage, now: float) -> int:
        """As many as can be in a moment; the rest comes with the next rounds."""
        until, count = time.monotonic() + GIVING_UP_S, 0
        while some := self._fail_some({**asked, "now": now, "most": AT_ONCE, **reason(error)}):
            count += some
            if time.monotonic() > until:
                break
        if count:
            log.error("[OCR] ❌ %d jobs failed: %s", count, error.sentence)
        return count

    def _fail_some(self, overdue: dict[str, Any]) -> int:
        with transaction(self._engine) as connection:
            jobs = list(connection.scalars(_LOCK_OVERDUE, overdue))
            if jobs:
                connection.execute(_GIVE_UP, {**overdue, "jobs": jobs})
                end_or_wait(connection, jobs, overdue, failed=True)
        return len(jobs)


def why_waiting(needed: frozenset[str], fleet: Sequence[frozenset[str]], queue: str) -> Said:
    """Why work waits that needs these languages, while none of the workers has them all.

    Args:
        needed: By the work.
        fleet: What each worker has that serves its queue.
        queue: It waits in.
    """
    if not fleet:
        template = "Waits for a worker that has {languages}: none that serves {queue} is alive."
        return said(template, languages=quoted(needed), queue=queue)
    wanting = _wanting(needed, fleet)
    if len(wanting) == 1:
        return said_counted(
            len(fleet),
            "Waits for a worker that has {languages}: the only one does not have it.",
            "Waits for a worker that has {languages}: none of {n} has it.",
            languages=quoted(wanting),
        )
    return said_counted(
        len(fleet),
        "Waits for a worker that has {languages}: the only one does not have them.",
        "Waits for a worker that has {languages}: none of {n} has them.",
        languages=quoted(wanting),
    )


def waits_for(needed: frozenset[str], fleet: Sequence[frozenset[str]], queue: str) -> NoLanguage:
    """The same with what can be done."""
    sentence = why_waiting(needed, fleet, queue)
    if not fleet:
        return NoLanguage(sentence, "Start a worker that has them.")
    advice = said("Install it on one of them ({line}): that is seen within seconds.", line=_line(needed, fleet))
    return NoLanguage(sentence, advice)


def why_given_up(needed: frozenset[str], fleet: Sequence[frozenset[str]], waited_s: float) -> NoLanguage:
    """What it fails with then."""
    wanting = _wanting(needed, fleet)
    sentence = said_counted(
        len(fleet),
        "The only worker does not have {languages}, and none came that does for {s} s.",
        "None of {n} workers has {languages}, and none came that does for {s} s.",
        languages=quoted(wanting),
        s=round(waited_s),
    )
    return NoLanguage(sentence, said("Install it on one of them ({line}), then retry.", line=_line(needed, fleet)))


def quoted(languages: Iterable[str]) -> str:
    """Languages as a sentence has them: “deu” and “jpn”."""
    return listed(f"“{one}”" for one in sorted(languages))


def _line(needed: frozenset[str], fleet: Sequence[frozenset[str]]) -> str:
    """What installs what the one that lacks least lacks."""
    lacks: list[frozenset[str]] = sorted((needed - one for one in fleet), key=len)
    return install_line(lacks[0])


def _wanting(needed: frozenset[str], fleet: Sequence[frozenset[str]]) -> frozenset[str]:
    """The languages that no worker has; where each is on one, but not together, those that are not on all."""
    nowhere = needed - frozenset[str]().union(*fleet)
    return nowhere or needed - needed.intersection(*fleet)
