"""A real Celery worker on real servers: what it takes, what it writes, what it says."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pikepdf
import pytest
from celery import Celery
from sqlalchemy import Engine

from tests.services.queued_jobs import value
from tests.services.worker_process import ROOT, Desk, Worker, celery_worker
from tests.waiting import until
from worker.core.broker import celery_settings
from worker.core.jobs import FORMATS, RECEIPT, Options, State
from worker.core.sealing import seal
from worker.core.settings import Settings
from worker.core.store import Store
from worker.pipeline import pdfa, safe_pdf

SAMPLES = Path(str(files("resources.samples")))
SCAN, PHOTO, BORN_DIGITAL = (SAMPLES / name for name in ("english-scan.pdf", "photo.jpg", "born-digital.pdf"))


@pytest.fixture(scope="module")
def shared(
    settings: Settings, engine: Engine, emptied: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worker]:
    """One worker for the tests that leave it as it was."""
    store = Store(engine)
    folder = tmp_path_factory.mktemp("worker")
    with celery_worker(settings, store, folder, name="shared@desk", LANGUAGE_WAIT="1") as worker:
        yield worker


@pytest.fixture
def desk(settings: Settings, engine: Engine) -> Desk:
    return Desk(settings, Store(engine))


def test_a_scan_becomes_every_output(shared: Worker, desk: Desk) -> None:
    job = desk.ended(desk.add(SCAN, Options(pages="1-2", formats=FORMATS)))
    assert (job.state, job.pages, job.pages_done, job.pages_failed) == (State.DONE, 2, 2, 0)
    assert set(job.outputs) == {*FORMATS, RECEIPT}
    assert job.mean_confidence is not None
    assert job.mean_confidence > 90
    text = desk.text(job)
    truth = json.loads((SAMPLES / "samples.json").read_text("utf-8"))
    entry = next(one for one in truth if one["file"] == SCAN.name)
    assert any(phrase in " ".join(text.split()) for phrase in entry["phrases"])
    assert text.count("\f") == 1
    data = json.loads(desk.text(job, "json"))
    assert [page["number"] for page in data["pages"]] == [1, 2]
    assert {"text", "x", "y", "w", "h", "conf"} <= set(data["pages"][0]["words"][0])
    for output in job.outputs.values():
        content = desk.blobs.get_bytes(output.key, 50_000_000)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (output.bytes, output.sha256)
    receipt = json.loads(desk.text(job, RECEIPT))
    assert receipt["outputs"] == {
        form: dataclasses.asdict(output) for form, output in job.outputs.items() if form != RECEIPT
    }
    assert receipt["source"]["sha256"] == hashlib.sha256(SCAN.read_bytes()).hexdigest()
    assert receipt["mean_confidence"] == pytest.approx(job.mean_confidence, abs=0.01)
    assert receipt["worker"] == "shared@desk"
    assert [page["number"] for page in receipt["pages"]] == [1, 2]
    assert str(SCAN.parent) not in desk.text(job, RECEIPT)


def test_the_searchable_pdf_keeps_the_original_images(shared: Worker, desk: Desk) -> None:
    job = desk.ended(desk.add(SCAN, Options(formats=("pdf",))))
    made = desk.blobs.get_bytes(job.outputs["pdf"].key, 50_000_000)
    assert images(made) == images(SCAN.read_bytes())


def test_what_was_left_out_of_the_copy_is_noted_at_the_job(shared: Worker, desk: Desk, tmp_path: Path) -> None:
    with pikepdf.open(BORN_DIGITAL) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        pdf.save(tmp_path / "scripted.pdf")
    job = desk.ended(desk.add(tmp_path / "scripted.pdf", Options(formats=("pdf",), pdfa=True)))
    assert job.notes == (safe_pdf.SCRIPTS, pdfa.MADE)
    assert json.loads(desk.text(job, RECEIPT))["notes"] == list(job.notes)
    with pikepdf.open(io.BytesIO(desk.blobs.get_bytes(job.outputs["pdf"].key, 50_000_000))) as made:
        assert "/OpenAction" not in made.Root
        assert made.Root.OutputIntents[0].S == pikepdf.Name.GTS_PDFA1


def images(pdf: bytes) -> list[bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [image.read_raw_bytes() for page in document.pages for image in page.get_images().values()]


def test_the_engine_its_version_model_and_options_are_recorded(shared: Worker, desk: Desk) -> None:
    job = desk.ended(desk.add(PHOTO))
    assert job.engine is not None
    assert job.engine["engine"] in {"tesserocr", "tesseract"}
    assert job.engine["version"].startswith("5")
    assert "eng" in str(job.engine["model"])
    assert job.engine["options"]["languages"] == "eng"


def test_pages_land_in_their_rows_while_it_runs(shared: Worker, desk: Desk) -> None:
    job_id = desk.add(SCAN)
    seen = set()

    def watched() -> bool:
        job = desk.store.job(job_id)
        seen.add((job.state, job.pages_done))
        return job.state is State.DONE

    until(watched, "done")
    assert (State.RUNNING, 1) in seen
    assert [page.number for page in desk.store.pages(job_id)] == [1, 2, 3]


def test_the_log_has_the_lines_of_the_contract(shared: Worker, desk: Desk, tmp_path: Path) -> None:
    good = desk.ended(desk.add(BORN_DIGITAL))
    (tmp_path / "empty.pdf").write_bytes(b"%PDF-1.4 and then nothing")
    bad = desk.ended(desk.add(tmp_path / "empty.pdf"))
    until(lambda: f"Job failed {bad.id}" in shared.log, "the line of the failure")
    assert f"[OCR] Job started {good.id}" in shared.log
    assert f"[OCR] page 1/1 of {good.id}: " in shared.log
    assert f"[OCR] ✅ Job completed {good.id}" in shared.log
    assert f"[OCR] ❌ Job failed {bad.id}: {bad.error}" in shared.log


def test_a_file_that_cannot_be_read_fails_at_once_with_a_sentence(shared: Worker, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "lies.png").write_text("/etc/hostname\n")
    job = desk.ended(desk.add(tmp_path / "lies.png"))
    assert (job.state, job.error_class, job.attempts) == (State.FAILED, "unsupported_type", 1)
    assert "lies.png" in str(job.error)
    assert job.advice
    assert [attempt.status for attempt in desk.store.attempts(job.id)] == ["failed"]


def test_files_that_would_open_others_reveal_nothing(
    shared: Worker, desk: Desk, engine: Engine, tmp_path: Path
) -> None:
    """Straight to the worker, as a sender would that makes no plan."""
    canary = tmp_path / "canary.txt"
    canary.write_text("quail under glass")
    (tmp_path / "x.png").write_text(f"/etc/hostname\n{canary}\n")
    eps = f"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n({canary}) (r) file 99 string readline pop show\n"
    (tmp_path / "y.png").write_text(eps)
    (tmp_path / "z.tif").write_text("http://127.0.0.1:9/page.png\n")
    jobs = [desk.ended(desk.add(tmp_path / name)) for name in ("x.png", "y.png", "z.tif")]
    for job in jobs:
        assert (job.state, job.error_class, job.outputs) == (State.FAILED, "unsupported_type", {})
        assert value(engine, "select count(*) from pages where job_id = :job", job=job.id) == 0
    assert "quail" not in shared.log
    assert value(engine, "select count(*) from task_log where task_log::text like '%quail%'") == 0


def test_a_language_that_is_missing_is_told(shared: Worker, desk: Desk) -> None:
    job = desk.ended(desk.add(PHOTO, Options(languages="eng+xyz")))
    assert (job.state, job.error_class) == (State.FAILED, "no_language")
    assert "xyz" in str(job.error)


def test_pages_that_do_not_exist_are_told(shared: Worker, desk: Desk) -> None:
    job = desk.ended(desk.add(PHOTO, Options(pages="7-9")))
    assert job.state is State.FAILED
    assert "1 page" in str(job.error)


def test_an_older_sender_is_understood(shared: Worker, desk: Desk, settings: Settings) -> None:
    """It knows of jobs only, and of Celery's default queue."""
    job_id = desk.add(BORN_DIGITAL, ring=False)
    with Celery("older", set_as_current=False) as sender:
        sender.conf.update(celery_settings(settings), task_routes=None)
        sender.send_task("ocr.run_job", args=[str(job_id)], queue="celery", ignore_result=True)
    assert desk.ended(job_id).state is State.DONE


