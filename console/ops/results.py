"""Results on the user's disk: names that do not collide, nothing outside the folder, nothing overwritten in silence.

The result of `scans/a.pdf` in the format `txt` is `scans/a.pdf.txt`: the whole name of the source and the format, so
that `a.pdf` and `a.png` keep apart. ALTO is XML and a receipt is JSON, and their names say so. A name that another file
has gets a number: `a (2).pdf.txt`. A file that is there already with the same content is left as it is.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from worker.core.errors import UsageError
from worker.core.jobs import RECEIPT, Job, Output
from worker.core.said import said

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_SUFFIXES = {"alto": "alto.xml", RECEIPT: "receipt.json"}  # where the format's name says too little
_LONGEST = 200  # bytes of a name; file systems take 255, and a number and a format are added


def safe_name(name: str) -> str:
    """A name that every file system takes: no separators, no control characters, not too long, never `..`."""
    clean = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", name)).rstrip(" .").strip()
    if not clean.strip("."):
        clean = "_"
    if _RESERVED.fullmatch(clean):
        clean = f"_{clean}"
    stem, dot, suffix = clean.rpartition(".")
    if not dot or not stem or len(suffix.encode()) > 20:
        stem, dot, suffix = clean, "", ""
    room = _LONGEST - len((dot + suffix).encode())
    return stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore") + dot + suffix


def place_of(job: Job, form: str, number: int = 1) -> PurePosixPath:
    """Where below the results folder a format of the job lies; `number` 2 and above keeps namesakes apart."""
    *folders, name = [safe_name(part) for part in (job.path or job.name).split("/") if part not in {"", "."}] or ["_"]
    if number > 1:
        stem, dot, suffix = name.rpartition(".")
        name = f"{stem} ({number}).{suffix}" if dot and stem else f"{name} ({number})"
    return PurePosixPath(*folders, f"{name}.{_SUFFIXES.get(form) or safe_name(form)}")


class ResultsFolder:
    """A folder that results are fetched into. Threads may share it.

    Raises:
        UsageError: the folder cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._lock = threading.Lock()
        self._taken: set[str] = set()  # lower case: some file systems do not tell cases apart
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_write(self.folder, error) from error

    def save(self, job: Job, form: str, output: Output, fetch: Callable[[str, Path], None]) -> Path:
        """Fetch one output by `fetch(key, path)`. The file appears under its name when it is whole.

        Raises:
            UsageError: the folder cannot be written.
            StorageError: from `fetch`.
        """
        try:
            partial = self.folder / f".{secrets.token_hex(6)}.part"
            try:
                fetch(output.key, partial)
                return self._settle(job, form, partial)
            finally:
                partial.unlink(missing_ok=True)
        except OSError as error:
            raise _cannot_write(self.folder, error) from error

    def _settle(self, job: Job, form: str, partial: Path) -> Path:
        """Give the fetched file its name: the first of its numbers that is free or holds the same."""
        with self._lock:
            number = 1
            while True:
                place = place_of(job, form, number)
                final = self.folder / place
                key = str(place).lower()
                if key not in self._taken:
                    self._taken.add(key)
                    self._make_folder(final.parent)
                    if not os.path.lexists(final):
                        partial.replace(final)
                        return final
                    if _same(final, partial):
                        return final
                number += 1

    def _make_folder(self, folder: Path) -> None:
        """Make it, if it lies in ours: a link that was there may lead elsewhere."""
        if folder.resolve().is_relative_to(self.folder.resolve()):
            folder.mkdir(parents=True, exist_ok=True)
        if not folder.resolve().is_relative_to(self.folder.resolve()):
            out = said("{path} leads out of {folder}.", path=str(folder), folder=str(self.folder))
            raise UsageError(out, "Remove the link, or choose another folder.")


def _same(there: Path, fetched: Path) -> bool:
    if there.is_symlink() or not there.is_file() or there.stat().st_size != fetched.stat().st_size:
        return False
    return _digest(there) == _digest(fetched)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _cannot_write(folder: Path, error: OSError) -> UsageError:
    why = error.strerror or str(error)
    sentence = said("{path} cannot be written: {why}.", path=str(folder), why=why)
    return UsageError(sentence, "Choose another folder.")
