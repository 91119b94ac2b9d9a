"""Workers that have languages, jobs that lack them, and the time for which they are waited for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from tests.services.queued_jobs import change, queued, value
from worker.core import language_wait
from worker.core.broker import Broker
from worker.core.jobs import Options
from worker.core.language_wait import LanguageWait
from worker.core.leases import Leases
from worker.core.office import Office
from worker.core.outbox import WHOLE
from worker.core.store import Store
from worker.core.workers import WorkerReport

WAIT_S = 30
HERE, THERE = "here@desk", "there@desk"


@contextmanager
def waiting(engine: Engine, broker: Broker) -> Iterator[LanguageWait]:
    """What a housekeeper does about it, whose office is held.

    It does so whenever it is asked, however long it takes.
    """
    broker.memory.note(WHOLE)  # nothing was lost since
    with pytest.MonkeyPatch.context() as patch, Office(engine, "keeper").term() as term:
        patch.setattr(language_wait, "SHARE", 0)
        assert term is not None
        assert term.goes_on()
        yield LanguageWait(engine, broker.messages, wait_s=WAIT_S)


def present(store: Store, name: str, *languages: str, slots: int = 1) -> None:
    """A worker says what it is."""
    about: dict[str, Any] = {"queues": ("ocr", "celery"), "languages": languages, "terms": {"fetches": True}}
    store.put_worker(WorkerReport(name, "desk", 1, "0.1", slots=slots, **about))


def waits(store: Store, languages: str = "jpn", **given: Any) -> tuple[UUID, UUID]:
    """A job that is in the queue."""
    return queued(store, options=Options(languages=languages), **given)


def refused(leases: Leases, task: UUID, *languages: str, worker: str = HERE) -> None:
    """A worker hears of it and cannot read it."""
    assert leases.claim(task, worker, languages=languages or ("eng",)) is None


def fetched(leases: Leases, worker: str, *languages: str, slots: int = 1) -> list[UUID]:
    return [bell.task_id for bell in leases.fetch(worker, queues=("ocr",), languages=languages, slots=slots)]


def passes(engine: Engine, seconds: float) -> None:
    """As if so much time had passed since the last round, as rounds count it."""
    change(engine, "update housekeeping set manned_s = manned_s + :seconds", seconds=seconds)


def row(engine: Engine, task: UUID, column: str) -> object:
    return value(engine, f"select {column} from tasks where id = :task", task=task)
