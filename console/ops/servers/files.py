"""Files and folders that only their owner may read."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
LOG_LIMIT = 2_000_000  # bytes; a longer log becomes `<name>.1`


def write_private(path: Path, text: str) -> None:
    """Write the whole file or nothing of it, with mode 0600 from its first byte on."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)  # there may be secrets in it
        raise


def make_private_folder(path: Path) -> None:
    """Make the folder, and its missing parents, for ourselves only. One that is there keeps its mode."""
    if not path.is_dir():
        make_private_folder(path.parent)
        path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def put_aside_if_long(log: Path) -> int:
    """Keep a log bounded: a long one is renamed, and replaces the one before it. The bytes that it holds now."""
    size = log.stat().st_size if log.exists() else 0
    if size <= LOG_LIMIT:
        return size
    log.replace(log.with_name(f"{log.name}.1"))
    return 0


def cut_if_long(log: Path) -> None:
    """The same while a program appends to it, which keeps the file that it has: what is in there is copied.

    What the program writes in that moment may be lost.
    """
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        with contextlib.suppress(OSError):  # a full disk has no room for it, and needs that of the log
            write_private(log.with_name(f"{log.name}.1"), log.read_text("utf-8", "replace"))
        os.truncate(log, 0)


def open_log(path: Path) -> int:
    """A descriptor that appends to the log."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)


def lines_since(path: Path, start: int) -> list[str]:
    """The lines of a log from this byte on, without empty ones."""
    if not path.exists():
        return []
    with path.open("rb") as file:
        file.seek(start)
        lines = file.read(1_000_000).decode("utf-8", "replace").splitlines()
    return [line.strip() for line in lines if line.strip()]
