"""Uploads whose files are no longer what was planned, against real servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.ops.intake import plan
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from console.ops.uploads import Order, Step, Uploaded, Uploader
from tests.unit.documents import picture
from worker.core.errors import DatabaseError, StorageError
from worker.core.settings import Settings
from worker.core.store import Store


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    with Services.open(Profile(EMBEDDED, "the embedded stack"), settings) as opened:
        yield opened


@pytest.fixture
def uploader(services: Services) -> Uploader:
    return Uploader(services)


def steps(done: tuple[Uploaded, ...]) -> dict[str, Step]:
    return {one.file.name: one.step for one in done}


def away(*_: object, **__: object) -> None:
    raise StorageError("The S3 server is away.")


def test_resume_fails_what_is_gone_or_no_longer_readable(
    services: Services, uploader: Uploader, tmp_path: Path, monkeypatch
):
    scans = tmp_path / "scans"
    scans.mkdir()
    for name in ("a.png", "b.png", "c.png"):
        picture(scans / name, name)
    with monkeypatch.context() as now:
        now.setattr(services.blobs, "put_stream", away)
        uploader.upload(plan([scans]).files, Order())
    (scans / "a.png").unlink()
    (scans / "b.png").write_bytes(b"")
    unfinished = uploader.unfinished()
    done = steps(uploader.resume(unfinished))
    assert done == {"a.png": Step.FAILED, "b.png": Step.FAILED, "c.png": Step.QUEUED}
    assert {services.store.job(job.id).error_class for job in unfinished if job.name in {"a.png", "b.png"}} == {
        "unreadable",
        "empty",
    }


def test_resume_takes_nothing_out_of_a_folder_that_stands_where_a_file_was(
    services: Services, uploader: Uploader, tmp_path: Path, monkeypatch
):
    scan = tmp_path / "scan"
    picture(tmp_path / "scan.png", "A scan").rename(scan)
    with monkeypatch.context() as now:
        now.setattr(services.blobs, "put_stream", away)
        uploader.upload(plan([scan]).files, Order())
    scan.unlink()
    scan.mkdir()
    unfinished = uploader.unfinished()
    assert steps(uploader.resume(unfinished)) == {"scan": Step.FAILED}
    assert [services.store.job(job.id).error_class for job in unfinished] == ["unreadable"]


def test_a_file_that_is_gone_while_the_database_is_away_costs_the_others_nothing(
    services: Services, uploader: Uploader, tmp_path: Path, monkeypatch
):
    def lost(*_: object) -> None:
        raise DatabaseError("PostgreSQL is away.")

    (tmp_path / "scans").mkdir()
    for name in ("a.png", "b.png"):
        picture(tmp_path / "scans" / name, name)
    planned = plan([tmp_path / "scans"]).files
    (tmp_path / "scans" / "a.png").unlink()
    with monkeypatch.context() as now:
        now.setattr(services.store, "abandon_upload", lost)
        done = uploader.upload(planned, Order())
    assert steps(done) == {"a.png": Step.FAILED, "b.png": Step.QUEUED}
    assert [job.name for job in uploader.unfinished()] == ["a.png"]  # the next start fails it
