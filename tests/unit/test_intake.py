"""Dropped paths become a plan; bad files are listed with their reason, and never hurt whoever looks at them."""

import os
import socket
import sys
import threading
import unicodedata
from pathlib import Path

import pikepdf
import pytest

from console.ops import examining
from console.ops.examining import Examiner, Look
from console.ops.found import walk
from console.ops.intake import existing, narrowed, plan
from tests.unit.documents import invisible, locked, office_document, page_pdf, picture, scan_pdf, text_pdf
from worker.core.document import Limits
from worker.core.errors import UsageError
from worker.core.examine import examine
from worker.core.jobs import Options
from worker.core.page_fates import PageCounts


def left_out(folder: Path) -> dict[str, str]:
    return {entry.path: entry.error_class for entry in walk([folder])[1]}


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    (folder / "deep" / "er").mkdir(parents=True)
    return folder


def test_folders_to_the_bottom_with_the_dropped_folder_s_name_in_front(scans: Path):
    for path in ("b.png", "a.png", "deep/er/c.png"):
        (scans / path).write_bytes(b"x")
    found, skipped = walk([scans])
    assert [file.path for file in found] == ["scans/a.png", "scans/b.png", "scans/deep/er/c.png"]
    assert skipped == []


def test_a_file_named_twice_counts_once(scans: Path):
    (scans / "a.png").write_bytes(b"x")
    assert len(walk([scans, scans / "a.png", scans])[0]) == 1


def test_names_are_stored_in_nfc_and_found_as_they_lie_on_the_disk(scans: Path):
    on_disk = unicodedata.normalize("NFD", "Bản đồ.png")
    (scans / on_disk).write_bytes(b"x")
    (file,) = walk([scans])[0]
    assert file.path == "scans/" + unicodedata.normalize("NFC", on_disk)
    assert file.source.read_bytes() == b"x"


def test_a_name_that_is_no_text_can_be_stored(scans: Path):
    (scans / os.fsdecode(b"caf\xe9.png")).write_bytes(b"x")
    (file,) = walk([scans])[0]
    assert file.path.encode() == "scans/caf\N{REPLACEMENT CHARACTER}.png".encode()
    assert file.source.exists()


def test_what_the_system_keeps_for_itself_is_left_out(scans: Path):
    for name in ("Thumbs.db", ".DS_Store", "._a.pdf", "~$letter.docx", ".hidden.pdf", "desktop.ini"):
        (scans / name).write_bytes(b"x")
    (scans / ".git").mkdir()
    (scans / ".git" / "inside.pdf").write_bytes(b"x")
    assert left_out(scans) == {
        "scans/Thumbs.db": "system",
        "scans/.DS_Store": "system",
        "scans/._a.pdf": "system",
        "scans/~$letter.docx": "system",
        "scans/.hidden.pdf": "hidden",
        "scans/desktop.ini": "system",
        "scans/.git": "hidden",
    }


def test_a_hidden_file_is_read_when_it_is_named(scans: Path):
    (scans / ".hidden.pdf").write_bytes(b"x")
    assert [file.path for file in walk([scans / ".hidden.pdf"])[0]] == [".hidden.pdf"]


