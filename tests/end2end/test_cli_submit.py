"""Submit as a process: files to texts, bad ones among good ones, kills and Ctrl-C, exit codes."""

import json
import os
import signal
import time
from functools import partial
from pathlib import Path

import pikepdf
import pytest

from tests.end2end.program import Program
from tests.unit.documents import SENTENCE, locked, picture, scan_pdf, text_pdf
from tests.waiting import until


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    (folder / "deep").mkdir(parents=True)
    picture(folder / "print.png")
    scan_pdf(folder / "deep" / "two.pdf", copies=2)
    text_pdf(folder / "deep" / "born.pdf", ["Dear friends of the library"])
    return folder


def submit(program: Program, *words: object, code: int = 0):
    return program.run("submit", *words, "--wait", "--json", code=code).json


def test_a_folder_becomes_texts_and_pdfs_in_the_same_folders(worked: Program, scans: Path, tmp_path: Path):
    out = tmp_path / "out"
    answer = submit(worked, scans, "--out", out, "--same", "read", "--batch", "Archive")
    assert (answer["done"], answer["failed"], answer["skipped"]) == (3, 0, [])
    by_path = {job["path"]: job for job in answer["jobs"]}
    assert set(by_path) == {"scans/print.png", "scans/deep/two.pdf", "scans/deep/born.pdf"}
    two = by_path["scans/deep/two.pdf"]
    assert (two["state"], two["pages"], two["pages_done"], two["batch"]) == ("DONE", 2, 2, "Archive")
    outputs = ["txt", "pdf", "hocr", "tsv", "json", "receipt"]
    assert list(two["outputs"]) == outputs
    lines = worked.run("job", two["id"]).out.splitlines()
    assert [line.split()[0] for line in lines if " results/" in line] == outputs
    assert SENTENCE in (out / "scans" / "print.png.txt").read_text()
    assert (out / "scans" / "deep" / "two.pdf.txt").read_text().count(SENTENCE) == 2
    assert "friends of the library" in (out / "scans" / "deep" / "born.pdf.txt").read_text()
    assert (out / "scans" / "deep" / "two.pdf.pdf").read_bytes().startswith(b"%PDF")
    words = json.loads((out / "scans" / "print.png.json").read_text())
    assert words
    assert {job["id"] for job in worked.run("jobs", "--batch", "Archive", "--json").json} == {
        job["id"] for job in answer["jobs"]
    }


def test_bad_files_among_good_ones(worked: Program, scans: Path, tmp_path: Path):
    canary = tmp_path / "canary"
    canary.write_text("the canary sang")
    (scans / "x.png").write_text(f"/etc/hostname\n{canary}\n")
    (scans / "y.png").write_text(f"%!PS-Adobe-3.0 EPSF-3.0\n({canary}) (r) file 100 string readstring pop show\n")
    (scans / "empty.pdf").write_bytes(b"")
    (scans / "Thumbs.db").write_bytes(b"x")
    (scans / "loop").symlink_to(scans)
    out = tmp_path / "out"
    answer = submit(worked, scans, "--out", out, "--same", "read", code=1)
    assert (answer["done"], answer["failed"]) == (3, 0)
    assert {entry["path"]: entry["class"] for entry in answer["skipped"]} == {
        "scans/x.png": "unsupported_type",
        "scans/y.png": "unsupported_type",
        "scans/empty.pdf": "empty",
        "scans/Thumbs.db": "system",
        "scans/loop": "link",
    }
    for path in out.rglob("*.*"):
        assert b"canary" not in path.read_bytes()


