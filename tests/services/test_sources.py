"""The cache of documents: one download for many tasks, whole and checked, within its bound, never under a reader."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.waiting import until
from worker.core.blobs import Blobs
from worker.core.errors import StorageError
from worker.core.ids import new_id
from worker.core.jobs import Job, State
from worker.core.settings import Settings
from worker.sources import Sources

KILOBYTES_400 = 400_000


@pytest.fixture
def blobs(settings: Settings) -> Iterator[Blobs]:
    opened = Blobs(settings)
    opened.ensure_bucket()
    yield opened
    opened.close()


@pytest.fixture
def sources(settings: Settings, blobs: Blobs, tmp_path: Path) -> Sources:
    """With room for a megabyte."""
    return Sources(replace(settings, cache_mb=1), blobs, folder=tmp_path / "cache")


def uploaded(blobs: Blobs, content: bytes) -> Job:
    job = new_id()
    key = f"uploads/{job}/source.bin"
    blobs.put_bytes(key, content)
    digest = hashlib.sha256(content).hexdigest()
    return Job(job, "letter.pdf", "", State.RUNNING, source_key=key, source_bytes=len(content), source_sha256=digest)


def kept(folder: Path) -> int:
    return len([path for path in (folder / "cache").iterdir() if not path.name.startswith("lock-")])


def test_many_tasks_fetch_a_document_once(
    sources: Sources, blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = uploaded(blobs, b"x" * KILOBYTES_400)
    fetched: list[str] = []
    really = blobs.get_file

    def fetch(key: str, path: Path) -> None:
        fetched.append(key)
        really(key, path)

    monkeypatch.setattr(blobs, "get_file", fetch)
    barrier = threading.Barrier(4)

    def use(_: int) -> bytes:
        barrier.wait()
        with sources.source(job, tmp_path) as path:
            return path.read_bytes()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(use, range(4))) == {b"x" * KILOBYTES_400}
    assert fetched == [job.source_key]


def test_the_ones_that_were_not_used_for_longest_make_room(sources: Sources, blobs: Blobs, tmp_path: Path) -> None:
    jobs = [uploaded(blobs, bytes([number]) * KILOBYTES_400) for number in range(4)]
    for job in jobs:
        with sources.source(job, tmp_path) as path:
            assert path.stat().st_size == KILOBYTES_400
    assert kept(tmp_path) == 2


def test_what_is_being_read_stays(sources: Sources, blobs: Blobs, tmp_path: Path) -> None:
    jobs = [uploaded(blobs, bytes([number]) * KILOBYTES_400) for number in range(5)]
    with ExitStack() as stack:
        paths = [stack.enter_context(sources.source(job, tmp_path)) for job in jobs]
        assert all(path.exists() for path in paths)
    with sources.source(uploaded(blobs, b"z" * KILOBYTES_400), tmp_path):
        assert kept(tmp_path) == 2


def test_what_is_removed_while_it_is_opened_is_fetched_again(sources: Sources, blobs: Blobs, tmp_path: Path) -> None:
    """Another process makes room: it has the file to itself, and then it is gone."""
    job = uploaded(blobs, b"x" * KILOBYTES_400)

    def use() -> bytes:
        with sources.source(job, tmp_path) as path:
            return path.read_bytes()

    whole = use()
    (path,) = [path for path in (tmp_path / "cache").iterdir() if not path.name.startswith("lock-")]
    with ThreadPoolExecutor(1) as pool, path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        using = pool.submit(use)
        until(lambda: opened_by_us(path) > 1, "it is opened, and waits for its lock")
        path.unlink()
        fcntl.flock(other, fcntl.LOCK_UN)
        assert using.result(30) == whole


def opened_by_us(path: Path) -> int:
    links = [link for link in Path("/proc/self/fd").iterdir() if link.exists()]
    return sum(link.resolve() == path for link in links)


def test_what_nobody_reads_gives_way_to_work(
    sources: Sources, blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def usage(_: Path) -> SimpleNamespace:
        """As if there were so small a disk."""
        return SimpleNamespace(free=disk - sum(path.stat().st_size for path in (tmp_path / "cache").iterdir()))

    disk = 1_000_000
    sources.give_way(1)  # nothing was kept here yet
    jobs = [uploaded(blobs, bytes([number]) * 200_000) for number in range(3)]
    with ExitStack() as stack:
        paths = [stack.enter_context(sources.source(job, tmp_path)) for job in jobs[:1]]
        for job in jobs[1:]:
            with sources.source(job, tmp_path) as path:
                paths.append(path)
        (tmp_path / "cache" / "some.new-1").write_bytes(b"y" * 100_000)  # is being fetched
        monkeypatch.setattr(shutil, "disk_usage", usage)
        sources.give_way(500_000)
        assert [path.exists() for path in paths] == [True, False, True]
        sources.give_way(900_000)
        assert [path.exists() for path in paths] == [True, False, False]
        assert kept(tmp_path) == 2
    disk = 500_000
    with sources.source(uploaded(blobs, b"z" * KILOBYTES_400), tmp_path):
        assert not paths[0].exists()


def test_what_is_being_fetched_stays_and_what_was_abandoned_goes(
    sources: Sources, blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").mkdir()
    live, abandoned = (tmp_path / "cache" / name for name in ("one.new-1", "other.new-2"))
    live.write_bytes(b"x" * 900_000)
    abandoned.touch()
    os.utime(abandoned, (1, 1))
    with sources.source(uploaded(blobs, b"y" * KILOBYTES_400), tmp_path):
        assert (live.exists(), abandoned.exists()) == (True, False)
    abandoned.touch()
    os.utime(abandoned, (1, 1))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    sources.give_way(1)
    assert (live.exists(), abandoned.exists()) == (True, False)


def test_nothing_gives_way_where_there_was_no_room_for_its_folder(
    settings: Settings, blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "full").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))
    Sources(settings, blobs).give_way(1)


def test_what_is_not_what_was_uploaded_is_not_read(sources: Sources, blobs: Blobs, tmp_path: Path) -> None:
    job = replace(uploaded(blobs, b"right"), source_sha256="0" * 64)
    with pytest.raises(StorageError, match="not what was uploaded"), sources.source(job, tmp_path):
        pass
    assert kept(tmp_path) == 0


def test_a_large_one_is_not_kept(sources: Sources, blobs: Blobs, tmp_path: Path) -> None:
    with sources.source(uploaded(blobs, b"x" * 600_000), tmp_path) as path:
        assert path == tmp_path / "source"


def test_what_was_never_uploaded_is_said(sources: Sources, tmp_path: Path) -> None:
    job = Job(new_id(), "letter.pdf", "", State.RUNNING)
    with pytest.raises(StorageError, match="never uploaded"), sources.source(job, tmp_path):
        pass
