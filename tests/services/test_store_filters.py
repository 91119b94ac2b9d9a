"""Filters, orders and pages, on rows with gaps and ties."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import Engine

from tests.services.queued_jobs import change, many, queued, uploading
from worker.core.errors import UsageError
from worker.core.filters import ORDERS, Tally
from worker.core.jobs import Job, State
from worker.core.leases import Leases
from worker.core.questions import COUNT_LIMIT
from worker.core.store import JobFilter, Store

FILL = """
insert into jobs (id, name, path, state, batch_id, pages, pages_done, mean_confidence, seconds, priority, error_class,
    error, source_bytes, finished_at, attempts)
select gen_random_uuid(), 'name ' || n % 7, 'p' || n, (array['DONE','FAILED','QUEUED'])[1 + n % 3],
    (array[(select min(id::text) from batches), null])[1 + n % 2]::uuid,
    nullif(n % 4, 0), n % 3, nullif(n % 5, 0) * 10.1, nullif(n % 6, 0) / 3.0, (array[0,3,6,9])[1 + n % 4],
    case when n % 3 = 1 then 'corrupt' end, case when n % 3 = 1 then 'Torn no. ' || n end,
    nullif(n % 9, 0), case when n % 2 = 0 then now() - make_interval(secs => n) end, 1 + n % 2