def test_a_locked_file_fails_and_its_password_opens_it_later(worked: Program, tmp_path: Path):
    locked(text_pdf(tmp_path / "plain.pdf", ["The old secret"]), tmp_path / "locked.pdf", user="sesame")
    (tmp_path / "password").write_text("sesame\n")
    said = worked.run("submit", tmp_path / "locked.pdf", "--wait", "--json", code=1)
    answer, (job,) = said.json, said.json["jobs"]
    assert "Reading: no pages" in said.err
    assert (answer["failed"], job["state"], job["error_class"]) == (1, "FAILED", "needs_password")
    assert job["advice"]
    retried = worked.run(
        "retry", "--class", "needs_password", "--yes", "--password-file", tmp_path / "password", "--json"
    ).json
    assert retried == {"asked": 1, "done": 1, "not": []}
    until(lambda: worked.run("job", job["id"], "--json").json["state"] == "DONE")
    whole = worked.run("job", job["id"], "--json").json
    assert whole["attempts"] == 2
    assert "sesame" not in json.dumps(whole)
    fetched = worked.run("results", job["id"], "--to", tmp_path / "out", "--format", "txt", "--json").json
    (file,) = fetched["files"]
    assert "The old secret" in Path(file["path"]).read_text()
    at_once = submit(worked, tmp_path / "locked.pdf", "--password-file", tmp_path / "password", "--same", "read")
    assert at_once["done"] == 1


def test_the_same_file_again(worked: Program, tmp_path: Path):
    picture(tmp_path / "once.png", "Only once")
    (first,) = submit(worked, tmp_path / "once.png")["jobs"]
    (reused,) = submit(worked, tmp_path / "once.png")["jobs"]
    assert reused["id"] != first["id"]
    assert reused["outputs"] == first["outputs"]
    skipped = submit(worked, tmp_path / "once.png", "--same", "skip", code=1)
    assert [entry["class"] for entry in skipped["skipped"]] == ["duplicate"]
    (again,) = submit(worked, tmp_path / "once.png", "--same", "read")["jobs"]
    assert again["outputs"] != first["outputs"]


def test_a_job_can_be_read_again_from_its_row_alone_whatever_becomes_of_its_preset(worked: Program, tmp_path: Path):
    ask = partial(worked.run, XDG_CONFIG_HOME=str(tmp_path / "config"))
    scan = picture(tmp_path / "once.png", "By a preset")

    def read(*words: object):
        (job,) = ask("submit", scan, *words, "--wait", "--json").json["jobs"]
        return job, ask("job", job["id"], "--json").json["options"]

    ask("presets", "save", "Till rolls", "--dpi", 200, "--format", "txt", "--priority", "low")
    first, options = read("--preset", "till-rolls")
    assert (first["state"], first["priority"], set(first["outputs"]) - {"receipt"}) == ("DONE", "low", {"txt"})
    assert (options["preset"], options["changed"], options["dpi"]) == ("Till rolls", False, 200)
    reused, options = read("--dpi", 200, "--format", "txt")  # the same values, under another name
    assert (reused["outputs"], options["preset"], options["changed"]) == (first["outputs"], "balanced", True)
    ask("presets", "save", "Till rolls", "--dpi", 600, "--replace")
    ask("reprocess", first["id"])
    told = ask("job", first["id"]).out.splitlines()
    assert {"preset     Till rolls", "read       eng, auto, 200 dpi, straightened", "formats    txt"} <= set(told)


def test_a_path_that_does_not_exist_uploads_nothing(program: Program, scans: Path):
    before = len(program.run("jobs", "--json").json)
    answer = program.run("submit", scans, scans / "nothing.pdf", "--json", code=2)
    assert answer.out == ""
    assert "nothing.pdf" in answer.err
    assert len(program.run("jobs", "--json").json) == before


def test_a_plan_touches_no_service(scans: Path, tmp_path: Path):
    nowhere = Program(tmp_path / "home")
    answer = nowhere.run("submit", scans, "--plan", "--json").json
    assert (len(answer["files"]), answer["pages"]) == (3, 4)
    assert answer["pages_to_read"] + answer["pages_kept"] + answer["pages_empty"] == 4
    assert [file["pages_not_looked_at"] for file in answer["files"]] == [0, 0, 0]
    assert not (tmp_path / "home").exists()


