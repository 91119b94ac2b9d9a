"""Samples the figures of every queue into the history, rolls them up, and forgets the oldest.

A duty of who keeps house. A round looks at the ten seconds that ended last, by the database's clock, a little after
their end: by then what was stamped within them has been committed. A round that comes too late, or not at all, leaves
a gap. Two that sample the same ten seconds write them once: the first row stands.
"""

# ruff: noqa: S608 - only constants go into the texts

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, text

from worker.core.database import single, transaction
from worker.core.depths import QueueDepth
from worker.core.errors import OcrConsoleError
from worker.core.history import EPOCH, ROLLED, TIERS, Tier, floor
from worker.core.jobs import LEGACY_QUEUE, QUEUE
from worker.core.series import Point

STEP_S = TIERS[0].step_s
SETTLE_S = 2.0  # after the end of the ten seconds
SHARE = 10  # a round that takes long is followed by a pause of so many times that: at most a tenth of the time
MOST_QUEUES = 200  # in one round, the fullest: names come from whoever sends jobs
ONLINE_S = 5.0  # a worker that was not seen for so long offers nothing

log = logging.getLogger("worker.sampling")

_SPAN = text("""
select b.begins, extract(epoch from b.begins + make_interval(secs => 2 * :step + :settle) - clock_timestamp())::float
    as next_s
from (select date_bin(make_interval(secs => :step), clock_timestamp() - make_interval(secs => :step + :settle), :epoch)
    as begins) b""")
# What began, ended or was read within the span changed its job's row since: an index leads there. Only waits of jobs
# that were never read before count: a retry leaves the moment at which a job was added.
_FIGURES = text("""
with changed as materialized (
    select id, queue, state, pages_done, finished_at,
        finished_at >= :begins and finished_at < :ends as ended,
        started_at >= :begins and started_at < :ends and attempts = 1 and reading = 1 as began,
        cast(extract(epoch from started_at - created_at) as float) as wait_s
    from jobs where updated_at >= :begins),
live as (
    select queue, sum(greatest(coalesce(pages, 1) - pages_done, 0)) as waiting
    from jobs where state in ('QUEUED', 'RUNNING') group by grouping sets ((queue), ())),
working as (
    select queue, count(*) as running from tasks where status = 'running' group by grouping sets ((queue), ())),
arrived as (
    select queue, count(*) as added from jobs where created_at >= :begins and created_at < :ends
    group by grouping sets ((queue), ())),
moved as (
    select queue, count(*) filter (where began) as begun,
        count(*) filter (where ended and state = 'DONE') as done,
        count(*) filter (where ended and state = 'FAILED') as failed,
        percentile_cont(0.5) within group (order by wait_s) filter (where began) as wait_p50_s,
        percentile_cont(0.95) within group (order by wait_s) filter (where began) as wait_p95_s
    from changed where ended or began group by grouping sets ((queue), ())),
read as (
    select c.queue, count(*) as pages, percentile_cont(0.5) within group (order by p.seconds) as page_p50_s,
        percentile_cont(0.95) within group (order by p.seconds) as page_p95_s
    from changed c join pages p on p.job_id = c.id
    where c.pages_done > 0 and (c.finished_at is null or c.finished_at >= :begins)
        and p.read_at >= :begins and p.read_at < :ends
    group by grouping sets ((c.queue), ())),
online as (
    select slots, busy, queues from workers
    where stopped_at is null and seen_at > clock_timestamp() - make_interval(secs => :online_s)),
offered as (
    select served.queue, sum(slots) as slots, sum(busy) as busy
    from online, jsonb_array_elements_text(queues) served (queue) group by served.queue
    union all select null, sum(slots), sum(busy) from online),
named as (
    select queue from live union select queue from working union select queue from arrived
    union select queue from moved union select queue from read union select queue from offered
    union select name from queues union select unnest(cast(:ours as text[])))
select coalesce(n.queue, '') as queue,
    coalesce(waiting, 0) as waiting, coalesce(running, 0) as running, coalesce(added, 0) as added,
    coalesce(begun, 0) as begun, coalesce(done, 0) as done, coalesce(failed, 0) as failed, coalesce(pages, 0) as pages,
    wait_p50_s, wait_p95_s, page_p50_s, page_p95_s, coalesce(slots, 0) as slots, coalesce(busy, 0) as busy
from named n
    left join live l on l.queue is not distinct from n.queue
    left join working w on w.queue is not distinct from n.queue
    left join arrived a on a.queue is not distinct from n.queue
    left join moved m on m.queue is not distinct from n.queue
    left join read r on r.queue is not distinct from n.queue
    left join offered o on o.queue is not distinct from n.queue
where n.queue is distinct from ''
order by n.queue is null desc, waiting desc nulls last, n.queue limit :most""")
_COLUMNS = ("step", "queue", "at", *Point.__slots__)
_PUT = text(f"""
insert into history ({", ".join(_COLUMNS)}) values ({", ".join(f":{name}" for name in _COLUMNS)})
on conflict do nothing""")
_BROKER_S = ("ready", "held", "delayed", "oldest_s")
_ROLLED_UNTIL = text("""
select max(at) + make_interval(secs => :step) from history where step = :step and queue = ''""")
_ROLL = text(f"""
insert into history (step, queue, at, {", ".join(Point.__slots__)})
select :step, r.* from (
    select queue, date_bin(make_interval(secs => :step), at, :epoch) as begins, {ROLLED}
    from history where step = :finer and at >= :since and at < :until group by 1, 2) r
on conflict do nothing""")
_FORGET = text("delete from history where step = :step and at < clock_timestamp() - make_interval(secs => :kept)")


