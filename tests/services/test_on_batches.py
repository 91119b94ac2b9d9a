"""Acts on whole batches: by class, with a password, and what was read of them fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.ops.acting import act
from console.ops.on_batches import SaveBatches, retry_batches
from console.ops.services import Services
from tests.services.connections import profile
from tests.services.queued_jobs import change, queued, value


@pytest.fixture
def services(settings, clean):
    with Services(profile(settings)) as opened:
        yield opened


def test_only_what_failed_so_is_tried_again_with_its_password(services, store, engine):
    batch = store.add_batch("tax", None)
    locked, torn = (queued(store, batch_id=batch)[0] for _ in range(2))
    change(engine, "update tasks set status = 'failed'")
    change(engine, "update jobs set state = 'FAILED', error_class = 'needs_password' where id = :id", id=locked)
    change(engine, "update jobs set state = 'FAILED', error_class = 'corrupt' where id = :id", id=torn)
    done = act(retry_batches((batch,), "needs_password", "secret"), services).data
    assert done.done == (locked,)
    assert value(engine, "select count(*) from tasks where password is not null and job_id = :id", id=locked) == 1


def test_what_was_read_of_a_batch_is_fetched(services, store, engine, tmp_path: Path):
    batch = store.add_batch("tax", None)
    done, _ = queued(store, "letter.pdf", batch_id=batch)
    queued(store, "waits.pdf", batch_id=batch)
    services.blobs.ensure_bucket()
    services.blobs.put_bytes(f"results/{done}/t-1/txt", b"hello")
    change(
        engine,
        """update jobs set state = 'DONE', outputs = jsonb_build_object('txt', jsonb_build_object(
            'key', 'results/' || id || '/t-1/txt', 'bytes', 5, 'sha256', '')) where id = :id""",
        id=done,
    )
    fetched = act(SaveBatches((batch,), tmp_path), services).data
    assert [file.job_id for file in fetched.files] == [done]
    assert fetched.files[0].path.read_text() == "hello"
