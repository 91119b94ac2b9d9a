"""Jobs as the console makes them, and the clock of their tasks moved, so that no test waits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from worker.core.admission import Arrived, NewJob
from worker.core.database import transaction
from worker.core.jobs import Options, Output, Priority
from worker.core.store import Store

OUTPUTS = {"txt": Output("results/j/t-1/txt", 5, "ab")}
HASH = "5e88" * 16


def uploading(store: Store, name: str = "letter.pdf", **given: Any) -> UUID:
    values: dict[str, Any] = {
        "path": f"in/{name}",
        "batch_id": None,
        "options": Options(),
        "priority": Priority.NORMAL,
        "source_path": f"/scans/{name}",
        "source_bytes": 1234,
        "source_mtime": 1.5,
        "submitted_by": "ann@desk",
    }
    (job,) = store.add_jobs([NewJob(name=name, **{**values, **given})])
    return job


def queue(store: Store, job: UUID, **given: Any) -> UUID:
    values = {"key": f"uploads/{job}/source.pdf", "size": 1234, "sha256": HASH}
    bells = store.queue_jobs([Arrived(job, **{**values, "media_type": "application/pdf", "pages": 2, **given})])
    return bells[job].task_id if bells else store.queued_before(job)


def queued(store: Store, name: str = "letter.pdf", **given: Any) -> tuple[UUID, UUID]:
    """A job and its first task, ready to be claimed."""
    job = uploading(store, name, **given)
    return job, queue(store, job)


def many(store: Store, count: int) -> list[tuple[UUID, UUID]]:
    return [queued(store, f"{number:05d}.pdf") for number in range(count)]


def change(engine: Engine, statement: str, **values: Any) -> None:
    with transaction(engine) as connection:
        connection.execute(text(statement), values)


def value(engine: Engine, query: str, **values: Any) -> Any:
    with transaction(engine) as connection:
        return connection.execute(text(query), values).scalar()


def cancel(engine: Engine, job: UUID) -> None:
    """A cancel as RELIABILITY describes it: the job's row first, then its tasks."""
    change(
        engine,
        """update jobs set state = 'CANCELLED' where id = :job and state in ('QUEUED', 'RUNNING');
           update tasks set status = 'cancelled' where job_id = :job and status in ('queued', 'running')""",
        job=job,
    )


def make_due(engine: Engine, task: UUID) -> None:
    """As if its backoff had passed."""
    change(engine, "update tasks set not_before = clock_timestamp() where id = :task", task=task)


def expire(engine: Engine, task: UUID) -> None:
    """As if its worker had been silent for longer than a lease."""
    change(engine, "update tasks set lease_until = clock_timestamp() - interval '1 s' where id = :task", task=task)


def old(engine: Engine) -> None:
    """As if everything had been queued and published a minute ago."""
    change(
        engine,
        "update tasks set created_at = created_at - interval '1 min', published_at = published_at - interval '1 min'",
    )