class Depths(Protocol):
    """What looks into the queues: the Broker."""

    def depths(self, queues: Sequence[str]) -> list[QueueDepth]:
        """How full they are."""
        ...


class Sampler:
    """Used by one thread, that of who keeps house.

    Args:
        engine: The deployment's database.
        broker: Where the messages lie; while it is away its figures are left out.
    """

    def __init__(self, engine: Engine, broker: Depths) -> None:
        self._engine = engine
        self._broker = broker
        self._due_at = 0.0  # of the monotonic clock
        self._broker_away = False

    def sample(self) -> int:
        """Look, if ten seconds have ended since the last time; how many rows were written. Raises DatabaseError."""
        begun = time.monotonic()
        if begun < self._due_at:
            return 0
        with single(self._engine) as connection:
            span = connection.execute(_SPAN, {"step": STEP_S, "settle": SETTLE_S, "epoch": EPOCH}).one()
        count = self.sample_span(span.begins)
        took = time.monotonic() - begun
        self._due_at = begun + max(span.next_s, SHARE * took)
        return count

    def sample_span(self, begins: datetime) -> int:
        """Write what is known of the ten seconds that began then, and roll up what is complete with them."""
        ends = begins + timedelta(seconds=STEP_S)
        with single(self._engine) as connection:
            values = {"ours": [QUEUE, LEGACY_QUEUE], "most": MOST_QUEUES, "online_s": ONLINE_S}
            found = connection.execute(_FIGURES, {"begins": begins, "ends": ends, **values}).mappings().all()
        rows = [{**row, "step": STEP_S, "at": begins, "covered_s": STEP_S} for row in found]
        self._add_depths(rows)
        with transaction(self._engine) as connection:
            connection.execute(_PUT, rows)
            for finer, tier in pairwise(TIERS):
                if _roll(connection, finer, tier, ends) and tier is TIERS[-1]:
                    _forget(connection)
        return len(rows)

    def _add_depths(self, rows: list[dict[str, Any]]) -> None:
        """The broker's figures; of what is claimed the database knows that it runs, though its message is held."""
        everything, *each = rows
        depths = self._depths([row["queue"] for row in each])
        if depths is None:
            for row in rows:
                row.update(dict.fromkeys(_BROKER_S))
            return
        for row in each:
            depth = depths[row["queue"]]
            row["ready"], row["delayed"], row["oldest_s"] = depth.ready, depth.delayed, depth.ready_oldest_s
            row["held"] = max(0, depth.held - row["running"])
        everything.update({name: sum(row[name] for row in each) for name in ("ready", "held", "delayed")})
        everything["oldest_s"] = max((row["oldest_s"] for row in each if row["oldest_s"] is not None), default=None)

    def _depths(self, queues: Sequence[str]) -> dict[str, QueueDepth] | None:
        try:
            depths = {depth.queue: depth for depth in self._broker.depths(queues)}
        except OcrConsoleError as error:
            if not self._broker_away:
                log.warning("The history goes on without the broker's figures. %s", error.sentence)
            self._broker_away = True
            return None
        self._broker_away = False
        return depths


def _roll(connection: Connection, finer: Tier, tier: Tier, ends: datetime) -> bool:
    """Make the longer steps that are complete at that moment and not there yet; whether there were any."""
    until = floor(ends, tier.step_s)
    since = connection.scalar(_ROLLED_UNTIL, {"step": tier.step_s}) or until - timedelta(seconds=finer.kept_s)
    if since >= until:
        return False
    span: Mapping[str, Any] = {"since": since, "until": until, "epoch": EPOCH}
    return connection.execute(_ROLL, {"step": tier.step_s, "finer": finer.step_s, **span}).rowcount > 0


def _forget(connection: Connection) -> None:
    for tier in TIERS:
        connection.execute(_FORGET, {"step": tier.step_s, "kept": tier.kept_s})
