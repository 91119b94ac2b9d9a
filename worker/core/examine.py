"""What a file is, page by page, without reading it: type by content, sizes from headers, and why it is refused."""

from __future__ import annotations

import stat
from pathlib import Path

from worker.core.document import Document, Limits, PageInfo
from worker.core.errors import EmptyFile, TooLarge, UnreadableFile, UnsupportedType
from worker.core.examine_image import examine_image
from worker.core.examine_pdf import examine_pdf
from worker.core.media_types import HEAD_BYTES, PDF, media_type, what_else

__all__ = ["Document", "Limits", "PageInfo", "examine"]


def examine(
    path: Path, *, name: str | None = None, password: str | None = None, limits: Limits | None = None
) -> Document:
    """What the file is; a few milliseconds. Sentences call it `name` (default: the name on disk).

    Raises:
        DocumentError: the class that says why it cannot be read: empty, unsupported_type, corrupt, needs_password,
            no_pages, too_large, too_small, unsupported_form, unreadable.
    """
    name = name or path.name
    limits = limits or Limits()
    head = _head(path, name, limits)
    kind = media_type(head)
    if kind is None:
        raise UnsupportedType(f"“{name}” is {what_else(head)}, which is not read here.")
    try:
        if kind is PDF:
            return examine_pdf(path, name, password, limits)
        return examine_image(path, name, kind, limits)
    except OSError as problem:
        raise _unreadable(name, problem) from problem


def _head(path: Path, name: str, limits: Limits) -> bytes:
    """The first bytes of a regular file of a size that is taken."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableFile(f"“{name}” is not a regular file.", "Add a file, not a device, pipe or folder.")
        if found.st_size == 0:
            raise EmptyFile(f"“{name}” is empty.")
        if found.st_size > limits.max_file_mb * 1_000_000:
            size = found.st_size // 1_000_000
            raise TooLarge(f"“{name}” has {size:,} MB; {limits.max_file_mb:,} MB is the limit.", "Split it in parts.")
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as problem:
        raise _unreadable(name, problem) from problem


def _unreadable(name: str, problem: OSError) -> UnreadableFile:
    if isinstance(problem, FileNotFoundError):
        return UnreadableFile(f"“{name}” is not there any more.", "Add it from where it lies now.")
    reason = problem.strerror or type(problem).__name__
    return UnreadableFile(f"“{name}” could not be opened: {reason}.")