def test_dead_servers_are_3_in_a_sentence(tmp_path: Path, scans: Path):
    profile = tmp_path / "dead.env"
    profile.write_text(
        "DATABASE_URL=postgresql://ocr:pa55word@127.0.0.1:9/ocr\nREDIS_URL=redis://:pa55word@127.0.0.1:9/0\n"
        "S3_ENDPOINT=127.0.0.1:9\nS3_ACCESS_KEY=key\nS3_SECRET_KEY=pa55word\nS3_BUCKET=ocr\n"
    )
    profile.chmod(0o600)
    program = Program(tmp_path / "home")
    answer = program.run("submit", scans, "--wait", "--profile", profile, "--json", code=3)
    assert answer.out == ""
    assert "127.0.0.1:9" in answer.err
    assert "pa55word" not in answer.err
    profile.write_text("DATABASE_URL=mysql://x\n")
    assert "DATABASE_URL" in program.run("jobs", "--profile", profile, code=2).err


def test_without_a_worker_one_works_as_long_as_somebody_waits_however_that_ends(fresh: Program, scans: Path):
    answer = submit(fresh, scans / "print.png")
    assert answer["done"] == 1
    assert fresh.processes() == set()
    assert fresh.run("stack", "status", "--json").json["running"] is False  # who was last stopped them

    assert fresh.everything() == []
    console = fresh.start("submit", scans / "print.png", "--wait", "--same", "read")
    until(lambda: len(fresh.processes()) >= 3, "a supervisor, a worker and its child")
    print(f"| while it waits | {len(fresh.everything())} | {', '.join(fresh.everything())} |")
    console.kill()
    console.communicate()
    killed = time.monotonic()
    until(lambda: fresh.everything() == [], "all of it is gone, servers too")
    print(f"| {time.monotonic() - killed:.1f} s after kill -9 | 0 | none |")


def test_without_wait_nothing_is_started(program: Program, scans: Path):
    before = program.processes()
    answer = program.run("submit", scans / "print.png", "--json", "--same", "read", "--priority", "low").json
    assert [job["priority"] for job in answer["jobs"]] == ["low"]
    assert program.processes() == before


def heavy(folder: Path, count: int) -> list[Path]:
    """Documents with 8 MB that nobody sees, so that their upload takes a while."""
    folder.mkdir()
    paths = [folder / f"{number:02}.pdf" for number in range(count)]
    for path in paths:
        text_pdf(path, [f"Number {path.stem}"])
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            pdf.Root.Ballast = pdf.make_stream(os.urandom(8_000_000))
            pdf.save(path)
    return paths


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_submission_that_was_cut_off_goes_on_at_the_next(worked: Program, tmp_path: Path, how: signal.Signals):
    paths = heavy(tmp_path / how.name, 8)
    console = worked.start("submit", paths[0].parent, "--batch", how.name)
    assert console.stderr is not None
    while "Uploading" not in console.stderr.readline():
        pass
    console.send_signal(how)
    _, err = console.communicate(timeout=60)
    assert console.returncode == (-9 if how is signal.SIGKILL else 130)
    assert "Traceback" not in err
    left = {job["path"]: job["id"] for job in _jobs(worked, how.name) if job["state"] == "UPLOADING"}
    assert left
    other = picture(tmp_path / "other.png", "Something else")
    assert "of an earlier run did not end" in worked.run("submit", other, "--wait").err
    answer = submit(worked, paths[0].parent, "--batch", how.name)
    assert (answer["done"], answer["failed"]) == (8, 0)
    ids = {job["path"]: job["id"] for job in answer["jobs"]}
    assert {path: ids[path] for path in left} == left  # the rows that were there
    assert not [job for job in _jobs(worked, how.name) if job["state"] == "UPLOADING"]


def _jobs(program: Program, batch: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = program.run("jobs", "--batch", batch, "--json").json
    return found
