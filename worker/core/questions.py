"""Which jobs, and how many: each question put so that it is answered quickly among a million rows.

"updated" and "created" have an index to walk along; a walk finds its page at once where the filter lets much through,
and goes astray where the few that it lets through are old. So a walk is bounded, and where it does not find its page
the rows are found first, by whatever index the filter has, and sorted then.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from worker.core.answers import GRACE_S, silent_for
from worker.core.database import single, transaction
from worker.core.errors import NeedsPassword
from worker.core.filter_sql import OF_BATCH, Part, batch_names, behind, conditions, order_of, ordering
from worker.core.filters import Cursor, JobFilter, JobPage, Order, Tally
from worker.core.jobs import Job, State
from worker.core.rows import JOBS, job_of

COUNT_LIMIT = 10_000  # a count of filtered jobs that is larger means "10,000+"
WALK = 20_000  # rows that are looked at along an index for a page: some 25 ms
# So many jobs are found and sorted, rather than looked for along the index of the order. Those of a batch lie together,
# and what ix_jobs_active says of a job need not be read in its row.
FEW, FEW_OF_A_BATCH, FEW_IN_INDEX = 5_000, 50_000, 100_000
WALKED = frozenset({"updated", "created"})
IN_INDEX = (
    "j.state in",
    "j.batch_id =",
    "j.error_class =",
    "j.created_at ",
    "j.updated_at ",
    "j.finished_at ",
    "(j.error_class =",
)
PART_OF_A_LIST = 20_000  # ids that are looked up at once
PORTION = 200  # rows that are fetched at once of all
SORT_S = 120  # for sorting a million rows by what has no index
DONE_KEPT_S = 30.0
DONE_MANY = 50_000  # fewer are counted anew each time: it takes some 15 ms


class Questions:
    """What the table of jobs is asked."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._done_lock = threading.Lock()
        self._done: tuple[float, int] | None = None  # good until, count

    def jobs(
        self,
        chosen: JobFilter | None = None,
        *,
        after: Cursor | None = None,
        limit: int = 200,
        order: str = "updated",
        descending: bool = True,
    ) -> JobPage:
        """A page of jobs that meet the filter, from behind `after` on.

        The cost does not depend on how far down the page lies. "updated" and "created" are served by an index at any
        size; the other orders sort what the filter leaves.

        Raises:
            UsageError: There is no such order, or a time in the filter is none.
        """
        by = order_of(order)
        with single(self.engine) as connection:
            parts = _conditions(connection, chosen or JobFilter())
            query = _Query(by, descending, limit + 1)
            start = [] if after is None else [behind(by, after, descending=descending)]
            rows = _asked(connection, query, start, parts, walked=order in WALKED)
        page = tuple(map(job_of, rows[:limit]))
        last = page[-1] if len(rows) > limit and page else None
        return JobPage(page, None if last is None else Cursor(getattr(last, by.attribute), last.id))

    def each(self, chosen: JobFilter, *, order: str = "updated", descending: bool = True) -> Iterator[Job]:
        """All jobs that meet the filter, as they are when the first is given; few of them are in memory at a time.

        It is one reading from beginning to end: pages by keyset would miss a job that changes between two of them, and
        would sort anew for each where the order has no index.

        Raises:
            UsageError: There is no such order, or a time in the filter is none.
        """
        by = order_of(order)
        with transaction(self.engine) as connection:
            where, values = _where(_conditions(connection, chosen))
            connection.execute(text(f"set local statement_timeout = '{SORT_S}s'"))
            query = f"{JOBS} {where} {ordering(by, descending=descending)}"
            connection.execute(text(f"declare each_job no scroll cursor for {query}"), values)
            while rows := _portion(connection):
                yield from map(job_of, rows)

    def ids(self, chosen: JobFilter, limit: int = 1_000_000) -> list[UUID]:
        """The frozen list of what the filter means now, oldest first."""
        with single(self.engine) as connection:
            where, values = _where(_conditions(connection, chosen))
            query = text(f"select j.id from jobs j {where} order by j.created_at, j.id limit :limit")  # noqa: S608
            found = connection.execute(query, {**values, "limit": limit})
            # In portions: while a million are put together at once, nothing else of this program runs.
            return [one for portion in found.scalars().partitions(2_000) for one in portion]

    def counts(self, chosen: JobFilter | None = None) -> dict[State, int]:
        """How many jobs are in each state, all states named; what the filter says of states does not count.

        Without a filter: exact, but for DONE, which may be 30 s old where counting it takes long. With one: figures
        above COUNT_LIMIT mean "more than".
        """
        others = (chosen or JobFilter()).in_any_state
        with single(self.engine) as connection:
            return self._all_counts(connection) if others == JobFilter() else _filtered_counts(connection, others)

    def count(self, chosen: JobFilter, limit: int = COUNT_LIMIT) -> int:
        """How many jobs meet the filter; a figure above the limit means "more than"."""
        with single(self.engine) as connection:
            where, values = _where(_conditions(connection, chosen))
            query = text(f"select count(*) from (select from jobs j {where} limit :most) f")  # noqa: S608
            return int(connection.scalar(query, {**values, "most": limit + 1}) or 0)

    def tally(self, ids: Sequence[UUID]) -> Tally:
        """What these jobs are by now."""
        query = text("""select state, count(*) as n, count(*) filter (where error_class = :locked) as locked
            from jobs where id = any(cast(:ids as uuid[])) group by state""")
        states: Counter[State] = Counter()
        locked = 0
        with single(self.engine) as connection:
            for start in range(0, len(ids), PART_OF_A_LIST):
                some = [str(one) for one in ids[start : start + PART_OF_A_LIST]]
                for row in connection.execute(query, {"ids": some, "locked": NeedsPassword.error_class}):
                    states[State(row.state)] += row.n
                    locked += row.locked if row.state == State.FAILED else 0
        return Tally(dict(states), locked)

    def _all_counts(self, connection: Connection) -> dict[State, int]:
        counts = dict.fromkeys(State, 0)
        live = text("select state, count(*) as n from jobs where state <> 'DONE' group by state")
        counts.update({State(row.state): row.n for row in connection.execute(live)})
        counts[State.DONE] = self._count_done(connection)
        return counts

    def _count_done(self, connection: Connection) -> int:
        with self._done_lock:
            if self._done is not None and time.monotonic() < self._done[0]:
                return self._done[1]
            count = int(connection.scalar(text("select count(*) from jobs where state = 'DONE'")) or 0)
            self._done = (time.monotonic() + DONE_KEPT_S, count) if count > DONE_MANY else None
            return count


