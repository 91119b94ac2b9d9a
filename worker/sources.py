"""The documents that this machine works on, fetched once and kept within a bound: many tasks read parts of one file."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path

from worker.core.blobs import Blobs
from worker.core.errors import DiskFull, StorageError
from worker.core.jobs import Job
from worker.core.said import said
from worker.core.settings import Settings

try:
    import fcntl
except ImportError:  # where there is none every task fetches for itself
    fcntl = None  # type: ignore[assignment]

STRIPES = 64  # locks on disk: as many documents can be fetched at the same time
_NEW = ".new-"  # stands in the name of a file that is being fetched
ABANDONED_S = 3600.0  # what a killed process fetched half is removed after so long


class Sources:
    """The cache of this user's workers on this machine, and its bound in bytes.

    A file in it is whole, was checked by its hash, and is locked for as long as somebody reads it.
    """

    def __init__(self, settings: Settings, blobs: Blobs, *, folder: Path | None = None) -> None:
        self._place = hashlib.sha256(f"{settings.s3_endpoint}/{settings.s3_bucket}".encode()).hexdigest()[:16]
        self._given = folder
        self._limit = settings.cache_mb * 1_000_000
        self._blobs = blobs

    @contextmanager
    def source(self, job: Job, work: Path) -> Iterator[Path]:
        """The job's file, to be read and not changed, for as long as the block runs.

        Args:
            job: Whose file.
            work: The task's own folder, for a file that is too large to be kept.

        Raises:
            StorageError: the bucket does not have it, or has not what was uploaded.
            DiskFull: there is no room for it here.
        """
        if not job.source_key:
            raise StorageError(said("“{name}” was never uploaded.", name=job.name), "Add it again.")
        if fcntl is None or (job.source_bytes or 0) > self._limit // 2:
            yield self._fetch(job, work / "source")
            return
        with ExitStack() as held:
            yield self._kept(job, held)

    @cached_property
    def _folder(self) -> Path:
        """Looked up when it is first needed: on a full disk it cannot be made."""
        parent = Path(tempfile.gettempdir()) / f"ocr-console-sources-{os.getuid()}"
        return self._given or _private(parent) / self._place

    def _kept(self, job: Job, held: ExitStack) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = hashlib.sha256(f"{job.source_key} {job.source_sha256}".encode()).hexdigest()
        path = self._folder / name
        with self._locked(self._folder / f"lock-{int(name[:8], 16) % STRIPES:02d}"):
            while not self._holds(path, held):
                self._make_room(job.source_bytes or 0)
                self.give_way(job.source_bytes or 0)
                self._fetch(job, path)
        with suppress(OSError):
            os.utime(path)  # used now: the last to go
        return path

    def _holds(self, path: Path, held: ExitStack) -> bool:
        """Have the file kept until it is closed, if it is there; another that made room may be about to remove it."""
        with ExitStack() as tried:
            try:
                file = tried.enter_context(path.open("rb"))
            except FileNotFoundError:
                return False
            fcntl.flock(file, fcntl.LOCK_SH)
            if not os.fstat(file.fileno()).st_nlink:
                return False
            held.enter_context(tried.pop_all())
        return True

    def _fetch(self, job: Job, path: Path) -> Path:
        """Download and check; the file appears under its name when it is what was uploaded."""
        new = path.with_name(f"{path.name}{_NEW}{os.getpid()}")
        try:
            self._blobs.get_file(str(job.source_key), new)
            if job.source_sha256 and _sha256(new) != job.source_sha256:
                other = said("“{name}” in the bucket is not what was uploaded.", name=job.name)
                raise StorageError(other, "Add the file again.")
            new.replace(path)
        except OSError as problem:
            template = "The worker has no room to fetch “{name}”: {reason}."
            raise DiskFull(said(template, name=job.name, reason=problem.strerror or str(problem))) from problem
        finally:
            new.unlink(missing_ok=True)
        return path

    def give_way(self, needed: int) -> None:
        """Remove files that nobody reads, those first that were not used for longest, until so many bytes are free."""
        with suppress(OSError):  # nothing was ever kept here
            for used, _size, path in self._files() if fcntl else ():
                if shutil.disk_usage(self._folder).free >= needed:
                    return
                self._remove(path, used)

    def _make_room(self, needed: int) -> None:
        """Remove the files that were not used for longest, and what was abandoned; none that is being read."""
        files = self._files()
        total = sum(size for _, size, _ in files)
        for used, size, path in files:
            if (total + needed > self._limit or _NEW in path.name) and self._remove(path, used):
                total -= size

    def _files(self) -> list[tuple[float, int, Path]]:
        """What is kept: when it was last used, its bytes, where; the oldest first."""
        files = []
        for path in self._folder.iterdir():
            with suppress(OSError):
                if not path.name.startswith("lock-"):
                    found = path.stat()
                    files.append((found.st_mtime, found.st_size, path))
        return sorted(files)

    def _remove(self, path: Path, used: float) -> bool:
        if _NEW in path.name and used > time.time() - ABANDONED_S:  # somebody fetches it just now
            return False
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
        except OSError:  # it is being read, or gone
            return False
        return True

    @contextmanager
    def _locked(self, path: Path) -> Iterator[None]:
        with path.open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _private(folder: Path) -> Path:
    """The folder, if it is ours alone; else one of a new name: somebody else's is not to be trusted."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    ours = not folder.is_symlink() and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return folder if ours else Path(tempfile.mkdtemp(prefix="ocr-console-sources-"))
