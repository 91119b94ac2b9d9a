"""Every file of the list of hazards on one worker of one process: its end, its sentence, and a good job after it."""

from __future__ import annotations

import os
import re
import socket
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.ops.acting import act
from console.ops.acts import Retry
from console.ops.commands import FetchResults
from console.ops.intake import plan
from console.ops.services import Services
from console.ops.submission import Same, Step, Uploaded
from tests.hazards.hazard import DONE, Hazard
from tests.hazards.meeting import Meeting
from tests.hazards.papers import PASSWORD
from tests.hazards.pictures import EPS
from tests.hazards.suite import ALL
from tests.services.connections import profile
from tests.services.queued_jobs import value
from tests.services.worker_process import Desk, celery_worker
from tests.unit.documents import drawn, locked, picture, text_pdf
from worker.core.errors import BY_CLASS
from worker.core.jobs import Job, Options, State
from worker.core.settings import Settings
from worker.core.store import Store

PAGE_TIMEOUT_S = 8  # a good page takes a quarter of a second
HEAVY = bool(os.environ.get("OCR_HAZARDS"))  # those that take more than a second each, too
MET = [one for one in ALL if HEAVY or not one.heavy]


@pytest.fixture(scope="module")
def meeting(
    settings: Settings, engine: Engine, emptied: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Meeting]:
    """One worker for all of them."""
    folder = tmp_path_factory.mktemp("hazards")
    with Services.open(profile(settings), settings) as services:
        desk = Desk(settings, Store(engine))
        limited = replace(settings, page_timeout_s=PAGE_TIMEOUT_S, language_wait_s=1)
        with celery_worker(limited, desk.store, folder, name="brave@desk") as worker:
            yield Meeting(services, worker, desk, folder, MET)


@pytest.mark.parametrize("hazard", MET, ids=lambda hazard: f"{hazard.row}: {hazard.file}")
def test_it_ends_in_a_state_with_a_sentence_and_harms_nobody(meeting: Meeting, hazard: Hazard) -> None:
    assert meeting.planned(hazard) == hazard.planned
    job, peak_mb = meeting.meet(hazard)
    assert (job.error_class or DONE) == hazard.ends, job
    assert peak_mb < hazard.most_mb
    if hazard.ends == DONE:
        _is_done(meeting, hazard, job)
    else:
        _has_failed(meeting, hazard, job)
    if hazard.ends_process:
        meeting.take_as_it_is()
    assert meeting.same_process()


def _is_done(meeting: Meeting, hazard: Hazard, job: Job) -> None:
    assert (job.state, job.pages_done) == (State.DONE, hazard.pages)
    pages = meeting.desk.store.pages(job.id)
    said = " ".join([*job.notes, *(page.error or "" for page in pages)])
    assert re.search(hazard.says, said), said
    assert hazard.reads in " ".join(meeting.desk.text(job).split())
    assert "\0" not in "".join(page.text for page in pages)


def _has_failed(meeting: Meeting, hazard: Hazard, job: Job) -> None:
    assert job.state is State.FAILED
    assert hazard.file in str(job.error)
    assert re.search(hazard.says, str(job.error))
    assert str(job.advice).endswith(".")
    assert job.outputs == {}
    assert BY_CLASS[hazard.ends].retryable is False
    assert [attempt.status for attempt in meeting.desk.store.attempts(job.id)] == ["failed"]


def everywhere(engine: Engine, text: str) -> list[str]:
    """The tables in which a text stands."""
    tables = ("jobs", "tasks", "task_log", "pages", "batches", "audit")
    return [
        name for name in tables if value(engine, f"select count(*) from {name} t where t::text like :x", x=f"%{text}%")
    ]


def test_a_list_of_files_and_addresses_opens_and_fetches_nothing(
    meeting: Meeting, engine: Engine, tmp_path: Path
) -> None:
    """Straight to the worker too, as by a sender that makes no plan; it has a Ghostscript and an engine that would."""
    (tmp_path / "canary.txt").write_text("quail under glass")
    picture(tmp_path / "canary.png", "quail under glass")
    with socket.create_server(("127.0.0.1", 0)) as server, meeting.watched("text named .png", "listed.png") as seen:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/page.png"
        lies = {
            "listed.png": f"{tmp_path}/canary.png\n{tmp_path}/canary.txt\n/etc/hostname\n",
            "fetched.png": f"{address}\n",
            "fetched.tif": f"{address}\n",
            "run.png": EPS.replace("/etc/hostname", str(tmp_path / "canary.txt")),
        }
        for name, text in lies.items():
            (tmp_path / name).write_text(text)
        planned = plan([tmp_path / name for name in lies])
        assert {entry.path: entry.error_class for entry in planned.skipped} == dict.fromkeys(lies, "unsupported_type")
        jobs = [meeting.desk.ended(meeting.desk.add(tmp_path / name)) for name in lies]
        with pytest.raises(BlockingIOError):
            server.accept()
        seen.of(*jobs)
    assert {(job.state, job.error_class, len(job.outputs)) for job in jobs} == {(State.FAILED, "unsupported_type", 0)}
    assert not [job for job in jobs if list(meeting.desk.store.pages(job.id))]
    assert "quail" not in meeting.worker.log
    assert everywhere(engine, "quail") == []


