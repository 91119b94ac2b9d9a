"""What a filter means in SQL and what it means in memory are one: random jobs under random filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from worker.core.database import transaction
from worker.core.filters import ORDERS, JobFilter
from worker.core.jobs import Job, Priority, State
from worker.core.spans import Span
from worker.core.store import Store

NOW = datetime.now(UTC)
IDS = [UUID(int=number) for number in range(1, 31)]
BATCHES = {UUID(int=1000): "Halle 7", UUID(int=1001): "Hồ sơ", UUID(int=1002): "Halle 7"}
CLASSES, QUEUES, PEOPLE = ("corrupt", "needs_password"), ("ocr", "ocr.bulk"), ("ann@desk", "bob@desk")
# Letters with one lower form each: for the few others (Σ, İ) Python and PostgreSQL differ by a letter.
LETTERS = st.text(alphabet="aAbÄäồỒ合ß %_\\\"'-.", max_size=6)
MOMENTS = ["2h", "3d", "today", "yesterday", "30min", "2w", *(str(NOW.date() - timedelta(days=n)) for n in (1, 2))]
WHEN = st.integers(0, 400_000).map(lambda seconds: NOW - timedelta(seconds=seconds))
JOBS = st.fixed_dictionaries(
    {
        "name": LETTERS,
        "error": st.none() | LETTERS,
        "state": st.sampled_from(list(State)),
        "batch_id": st.none() | st.sampled_from(list(BATCHES)),
        "error_class": st.none() | st.sampled_from(CLASSES),
        "queue": st.sampled_from(QUEUES),
        "submitted_by": st.none() | st.sampled_from(PEOPLE),
        "priority": st.integers(-1, 12),
        "mean_confidence": st.none() | st.sampled_from([0.0, 79.9, 80.0, 97.5]),
        "pages_failed": st.integers(0, 1),
        "created_at": WHEN,
        "updated_at": WHEN,
        "finished_at": st.none() | WHEN,
    }
)


def some(values: Any, **bounds: int) -> st.SearchStrategy[frozenset[Any]]:
    return st.just(frozenset()) | st.frozensets(st.sampled_from(list(values)), max_size=2, **bounds)


spans = st.just(Span()) | st.builds(Span, st.sampled_from(["", *MOMENTS]), st.sampled_from(["", *MOMENTS]))
numbers = st.none() | st.sampled_from([79.9, 80.0, 97.5])
plain = st.builds(
    JobFilter,
    states=some(State),
    error_classes=some(CLASSES),
    batch_ids=some(BATCHES),
    batches=some({*BATCHES.values(), "Ho\u0302\u0300 sơ", "nowhere"}),
    queues=some(QUEUES),
    submitters=some(PEOPLE),
    priorities=some(Priority),
    text=st.lists(st.sampled_from([*"aAbäÄồỒ%_", "-a", "-Ä", "-ồ", '"a "', '-"b a"', "-", '"', "合"]), max_size=2).map(
        " ".join
    ),
    created=spans,
    updated=spans,
    finished=spans,
    confidence_from=numbers,
    confidence_below=numbers,
    pages_failed=st.booleans(),
    ids=st.none() | st.lists(st.sampled_from(IDS), max_size=20).map(tuple),
)
# Most filters of so many parts let nothing through: keep three of them.
NAMES = [name for name in JobFilter.__slots__ if name not in {"unless", "workers"}]
thinned = st.builds(
    lambda chosen, names: replace(JobFilter(), **{name: getattr(chosen, name) for name in names}),
    plain,
    st.lists(st.sampled_from(NAMES), max_size=3, unique=True),
)
filters = st.builds(
    lambda chosen, unless: replace(chosen, unless=None if unless == JobFilter() else unless),
    thinned,
    st.none() | thinned,
)


# To shrink a failure of so many queries takes minutes: what is found is shown as it was found.
PATIENT = settings(phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def table(engine: Engine) -> Iterator[Store]:
    """An empty table whose rows keep the times that they are given."""
    with transaction(engine) as connection:
        connection.execute(text("truncate jobs, batches cascade"))
        connection.execute(text("alter table jobs disable trigger jobs_changed"))
        for key, name in BATCHES.items():
            connection.execute(text("insert into batches (id, name) values (:id, :name)"), {"id": key, "name": name})
    yield Store(engine)
    with transaction(engine) as connection:
        connection.execute(text("alter table jobs enable trigger jobs_changed"))
        connection.execute(text("truncate jobs, batches cascade"))


def put(engine: Engine, rows: list[dict[str, Any]]) -> None:
    with transaction(engine) as connection:
        connection.execute(text("delete from jobs"))
        for key, row in zip(IDS, rows, strict=False):
            names = ["id", *row]
            query = f"insert into jobs ({', '.join(names)}) values ({', '.join(f':{name}' for name in names)})"
            connection.execute(text(query), {"id": key, **row})


@settings(PATIENT, max_examples=12)
@given(rows=st.lists(JOBS, min_size=10, max_size=20), chosen=st.lists(filters, min_size=12, max_size=12))
def test_sql_and_memory_agree(
    table: Store, engine: Engine, rows: list[dict[str, Any]], chosen: list[JobFilter]
) -> None:
    put(engine, rows)
    every = table.jobs(limit=100).rows
    assert len(every) == len(rows)
    for one in chosen:
        expected = {job.id for job in every if one.matches(job)}
        assert {job.id for job in table.jobs(one).rows} == expected
        assert set(table.ids(one)) == expected
        assert table.count(one) == len(expected)
        states = replace(one, states=frozenset(), unless=one.unless and replace(one.unless, states=frozenset()))
        assert table.counts(one) == {state: sum(_fits(job, state, states) for job in every) for state in State}


def _fits(job: Job, state: State, others: JobFilter) -> bool:
    return job.state is state and others.matches(job)


@settings(PATIENT, max_examples=12)
@given(
    rows=st.lists(JOBS, min_size=10, max_size=20),
    chosen=filters,
    order=st.sampled_from(list(ORDERS)),
    descending=st.booleans(),
)
def test_pages_of_any_filter_in_any_order_give_each_job_once(
    table: Store, engine: Engine, rows: list[dict[str, Any]], chosen: JobFilter, order: str, descending: bool
) -> None:
    put(engine, rows)
    whole = table.jobs(chosen, order=order, descending=descending, limit=100).rows
    seen: list[Job] = []
    page = table.jobs(chosen, order=order, descending=descending, limit=3)
    while page.next is not None:
        seen.extend(page.rows)
        page = table.jobs(chosen, after=page.next, order=order, descending=descending, limit=3)
    assert (*seen, *page.rows) == whole
    known = [value for job in whole if (value := getattr(job, ORDERS[order].attribute)) is not None]
    assert known == sorted(known, reverse=descending)


@given(chosen=filters)
def test_a_filter_is_kept_as_json(chosen: JobFilter) -> None:
    kept = chosen.as_dict()
    assert JobFilter.from_dict({**kept, "colour": "blue", "workers": 7}) == chosen
    assert hash(JobFilter.from_dict(kept)) == hash(chosen)
