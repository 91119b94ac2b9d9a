"""A cancel under a real worker's hands: the process and its tools are gone, and nothing of it ever comes back."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from uuid import UUID

import pikepdf
import psutil
import pytest
from sqlalchemy import Engine

from console.ops.acting import act
from console.ops.acts import Cancel
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from tests.services.queued_jobs import value
from tests.services.worker_process import Desk, celery_worker
from tests.unit.documents import dot
from tests.waiting import until
from worker.core.jobs import QUEUE, Options, State
from worker.core.settings import Settings
from worker.core.store import Store

SAMPLES = Path(str(files("resources.samples")))


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    with Services.open(Profile(EMBEDDED, "the embedded stack"), settings) as opened:
        yield opened


def long_scan(folder: Path) -> Path:
    """Twenty pages that take a second or two each."""
    path = folder / "long.pdf"
    with pikepdf.new() as pdf, pikepdf.open(SAMPLES / "english-scan.pdf") as sample:
        for number in range(20):
            pdf.pages.append(sample.pages[0])
            dot(pdf.pages[-1], number)
        pdf.save(path)
    return path


def reading(engine: Engine, job: UUID) -> list[psutil.Process]:
    """The process that reads a page of the job, and the tools that it runs; [] while none runs."""
    pid = value(engine, "select pid from tasks where job_id = :job and status = 'running' and page > 0", job=job)
    if pid is None:
        return []
    try:
        reader = psutil.Process(pid)
        tools = reader.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return [reader, *tools] if tools else []


def test_what_is_cancelled_stops_with_its_tools_and_never_comes_back(
    services: Services,
    settings: Settings,
    engine: Engine,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk, answered, revoke = Desk(settings, store), set[str](), services.broker.control.revoke
    monkeypatch.setattr(services.broker.control, "revoke", lambda *given: answered.update(revoke(*given)))
    seen: list[psutil.Process] = []

    def a_tool_runs() -> bool:
        seen[:] = reading(engine, running)
        return bool(seen)

    with celery_worker(settings, store, tmp_path, name="first@desk", OCR_ENGINE="tesseract"):
        running = desk.add(long_scan(tmp_path), Options(formats=("txt",)))
        until(a_tool_runs, "a page is read", every=0.01)
        siblings = [desk.add(SAMPLES / "born-digital.pdf") for _ in range(3)]
        done = act(Cancel((running, *siblings[:2])), services)
        assert set(done.data.done) == {running, *siblings[:2]}
        until(lambda: not any(process.is_running() for process in seen), "the end of them all")
        assert answered == {"first@desk"}
        assert desk.ended(siblings[2]).state is State.DONE  # the worker goes on
    with celery_worker(settings, store, tmp_path, name="second@desk"):
        assert desk.ended(desk.add(SAMPLES / "born-digital.pdf")).state is State.DONE
    assert {store.job(job).state for job in done.data.done} == {State.CANCELLED}
    assert [store.attempts(job) for job in siblings[:2]] == [[], []]
    entries = store.attempts(running)
    assert {entry.worker for entry in entries} == {"first@desk"}
    assert (entries[-1].status, entries[-1].error_class) == ("failed", None)
    assert "Cancelled by" in str(entries[-1].error)
    assert services.broker.depths([QUEUE])[0].ready == 0
