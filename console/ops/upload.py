"""One file on its way: fingerprint, bytes to S3 hashed as they go, row to QUEUED, doorbell."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from console.ops.intake import PlannedFile
from worker.core.errors import FileChanging, ServiceError, UnreadableFile
from worker.core.said import Said, said

CHUNK = 1 << 20


class Cancelled(Exception):
    """The upload was stopped by its user; its row stays UPLOADING."""


class HashingReader:
    """A file as a stream that hashes what is read and stops when it is told to."""

    def __init__(self, stream: BinaryIO, name: str, cancel: threading.Event) -> None:
        self._stream = stream
        self._name = name
        self._cancel = cancel
        self._hash = hashlib.sha256()
        self.bytes = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes.

        Raises:
            Cancelled: the upload was stopped.
            UnreadableFile: the disk failed.
        """
        if self._cancel.is_set():
            raise Cancelled
        try:
            data = self._stream.read(size)
        except OSError as error:
            raise UnreadableFile(_why(self._name, error)) from error
        self._hash.update(data)
        self.bytes += len(data)
        return data

    def rewind(self) -> None:
        """Begin anew, at the first byte."""
        self._stream.seek(0)
        self._hash = hashlib.sha256()
        self.bytes = 0

    def identity(self) -> tuple[int, int, int]:
        """By which the file is known again, later: inode, size and time of change in ns."""
        about = os.fstat(self._stream.fileno())
        return about.st_ino, about.st_size, about.st_mtime_ns

    @property
    def sha256(self) -> str:
        """Of all that was read so far, in hex."""
        return self._hash.hexdigest()


def fingerprint(path: Path, name: str, cancel: threading.Event) -> str:
    """The SHA-256 of a file, in hex."""
    with _opened(path, name) as stream:
        reader = HashingReader(stream, name, cancel)
        while reader.read(CHUNK):
            pass
    return reader.sha256


def send(file: PlannedFile, put: Callable[[HashingReader, int], None], cancel: threading.Event) -> tuple[int, str]:
    """Send the bytes through `put(stream, length)`. Returns how many there were and their SHA-256.

    Size and time are looked at before and after; if another program wrote the file meanwhile, it is sent once more.

    Raises:
        FileChanging: it changed again.
        UnreadableFile: it is gone, or the system does not let us read it.
    """
    for _ in range(2):
        with _opened(file.source, file.path) as stream:
            before = os.fstat(stream.fileno())
            reader = HashingReader(stream, file.path, cancel)
            try:
                put(reader, before.st_size)
            except (ServiceError, FileChanging):
                if _mark(before) == _mark(_stat(file)):
                    raise
                continue  # it became shorter under our hands
        if _mark(before) == _mark(_stat(file)):
            return reader.bytes, reader.sha256
    raise FileChanging(said("{path} was being written while it was read.", path=file.path))


def _stat(file: PlannedFile) -> os.stat_result:
    """Of what lies at the path now, which may be another file."""
    try:
        return file.source.stat()
    except OSError as error:
        raise UnreadableFile(_why(file.path, error)) from error


def _mark(about: os.stat_result) -> tuple[int, int, int, int]:
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns


def _opened(path: Path, name: str) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise UnreadableFile(_why(name, error)) from error


def _why(path: str, error: OSError) -> Said:
    return said("{path} cannot be read: {why}.", path=path, why=error.strerror or str(error))


def object_key(job_id: UUID, extension: str) -> str:
    """Where a job's source lies in the bucket."""
    return f"uploads/{job_id}/source.{extension.lstrip('.') or 'bin'}"