def test_a_doorbell_that_was_never_rung_is_rung_by_the_housekeeper(shared: Worker, desk: Desk) -> None:
    assert desk.ended(desk.add(BORN_DIGITAL, ring=False)).state is State.DONE


def test_a_locked_file_is_read_with_its_password(
    shared: Worker, desk: Desk, settings: Settings, tmp_path: Path, engine: Engine
) -> None:
    locked = tmp_path / "locked.pdf"
    with pikepdf.open(BORN_DIGITAL) as document:
        document.save(locked, encryption=pikepdf.Encryption(owner="boss", user="sesame 7"))
    refused = desk.ended(desk.add(locked))
    assert (refused.state, refused.error_class) == (State.FAILED, "needs_password")
    read = desk.ended(desk.add(locked, password=seal("sesame 7", settings)))
    assert read.state is State.DONE
    assert value(engine, "select count(*) from tasks where password is not null") == 0
    assert "sesame 7" not in shared.log


def test_it_says_what_it_is(shared: Worker, desk: Desk) -> None:
    report = next(one for one in desk.store.workers() if one.name == shared.name)
    assert (report.pid, report.slots, report.queues) == (shared.process.pid, 1, ("celery", "ocr"))
    assert "eng" in report.languages
    assert report.tools
    assert (report.memory_mb or 0) > 10


def test_who_keeps_house_writes_the_history(shared: Worker, desk: Desk, engine: Engine) -> None:
    desk.ended(desk.add(BORN_DIGITAL))
    seen = "select count(*) from history where queue = 'ocr' and slots = 1 and ready is not null"
    until(lambda: value(engine, seen), "a row of the history")
    done = "select sum(done) from history where queue = '' and at > now() - interval '10 min'"
    until(lambda: value(engine, done), "a job that is done in it")


def test_it_asks_no_neighbours_when_it_starts(shared: Worker) -> None:
    assert "mingle" not in shared.log
    assert "gossip" not in shared.log


def test_missing_settings_are_a_line_each_and_no_traceback(tmp_path: Path) -> None:
    plain = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}}
    ended = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "worker.app:celery_app", "worker"],
        cwd=ROOT,
        env={**plain, "MINIO_SECRET_KEY": "very secret"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert "DATABASE_URL" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "very secret" not in ended.stderr
