"""What workers say of themselves, and what people did: the tables `workers` and `audit`."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, text

from worker.core.database import single
from worker.core.rows import made_of, storable, to_json


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """What a worker's main process says of itself every two seconds. The last five are the database's to fill."""

    name: str
    host: str
    pid: int
    version: str
    pool: str = "prefork"
    slots: int = 1
    busy: int = 0
    queues: tuple[str, ...] = ()
    doing: tuple[Mapping[str, Any], ...] = ()  # {"job": id, "pages": [first, last]}
    children: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    tools: Mapping[str, Any] = field(default_factory=dict)
    memory_mb: float | None = None
    disk_free_mb: float | None = None
    autoscale: tuple[int, int] | None = None  # most and fewest processes; None: their number is fixed
    paused: tuple[str, ...] = ()  # queues that it serves when they go on
    terms: Mapping[str, Any] = field(default_factory=dict)  # on which it takes messages: see `terms_of` in its program
    rival: Mapping[str, Any] | None = None  # {"host", "pid"} of another that lives and has its name
    started: datetime | None = None
    seen: datetime | None = None
    stopped: datetime | None = None  # it said goodbye
    silent_s: float = 0.0  # since it was last seen, by the database's clock
    ahead_s: float | None = None  # by which its clock is before the database's


_PUT = text("""
with before as (select host, pid from workers where name = :name and stopped_at is null)
insert into workers (name, host, pid, version, pool, slots, busy, queues, doing, children, languages, tools, memory_mb,
    disk_free_mb, autoscale, paused, terms, rival, ahead_s, started_at, seen_at)
values (:name, :host, :pid, :version, :pool, :slots, :busy, cast(:queues as jsonb), cast(:doing as jsonb),
    cast(:children as jsonb), cast(:languages as jsonb), cast(:tools as jsonb), :memory_mb, :disk_free_mb,
    cast(:autoscale as jsonb), cast(:paused as jsonb), cast(:terms as jsonb), cast(:rival as jsonb),
    :clock - extract(epoch from clock_timestamp()),
    coalesce(:started, clock_timestamp()), clock_timestamp())
on conflict (name) do update set
    host = excluded.host, pid = excluded.pid, version = excluded.version, pool = excluded.pool,
    slots = excluded.slots, busy = excluded.busy, queues = excluded.queues, doing = excluded.doing,
    children = excluded.children, languages = excluded.languages, tools = excluded.tools,
    memory_mb = excluded.memory_mb, disk_free_mb = excluded.disk_free_mb,
    autoscale = excluded.autoscale, paused = excluded.paused, terms = excluded.terms, rival = excluded.rival,
    ahead_s = excluded.ahead_s, seen_at = excluded.seen_at,
    stopped_at = null, started_at = case
        when workers.pid = excluded.pid and workers.host = excluded.host and workers.stopped_at is null
        then workers.started_at else excluded.started_at end
returning (select jsonb_build_object('host', host, 'pid', pid) from before where (host, pid) <> (:host, :pid))""")
_WORKERS = text("""
select name, host, pid, version, pool, slots, busy, queues, doing, children, languages, tools, memory_mb, disk_free_mb,
    autoscale, paused, terms, rival, started_at as started, seen_at as seen, stopped_at as stopped,
    extract(epoch from clock_timestamp() - seen_at)::float as silent_s, ahead_s
from workers order by name""")
_GOODBYE = text("""
update workers set stopped_at = clock_timestamp(), seen_at = clock_timestamp(), busy = 0, doing = '[]', children = '[]'
where name = :name""")
_AUDIT = text("""
insert into audit (who, host, profile, action, asked, done, result, details, undo, made_of)
values (:who, :host, :profile, :action, :asked, :done, :result, cast(:details as jsonb), cast(:undo as jsonb),
    cast(:made_of as jsonb))
returning id""")
_FORGET = text("""
delete from workers where name = any(cast(:names as text[]))
    and (stopped_at is not null or seen_at < clock_timestamp() - make_interval(secs => :lost_s)
        and not exists (select from tasks t where t.status = 'running' and t.worker = name
            and t.lease_until > clock_timestamp()))