class _Query:
    """The page's query; only ids and the order's values are sorted, the whole rows are fetched for the page alone."""

    def __init__(self, by: Order, descending: bool, limit: int) -> None:
        self.by, self.limit = by, limit
        self.ordering = ordering(by, descending=descending)
        self._batches = "left join batches b on b.id = j.batch_id" if by.column.startswith("b.") else ""

    def plain(self, parts: Sequence[Part]) -> Part:
        """However the planner likes."""
        where, values = _where(parts)
        return self._rows(f"select j.id from jobs j {self._batches} {where} {self.ordering}"), values  # noqa: S608

    def found_first(self, parts: Sequence[Part]) -> Part:
        """With a fence: find the rows, then sort them; the index of the order is not walked."""
        where, values = _where(parts)
        inner = f"select j.id from (select * from jobs j {where} offset 0) j {self.ordering}"  # noqa: S608
        return self._rows(inner), values

    def walk(self, start: Sequence[Part], parts: Sequence[Part]) -> Part:
        """Along the index of the order, over WALK rows and no more."""
        from_here, values = _where(start)
        where, more = _where(parts)
        walk = f"select * from jobs j {from_here} {self.ordering} limit {WALK}"  # noqa: S608
        return self._rows(f"select j.id from ({walk}) j {where} {self.ordering}"), {**values, **more}  # noqa: S608

    def _rows(self, ids: str) -> str:
        one = "select * from jobs where id = picked.id offset 0"  # the fence: each by its key, never by reading all
        source = f"from ({ids} limit :limit) picked cross join lateral ({one}) j"
        return f"{JOBS.replace('from jobs j', source)} {self.ordering}"


def _asked(
    connection: Connection, query: _Query, start: Sequence[Part], parts: Sequence[Part], *, walked: bool
) -> list[Any]:
    whole = [*start, *parts]
    if query.by.attribute == "updated":  # one batch has an index in that order
        start = [*start, *(part for part in parts if part[0].startswith(OF_BATCH))]
    rest = [part for part in parts if part not in start]
    if not rest or not walked:
        return _rows(connection, query, query.plain(whole))
    if not _are_few(connection, parts):
        rows = _rows(connection, query, query.walk(start, rest))
        if len(rows) == query.limit:
            return rows
    return _rows(connection, query, query.found_first(whole))


def _rows(connection: Connection, query: _Query, part: Part) -> list[Any]:
    sql, values = part
    return list(connection.execute(text(sql), {**values, "limit": query.limit}).all())


def _portion(connection: Connection) -> Sequence[Any]:
    with silent_for(SORT_S + GRACE_S):
        return connection.execute(text(f"fetch {PORTION} from each_job")).all()


def _conditions(connection: Connection, chosen: JobFilter) -> list[Part]:
    named: dict[str, list[UUID]] = {}
    if names := batch_names(chosen):
        query = text("select name, id from batches where name = any(:names)")
        for row in connection.execute(query, {"names": names}):
            named.setdefault(row.name, []).append(row.id)
    return conditions(chosen, named)


def _are_few(connection: Connection, parts: Sequence[Part]) -> bool:
    """Whether the part of the filter that has an index of its own leaves few jobs."""
    narrow = [part for part in parts if part[0].startswith(("j.id ", "j.batch_id =")) or _is_live(part[0])]
    if not narrow:
        return False
    indexed = all(sql.startswith(IN_INDEX) for sql, _ in parts) and any(_is_live(sql) for sql, _ in parts)
    of_batch = any(sql.startswith("j.batch_id") for sql, _ in narrow)
    few = FEW_IN_INDEX if indexed else FEW_OF_A_BATCH if of_batch else FEW
    where, values = _where(narrow)
    query = text(f"select count(*) from (select from jobs j {where} limit :few) f")  # noqa: S608
    return int(connection.scalar(query, {**values, "few": few}) or 0) < few


def _is_live(sql: str) -> bool:
    return sql.startswith("j.state in") and "'DONE'" not in sql


def _where(parts: Sequence[Part]) -> Part:
    values = {name: value for _, given in parts for name, value in given.items()}
    return (f"where {' and '.join(sql for sql, _ in parts)}" if parts else ""), values


def _filtered_counts(connection: Connection, others: JobFilter) -> dict[State, int]:
    """One bounded count a state: the rare states have an index, and DONE is soon at the limit."""
    parts = _conditions(connection, others)
    bounded = "(select count(*) from (select 1 from jobs j {} limit :most) f)"
    columns: list[str] = []
    values: dict[str, Any] = {}
    for state in (states := sorted(others.meant_states)):
        where, values = _where([(f"j.state = '{state}'", {}), *parts])
        columns.append(f"{bounded.format(where)} as {state}")
    row = connection.execute(text(f"select {', '.join(columns)}"), {**values, "most": COUNT_LIMIT + 1}).one()
    return dict.fromkeys(State, 0) | dict(zip(states, row, strict=True))
