"""A private folder to work on one document in, in memory where there is room, and gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from worker.core.errors import DiskFull

MEMORY_DISK = Path("/dev/shm")  # noqa: S108 - what is made in it is private
ROOM_MB = 512  # that has to be left beside the document: pages of several slots lie there for a moment
TIMES = 4  # a document's outputs and copies, as a multiple of its own size
MEGABYTE = 1_000_000


@contextmanager
def workspace(source_bytes: int) -> Iterator[Path]:
    """The folder; for a document of so many bytes.

    Raises:
        DiskFull: neither memory nor disk has room for it.
    """
    parent = _parent(source_bytes * TIMES)
    folder = Path(tempfile.mkdtemp(prefix="ocr-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _parent(needed: int) -> Path:
    if MEMORY_DISK.is_dir() and shutil.disk_usage(MEMORY_DISK).free > needed + ROOM_MB * MEGABYTE:
        return MEMORY_DISK
    disk = Path(tempfile.gettempdir())
    free = shutil.disk_usage(disk).free
    if free < needed:
        raise DiskFull(f"The worker has {free // MEGABYTE:,} MB left in {disk} and needs {needed // MEGABYTE:,} MB.")
    return disk
