"""What is recorded for the sweeper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from tests.services.queued_jobs import HASH, change, queued, uploading
from worker.core import leftovers
from worker.core.database import single, transaction
from worker.core.leases import Leases
from worker.core.store import Store


def recorded(engine: Engine) -> dict[str, tuple[Any, ...]]:
    """By prefix: job, hash, upload, and whether it is due."""
    query = text("select prefix, job_id, source_sha256, upload_id, due_at <= clock_timestamp() from leftovers")
    with single(engine) as connection:
        return {row[0]: tuple(row[1:]) for row in connection.execute(query)}


def test_a_prefix_recorded_twice_waits_for_the_later_time(engine: Engine, clean: None) -> None:
    job = UUID(int=7)
    with transaction(engine) as connection:
        leftovers.add(connection, "uploads/x/", job_id=job, upload_id="u1", after_s=60)
        leftovers.add(connection, "uploads/x/", job_id=job, source_sha256="ab")
        leftovers.add(connection, "results/x/", job_id=job, source_sha256="ab")
    assert recorded(engine) == {"uploads/x/": (job, "ab", "u1", False), "results/x/": (job, "ab", None, True)}


def test_a_running_attempt_is_given_time_to_end(store: Store, engine: Engine, leases: Leases) -> None:
    job, task = queued(store)
    queued(store)
    assert leases.claim(task, "one@desk")
    with transaction(engine) as connection:
        leftovers.add_attempts(connection, [job])
    assert recorded(engine) == {f"results/{job}/{task}-1/": (job, HASH, None, False)}


def test_all_objects_of_a_job(store: Store, engine: Engine) -> None:
    job, half = queued(store)[0], uploading(store)
    change(engine, """update jobs set upload = '{"id": "u2"}' where id = :id""", id=half)
    with transaction(engine) as connection:
        leftovers.add_jobs(connection, [job, half])
    assert recorded(engine) == {
        f"results/{job}/": (job, HASH, None, True),
        f"uploads/{job}/": (job, HASH, None, True),
        f"thumbnails/{job}.webp": (job, HASH, None, True),
        f"results/{half}/": (half, None, None, True),
        f"uploads/{half}/": (half, None, "u2", True),
        f"thumbnails/{half}.webp": (half, None, None, True),
    }
