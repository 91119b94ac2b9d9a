"""Large files, in parts that their rows remember, against real servers."""

import hashlib
import os
import random
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from minio import Minio
from sqlalchemy import Engine, text

from console.ops.intake import PlannedFile
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from console.ops.submission import Order, Step, Uploaded
from console.ops.uploads import Uploader
from worker.core.database import transaction
from worker.core.errors import AccessRefused
from worker.core.jobs import State
from worker.core.parts import PART_BYTES, Parts
from worker.core.settings import Settings
from worker.core.store import Store

CONTENT = random.Random(3).randbytes(2 * PART_BYTES + 1000)
SIZES = [PART_BYTES, PART_BYTES, 1000]


class Killed(BaseException):
    """The process ends here, as far as the servers can tell."""


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    with Services.open(Profile(EMBEDDED, "the embedded stack"), settings) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> PlannedFile:
    path = tmp_path / "large.pdf"
    path.write_bytes(CONTENT)
    about = path.stat()
    return PlannedFile(path, path.name, about.st_size, about.st_mtime, "application/pdf", "pdf", 1, 1)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the bodies that have gone to the S3 server; a test may clear it."""
    sizes: list[int] = []
    real = Minio._put_object

    def put(client, bucket, key, data, *rest, **more):
        stored = real(client, bucket, key, data, *rest, **more)
        sizes.append(len(data))
        return stored

    monkeypatch.setattr(Minio, "_put_object", put)
    return sizes


@pytest.fixture
def cut_off(services: Services, file: PlannedFile, sent: list[int], monkeypatch: pytest.MonkeyPatch) -> UUID:
    """The job of an upload that ended behind its first part."""
    real = Parts.send

    def send(*args, **more):
        def killed(so_far: int) -> None:
            if so_far > PART_BYTES:
                raise Killed

        real(*args, **{**more, "progress": killed})

    with monkeypatch.context() as now:
        now.setattr(Parts, "send", send)
        with pytest.raises(Killed):
            Uploader(services).upload([file], Order())
    assert sent == SIZES[:1]
    sent.clear()
    (job,) = Uploader(services).unfinished()
    return job.id


def again(services: Services, file: PlannedFile, told: list[Uploaded] | None = None) -> Uploaded:
    watch = None if told is None else told.append
    (one,) = Uploader(services, watch=watch).upload([file], Order())
    return one


def assert_arrived(services: Services, job_id: UUID, content: bytes) -> None:
    job = services.store.job(job_id)
    assert (job.state, job.source_bytes) == (State.QUEUED, len(content))
    assert job.source_sha256 == hashlib.sha256(content).hexdigest()
    assert job.source_key is not None
    assert services.blobs.get_bytes(job.source_key) == content
    assert services.blobs.parts.abort_all(job.source_key) == 0  # no parts were left


def leftovers(engine: Engine) -> list[tuple[str, str | None]]:
    with transaction(engine) as connection:
        rows = connection.execute(text("select prefix, upload_id from leftovers order by prefix"))
        return [(row.prefix, row.upload_id) for row in rows]


def test_only_the_missing_parts_are_sent_and_all_are_told(
    services: Services, file: PlannedFile, cut_off: UUID, sent: list[int]
):
    told: list[Uploaded] = []
    assert again(services, file, told).job_id == cut_off
    assert sent == SIZES[1:]
    assert_arrived(services, cut_off, CONTENT)
    so_far = [one.sent for one in told if one.step is Step.SENDING]
    assert so_far == sorted(so_far)
    assert (so_far[0], so_far[-1]) == (PART_BYTES, len(CONTENT))


def test_a_file_that_was_changed_meanwhile_is_begun_anew(
    services: Services, file: PlannedFile, cut_off: UUID, sent: list[int]
):
    other = CONTENT[:-1] + b"?"
    file.source.write_bytes(other)
    assert again(services, file).job_id == cut_off
    assert sent == SIZES
    assert_arrived(services, cut_off, other)


def test_an_upload_that_the_server_forgot_is_begun_anew(
    services: Services, file: PlannedFile, cut_off: UUID, sent: list[int]
):
    assert services.blobs.parts.abort_all(f"uploads/{cut_off}/source.pdf") == 1
    assert again(services, file).job_id == cut_off
    assert sent == SIZES
    assert_arrived(services, cut_off, CONTENT)


def test_an_upload_whose_end_nobody_heard_is_not_sent_again(
    services: Services, file: PlannedFile, sent: list[int], monkeypatch: pytest.MonkeyPatch
):
    def lost(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as now:
        now.setattr(services.store, "queue_jobs", lost)
        with pytest.raises(Killed):
            Uploader(services).upload([file], Order())
    sent.clear()
    one = again(services, file)
    assert one.job_id is not None
    assert sent == []
    assert_arrived(services, one.job_id, CONTENT)


def test_where_we_may_store_and_not_list_all_is_sent_anew(
    services: Services, file: PlannedFile, cut_off: UUID, sent: list[int], monkeypatch: pytest.MonkeyPatch
):
    def refused(*_: object) -> None:
        raise AccessRefused("Not for you.")

    with monkeypatch.context() as now:
        now.setattr(Parts, "there", refused)
        now.setattr(Parts, "abort_all", refused)
        assert again(services, file).step is Step.QUEUED
    assert sent == SIZES
    assert services.blobs.get_bytes(f"uploads/{cut_off}/source.pdf") == CONTENT


def changing(monkeypatch: pytest.MonkeyPatch, file: PlannedFile, times: int) -> None:
    """Another program writes the file so many times, each time just when it was read."""
    real, left = Parts.send, iter(range(times))

    def send(*args, **more):
        real(*args, **more)
        if (number := next(left, None)) is not None:
            file.source.write_bytes(CONTENT[:-1] + bytes([number]))
            os.utime(file.source, ns=(number, number))

    monkeypatch.setattr(Parts, "send", send)


def test_a_file_that_changes_under_way_is_read_once_more(
    services: Services, file: PlannedFile, sent: list[int], monkeypatch: pytest.MonkeyPatch
):
    changing(monkeypatch, file, times=1)
    one = again(services, file)
    assert one.job_id is not None
    assert sent == SIZES * 2
    assert_arrived(services, one.job_id, CONTENT[:-1] + b"\0")


def test_a_file_that_goes_on_changing_has_failed_and_its_parts_are_left_to_the_sweeper(
    services: Services, file: PlannedFile, engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    changing(monkeypatch, file, times=2)
    one = again(services, file)
    assert one.job_id is not None
    job = services.store.job(one.job_id)
    assert (job.state, job.error_class) == (State.FAILED, "changing")
    ((prefix, upload_id),) = leftovers(engine)
    assert prefix == f"uploads/{job.id}/source.pdf"
    assert upload_id is not None


def test_a_forgotten_upload_is_left_to_the_sweeper(services: Services, cut_off: UUID, engine: Engine):
    uploader = Uploader(services)
    uploader.drop(uploader.unfinished())
    ((prefix, upload_id),) = leftovers(engine)
    assert prefix == f"uploads/{cut_off}/source.pdf"
    assert upload_id is not None
    assert services.blobs.parts.there(prefix, upload_id) is not None
    services.blobs.parts.abort_all(prefix)  # as the sweeper does
    assert services.blobs.parts.there(prefix, upload_id) is None


def test_parts_of_a_file_that_became_small_are_left_to_the_sweeper(
    services: Services, file: PlannedFile, cut_off: UUID, engine: Engine
):
    file.source.write_bytes(b"small now")
    assert again(services, file).job_id == cut_off
    ((prefix, upload_id),) = leftovers(engine)
    assert prefix == services.store.job(cut_off).source_key
    assert services.blobs.parts.there(prefix, upload_id or "") is not None
    services.blobs.parts.abort_all(prefix)
    assert_arrived(services, cut_off, b"small now")
