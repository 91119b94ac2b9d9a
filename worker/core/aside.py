"""Work set aside for a worker that has its languages: refused at the claim, then fetched by whoever has them.

All work is rung for in the queue of its job, whatever its languages are, and any worker may hear it. One that lacks a
language refuses it at the claim: no attempt is made, the row notes what was lacking, and the message is done with. From
then on nobody rings for that row in its queue again, so what is refused is refused once: a thousand jobs that wait for
a language cost a message and a claim each, and then nothing, however many workers there are and however long it takes.
A worker looks once a second, along an index that holds such rows alone, for what it has the languages of. It notes
itself on as many as it can begin soon, the most urgent first, and rings for these in a queue that only it takes from.
Where the first of them are held back it looks at those behind them, some thousand in each look, until it has been at
the last, or something is held back or goes on.
So a job comes to a worker that can read it with two messages and within two seconds, whether that worker is one of
twenty or was started just now. Redis gives out by priority over all the queues of a worker, so what was set aside
neither overtakes the rest nor starves it. The housekeeper takes back what a worker that is gone was rung for, and
counts how long nobody has the languages at all: see `language_wait`.

Why not a queue for each set of languages? A sender would have to know it, and older senders know two names; workers
that are started with plain Celery serve those two; and pause, purge and depth, which people aim at a queue, would have
to be aimed at a changing crowd of them. Here a row keeps its queue: a pause holds it back (no claim succeeds), a purge
takes it with the others (by its row), and it counts among what waits there. Why not refusal alone, rung for again and
again until the right one hears? One in twenty hears it after twenty messages on average, and until it is started none
does: that is the busy loop. A message in a queue of one worker is never the only knowledge of a job: the row is, and
what a broker or a worker loses is rung for again like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, RowMapping, text

from worker.core.database import single
from worker.core.jobs import Doorbell, TaskKind
from worker.core.languages import named, spelt
from worker.core.outbox import HELD_BACK
from worker.core.routes import route_to
from worker.core.rows import priority_of, to_json

LOOKED = 2_000  # rows of a set of languages that are gone over in a look: a batch that is held back may have a million
AHEAD = 2  # units of work that a worker is rung for, for each of its processes: one runs, and one is at hand

# A row that another worker is rung for is left alone: what came here was an older message of it.
_SET_ASIDE = text("""
update tasks set lacks = :lacks, route = null, published_at = null
where id = :task and status = 'queued' and (lacks is null or route = :route)""")
# The sets of languages are found by a step each along the index of what was set aside: nothing is asked of the others.
_HERE = """
with recursive sets (lacks, queue) as (
    (select lacks, queue from tasks where status = 'queued' and lacks is not null order by lacks, queue limit 1)
    union all
    select one.lacks, one.queue from sets cross join lateral (
        select lacks, queue from tasks where status = 'queued' and lacks is not null
            and (lacks, queue) > (sets.lacks, sets.queue) order by lacks, queue limit 1) one),
here as (
    select lacks, queue, coalesce(p.priority, -1) as priority, coalesce(p.id, cast(:first as uuid)) as id
    from sets left join jsonb_to_recordset(cast(:passed as jsonb)) as p (lacks text, queue text, priority int, id uuid)
        using (lacks, queue)
    where queue = any(cast(:queues as text[])) and string_to_array(lacks, '+') <@ cast(:languages as text[])
        and not exists (select from queues q where q.name = queue and q.paused))"""
_BEYOND = """from tasks where status = 'queued' and lacks = here.lacks and queue = here.queue
            and (priority, id) > (here.priority, here.id) order by priority, id"""
# Of each set the most urgent rows. They are locked without their jobs' locks: what another changes just now is left
# out, or the two could wait for each other.
_FETCH = text(f"""{_HERE},
picked as materialized (
    select one.id from here cross join lateral (
        select t.id, t.priority from (select id, job_id, priority, route, not_before {_BEYOND} limit :looked) t
        join jobs j on j.id = t.job_id left join batches b on b.id = j.batch_id
        where t.route is null and t.not_before <= clock_timestamp()
            and j.state in ('QUEUED', 'RUNNING') and not coalesce(b.paused, false)
        order by t.priority, t.id limit :most) one
    order by one.priority, one.id limit :most),
