"""Going through folders: regular files only, links are not followed, and what is left out is listed with its reason."""

from __future__ import annotations

import os
import stat
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from worker.core.said import said

_SYSTEM_FILES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", "icon\r"})
_SYSTEM_FOLDERS = frozenset({"__macosx", "$recycle.bin", "system volume information"})


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that is not uploaded.

    `error_class` is one of core.errors, or one of link, special, system, hidden, duplicate.
    """

    path: str
    error_class: str
    reason: str
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file."""

    source: Path
    path: str
    bytes: int
    mtime: float


def walk(roots: Iterable[Path], cancel: threading.Event | None = None) -> tuple[list[Found], list[Skipped]]:
    """Every regular file under the roots, once, in the order of their paths, and what was left out."""
    found: dict[Path, Found] = {}
    skipped: dict[Path, Skipped] = {}
    for root in roots:
        base = root.parent
        for place in _places(root, cancel):
            if place in found or place in skipped:
                continue
            verdict = _look(place, path_in_batch(place, base), named=place == root)
            if isinstance(verdict, Found):
                found[place] = verdict
            elif verdict is not None:
                skipped[place] = verdict
    return sorted(found.values(), key=lambda file: file.path), list(skipped.values())


def path_in_batch(place: Path, base: Path) -> str:
    """The path below `base` as it is stored: with /, in NFC, and without bytes that are no text."""
    text = place.relative_to(base).as_posix()
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return unicodedata.normalize("NFC", text)


def _places(root: Path, cancel: threading.Event | None) -> Iterator[Path]:
    """The root and, if it is a folder, everything in it; folders that are left out come without their content."""
    pending = [root]
    while pending and not (cancel is not None and cancel.is_set()):
        place = pending.pop()
        yield place
        if not _is_folder(place) or (place != root and _left_out(place.name)):
            continue
        try:
            pending.extend(sorted(place.iterdir(), reverse=True))
        except OSError:
            continue  # _look lists it as unreadable


def _is_folder(place: Path) -> bool:
    try:
        return stat.S_ISDIR(place.lstat().st_mode)
    except OSError:
        return False


def _left_out(name: str) -> tuple[str, str] | None:
    """Class and reason for names that are not meant to be read."""
    lowered = name.lower()
    if lowered in _SYSTEM_FILES or lowered in _SYSTEM_FOLDERS or lowered.startswith("._"):
        return "system", "A file that the system keeps for itself."
    if lowered.startswith("~$"):
        return "system", "A lock file of an Office program."
    if lowered.startswith("."):
        return "hidden", "Hidden. Name it on its own to have it read."
    return None


def _look(place: Path, path: str, *, named: bool) -> Found | Skipped | None:
    """What one place is; None for a folder that is gone through. A file named on its own may be hidden."""
    left_out = _left_out(place.name)
    if left_out and not (named and left_out[0] == "hidden"):
        return Skipped(path, *left_out)
    try:
        about = place.lstat()
    except OSError as error:
        return Skipped(
            path, "unreadable", said("{path} cannot be read: {why}.", path=path, why=error.strerror or str(error))
        )
    if stat.S_ISLNK(about.st_mode):
        return Skipped(path, "link", "A link. Links are not followed; name what it points to.")
    if stat.S_ISDIR(about.st_mode):
        return _look_at_folder(place, path)
    if not stat.S_ISREG(about.st_mode):
        return Skipped(path, "special", "Not a file: a pipe, a socket or a device.")
    return Found(place, path, about.st_size, about.st_mtime)


def _look_at_folder(place: Path, path: str) -> Skipped | None:
    try:
        with os.scandir(place):
            return None
    except OSError as error:
        return Skipped(
            path,
            "unreadable",
            said("The folder {path} cannot be read: {why}.", path=path, why=error.strerror or str(error)),
        )
