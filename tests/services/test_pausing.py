"""Queues and batches held back and let go, on real servers: rows, claims, doorbells, undo."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from console.ops.acting import act
from console.ops.pausing import PauseBatch, PauseQueues, ResumeBatch, ResumeQueues
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from console.ops.undo import Undo
from tests.services.queued_jobs import queued, value
from worker.core.errors import NotFoundError, UsageError
from worker.core.jobs import QUEUE
from worker.core.settings import Settings
from worker.core.store import Store


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    with Services.open(Profile(EMBEDDED, "the embedded stack"), settings) as opened:
        yield opened


def batch_of(services: Services, name: str = "May") -> tuple[UUID, UUID, UUID]:
    """A batch, a job of it, and its task."""
    batch = services.store.add_batch(name, None)
    return batch, *queued(services.store, batch_id=batch)


def test_a_pause_is_a_row_and_its_undo_the_other(services: Services, engine: Engine) -> None:
    done = act(PauseQueues((QUEUE, "other")), services)
    assert (done.data, services.store.paused_queues()) == ((QUEUE, "other"), frozenset({QUEUE, "other"}))
    assert act(PauseQueues((QUEUE,)), services).message == "ocr is paused already."
    assert value(engine, "select changed_by is not null from queues where name = 'ocr'")
    assert act(ResumeQueues(("other",)), services).data == ("other",)
    assert done.undo is not None
    back = act(done.undo, services)
    assert "ocr is going on again" in back.message
    assert services.store.paused_queues() == frozenset()
    assert act(Undo(), services).data.what == "resume"  # that of the other queue
    assert services.store.paused_queues() == frozenset({"other"})
    assert value(engine, "select string_agg(action, ' ' order by id) from audit") == "pause pause resume undo undo"
    with pytest.raises(UsageError):
        act(PauseQueues(()), services)


def test_a_batch_is_paused_once_and_let_go_by_undo(services: Services) -> None:
    batch, _, _ = batch_of(services)
    done = act(PauseBatch((batch,)), services)
    assert done.message.startswith("May is paused.")
    assert [one.paused for one in services.store.batches()] == [True]
    assert act(PauseBatch((batch,)), services).data == ()
    assert act(Undo(), services).data.what == "pause"
    assert [one.paused for one in services.store.batches()] == [False]
    assert act(ResumeBatch((batch,)), services).data == ()
    with pytest.raises(NotFoundError):
        act(PauseBatch((uuid4(),)), services)