mine as materialized (
    select id from tasks where id in (select id from picked) and status = 'queued' and route is null
    for no key update skip locked)
update tasks set route = :route, published_at = clock_timestamp() from mine where tasks.id = mine.id
returning tasks.id, tasks.job_id, tasks.priority""")  # noqa: S608 - constants of this file
_PAST = text(f"""{_HERE}
select here.lacks, here.queue, one.priority, one.id from here cross join lateral (
    select priority, id {_BEYOND} offset :looked - 1 limit 1) one""")  # noqa: S608
_RUNG_HERE = text("select count(*) from tasks where status = 'queued' and route = :route")
_LEAVE = text("""
update tasks set route = null, published_at = null where id in (
    select id from tasks where status = 'queued' and route = :route for no key update skip locked)""")


def lacking(claimable: RowMapping, languages: Collection[str] | None) -> str | None:
    """The languages of a unit of work that is to be claimed if one of them is not among these; None: it can be done.

    What cannot be names of languages is claimed, to fail with a sentence. An assembly has nothing left to read, unless
    it turned out that it has.
    """
    needed = named(claimable["languages"])
    if languages is None or needed is None or needed <= frozenset(languages):
        return None
    if claimable["kind"] == TaskKind.ASSEMBLE and claimable["lacks"] is None:
        return None
    return spelt(needed)


def set_aside(connection: Connection, asked: Mapping[str, Any], lacks: str) -> None:
    """Note what was lacking, where the caller has the job's lock; `asked` names the task and the worker."""
    connection.execute(_SET_ASIDE, {**asked, "lacks": lacks, "route": route_to(asked["worker"])})


class Fetching:
    """The part of the protocol for what was set aside."""

    engine: Engine

    def fetch(self, worker: str, *, queues: Iterable[str], languages: Iterable[str], slots: int) -> list[Doorbell]:
        """Note this worker on what was set aside and can be read here, as much as it can begin soon.

        Args:
            worker: Its node name.
            queues: That it serves.
            languages: That it has.
            slots: How many processes it has.

        Returns:
            What to ring for in its own queue; what does not ring is rung for by the housekeeper.
        """
        route = route_to(worker)
        asked: dict[str, Any] = {"route": route, "queues": list(queues), "languages": list(languages)}
        asked |= {"first": str(UUID(int=0)), "looked": LOOKED, "passed": "[]"}
        with single(self.engine) as connection:
            asked["most"] = AHEAD * slots - int(connection.scalar(_RUNG_HERE, asked) or 0)
            if asked["most"] <= 0:
                return []
            rows = connection.execute(_FETCH, asked).all() or self._further_on(connection, asked)
        return [Doorbell(row.id, row.job_id, route, priority_of(row.priority)) for row in rows]

    def _further_on(self, connection: Connection, asked: dict[str, Any]) -> Sequence[Row[Any]]:
        """What comes behind that of which nothing can be begun: a part of it in each look, and from the front again."""
        if self._passed and (held_back := dict(connection.execute(HELD_BACK).mappings().one())) != self._held_back:
            self._held_back = held_back
            self._passed.clear()
        asked = {**asked, "passed": to_json(self._passed)}
        rows = connection.execute(_FETCH, asked).all() if self._passed else []
        if not rows:
            past = connection.execute(_PAST, asked).mappings()
            self._passed[:] = [{**row, "id": str(row["id"])} for row in past]
        return rows

    _held_back: Mapping[str, Any] | None = None  # when it was last gone over: what was passed may be ready since

    @cached_property
    def _passed(self) -> list[dict[str, Any]]:
        """Up to where what was set aside was gone over without finding any, by languages and queue."""
        return []

    def leave(self, worker: str) -> None:
        """Leave to others what this worker was rung for and has not begun: its messages find nothing to claim here."""
        with single(self.engine) as connection:
            connection.execute(_LEAVE, {"route": route_to(worker)})
