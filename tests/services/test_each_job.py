"""All jobs one after the other, as a list is exported: none is missed, and few are in memory."""

from __future__ import annotations

import csv
import gc
from pathlib import Path

from sqlalchemy import Engine

from console.ops.exporting import Form, Head, export
from tests.services.queued_jobs import change
from worker.core.filters import JobFilter
from worker.core.jobs import Job, State
from worker.core.store import Store

MANY = """
insert into jobs (id, name, state, pages, created_at, updated_at)
select md5(n::text)::uuid, 'scan ' || n || '.pdf', case when n % 2 = 0 then 'DONE' else 'FAILED' end, n % 7,
    now() - n * interval '1 s', now() - n * interval '1 s' from generate_series(1, :many) n"""


def filled(engine: Engine, many: int) -> None:
    change(engine, "alter table jobs disable trigger user")  # it would stamp all with this moment
    try:
        change(engine, MANY, many=many)
    finally:
        change(engine, "alter table jobs enable trigger user")


def jobs_in_memory() -> list[Job]:
    return [one for one in gc.get_objects() if type(one) is Job]


def test_20000_jobs_are_exported_with_few_of_them_in_memory(store: Store, engine: Engine, tmp_path: Path) -> None:
    filled(engine, 20_000)
    others = jobs_in_memory()  # left by other tests; none of them goes meanwhile
    alive = []

    def cells(job: Job) -> tuple[object, ...]:
        return job.name, job.state

    def watch(count: int) -> None:
        if count % 4_000 == 0:
            alive.append(len(jobs_in_memory()) - len(others))

    heads = [Head("name", "Name"), Head("state", "State")]
    rows = map(cells, store.each(JobFilter()))
    assert export(tmp_path / "a.csv", Form.CSV, heads, rows, watch=watch) == 20_000
    assert len(alive) == 5
    assert max(alive) <= 1
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        names = [row[0] for row in csv.reader(stream)][1:]
    assert names == [f"scan {number}.pdf" for number in range(1, 20_001)]


def test_a_job_that_changes_meanwhile_is_neither_missed_nor_told_twice(store: Store, engine: Engine) -> None:
    filled(engine, 1000)
    given = store.each(JobFilter(), order="updated", descending=True)
    names = [next(given).name]
    change(engine, "update jobs set pages = 99")  # all of them move to the front
    names += [job.name for job in given]
    assert names == [f"scan {number}.pdf" for number in range(1, 1001)]


def test_filter_and_order_are_those_of_the_table(store: Store, engine: Engine) -> None:
    filled(engine, 500)
    wanted = JobFilter(states=frozenset({State.FAILED}))
    for order in ("pages", "batch", "name"):
        for descending in (True, False):
            page = store.jobs(wanted, limit=1000, order=order, descending=descending)
            assert list(store.each(wanted, order=order, descending=descending)) == list(page.rows)
