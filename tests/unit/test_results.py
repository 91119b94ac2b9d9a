"""Names of results: deterministic, apart from each other, never outside the folder, nothing overwritten."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.ops.results import ResultsFolder, place_of, safe_name
from worker.core.errors import StorageError, UsageError
from worker.core.jobs import Job, Output, State

OUTPUT = Output("results/j/t-1/txt", 5, "ab")


def job(path: str) -> Job:
    return Job(uuid4(), path.rpartition("/")[2], path, State.DONE)


def fetching(text: str):
    return lambda _key, path: path.write_text(text, "utf-8")


def test_the_format_follows_the_whole_name_in_the_folders_of_the_source():
    assert place_of(job("a/b/scan.pdf"), "txt") == PurePosixPath("a/b/scan.pdf.txt")
    assert place_of(job("a/b/scan.png"), "txt") == PurePosixPath("a/b/scan.png.txt")
    assert place_of(job("scan.pdf"), "pdf", 2) == PurePosixPath("scan (2).pdf.pdf")
    assert place_of(job("README"), "txt", 3) == PurePosixPath("README (3).txt")
    assert place_of(job("scan.pdf"), "alto") == PurePosixPath("scan.pdf.alto.xml")
    assert place_of(job("scan.pdf"), "receipt", 2) == PurePosixPath("scan (2).pdf.receipt.json")


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "a/../../b", "..", "", "a\\..\\b", "...", "x/.."])
def test_no_path_leads_out_of_the_folder(path: str):
    place = place_of(job(path), "txt")
    assert not place.is_absolute()
    assert ".." not in place.parts


@given(st.text() | st.from_regex(r"(\.\./|/|\\)+[a-z./\\]*"), st.text() | st.from_regex(r"[./\\a-z\0]+"))
def test_whatever_a_row_says_the_place_is_in_the_folder(path: str, form: str):
    place = place_of(job(path), form)
    assert not place.is_absolute()
    assert ".." not in place.parts
    assert all(part and "\0" not in part for part in place.parts)


@given(st.text())
def test_every_name_becomes_one_that_a_file_system_takes(name: str):
    safe = safe_name(name)
    assert safe
    assert safe.strip(".") or safe == "_"
    assert not set(safe) & set('/\\:*?"<>|\0\n')
    assert len(safe.encode("utf-8", "replace")) <= 201


def test_names_that_windows_keeps_for_itself():
    assert safe_name("con") == "_con"
    assert safe_name("LPT1.pdf") == "_LPT1.pdf"
    assert safe_name("letter. ") == "letter"


def test_namesakes_are_numbered_and_the_same_content_is_not(tmp_path: Path):
    first = ResultsFolder(tmp_path)
    assert first.save(job("a.pdf"), "txt", OUTPUT, fetching("one")).name == "a.pdf.txt"
    assert first.save(job("a.pdf"), "txt", OUTPUT, fetching("one")).name == "a (2).pdf.txt"  # another job
    again = ResultsFolder(tmp_path)
    assert again.save(job("a.pdf"), "txt", OUTPUT, fetching("one")).name == "a.pdf.txt"  # fetched once more
    assert again.save(job("a.pdf"), "txt", OUTPUT, fetching("two")).name == "a (3).pdf.txt"
    assert (tmp_path / "a.pdf.txt").read_text() == "one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a (2).pdf.txt", "a (3).pdf.txt", "a.pdf.txt"]


def test_a_file_of_the_user_is_never_overwritten(tmp_path: Path):
    (tmp_path / "a.pdf.txt").write_text("mine")
    saved = ResultsFolder(tmp_path).save(job("a.pdf"), "txt", OUTPUT, fetching("result"))
    assert saved.name == "a (2).pdf.txt"
    assert (tmp_path / "a.pdf.txt").read_text() == "mine"


def test_nothing_is_made_where_a_link_leads(tmp_path: Path):
    elsewhere, target = tmp_path / "elsewhere", tmp_path / "out"
    for folder in (elsewhere, target):
        folder.mkdir()
    (target / "scans").symlink_to(elsewhere)
    with pytest.raises(UsageError):
        ResultsFolder(target).save(job("scans/deep/er/a.pdf"), "txt", OUTPUT, fetching("x"))
    assert list(elsewhere.iterdir()) == []


def test_a_link_in_the_folder_does_not_lead_out(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target = tmp_path / "out"
    target.mkdir()
    (target / "scans").symlink_to(elsewhere)
    with pytest.raises(UsageError):
        ResultsFolder(target).save(job("scans/a.pdf"), "txt", OUTPUT, fetching("result"))
    assert list(elsewhere.iterdir()) == []


def test_a_fetch_that_fails_leaves_nothing(tmp_path: Path):
    def fail(_key: str, path: Path) -> None:
        path.write_text("half")
        raise StorageError("The S3 server is away.")

    with pytest.raises(StorageError):
        ResultsFolder(tmp_path).save(job("a.pdf"), "txt", OUTPUT, fail)
    assert list(tmp_path.iterdir()) == []


def test_threads_do_not_take_each_other_s_names(tmp_path: Path):
    folder = ResultsFolder(tmp_path)
    barrier = threading.Barrier(8)

    def save(number: int) -> Path:
        def fetch(_key: str, path: Path) -> None:
            path.write_text(str(number))
            barrier.wait(10)

        return folder.save(job("a.pdf"), "txt", OUTPUT, fetch)

    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(save, range(8)))
    assert [path.read_text() for path in paths] == [str(number) for number in range(8)]


def test_a_folder_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot be written"):
        ResultsFolder(tmp_path / "file" / "out")
