"""A folder to work in: private, in memory where there is room, and gone afterwards."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
from collections import namedtuple
from pathlib import Path

import pytest

from worker.core.errors import DiskFull, EngineCrashed
from worker.pipeline.workspace import room_in, workspace

Usage = namedtuple("Usage", "total used free")


def free(monkeypatch: pytest.MonkeyPatch, **room: int) -> None:
    """Pretend how much room there is, by the folder's name."""
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(0, 0, room[Path(folder).name]))


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("memory", "disk"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "disk"))
    return tmp_path / "memory"


def test_in_memory_where_there_is_room(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, memory=10**9, disk=10**12)
    with workspace(1000, memory=memory) as folder:
        assert folder.parent == memory
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "page.pgm").write_bytes(b"x")
    assert list(memory.iterdir()) == []


def test_on_disk_where_memory_is_short(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, memory=10**9, disk=10**12)
    with workspace(10**9, memory=memory) as folder:
        assert folder.parent == memory.parent / "disk"


def test_on_disk_where_there_is_no_memory_file_system(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, disk=10**12)
    with workspace(1000, memory=memory / "none") as folder:
        assert folder.parent == memory.parent / "disk"


def test_no_room_at_all(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, memory=10**6, disk=10**6)
    with pytest.raises(DiskFull, match="needs 200 MB"), workspace(1000, memory=memory):
        pass


def test_room_that_runs_out(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, memory=10**9)
    with pytest.raises(DiskFull), workspace(1000, memory=memory):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(memory.iterdir()) == []


@pytest.mark.parametrize(("left", "kind"), [(10**6, DiskFull), (10**9, EngineCrashed)])
def test_a_tool_that_fails_for_want_of_room_is_not_to_blame(
    memory: Path, monkeypatch: pytest.MonkeyPatch, left: int, kind: type[Exception]
) -> None:
    free(monkeypatch, memory=left)
    with pytest.raises(kind), room_in(memory):
        raise EngineCrashed("“tesseract” failed with exit code 1.")


def test_it_is_gone_after_a_failure(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, memory=10**9)
    with pytest.raises(PermissionError), workspace(1000, memory=memory):
        raise PermissionError(errno.EACCES, "no")
    assert list(memory.iterdir()) == []


@pytest.mark.parametrize("place", ["memory", "disk"])
def test_what_a_killed_process_left_is_swept(memory: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Wherever it is: the next one may work elsewhere."""
    free(monkeypatch, memory=10**9)
    left = memory.with_name(place)
    with subprocess.Popen(["true"]) as dead:
        pass
    old, fresh, living, other = (
        left / f"ocr-console-work-{dead.pid}-old",
        left / f"ocr-console-work-{dead.pid}-fresh",
        left / f"ocr-console-work-{os.getpid()}-living",
        left / "somebody-elses",
    )
    for folder in (old, fresh, living, other):
        folder.mkdir()
        (folder / "page.pgm").touch()
    for folder in (old, living, other):
        os.utime(folder, (0, 0))
    with workspace(1000, memory=memory):
        assert not old.exists()
        assert all(folder.exists() for folder in (fresh, living, other))
