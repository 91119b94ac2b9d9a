"""Commands against real servers: retry on a frozen list, results into a folder."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from console.cli.results import OUTPUTS
from console.ops.acting import act
from console.ops.acts import Retry
from console.ops.commands import FetchResults, ResumeUploads, Submit
from console.ops.intake import plan
from console.ops.profiles import EMBEDDED, Profile
from console.ops.reading_options import formats_in
from console.ops.services import Services
from console.ops.uploads import Order, Step, submitter
from tests.services.queued_jobs import change, queued, value
from tests.unit.documents import picture
from worker.core.errors import NetworkError, StorageError, UsageError
from worker.core.jobs import State
from worker.core.outcomes import NOT_REACHED
from worker.core.sealing import unseal
from worker.core.settings import Settings
from worker.core.store import Store


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    with Services.open(Profile(EMBEDDED, "the embedded stack"), settings) as opened:
        yield opened


def failed(services: Services, engine: Engine, name: str = "a.pdf", error_class: str = "needs_password") -> UUID:
    job, _ = queued(services.store, name)
    change(
        engine,
        """update tasks set status = 'failed', attempt = 1 where job_id = :job;
           update jobs set state = 'FAILED', error_class = :kind, error = 'locked' where id = :job""",
        job=job,
        kind=error_class,
    )
    return job


def done(services: Services, engine: Engine, path: str, outputs: dict[str, bytes]) -> UUID:
    job, task = queued(services.store, path.rpartition("/")[2], path=path)
    stored = ", ".join(f'"{form}": {{"key": "results/{job}/{task}-1/{form}"}}' for form in outputs)
    change(
        engine, "update jobs set state = 'DONE', outputs = cast(:o as jsonb) where id = :j", o=f"{{{stored}}}", j=job
    )
    for form, content in outputs.items():
        services.blobs.put_bytes(f"results/{job}/{task}-1/{form}", content)
    return job


def test_retry_queues_what_failed_says_why_not_the_others_and_rings(
    services: Services, engine: Engine, settings: Settings
):
    broken = failed(services, engine)
    waiting, _ = queued(services.store, "b.pdf")
    unknown = uuid4()
    outcome = act(Retry((broken, waiting, unknown, broken), password="sesame"), services)
    assert (outcome.data.asked, outcome.data.done) == (3, (broken,))
    assert {one.id for one in outcome.data.refused} == {waiting, unknown}
    assert all(one.why for one in outcome.data.refused)
    assert services.store.job(broken).state is State.QUEUED
    tasks = {task.id for task in services.store.tasks(broken)}
    assert tasks & services.broker.waiting(["ocr"])[0]
    sealed = value(engine, "select password from tasks where job_id = :job and status = 'queued'", job=broken)
    assert unseal(bytes(sealed), settings) == "sesame"
    assert value(engine, "select action || asked || done || profile from audit") == "retry31embedded"
    assert value(engine, "select who || ' ' || host from audit") == f"{submitter()} {socket.gethostname()}"
    assert value(engine, "select result from audit") == outcome.message
    assert value(engine, "select details->'jobs'->>0 from audit") == str(broken)
    assert "sesame" not in value(engine, "select audit::text from audit")


def test_a_retry_holds_although_the_broker_is_away(services: Services, engine: Engine, monkeypatch):
    def ring(_: object) -> None:
        raise NetworkError("Redis is away.")

    broken = failed(services, engine)
    monkeypatch.setattr(services.broker, "ring_all", ring)
    assert Retry((broken,)).run(services).data.done == (broken,)
    left = "select count(*) from tasks where job_id = :job and status = 'queued' and published_at is null"
    assert value(engine, left, job=broken) == 1


def test_results_lie_in_the_folders_of_their_sources(services: Services, engine: Engine, tmp_path: Path):
    one = done(services, engine, "in/a.pdf", {"txt": b"one", "pdf": b"%PDF one"})
    other = done(services, engine, "in/deep/a.pdf", {"txt": b"two"})
    told: list[tuple[int, int]] = []
    fetched = FetchResults((one, other), tmp_path, progress=lambda *both: told.append(both)).run(services).data
    assert {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*.*.*")} == {
        "in/a.pdf.txt": b"one",
        "in/a.pdf.pdf": b"%PDF one",
        "in/deep/a.pdf.txt": b"two",
    }
    assert {(file.job_id, file.format) for file in fetched.files} == {(one, "txt"), (one, "pdf"), (other, "txt")}
    assert fetched.refused == ()
    assert sorted(told) == [(1, 2), (2, 2)]


def test_every_format_and_the_receipt_have_names_of_their_own(services: Services, engine: Engine, tmp_path: Path):
    """Also those of two sources that are called the same, and of a source that is called like an output."""
    formats = OUTPUTS
    first, second = (done(services, engine, "in/a.pdf", {form: form.encode() for form in formats}) for _ in range(2))
    third = done(services, engine, "in/a.pdf.alto", {"xml": b"xml", "md": b"third"})
    fetched = FetchResults((first, second, third), tmp_path).run(services).data
    assert len({file.path for file in fetched.files}) == len(fetched.files) == 2 * len(formats) + 2
    assert all(file.path.read_bytes() in {file.format.encode(), b"third"} for file in fetched.files)
    names = {file.path.name for file in fetched.files if file.job_id == first}
    free = [{f"a{which}.pdf.{kind}" for which in ("", " (2)", " (3)")} for kind in ("alto.xml", "md", "receipt.json")]
    assert all(names & any_of_them for any_of_them in free)  # fetched side by side; the third is called like an ALTO
    only = FetchResults((first,), tmp_path / "other", formats_in("alto, MD,receipt", OUTPUTS)).run(services).data
    assert [file.path.name for file in only.files] == ["a.pdf.alto.xml", "a.pdf.md", "a.pdf.receipt.json"]
    with pytest.raises(UsageError, match="docx"):
        formats_in("txt,docx", OUTPUTS)


def test_saving_stops_between_two_files(services: Services, engine: Engine, tmp_path: Path, monkeypatch):
    ids = tuple(done(services, engine, f"{name}.pdf", {"txt": b"text", "pdf": b"%PDF"}) for name in "abc")
    cancel, get_file = threading.Event(), services.blobs.get_file

    def stopped_meanwhile(key: str, path: Path) -> None:
        cancel.set()
        get_file(key, path)

    monkeypatch.setattr("console.ops.commands.FETCHES", 1)
    monkeypatch.setattr(services.blobs, "get_file", stopped_meanwhile)
    fetched = FetchResults(ids, tmp_path, cancel=cancel).run(services).data
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf.txt"]  # whole, and nothing half-written beside it
    assert (tmp_path / "a.pdf.txt").read_bytes() == b"text"
    assert [(one.id, one.why) for one in fetched.refused] == [(job, NOT_REACHED) for job in ids]
    again = FetchResults(ids, tmp_path / "none", cancel=cancel).run(services).data  # told before it began
    assert (again.files, [one.id for one in again.refused]) == ((), list(ids))


def test_what_is_missing_costs_nobody_else(services: Services, engine: Engine, tmp_path: Path):
    good = done(services, engine, "a.pdf", {"txt": b"one"})
    lost = done(services, engine, "b.pdf", {"txt": b"two"})
    services.blobs.delete([services.store.job(lost).outputs["txt"].key])
    running, _ = queued(services.store, "c.pdf")
    unknown = uuid4()
    fetched = FetchResults((unknown, good, lost, running), tmp_path, ("txt", "pdf")).run(services).data
    assert [file.path.name for file in fetched.files] == ["a.pdf.txt"]
    refused = [unknown, good, lost, lost, running]  # no job; no pdf; no object, no pdf; not done
    assert [one.id for one in fetched.refused] == refused


def test_a_submission_that_stopped_is_resumed_or_forgotten(
    services: Services, engine: Engine, tmp_path: Path, monkeypatch
):
    def away(*_: object, **__: object) -> None:
        raise StorageError("away")

    for name in ("a.png", "b.png"):
        picture(tmp_path / name, name)
    with monkeypatch.context() as now:
        now.setattr(services.blobs, "put_stream", away)
        stopped = Submit(plan([tmp_path]), Order()).run(services)
    assert {one.step for one in stopped.data} == {Step.FAILED}
    change(engine, "update jobs set submitted_by = 'bob@elsewhere' where name = 'b.png'")
    resumed = ResumeUploads().run(services)
    assert [one.step for one in resumed.data] == [Step.QUEUED]
    assert ResumeUploads(forget=True).run(services).data == ()
    assert value(engine, "select count(*) from jobs") == 2  # bob's stays
