"""What is held back: queues and batches from which nothing is claimed until they go on. The rows are the truth."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from worker.core.database import single
from worker.core.rows import storable, to_json

_PAUSE = text("""
insert into queues as q (name, paused, changed_by, changed_at)
select distinct name, true, :by, clock_timestamp() from unnest(cast(:names as text[])) name
on conflict (name) do update set paused = true, changed_by = excluded.changed_by, changed_at = excluded.changed_at
where not q.paused returning name""")
_TELL = text("""
update queues set told = (select coalesce(jsonb_agg(distinct one), '[]') from jsonb_array_elements(told || cast(:workers as jsonb)) one)
where name = :name and paused""")  # noqa: E501
_TOLD = text("select name, told from queues where name = any(cast(:names as text[])) and told <> '[]'")
_RESUME = text("""
update queues set paused = false, changed_by = :by, changed_at = clock_timestamp()
where name = any(cast(:names as text[])) and paused returning name""")
_CAME_BACK = text("update queues set told = '[]' where name = any(cast(:names as text[])) and not paused")
_PAUSED = text("select name from queues where paused order by name")
_PAUSE_BATCHES = text("""
update batches set paused = :paused where id = any(cast(:ids as uuid[])) and paused <> :paused returning id, name""")
_HELD_BACK = text("""
select id, name from batches b where paused and exists (
    select from jobs j where j.batch_id = b.id and j.state in ('QUEUED', 'RUNNING'))
order by created_at desc, id desc limit :limit""")
_NAMES = text("select id, name from batches where id = any(cast(:ids as uuid[]))")


class Pauses:
    """The brakes. Workers obey within two seconds, also those that start later; what is running goes on."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def pause_queues(self, names: Iterable[str], *, by: str) -> list[str]:
        """Hold queues back. Returns those that were not held back before."""
        with single(self.engine) as connection:
            return sorted(connection.scalars(_PAUSE, {"names": list(names), "by": storable(by)}))

    def resume_queues(self, names: Iterable[str], *, by: str) -> list[str]:
        """Let queues go on. Returns those that were held back."""
        with single(self.engine) as connection:
            return sorted(connection.scalars(_RESUME, {"names": list(names), "by": storable(by)}))

    def paused_queues(self) -> frozenset[str]:
        """The queues that are held back."""
        with single(self.engine) as connection:
            return frozenset(connection.scalars(_PAUSED))

    def remember_told(self, queue: str, workers: Collection[str]) -> None:
        """Workers of other programs were told to leave a queue that is held back: they are told to come back."""
        with single(self.engine) as connection:
            connection.execute(_TELL, {"name": queue, "workers": to_json(sorted(workers))})

    def told(self, queues: Iterable[str]) -> dict[str, list[str]]:
        """The workers of other programs that were told to leave, by queue."""
        with single(self.engine) as connection:
            return {row.name: list(row.told) for row in connection.execute(_TOLD, {"names": list(queues)})}

    def forget_told(self, queues: Iterable[str]) -> None:
        """They were told to come back; those that did not hear it take from the queues when they restart."""
        with single(self.engine) as connection:
            connection.execute(_CAME_BACK, {"names": list(queues)})

    def pause_batches(self, ids: Iterable[UUID], *, paused: bool) -> list[UUID]:
        """Hold batches back, or let them go on. Returns those for which that was new."""
        with single(self.engine) as connection:
            rows = connection.execute(_PAUSE_BATCHES, {"ids": list(ids), "paused": paused})
            return [row.id for row in rows]

    def batches_held_back(self, limit: int = 20) -> dict[UUID, str]:
        """The names of batches that are held back and have work, the newest first."""
        with single(self.engine) as connection:
            return {row.id: row.name for row in connection.execute(_HELD_BACK, {"limit": limit})}

    def batch_names(self, ids: Sequence[UUID]) -> dict[UUID, str]:
        """The names of those batches that there are."""
        asked: dict[str, Any] = {"ids": list(ids)}
        with single(self.engine) as connection:
            return {row.id: row.name for row in connection.execute(_NAMES, asked)}
