"""Files and folders that only their owner may read."""

from __future__ import annotations

import os
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
LOG_LIMIT = 2_000_000  # bytes; a longer log becomes `<name>.1` at the next start


def write_private(path: Path, text: str) -> None:
    """Write the whole file or nothing of it, with mode 0600 from its first byte on."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    new.replace(path)


def make_private_folder(path: Path) -> None:
    """Make the folder, and its missing parents, for ourselves only. One that is there keeps its mode."""
    if not path.is_dir():
        make_private_folder(path.parent)
        path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def open_log(path: Path) -> int:
    """A descriptor that appends to the log, after putting a long one aside."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_name(f"{path.name}.1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)


def last_lines(path: Path, count: int = 60) -> list[str]:
    """The end of a log, without empty lines."""
    if not path.exists():
        return []
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 16_384))
        lines = file.read().decode("utf-8", "replace").splitlines()
    return [line.strip() for line in lines if line.strip()][-count:]
