"""Uploads against real servers: every step leaves a row from which the rest can be done."""

import hashlib
import subprocess
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine

from console.ops import upload
from console.ops.intake import PlannedFile, plan
from console.ops.profiles import EMBEDDED, Profile
from console.ops.servers import processes
from console.ops.services import Services
from console.ops.uploads import Order, Same, Step, Uploaded, Uploader, submitter
from tests.services.queued_jobs import change, value
from tests.unit.documents import locked, picture, scan_pdf, text_pdf
from worker.core.errors import NetworkError, StorageError
from worker.core.jobs import Doorbell, Options, Output, Priority, State, TaskKind, TaskState
from worker.core.sealing import unseal
from worker.core.settings import Settings
from worker.core.store import Store


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    with Services.open(Profile(EMBEDDED, "the embedded stack"), settings) as opened:
        yield opened


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("a.png", "b.png", "c.png"):
        picture(folder / name, f"This is {name}")
    scan_pdf(folder / "two.pdf", copies=2)
    return folder


@pytest.fixture
def uploader(services: Services) -> Uploader:
    return Uploader(services)


def files(folder: Path) -> tuple[PlannedFile, ...]:
    return plan([folder]).files


def waiting(services: Services) -> set[UUID]:
    return services.broker.waiting(["ocr"])[0]


def steps(done: tuple[Uploaded, ...]) -> dict[str, Step]:
    return {one.file.name: one.step for one in done}


def read(services: Services, engine: Engine, job_id: UUID) -> None:
    """As if a worker had read it."""
    change(
        engine,
        """update tasks set status = 'done' where job_id = :job;
           update jobs set state = 'DONE', outputs = '{"txt": {"key": "results/x/y-1/txt", "bytes": 1, "sha256": ""}}'
           where id = :job""",
        job=job_id,
    )


