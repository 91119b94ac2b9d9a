"""Every S3 call, through the `minio` client: one attempt each, with time limits, and our own errors."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from minio.deleteobjects import DeleteObject
from minio.error import S3Error

from worker.core.blob_errors import MISSING, BlobErrors
from worker.core.errors import OcrConsoleError, StorageError
from worker.core.parts import PART_BYTES, Parts, part_bytes_for
from worker.core.s3_client import Progress, connect, exact, put, telling
from worker.core.said import said, said_counted
from worker.core.servers import StorageServer
from worker.core.settings import Settings

PROBE = "results/probe"  # where every worker must be able to write; no job's objects lie there
WHOLE_S = 1  # in which servers tell the time
_CHUNK = 256 * 1024
_KEY = re.compile(r"(?!.*(?:^|/)\.\.?(?:/|$))[A-Za-z0-9._+=-]{1,200}(?:/[A-Za-z0-9._+=-]{1,200}){0,9}")


@dataclass(frozen=True, slots=True)
class BlobStat:
    """What the server knows of an object."""

    key: str
    bytes: int
    modified: datetime | None
    etag: str | None


class Blobs:
    """The bucket of one deployment. Threads may share it; a process makes its own."""

    def __init__(self, settings: Settings) -> None:
        self.bucket = settings.s3_bucket
        self.endpoint = settings.s3_endpoint
        self._url = f"{'https' if settings.s3_secure else 'http'}://{settings.s3_endpoint}/"
        self._errors = BlobErrors(self.endpoint, self.bucket)
        self._client = connect(settings, read_s=60)
        self._quick = connect(settings, read_s=5)  # for questions whose answer is short
        self.parts = Parts(self._client, self.bucket, self._errors.told)

    def check(self) -> float:
        """Ask for the bucket; seconds that took. Raises StorageError or AccessRefused."""
        began = time.perf_counter()
        with self._errors.told():
            if not self._exists():
                raise self._errors.no_bucket()
        return time.perf_counter() - began

    def server(self) -> StorageServer:
        """What answers there, whether it knows us or not. Raises StorageError."""
        asked = time.time()
        with self._errors.told():
            answer = self._quick._http.request("HEAD", self._url)  # noqa: SLF001 - the client shows no headers
        date = answer.headers.get("Date")
        told = parsedate_to_datetime(date).timestamp() + WHOLE_S / 2 if date else None
        return StorageServer(
            answer.headers.get("Server", ""), None if told is None else told - (asked + time.time()) / 2
        )

    def try_out(self) -> None:
        """Store a few bytes and fetch them again: an answer alone says neither that there is room nor what we may."""
        with self._errors.told(PROBE):
            self._quick.put_object(self.bucket, PROBE, BytesIO(b"1"), 1)
            with closing(self._quick.get_object(self.bucket, PROBE)) as answer:
                answer.read()

    def ensure_bucket(self) -> None:
        """Make the bucket if it is missing."""
        with self._errors.told():
            if self._quick.bucket_exists(self.bucket):
                return
            try:
                self._client.make_bucket(self.bucket)
            except S3Error as problem:  # another console was quicker
                if problem.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                    raise

    def put_file(
        self,
        key: str,
        path: Path,
        *,
        content_type: str = "application/octet-stream",
        progress: Progress | None = None,
    ) -> None:
        """Store a file; a large one goes in parts."""
        with path.open("rb") as stream:
            length = os.fstat(stream.fileno()).st_size
            self.put_stream(key, stream, length, content_type=content_type, progress=progress)

    def put_stream(
        self,
        key: str,
        stream: BinaryIO,
        length: int,
        *,
        content_type: str = "application/octet-stream",
        progress: Progress | None = None,
    ) -> None:
        """Store the next `length` bytes of a stream, 8 MiB of them in memory at a time; checked by their MD5.

        Raises:
            FileChanging: The stream ended before.
            StorageError: Also if the server stored something else than was sent.
        """
        if length > PART_BYTES:
            self._put_in_parts(_checked(key), stream, length, content_type, progress)
            return
        with self._errors.told(key), telling(progress):
            data = exact(stream, key).read(length)
            put(self._client, self.bucket, _checked(key), data, content_type=content_type)

    def put_bytes(self, key: str, data: bytes, content_type: str = "application/octet-stream") -> None:
        """Store a few bytes."""
        self.put_stream(key, BytesIO(data), len(data), content_type=content_type)

    def get_file(self, key: str, path: Path, *, progress: Progress | None = None) -> None:
        """Fetch into a file, which appears under its name when it is whole."""
        partial = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.part")
        try:
            with partial.open("xb") as file:
                received = 0
                for chunk in self._chunks(key):
                    file.write(chunk)
                    received += len(chunk)
                    if progress:
                        progress(received)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def get_bytes(self, key: str, limit: int = 64 * 1024 * 1024) -> bytes:
        """Fetch a small object; one of more than `limit` bytes is a StorageError."""
        found = bytearray()
        for chunk in self._chunks(key):
            found += chunk
            if len(found) > limit:
                large = said("{key} is larger than {limit} bytes.", key=key, limit=limit)
                raise StorageError(large, "Fetch it as a file.")
        return bytes(found)

    def stat(self, key: str) -> BlobStat | None:
        """Size and time of an object, or None if there is none."""
        with self._errors.told(key):
            try:
                found = self._quick.stat_object(self.bucket, _checked(key))
            except S3Error as problem:
                if problem.code in MISSING:
                    return None
                raise
        return BlobStat(key, found.size or 0, found.last_modified, found.etag)

    def list(self, prefix: str = "") -> Iterator[BlobStat]:
        """All objects whose keys begin so."""
        with self._errors.told():
            for entry in self._client.list_objects(self.bucket, prefix=prefix, recursive=True):
                yield BlobStat(entry.object_name, entry.size or 0, entry.last_modified, entry.etag)

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; those that are gone already do not matter."""
        with self._errors.told():
            doomed = (DeleteObject(_checked(key)) for key in keys)
            left = [e for e in self._client.remove_objects(self.bucket, doomed) if e.code not in MISSING]
        if left:
            one = "{n} object in {place} was not deleted: {code}."
            many = "{n} objects in {place} were not deleted: {code}."
            raise StorageError(said_counted(len(left), one, many, place=self._place, code=str(left[0].code)))

    def close(self) -> None:
        """Close the connections."""
        for client in (self._client, self._quick):
            client._http.clear()  # noqa: SLF001 - the client has no close of its own

    def _exists(self) -> bool:
        try:
            return self._quick.bucket_exists(self.bucket)
        except S3Error as problem:
            if problem.code == "AccessDenied":  # so every refusal is called to whom it is not said in a body
                next(iter(self._quick.list_objects(self.bucket, prefix=PROBE)), None)
            raise

    def _put_in_parts(
        self, key: str, stream: BinaryIO, length: int, content_type: str, progress: Progress | None
    ) -> None:
        """At one go: what does not come to its end is given up at once."""
        upload_id = self.parts.begin(key, content_type)
        try:
            size = part_bytes_for(length)
            self.parts.send(key, upload_id, stream, length, part_bytes=size, there={}, progress=progress)
        except BaseException:
            with suppress(OcrConsoleError):
                self.parts.abort(key, upload_id)
            raise

    def _chunks(self, key: str) -> Iterator[bytes]:
        with self._errors.told(key):
            answer = self._client.get_object(self.bucket, _checked(key))
            try:
                yield from answer.stream(_CHUNK)
            finally:
                answer.close()

    @property
    def _place(self) -> str:
        return f"{self.endpoint}/{self.bucket}"


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise StorageError(said("{key} is not a key of ours.", key=repr(key)), "Take keys from the job's outputs.")
    return key