from generate_series(1, 53) n"""


def names(store: Store, chosen: JobFilter) -> list[str]:
    return sorted(job.name for job in store.jobs(chosen).rows)


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("order", ORDERS)
def test_pages_of_every_order_give_each_job_once(store: Store, engine: Engine, order: str, descending: bool) -> None:
    store.add_batch("March", None)
    change(engine, FILL)
    whole = store.jobs(order=order, descending=descending, limit=100)
    assert whole.next is None
    assert len({job.id for job in whole.rows}) == 53
    seen: list[Job] = []
    page = store.jobs(order=order, descending=descending, limit=5)
    while page.next is not None:
        seen.extend(page.rows)
        page = store.jobs(after=page.next, order=order, descending=descending, limit=5)
    assert (*seen, *page.rows) == whole.rows
    values = [getattr(job, ORDERS[order].attribute) for job in whole.rows]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=descending)
    assert values == known + [None] * (len(values) - len(known))  # empty values last in both directions


def test_a_page_that_is_just_full_is_the_last(store: Store) -> None:
    many(store, 4)
    assert store.jobs(limit=4).next is None
    assert store.jobs(limit=3).next is not None


def test_an_empty_store_has_one_empty_page(store: Store) -> None:
    assert store.jobs().rows == ()
    assert store.jobs().next is None


def test_rows_that_come_and_go_do_not_move_the_next_page(store: Store, engine: Engine) -> None:
    jobs = [job for job, _ in many(store, 6)]
    first = store.jobs(order="created", limit=3)
    assert [job.id for job in first.rows] == jobs[:2:-1]
    queued(store, "new.pdf")
    change(engine, "delete from jobs where id = :job", job=jobs[3])
    rest = store.jobs(order="created", after=first.next, limit=9)
    assert [job.id for job in rest.rows] == jobs[2::-1]


def test_an_unknown_order(store: Store) -> None:
    with pytest.raises(UsageError, match="id; drop table"):
        store.jobs(order="id; drop table jobs")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("100%", ["100% wool.pdf"]),
        ("1%w", []),
        ("a_b", ["a_b.pdf"]),
        ("\\", ["back\\slash.pdf"]),
        ("LETTER", ["Letter to Ngân.pdf"]),
        ("nga\u0302n", ["Letter to Ngân.pdf"]),
        ("  ngân ", ["Letter to Ngân.pdf"]),
        ("漢字", ["漢字.pdf"]),
        ("'; drop table jobs; --", []),
        ("torn", ["a_b.pdf"]),  # stands in its error
        (".pdf", ["100% wool.pdf", "Letter to Ngân.pdf", "a_b.pdf", "axb.pdf", "back\\slash.pdf", "漢字.pdf"]),
        ("\x00", ["100% wool.pdf", "Letter to Ngân.pdf", "a_b.pdf", "axb.pdf", "back\\slash.pdf", "漢字.pdf"]),
    ],
)
def test_text_means_itself(store: Store, engine: Engine, words: str, found: list[str]) -> None:
    for name in ("100% wool.pdf", "a_b.pdf", "axb.pdf", "back\\slash.pdf", "Letter to Ngân.pdf", "漢字.pdf"):
        uploading(store, name)
    change(engine, "update jobs set error = 'It is torn.' where name = 'a_b.pdf'")
    assert names(store, JobFilter(text=words)) == sorted(found)


def test_each_condition_and_all_together(store: Store, leases: Leases, engine: Engine) -> None:
    march, april = store.add_batch("March", None), store.add_batch("April", None)
    first, task = queued(store, "first", batch_id=march)
    second, _ = queued(store, "second", batch_id=april, submitted_by="bob@desk")
    uploading(store, "third", batch_id=march)
    assert leases.claim(task, "one@desk")
    change(engine, "update jobs set error_class = 'corrupt', queue = 'slow' where id = :job", job=second)
    running = frozenset({State.RUNNING})
    cases: dict[JobFilter, list[str]] = {
        JobFilter(): ["first", "second", "third"],
        JobFilter(states=running): ["first"],
        JobFilter(states=running | {State.UPLOADING}): ["first", "third"],
        JobFilter(batch_ids=frozenset({march})): ["first", "third"],
        JobFilter(batches=frozenset({"April"})): ["second"],
        JobFilter(batches=frozenset({"May"})): [],
        JobFilter(workers=frozenset({"one@desk"})): ["first"],
        JobFilter(workers=frozenset({"two@desk"})): [],
        JobFilter(error_classes=frozenset({"corrupt"})): ["second"],
        JobFilter(queues=frozenset({"slow"})): ["second"],
        JobFilter(submitters=frozenset({"bob@desk"})): ["second"],
        JobFilter(ids=(first, second)): ["first", "second"],
        JobFilter(ids=()): [],
        JobFilter(
            ids=(first,),
            states=running,
            batches=frozenset({"March"}),
            text="irs",
            workers=frozenset({"one@desk"}),
            queues=frozenset({"ocr"}),
        ): ["first"],
        JobFilter(ids=(first,), batches=frozenset({"April"})): [],
    }
    assert {chosen: names(store, chosen) for chosen in cases} == cases
    assert {chosen: len(store.ids(chosen)) for chosen in cases} == {c: len(found) for c, found in cases.items()}


def test_ids_are_a_frozen_list_oldest_first(store: Store) -> None:
    jobs = [job for job, _ in many(store, 5)]
    assert store.ids(JobFilter()) == jobs
    assert store.ids(JobFilter(), 2) == jobs[:2]
    assert all(isinstance(job, UUID) for job in jobs)


def test_counts_under_the_other_filters(store: Store, engine: Engine) -> None:
    store.add_batch("March", None)
    change(engine, FILL)
    chosen = JobFilter(batches=frozenset({"March"}), states=frozenset({State.QUEUED}))
    counts = store.counts(chosen)
    for state in State:
        assert counts[state] == len(store.jobs(JobFilter(batches=frozenset({"March"}), states=frozenset({state}))).rows)
    assert sum(counts.values()) > counts[State.QUEUED] > 0


def test_counts_under_filters_end_somewhere(store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.core.questions.COUNT_LIMIT", 5)
    many(store, 8)
    assert store.counts(JobFilter(text=".pdf"))[State.QUEUED] == 6
    assert COUNT_LIMIT == 10_000


def test_a_tally_counts_states_and_locked_files_of_a_list(store: Store, engine: Engine) -> None:
    jobs = [job for job, _ in many(store, 4)]
    change(engine, "update jobs set state = 'FAILED', error_class = 'needs_password' where id = :job", job=jobs[0])
    change(engine, "update jobs set state = 'FAILED', error_class = 'corrupt' where id = :job", job=jobs[1])
    change(engine, "delete from jobs where id = :job", job=jobs[3])
    assert store.tally(jobs) == Tally({State.FAILED: 2, State.QUEUED: 1}, locked=1)
    assert store.tally([]) == Tally({})
