"""What a file is, page by page, without reading it: type by content, sizes from headers, and why it is refused."""

from __future__ import annotations

import stat
from pathlib import Path

from worker.core.document import Document, Limits, PageInfo
from worker.core.errors import EmptyFile, TooLarge, UnreadableFile, UnsupportedType
from worker.core.examine_image import examine_image
from worker.core.examine_pdf import examine_pdf
from worker.core.media_types import HEAD_BYTES, PDF, media_type, what_else
from worker.core.said import said

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
        raise UnsupportedType(
            said("“{name}” is {kind}, which is not read here.", name=name, kind=said(what_else(head)))
        )
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
            raise UnreadableFile(
                said("“{name}” is not a regular file.", name=name), "Add a file, not a device, pipe or folder."
            )
        if found.st_size == 0:
            raise EmptyFile(said("“{name}” is empty.", name=name))
        most = limits.max_file_mb
        if found.st_size > most * 1_000_000:
            size = found.st_size // 1_000_000
            sentence = said("“{name}” has {size} MB; {limit} MB is the limit.", name=name, size=size, limit=most)
            raise TooLarge(sentence, "Split it in parts.")
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as problem:
        raise _unreadable(name, problem) from problem


def _unreadable(name: str, problem: OSError) -> UnreadableFile:
    if isinstance(problem, FileNotFoundError):
        return UnreadableFile(said("“{name}” is not there any more.", name=name), "Add it from where it lies now.")
    reason = problem.strerror or type(problem).__name__
    return UnreadableFile(said("“{name}” could not be opened: {reason}.", name=name, reason=reason))
