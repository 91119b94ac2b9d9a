"""A retry is taken back: jobs are as they were, their messages are gone, and what somebody began stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from console.ops.acting import act
from console.ops.acts import Cancel, Retry
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from console.ops.undo import Undo
from tests.services.queued_jobs import OUTPUTS, queued, value
from worker.core.database import single
from worker.core.errors import CorruptFile
from worker.core.jobs import QUEUE, Page, State
from worker.core.leases import Leases
from worker.core.settings import Settings
from worker.core.store import Store


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    with Services.open(Profile(EMBEDDED, "the embedded stack"), settings) as opened:
        yield opened


def ended(services: Services, leases: Leases) -> dict[State, UUID]:
    """A job that failed at its second page, one that is done but for a page, and one that was cancelled."""
    found = {}
    for state in (State.FAILED, State.DONE):
        found[state], task = queued(services.store, f"{state}.pdf")
        lease = leases.claim(task, "one@desk")
        assert lease is not None
        leases.progress(lease, Page(1, "done", confidence=90, words=3, text="one"), 2)
        leases.progress(lease, Page(2, "failed", error_class="timed_out", error="Too slow."), 2)
        if state is State.FAILED:
            leases.fail(lease, CorruptFile("Broken."))
        else:
            leases.finish(lease, outputs=OUTPUTS, pages=2, engine={}, notes=["A page is missing."], seconds=1)
    found[State.CANCELLED], _ = queued(services.store, "c.pdf", batch_id=None)
    act(Cancel((found[State.CANCELLED],)), services)
    return found


def rows(engine: Engine) -> dict[str, list[Any]]:
    """All that an undo brings back; not when that was."""
    left_out = {"jobs": "updated_at", "tasks": "published_at", "pages": "words_tsv"}
    with single(engine) as connection:
        return {
            table: list(connection.scalars(text(f"select to_jsonb(t) - '{column}' from {table} t order by 1")))
            for table, column in left_out.items()
        }


def test_jobs_are_as_they_were_in_every_column(services: Services, leases: Leases, engine: Engine) -> None:
    jobs = ended(services, leases)
    before = rows(engine)
    done = act(Retry(tuple(jobs.values()), "sesame"), services)
    assert len(done.data.done) == 3
    assert services.broker.ready([QUEUE]) == 3
    assert rows(engine) != before
    assert isinstance(done.undo, Undo)
    back = act(done.undo, services)
    assert back.message == "The retry is undone: 3 of 3 jobs as before."
    now = rows(engine)
    cancelled = next(task for task in now["tasks"] if task["status"] == "cancelled")
    assert cancelled["password"] is not None  # the one that was given last
    cancelled["password"] = None
    assert now == before
    assert services.broker.ready([QUEUE]) == 0
    assert act(Undo(), services).data.what == "cancel"  # the act before it


def test_what_was_begun_since_goes_on_and_is_named(services: Services, leases: Leases, engine: Engine) -> None:
    jobs = ended(services, leases)
    act(Retry(tuple(jobs.values())), services)
    begun = jobs[State.FAILED]
    assert leases.claim(services.store.tasks(begun)[0].id, "two@desk") is not None
    back = act(Undo(), services).data
    assert (back.what, back.jobs) == ("retry", 2)
    assert [(one.id, one.why) for one in back.refused] == [(begun, "was begun or changed since")]
    assert services.store.job(begun).state is State.RUNNING
    assert value(engine, "select details -> 'left' ->> 0 from audit where action = 'undo'") == str(begun)


def test_a_task_that_the_retry_made_is_history(services: Services, engine: Engine) -> None:
    """A row that another system made has none before."""
    job, _ = queued(services.store)
    act(Cancel((job,)), services)
    with single(engine) as connection:
        connection.execute(text("delete from tasks"))
    act(Retry((job,)), services)
    assert act(Undo(), services).data.jobs == 1
    assert value(engine, "select status || ' ' || (finished_at is not null) from tasks") == "cancelled true"
    assert services.store.job(job).state is State.CANCELLED
