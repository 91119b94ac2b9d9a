"""Asks why a job is not running, and holds what is said against what it has to be."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Engine

from console.ops.doctor.verdicts import Check, Verdict
from console.ops.doctor.why import why_not_running
from console.ops.findings import Way
from console.ops.services import Services
from tests.services import doctor_table
from tests.services.queued_jobs import change, queued
from worker.core.jobs import Doorbell, Options
from worker.core.store import Store, WorkerReport

WORKER = WorkerReport("one@desk", "desk", 1, "0.1.0", slots=2, queues=("ocr", "celery"), languages=("deu", "eng"))
OK, WARN, FAIL, UNKNOWN = Verdict.OK, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN


def why(services: Services, job: UUID, cause: str, verdict: Verdict, *words: str, way: Way | None = None) -> Check:
    """What is said: of this verdict, with these words in its sentence, and with that button."""
    said = why_not_running(services, job)
    doctor_table.note(cause, said)
    assert said.verdict is verdict, said
    assert all(word in said.title for word in words), said.title
    button = said.remedy.button if said.remedy else None
    assert (button.way if button else None) is way, said
    return said


def waits(services: Services, store: Store, *, rung: bool = True, **options: str) -> tuple[UUID, UUID]:
    job, task = queued(store, options=replace(Options(), **options))  # type: ignore[arg-type]
    if rung:
        services.broker.ring(Doorbell(task, job))
    store.mark_published([task])
    return job, task


def long_ago(engine: Engine, seconds: int = 60) -> None:
    change(
        engine,
        """update tasks set created_at = created_at - make_interval(secs => :s),
            not_before = not_before - make_interval(secs => :s),
            published_at = published_at - make_interval(secs => :s)""",
        s=seconds,
    )


def kept(engine: Engine, by: str = "two@desk") -> None:
    change(engine, "insert into housekeeping (acted_by, acted_at) values (:by, clock_timestamp())", by=by)
