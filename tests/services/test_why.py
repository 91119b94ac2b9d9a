"""Why a job is not running: one sentence for each state, each from the real database, broker and audit."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from console.cli import why as verb
from console.cli.session import Session
from console.cli.terminal import Terminal
from console.ops.accepting import take
from console.ops.acting import act
from console.ops.acts import Cancel
from console.ops.findings import Way
from console.ops.services import Services
from console.ops.submission import submitter
from tests.services.asked_why import FAIL, OK, WARN, WORKER, kept, why
from tests.services.connections import profile
from tests.services.queued_jobs import OUTPUTS, change, expire, queued, uploading
from worker.core.errors import CorruptFile, NeedsPassword
from worker.core.jobs import Page
from worker.core.leases import Leases
from worker.core.settings import Settings
from worker.core.store import Store


@pytest.fixture
def services(settings: Settings, clean: None) -> Iterator[Services]:
    with Services.open(profile(settings)) as opened:
        yield opened


def test_an_upload(services: Services, store: Store, engine: Engine) -> None:
    mine = uploading(store, submitted_by=submitter())
    why(services, mine, "the program that sent it ended", WARN, "cut off")
    take(store, [store.job(mine)])
    why(services, mine, "this program sends it", OK, "uploaded")
    theirs = uploading(store)
    why(services, theirs, "somebody sends it from another machine", OK, "ann@desk")
    change(engine, "alter table jobs disable trigger user")
    try:
        change(engine, "update jobs set updated_at = updated_at - interval '3 hours'")
    finally:
        change(engine, "alter table jobs enable trigger user")
    why(services, theirs, "nothing came from there for hours", WARN, "ann@desk", "3 h")


def test_what_runs(services: Services, store: Store, leases: Leases, engine: Engine) -> None:
    job, task = queued(store)
    store.put_worker(WORKER)
    lease = Leases(engine).claim(task, "one@desk")
    assert lease is not None
    why(services, job, "a worker reads it", OK, "one@desk")
    leases.begin_page(lease, 2)
    why(services, job, "a worker reads its second page", OK, "one@desk", "page 2")
    change(engine, "update workers set seen_at = seen_at - interval '10 s'")
    why(services, job, "the worker that reads it is silent", WARN, "one@desk", way=Way.SHOW_WORKER)
    expire(engine, task)
    why(services, job, "its lease ran out, and nobody keeps house", FAIL, "one@desk", way=Way.START_WORKER)
    kept(engine)
    said = why(services, job, "its lease ran out", WARN, "one@desk")
    assert said.remedy is not None
    assert "two@desk" in said.remedy.text


@pytest.mark.parametrize(
    ("error", "way", "line"),
    [
        (NeedsPassword("It is locked.", "Enter its password."), Way.UNLOCK, "retry --password-file FILE"),
        (CorruptFile("It is damaged.", "Ask for another copy."), None, ""),
    ],
)
def test_what_failed(
    services: Services, store: Store, leases: Leases, error: CorruptFile, way: Way | None, line: str
) -> None:
    job, task = queued(store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    leases.fail(lease, error)
    said = why(services, job, f"it failed: {error.error_class}", FAIL, error.sentence, way=way)
    assert said.remedy is not None
    assert said.remedy.text == error.advice
    assert line in said.remedy.copy


def test_what_ended(services: Services, store: Store, leases: Leases, engine: Engine) -> None:
    job, _ = queued(store)
    act(Cancel((job,)), services)
    why(services, job, "somebody cancelled it", OK, submitter(), way=Way.RETRY)
    nobody, _ = queued(store)
    store.cancel([nobody], by="x")
    change(engine, "truncate audit")
    why(services, nobody, "it was cancelled, and the audit is silent", OK, "cancelled", way=Way.RETRY)
    done, task = queued(store)
    lease = leases.claim(task, "one@desk")
    assert lease is not None
    leases.progress(lease, Page(1, "done"), 2)
    leases.progress(lease, Page(2, "failed"), 2)
    assert leases.finish(lease, outputs=OUTPUTS, pages=2, engine={}, seconds=1)
    why(services, done, "it is done but for a page", WARN, "done", way=Way.RETRY)
    change(engine, "update jobs set pages_failed = 0")
    why(services, done, "it is done", OK, "done", "2 pages")


def test_the_verb(settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    job, _ = queued(store)
    monkeypatch.setattr(Session, "profile", profile(settings))

    def told(*, as_json: bool) -> str:
        out = io.StringIO()
        args = Namespace(id=str(job), verb="why", home="/nowhere")
        session = Session(args, Terminal(as_json=as_json, out=out), start_worker=print, open_window=lambda *_: 0)
        assert verb.run(session) == 0
        return out.getvalue()

    shape = json.loads(told(as_json=True))
    assert (shape["check"], shape["verdict"], shape["title"]) == ("why", "fail", "No worker serves ocr.")
    assert shape["copy"] == "ocr-console --profile tests worker start --queues ocr"
    assert shape["sentence"].startswith("No worker serves ocr: queue ocr,")
    assert told(as_json=False).splitlines()[0] == "No worker serves ocr."
