"""A private folder to work on one document in: in memory where there is room, and gone afterwards."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from worker.core.bounds import ROOM_BYTES
from worker.core.errors import DiskFull, EngineError, InternalError
from worker.core.said import said

MEMORY_DISK = Path("/dev/shm")  # noqa: S108 - what is made in it is private
TIMES = 4  # a document's outputs and copies, as a multiple of its own size
LITTLE = 20_000_000  # bytes: a tool that failed with no more left is not to blame
ABANDONED_S = 600.0  # a dead process's folder is swept when nothing was made in it for so long
_PREFIX = "ocr-console-work-"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def workspace(
    source_bytes: int, *, memory: Path = MEMORY_DISK, give_way: Callable[[int], None] = lambda _needed: None
) -> Iterator[Path]:
    """The folder; for a document of so many bytes.

    Args:
        source_bytes: Of the document.
        memory: A disk in memory.
        give_way: Removes from the other disk what can be fetched again, until so many bytes are free.

    Raises:
        DiskFull: neither memory nor disk has room for it, or the room ran out within.
    """
    parent = _parent(source_bytes * TIMES + ROOM_BYTES, memory, give_way)
    for place in (memory, Path(tempfile.gettempdir())):
        _sweep(place)
    with room_in(parent):
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """What fails within for want of room fails with DiskFull, also where a tool says only that it failed."""
    try:
        yield
    except (OSError, RuntimeError, EngineError, InternalError) as problem:
        full = isinstance(problem, OSError) and problem.errno in _NO_ROOM
        if full or shutil.disk_usage(folder).free < LITTLE:
            raise DiskFull(said("The worker ran out of room in {folder}.", folder=str(folder))) from problem
        raise


def _parent(needed: int, memory: Path, give_way: Callable[[int], None]) -> Path:
    """In memory, if half of what is free there stays so."""
    if memory.is_dir() and shutil.disk_usage(memory).free > 2 * needed:
        return memory
    disk = Path(tempfile.gettempdir())
    if shutil.disk_usage(disk).free < needed:
        give_way(needed)
    free = shutil.disk_usage(disk).free
    if free < needed:
        left, wanted = free // 1_000_000, needed // 1_000_000
        template = "The worker has {left} MB left in {disk} and needs {wanted} MB."
        raise DiskFull(said(template, left=left, disk=str(disk), wanted=wanted))
    return disk


def _sweep(parent: Path) -> None:
    """Remove what killed processes left: in memory, it would stay until the machine is started anew."""
    for folder in parent.glob(f"{_PREFIX}*-*"):
        with suppress(OSError, ValueError):
            pid = int(folder.name.removeprefix(_PREFIX).split("-")[0])
            if not _lives(pid) and time.time() - folder.stat().st_mtime > ABANDONED_S:
                shutil.rmtree(folder, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