def test_a_language_that_no_worker_has_is_named(meeting: Meeting, tmp_path: Path) -> None:
    with meeting.watched("a language that is missing", "letter.png") as seen:
        (job,) = meeting.submitted(plan([picture(tmp_path / "letter.png")]), Options(languages="eng+xyz"))
        seen.of(job)
    assert (job.state, job.error_class) == (State.FAILED, "no_language")
    assert "xyz" in str(job.error)
    assert "Install" in str(job.advice)


def test_one_password_opens_all_that_wait_for_it_and_is_never_stored_in_clear(
    meeting: Meeting, engine: Engine, tmp_path: Path
) -> None:
    plain = text_pdf(tmp_path / "plain.pdf", ["Dear friends of the library"])
    paths = [locked(plain, tmp_path / f"locked-{n}.pdf", user=PASSWORD) for n in (1, 2)]
    with meeting.watched("password", "locked-1.pdf, locked-2.pdf") as seen:
        refused = meeting.submitted(plan(paths))
        assert {(job.state, job.error_class) for job in refused} == {(State.FAILED, "needs_password")}
        assert [path.name in str(job.error) for path, job in zip(paths, refused, strict=True)] == [True, True]
        act(Retry(tuple(job.id for job in refused), password=PASSWORD), meeting.services)
        assert everywhere(engine, PASSWORD) == []
        read = [meeting.desk.ended(job.id) for job in refused]
        seen.of(*read, more="Retried with one password.")
    assert ["library" in meeting.desk.text(job) for job in read] == [True, True]
    assert everywhere(engine, PASSWORD) == []
    assert value(engine, "select count(*) from tasks where password is not null") == 0
    assert PASSWORD not in meeting.worker.log


NAMES = (
    "x" * 240 + ".png",
    unicodedata.normalize("NFD", "Bản đồ Hà Nội.png"),
    "\u202egnp.مرحبا.png",
    "$(touch pwned); -l xyz & `touch pwned` 'quoted\" .png",
    "two\nlines.png",
    "-rf.png",
)


def test_names_reach_no_program_and_results_do_not_collide(
    meeting: Meeting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("scans", "scans/a", "scans/b"):
        (tmp_path / folder).mkdir()
    for name in (*NAMES, "a/same.png", "b/same.png"):
        drawn().save(tmp_path / "scans" / name)
    with meeting.watched("names", ", ".join(NAMES)) as seen:
        jobs = meeting.submitted(plan([tmp_path / "scans"]))
        seen.of(*jobs)
    assert {job.state for job in jobs} == {State.DONE}
    assert all(job.name == unicodedata.normalize("NFC", job.name) for job in jobs)
    ids = tuple(job.id for job in jobs)
    act(FetchResults(ids, tmp_path / "out"), meeting.services)
    act(FetchResults(ids[:1], tmp_path / "out"), meeting.services)
    fetched = list((tmp_path / "out").rglob("*.txt"))
    assert len(fetched) == len(NAMES) + 2
    assert not list(tmp_path.rglob("pwned*"))


def test_what_is_no_regular_file_is_left_out_with_its_reason(meeting: Meeting, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.png")
    if os.geteuid() == 0:
        os.mknod(folder / "device.png", stat.S_IFCHR | 0o600, os.makedev(1, 5))  # zeros without end
    else:
        (folder / "shut").mkdir(mode=0)
    with meeting.watched("links in a loop, pipes, devices", "odd/") as seen:
        planned = plan([folder, "/dev/zero"])
        seen.state, seen.sentence = "left out", " ".join(entry.reason for entry in planned.skipped)
    assert planned.files == ()
    kinds = {entry.path.rpartition("/")[2]: entry.error_class for entry in planned.skipped}
    odd = {"device.png": "special"} if os.geteuid() == 0 else {"shut": "unreadable"}
    assert kinds == {"loop": "link", "pipe.png": "special", "zero": "special", **odd}
    assert all(entry.reason.endswith(".") for entry in planned.skipped)


def test_a_file_that_grows_while_it_is_read_is_not_taken_by_half(meeting: Meeting, tmp_path: Path) -> None:
    path = picture(tmp_path / "growing.png")

    def grow(one: Uploaded) -> None:
        if one.step is Step.SENDING:
            with path.open("ab") as file:
                file.write(b"more")

    with meeting.watched("changes while it is read", path.name) as seen:
        (job,) = meeting.submitted(plan([path]), watch=grow)
        seen.of(job)
    assert (job.state, job.error_class, job.outputs) == (State.FAILED, "changing", {})
    assert path.name in str(job.error)
    (again,) = meeting.submitted(plan([path]))
    assert again.state is State.DONE


def test_the_same_file_again_is_reused_read_or_left_out(meeting: Meeting, tmp_path: Path) -> None:
    planned = plan([picture(tmp_path / "again.png", "Once and never more")])
    with meeting.watched("the same file again", "again.png") as seen:
        (first,) = meeting.submitted(planned)
        (reused,) = meeting.submitted(planned, same=Same.REUSE)
        (read,) = meeting.submitted(planned, same=Same.READ)
        assert meeting.submitted(planned, same=Same.SKIP) == []
        seen.of(read, more="Reused, read, left out.")
    assert reused.id != first.id
    assert reused.outputs == first.outputs
    assert read.outputs != first.outputs


def test_the_signed_original_stays_as_it_is(meeting: Meeting) -> None:
    hazard = next(one for one in ALL if one.file == "signed.pdf")
    job = meeting.ended(hazard)
    kept = meeting.desk.blobs.get_bytes(str(job.source_key), 10_000_000)
    (source,) = (file.source for file in meeting.plan.files if file.source.name == hazard.file)
    assert kept == source.read_bytes()
