"""A folder to work in: in memory where there is room, which saves a page's images the way to a disk and back."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from worker.core.errors import DiskFull

MEMORY = Path("/dev/shm")  # noqa: S108 - its folders are private, as mkdtemp makes them
_PREFIX = "ocr-console-"


@contextmanager
def workplace(source_bytes: int, *, memory: Path = MEMORY) -> Iterator[Path]:
    """A private folder with room for a source of this size and what becomes of it; gone afterwards.

    Raises:
        DiskFull: there is no room, or it ran out within.
    """
    wanted = 4 * source_bytes + 200_000_000  # the original, its clean and its searchable copy, pages being drawn
    try:
        folder = _make(wanted, memory)
    except OSError as problem:
        raise DiskFull("There is no folder to work in on this worker.") from problem
    try:
        yield folder
    except OSError as problem:
        if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull("The worker's disk is full.") from problem
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(wanted: int, memory: Path) -> Path:
    """In memory if half of it stays free."""
    if memory.is_dir() and shutil.disk_usage(memory).free > 2 * wanted:
        return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=memory))
    if shutil.disk_usage(tempfile.gettempdir()).free < wanted:
        raise DiskFull(f"The worker's disk is full: reading this file needs {wanted // 1_000_000:,} MB.")
    return Path(tempfile.mkdtemp(prefix=_PREFIX))