def test_a_file_becomes_a_queued_job_with_its_bytes_its_hash_and_a_doorbell(
    services: Services, uploader: Uploader, scans: Path
):
    options = Options(languages="deu+eng", pages="1")
    done = uploader.upload(files(scans), Order(options, Priority.HIGH, batch="Archive"))
    assert set(steps(done).values()) == {Step.QUEUED}
    (two,) = [one for one in done if one.file.name == "two.pdf"]
    assert two.job_id is not None
    job = services.store.job(two.job_id)
    content = (scans / "two.pdf").read_bytes()
    assert (job.state, job.path, job.pages, job.media_type) == (State.QUEUED, "scans/two.pdf", 2, "application/pdf")
    assert (job.options, job.priority, job.batch) == (options, Priority.HIGH, "Archive")
    assert (job.source_sha256, job.source_bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    assert job.source_key == f"uploads/{job.id}/source.pdf"
    assert services.blobs.get_bytes(job.source_key) == content
    (task,) = services.store.tasks(job.id)
    assert (task.kind, task.state) == (TaskKind.READ, TaskState.QUEUED)
    assert len(waiting(services)) == 4
    assert task.id in waiting(services)
    assert len({services.store.job(one.job_id).batch_id for one in done if one.job_id}) == 1


def test_progress_of_every_file_grows_to_its_size(services: Services, scans: Path, tmp_path: Path):
    told: list[Uploaded] = []
    uploader = Uploader(services, watch=told.append)
    uploader.upload(files(scans), Order())
    for name in ("a.png", "two.pdf"):
        mine = [one for one in told if one.file.name == name]
        assert mine[0].step is Step.WAITING
        assert mine[-1].step is Step.QUEUED
        sent = [one.sent for one in mine]
        assert sent == sorted(sent)
        assert sent[-1] == (scans / name).stat().st_size


def test_four_at_a_time_and_no_more(services: Services, uploader: Uploader, tmp_path: Path, monkeypatch):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(8):
        picture(folder / f"{number}.png", str(number))
    running, most, lock = 0, 0, threading.Lock()
    four = threading.Barrier(4)
    real = services.blobs.put_stream

    def put(*args, **kwargs) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        four.wait(20)  # breaks if fewer are under way at the same time
        real(*args, **kwargs)
        with lock:
            running -= 1

    monkeypatch.setattr(services.blobs, "put_stream", put)
    assert set(steps(uploader.upload(files(folder), Order())).values()) == {Step.QUEUED}
    assert most == 4


def test_a_locked_file_s_password_travels_sealed(
    services: Services, uploader: Uploader, tmp_path: Path, engine: Engine, settings: Settings
):
    path = locked(text_pdf(tmp_path / "plain.pdf", ["Secret"]), tmp_path / "locked.pdf", user="sesame")
    planned = plan([path], password="sesame").files
    uploader.upload(planned, Order(password="sesame"))
    sealed = bytes(value(engine, "select password from tasks"))
    assert b"sesame" not in sealed
    assert unseal(sealed, settings) == "sesame"


def test_a_file_read_before_is_reused_read_again_or_left_out(
    services: Services, uploader: Uploader, scans: Path, engine: Engine
):
    one = plan([scans / "a.png"]).files
    (first,) = uploader.upload(one, Order())
    assert first.job_id is not None
    read(services, engine, first.job_id)
    (reused,) = uploader.upload(one, Order())
    assert reused.step is Step.REUSED
    assert reused.job_id not in {None, first.job_id}
    job = services.store.job(reused.job_id or first.job_id)
    assert (job.state, job.outputs) == (State.DONE, {"txt": Output("results/x/y-1/txt", 1, "")})
    (skipped,) = uploader.upload(one, Order(same=Same.SKIP))
    (again,) = uploader.upload(one, Order(same=Same.READ))
    (otherwise,) = uploader.upload(one, Order(Options(languages="deu")))  # other options are another reading
    assert [each.step for each in (skipped, again, otherwise)] == [Step.SKIPPED, Step.QUEUED, Step.QUEUED]
    assert value(engine, "select count(*) from jobs") == 4  # the one that was left out has no row


def test_a_file_that_changes_fails_alone(uploader: Uploader, services: Services, scans: Path, monkeypatch):
    real = services.blobs.put_stream

    def put(key: str, stream, length: int, **more) -> None:
        real(key, stream, length, **more)
        if length == (scans / "a.png").stat().st_size:
            picture(scans / "a.png", f"now {threading.get_native_id()}", pnginfo=None)

    monkeypatch.setattr(services.blobs, "put_stream", put)
    done = uploader.upload(files(scans), Order())
    assert steps(done)["a.png"] is Step.FAILED
    assert set(steps(done).values()) == {Step.FAILED, Step.QUEUED}
    (failed,) = [one for one in done if one.step is Step.FAILED]
    assert failed.job_id is not None
    job = services.store.job(failed.job_id)
    assert (job.state, job.error_class) == (State.FAILED, "changing")


def test_a_broker_that_is_away_is_no_failure_of_the_job(
    uploader: Uploader, services: Services, scans: Path, engine: Engine, monkeypatch
):
    def ring_all(_bells: Iterable[Doorbell]) -> Iterator[list[Doorbell]]:
        raise NetworkError("Redis is away.")

    monkeypatch.setattr(services.broker, "ring_all", ring_all)
    done = uploader.upload(plan([scans / "a.png"]).files, Order())
    assert [(one.step, one.rung) for one in done] == [(Step.QUEUED, False)]
    assert value(engine, "select count(*) from tasks where status = 'queued' and published_at is null") == 1


def away(*_: object, **__: object) -> None:
    raise StorageError("The S3 server is away.")


class Killed(BaseException):
    """The process ends here, as far as the database can tell."""


def killed(*_: object, **__: object) -> None:
    raise Killed


@pytest.mark.parametrize("step", ["before the bytes", "while the bytes", "after the bytes"])
def test_what_was_cut_off_at_any_step_goes_on_in_the_same_row(
    services: Services, uploader: Uploader, scans: Path, tmp_path: Path, engine: Engine, monkeypatch, step: str
):
    with monkeypatch.context() as now:
        match step:
            case "before the bytes":
                now.setattr(upload, "send", killed)
            case "while the bytes":
                now.setattr(services.blobs, "put_stream", killed)
            case "after the bytes":
                now.setattr(services.store, "queue_jobs", killed)
        with pytest.raises(Killed):
            uploader.upload(files(scans), Order())
    rows = value(engine, "select count(*) from jobs where state = 'UPLOADING'")
    assert rows >= 1
    next_console = Uploader(services)
    assert len(next_console.unfinished()) == rows
    done = next_console.upload(files(scans), Order())
    assert set(steps(done).values()) == {Step.QUEUED}
    assert value(engine, "select count(*) from jobs") == 4
    assert len(waiting(services)) == 4
    assert next_console.unfinished() == []


def test_a_storage_that_is_away_leaves_rows_that_resume_finishes(
    services: Services, uploader: Uploader, scans: Path, monkeypatch
):
    with monkeypatch.context() as now:
        now.setattr(services.blobs, "put_stream", away)
        done = uploader.upload(files(scans), Order(Options(languages="deu")))
    assert {one.step for one in done} == {Step.FAILED}
    assert {type(one.error) for one in done} == {StorageError}
    resumed = uploader.resume(uploader.unfinished())
    assert set(steps(resumed).values()) == {Step.QUEUED}
    assert {one.job_id for one in resumed} == {one.job_id for one in done}
    jobs = [services.store.job(one.job_id) for one in resumed if one.job_id]
    assert {job.options.languages for job in jobs} == {"deu"}
    assert {job.path for job in jobs} == {"scans/a.png", "scans/b.png", "scans/c.png", "scans/two.pdf"}


def test_what_is_dropped_leaves_no_row(
    services: Services, uploader: Uploader, scans: Path, engine: Engine, monkeypatch
):
    with monkeypatch.context() as now:
        now.setattr(services.blobs, "put_stream", away)
        uploader.upload(files(scans), Order())
    uploader.drop(uploader.unfinished())
    assert value(engine, "select count(*) from jobs") == 0
    assert (scans / "a.png").exists()


def test_a_cancel_keeps_the_rows_for_the_next_start(services: Services, scans: Path, tmp_path: Path, engine: Engine):
    cancel = threading.Event()
    stopping = Uploader(services, watch=lambda _: cancel.set(), cancel=cancel, parallel=1)
    done = stopping.upload(files(scans), Order())
    assert {one.step for one in done} == {Step.STOPPED}
    assert value(engine, "select count(*) from jobs where state <> 'UPLOADING'") == 0
    assert value(engine, "select count(*) from jobs") == sum(one.job_id is not None for one in done)
    assert len(done) == 4
    finished = Uploader(services).upload(files(scans), Order())
    assert set(steps(finished).values()) == {Step.QUEUED}
    assert value(engine, "select count(*) from jobs") == 4


def test_uploads_of_others_are_not_offered(
    services: Services, uploader: Uploader, scans: Path, engine: Engine, monkeypatch
):
    with monkeypatch.context() as now:
        now.setattr(services.blobs, "put_stream", away)
        uploader.upload(files(scans), Order())
    assert len(uploader.unfinished()) == 4
    change(engine, "update jobs set submitted_by = 'bob@elsewhere' where name = 'a.png'")
    assert {job.name for job in uploader.unfinished()} == {"b.png", "c.png", "two.pdf"}
    (busy,) = [job.id for job in uploader.unfinished() if job.name == "b.png"]
    with subprocess.Popen(["sleep", "60"]) as other:  # another console, of whatever home
        sender = processes.mark(other.pid)
        assert sender is not None
        services.store.take_uploads([busy], (sender.pid, sender.created))
        assert {job.name for job in uploader.unfinished()} == {"c.png", "two.pdf"}
        other.kill()
    assert {job.name for job in uploader.unfinished()} == {"b.png", "c.png", "two.pdf"}
    assert submitter().count("@") == 1