returning to_jsonb(workers) as row""")
_REMEMBER = text("""
insert into workers select * from jsonb_populate_recordset(
    jsonb_populate_record(cast(null as workers), '{"paused": [], "terms": {}}'), cast(:rows as jsonb))
on conflict (name) do nothing returning name""")
_DOING = text("""
select job_id, first_page, last_page from tasks where status = 'running' and worker = :name order by started_at""")
_LISTS = ("queues", "doing", "children", "languages", "paused")


class Workers:
    """The rows of workers, and the record of what people did."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def put_worker(self, report: WorkerReport) -> dict[str, Any] | None:
        """Save what a worker says; a new process under an old name starts its time anew.

        Returns:
            {"host", "pid"} of another process that said something under this name last, and no goodbye.
        """
        values: dict[str, Any] = {name: getattr(report, name) for name in WorkerReport.__slots__}
        values |= {name: to_json(list(values[name])) for name in _LISTS}
        values |= {name: to_json(values[name]) for name in ("tools", "terms")} | {"clock": time.time()}
        values["autoscale"] = None if report.autoscale is None else to_json(list(report.autoscale))
        values["rival"] = None if report.rival is None else to_json(report.rival)
        with single(self.engine) as connection:
            before: dict[str, Any] | None = connection.scalar(_PUT, values)
        return before

    def workers(self) -> list[WorkerReport]:
        """All that ever reported and were not forgotten, by name."""
        with single(self.engine) as connection:
            rows = [dict(row) for row in connection.execute(_WORKERS).mappings()]
        return [_report(row) for row in rows]

    def doing(self, name: str) -> list[dict[str, Any]]:
        """What that worker holds now: `{"job": id, "pages": [first, last]}`, pages None for a whole document."""
        with single(self.engine) as connection:
            rows = connection.execute(_DOING, {"name": name})
            return [{"job": str(row.job_id), "pages": _pages(row.first_page, row.last_page)} for row in rows]

    def worker_goodbye(self, name: str) -> None:
        """It stopped in good order."""
        with single(self.engine) as connection:
            connection.execute(_GOODBYE, {"name": name})

    def forget_workers(self, names: Iterable[str], *, lost_s: float) -> list[dict[str, Any]]:
        """Drop the rows of workers that stopped, or are silent for so long and hold nothing; as JSON, to bring back."""
        with single(self.engine) as connection:
            return list(connection.scalars(_FORGET, {"names": list(names), "lost_s": lost_s}))

    def remember_workers(self, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """Bring forgotten rows back as they were, but for workers that report again. Returns the names."""
        with single(self.engine) as connection:
            return sorted(connection.scalars(_REMEMBER, {"rows": to_json(rows)}))

    def audit(
        self,
        *,
        who: str,
        profile: str,
        action: str,
        asked: int = 0,
        done: int = 0,
        result: str = "",
        details: Mapping[str, Any] | None = None,
        undo: Mapping[str, Any] | None = None,
        host: str | None = None,
    ) -> int:
        """Record who did what to how many, on which profile; no secrets here. The number of the entry."""
        values: dict[str, Any] = {"who": storable(who), "host": host or socket.gethostname(), "profile": profile}
        values |= {"action": action, "asked": asked, "done": done}
        values |= {"result": storable(result), "made_of": made_of(result=result)}
        values |= {"details": to_json(details or {}), "undo": None if undo is None else to_json(undo)}
        with single(self.engine) as connection:
            return int(connection.execute(_AUDIT, values).scalar_one())


def _report(row: dict[str, Any]) -> WorkerReport:
    scale = row["autoscale"]
    lists = {name: tuple(row[name]) for name in _LISTS}
    return WorkerReport(**{**row, **lists, "autoscale": None if scale is None else tuple(scale)})


def _pages(first: int | None, last: int | None) -> list[int] | None:
    return None if first is None or last is None else [first, last]