def test_links_pipes_and_sockets_are_left_out(scans: Path):
    (scans / "loop").symlink_to(scans)
    (scans / "dangling.png").symlink_to(scans / "nowhere")
    os.mkfifo(scans / "pipe.png")
    with socket.socket(socket.AF_UNIX) as server:
        before = Path.cwd()
        os.chdir(scans)  # the path of a socket is short
        server.bind("socket.png")
        os.chdir(before)
    assert left_out(scans) == {
        "scans/loop": "link",
        "scans/dangling.png": "link",
        "scans/pipe.png": "special",
        "scans/socket.png": "special",
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_folder_is_left_out(scans: Path):
    (scans / "deep").chmod(0)
    assert left_out(scans) == {"scans/deep": "unreadable"}
    (scans / "deep").chmod(0o700)


def test_a_path_that_does_not_exist_is_named(tmp_path: Path):
    with pytest.raises(UsageError, match=r"nothing\.pdf"):
        existing([tmp_path, tmp_path / "nothing.pdf"])


def test_nothing_is_looked_into_when_one_path_does_not_exist(scans: Path):
    seen: list[int] = []
    picture(scans / "a.png")
    with pytest.raises(UsageError):
        plan([scans, scans / "nothing"], progress=lambda done, _: seen.append(done))
    assert seen == []


def test_a_plan_of_good_and_bad_files(scans: Path):
    picture(scans / "print.png")
    scan_pdf(scans / "two.pdf", copies=2)
    text_pdf(scans / "born.pdf", ["Dear friends"])
    (scans / "empty.pdf").write_bytes(b"")
    (scans / "letter.docx").write_bytes(office_document())
    (scans / "list.png").write_text("/etc/hostname\n")
    (scans / "drawing.png").write_text("%!PS-Adobe-3.0 EPSF-3.0\n(/etc/hostname) (r) file\n")
    (scans / "cut.pdf").write_bytes(b"%PDF-1.7\n garbage")
    made = plan([scans])
    assert {file.path: file.pages for file in made.files} == {
        "scans/born.pdf": 1,
        "scans/print.png": 1,
        "scans/two.pdf": 2,
    }
    assert {entry.path: entry.error_class for entry in made.skipped} == {
        "scans/empty.pdf": "empty",
        "scans/letter.docx": "unsupported_type",
        "scans/list.png": "unsupported_type",
        "scans/drawing.png": "unsupported_type",
        "scans/cut.pdf": "corrupt",
    }
    assert made.pages == 4
    assert all(entry.reason for entry in made.skipped)


def test_a_locked_file_stays_in_the_plan_and_its_password_opens_it(tmp_path: Path):
    path = locked(text_pdf(tmp_path / "plain.pdf", ["Secret"]), tmp_path / "locked.pdf", user="sesame")
    shut = plan([path])
    assert [(file.locked, file.pages) for file in shut.files] == [(True, None)]
    assert shut.pages == 1
    opened = plan([path], password="sesame")
    assert [(file.locked, file.pages) for file in opened.files] == [(False, 1)]
    assert plan([path], password="wrong").locked


def test_a_page_range_decides_what_counts(tmp_path: Path):
    scan_pdf(tmp_path / "five.pdf", copies=5)
    whole = plan([tmp_path / "five.pdf"])
    for pages, count in (("2-3,5", 3), ("9-", 0)):
        made = plan([tmp_path / "five.pdf"], Options(pages=pages))
        assert (made.pages, [entry.error_class for entry in made.skipped]) == (count, ["no_pages"] * (not count))
        assert narrowed(whole, pages) == made


@pytest.mark.parametrize("options", [Options(pages="7-3"), Options(languages="eng; rm"), Options(languages="")])
def test_options_that_cannot_be_meant(tmp_path: Path, options: Options):
    with pytest.raises(UsageError):
        plan([tmp_path], options)


def test_a_plan_takes_the_limits_of_the_profile(tmp_path: Path):
    scan_pdf(tmp_path / "five.pdf", copies=5)
    (entry,) = plan([tmp_path / "five.pdf"], limits=Limits(max_pages=4)).skipped
    assert entry.error_class == "too_large"


def test_a_plan_tells_what_becomes_of_each_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "mixed.pdf"
    with pikepdf.new() as pdf:
        for one in (
            text_pdf(tmp_path / "1.pdf", ["Text of its own, written by a program."]),
            scan_pdf(tmp_path / "2.pdf"),
            scan_pdf(tmp_path / "3.pdf", more=invisible("what an earlier reading found on this very page of print")),
            page_pdf(tmp_path / "4.pdf", b""),
            page_pdf(tmp_path / "5.pdf", b"0 0 m 9 9 l S", MediaBox=[0, 0, 4_000_000, 4_000_000]),
        ):
            with pikepdf.open(one) as made:
                pdf.pages.extend(made.pages)
        pdf.save(path)
    (file,) = plan([path]).files
    assert file.fates == "trlex"
    assert file.counts("auto") == PageCounts(read=1, text=2, kept=2, empty=1, refused=1)
    assert file.counts("redo") == PageCounts(read=2, text=2, kept=1, empty=1, refused=1)
    assert file.counts("force") == PageCounts(read=3, text=2, kept=0, empty=1, refused=1)
    (some,) = plan([path], Options(pages="2-3,5")).files
    assert some.counts("auto") == PageCounts(read=1, text=1, kept=1, refused=1)
    monkeypatch.setattr(examining, "LOOK_S", 0.0)
    beginning = examining._fates(examine(path), None, Limits())
    assert beginning == "t"
    assert PageCounts.of(beginning, 4, "auto") == PageCounts(read=4, text=1, kept=1, unknown=4)


def test_a_cancelled_plan_ends_with_what_was_seen(scans: Path):
    for number in range(6):
        picture(scans / f"{number}.png")
    cancel = threading.Event()
    made = plan([scans], progress=lambda *_: cancel.set(), cancel=cancel)
    assert len(made.files) == 1


def test_progress_reaches_the_total(scans: Path):
    for number in range(12):
        picture(scans / f"{number}.png")
    told: list[tuple[int, int]] = []
    plan([scans], progress=lambda *both: told.append(both))
    assert sorted(told) == [(number, 12) for number in range(1, 13)]


CRASHES = "import os, sys\nfor line in sys.stdin:\n    os.abort() if 'bad' in line else print(GOOD, flush=True)"
HANGS = "import sys, time\nfor line in sys.stdin:\n    time.sleep(60) if 'bad' in line else print(GOOD, flush=True)"
GARBAGE = "import sys\nfor line in sys.stdin:\n    print('not JSON' if 'bad' in line else GOOD, flush=True)"
GOOD = '{"media_type": "image/png", "extension": "png", "pages": 1, "notes": []}'


@pytest.mark.parametrize(("program", "error_class"), [(CRASHES, "corrupt"), (HANGS, "timed_out"), (GARBAGE, "corrupt")])
def test_a_file_that_breaks_the_child_costs_that_file_only(program: str, error_class: str):
    argv = [sys.executable, "-c", f"GOOD = {GOOD!r}\n{program}"]
    with Examiner(timeout_s=1.0, argv=argv) as examiner:
        results = [examiner.examine(Path(name), name=name) for name in ("a.png", "bad.png", "b.png")]
    assert [finding.error_class for finding in results] == [None, error_class, None]
    assert "bad.png" in results[1].reason


def test_the_child_ends_with_its_console(tmp_path: Path):
    examiner = Examiner()
    examiner.examine(picture(tmp_path / "a.png"), name="a.png", look=Look())
    child = examiner._child
    assert child is not None
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(10) == 0
    examiner.close()
