"""What the planner does with our queries among 20,000 jobs: nothing reads the whole table that need not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from worker.core.batches import Batches
from worker.core.changes import Mark
from worker.core.database import single, transaction
from worker.core.failures import failures
from worker.core.flow import FlowMeter
from worker.core.jobs import Options, State
from worker.core.spans import Span
from worker.core.store import Cursor, JobFilter, Store

FILL = """
alter table jobs disable trigger jobs_changed;
insert into batches (id, name) select md5('b' || n)::uuid, 'batch ' || n from generate_series(1, 20) n;
insert into jobs (id, name, path, state, batch_id, error_class, error, source_sha256, submitted_by, created_at,
    updated_at)
select gen_random_uuid(), (array['invoice','letter','report'])[1 + n % 3] || ' ' || md5(n::text) || '.pdf', 'in',
    case when n % 50 = 0 then 'FAILED' when n % 400 = 1 then 'RUNNING' when n % 90 = 2 then 'QUEUED'
        when n % 4000 = 3 then 'UPLOADING' else 'DONE' end,
    md5('b' || 1 + n / 1000)::uuid, case when n % 50 = 0 then 'corrupt' end,
    case when n % 50 = 0 then 'Page ' || n || ' is torn.' end, md5(n::text) || md5(n::text), 'ann@desk',
    now() - make_interval(secs => 20000 - n), now() - make_interval(secs => 20000 - n)
from generate_series(1, 19999) n;
alter table jobs enable trigger jobs_changed"""
DONE = frozenset({State.DONE})
FAILED = frozenset({State.FAILED})
RUNNING = frozenset({State.RUNNING, State.QUEUED})


PAGES = """
insert into pages (job_id, number, state, read_at, image_key)
select id, 1, 'done', now() - interval '1 day', decode(md5(cast(id as text)), 'hex') from jobs where state = 'DONE'"""


@pytest.fixture(scope="module")
def filled(engine: Engine) -> Iterator[Store]:
    """A store of 20,000 jobs."""
    with transaction(engine) as connection:
        # Not deleted: what other tests left would lie in tables and indexes, and count when a plan is chosen.
        connection.execute(text("truncate jobs, batches, queues cascade"))
        connection.execute(text(FILL.replace("::", "\\:\\:")))
        connection.execute(text(PAGES))
    with single(engine) as connection:  # as PostgreSQL does by itself after a while
        connection.execute(text("vacuum analyze jobs, batches, queues, tasks, task_log, pages"))
    yield Store(engine)
    with transaction(engine) as connection:
        connection.execute(text("truncate jobs, batches cascade"))


def plans(engine: Engine, ask: Callable[[], object]) -> str:
    """The plans of every statement that the question sends."""
    sent: list[tuple[str, Any]] = []

    def note(_conn: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        sent.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        lines = [row[0] for query in sent for row in connection.exec_driver_sql(f"explain {query[0]}", query[1])]
    return "\n".join(lines)


def middle(store: Store, order: str) -> Cursor:
    job = store.jobs(order=order, limit=10_000).rows[-1]
    return Cursor(getattr(job, order), job.id)


CASES: dict[str, tuple[str, Callable[[Store], object]]] = {
    "newest changes": ("ix_jobs_changed", lambda store: store.jobs()),
    "changes from the middle": ("ix_jobs_changed", lambda store: store.jobs(after=middle(store, "updated"), limit=199)),
    "newest jobs": ("ix_jobs_created", lambda store: store.jobs(order="created")),
    "oldest jobs": ("ix_jobs_created", lambda store: store.jobs(order="created", descending=False)),
    "failed": ("ix_jobs_failed", lambda store: store.jobs(JobFilter(states=FAILED))),
    "active": ("ix_jobs_waiting", lambda store: store.jobs(JobFilter(states=RUNNING), order="name")),
    "an old batch": ("ix_jobs_batch", lambda store: store.jobs(JobFilter(batches=frozenset({"batch 1"})))),
    "failed today": ("ix_jobs_failed", lambda store: store.jobs(JobFilter(states=FAILED, finished=Span("today")))),
    "a class": ("ix_jobs_active", lambda store: store.jobs(JobFilter(error_classes=frozenset({"corrupt"})))),
    "all but done": ("ix_jobs_active", lambda store: store.ids(JobFilter(unless=JobFilter(states=DONE)))),
    "counts of a class": ("ix_jobs_active", lambda store: store.counts(JobFilter(error_classes=frozenset({"empty"})))),
    "a common queue": ("ix_jobs_changed", lambda store: store.jobs(JobFilter(queues=frozenset({"ocr"})))),
    "text in a name": ("ix_jobs_text", lambda store: store.jobs(JobFilter(text="C4CA4238A0"))),
    "text in an error": ("ix_jobs_text", lambda store: store.jobs(JobFilter(text="page 150 is"))),
    "text that is nowhere": ("ix_jobs_text", lambda store: store.jobs(JobFilter(text="zzqqy"))),
    "counts of a text": ("ix_jobs_text", lambda store: store.counts(JobFilter(text="c4ca4238a0"))),
    "ids of the failed": ("ix_jobs_active", lambda store: store.ids(JobFilter(states=FAILED))),
    "changes since": ("ix_jobs_changed", lambda store: store.changes(Mark(store.jobs(limit=50).rows[-1].updated))),
    "open batches": ("ix_jobs_active", lambda store: Batches(store.engine).open(spend_s=0)),
    "all batches": ("ix_jobs_batch", lambda store: Batches(store.engine).lines()),
    "pages that wait": ("ix_jobs_waiting", lambda store: FlowMeter(store.engine).flow()),
    "pages that came": ("ix_jobs_created", lambda store: FlowMeter(store.engine).flow()),
    "pages that were read": ("ix_jobs_changed", lambda store: FlowMeter(store.engine).flow()),
    "groups of failures": ("ix_jobs_failed", lambda store: failures(store.engine, datetime.now(UTC))),
    "the same file": ("ix_jobs_source", lambda store: store.done_like("0" * 64, Options())),
    "the same page": ("ix_pages_image_key", lambda store: store.page_alike(bytes(16))),
    "unfinished uploads": ("ix_jobs_active", lambda store: store.unfinished_uploads("ann@desk")),
}


@pytest.mark.parametrize("case", CASES)
def test_the_index_serves(filled: Store, engine: Engine, case: str) -> None:
    index, ask = CASES[case]
    plan = plans(engine, lambda: ask(filled))
    assert index in plan
    assert "Seq Scan on jobs" not in plan


def test_live_counts_do_not_touch_what_is_done(filled: Store, engine: Engine) -> None:
    filled._done = (float("inf"), 7)
    plan = plans(engine, filled.counts)
    assert "ix_jobs_active" in plan
    assert "Seq Scan" not in plan
    filled._done = None
    counts = filled.counts()
    assert sum(counts.values()) == 19_999
    assert counts[State.FAILED] == 399
