"""Objects that go up in parts: begun, sent as far as the server lacks them, completed; across restarts if need be.

An upload is known by its key and the id that the server gave it; whoever wants to go on with it later remembers both.
Tried on SeaweedFS 4.48, in which the rest is as S3 has it:

- The ETag of a part is the MD5 of its bytes; that of the object is the MD5 of those, and the number of parts.
- Parts are still listed after a kill -9 of the server. A part that was sent twice is listed twice, and a completion
  takes the one that it names. A part that it does not name is left out in silence: so we name them all.
- All parts but the last must have 5 MiB or more, which is said at the completion only (EntityTooSmall).
- An id that was completed or aborted is not listed (NoSuchUpload); to complete or abort it once more does no harm.
- Deleting the object does not end an upload under its key.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import BinaryIO

from minio import Minio
from minio.datatypes import Part
from minio.error import S3Error

from worker.core.errors import StorageError
from worker.core.s3_client import Progress, exact, put, telling
from worker.core.said import said

PART_BYTES = 8 * 1024 * 1024  # one part is in memory at a time; 10,000 parts are allowed
Etags = Mapping[int, frozenset[str]]  # what the server has of each part, by number from 1
_GONE = frozenset({"NoSuchUpload", "NoSuchKey"})


class Parts:
    """The uploads in parts of one bucket.

    Args:
        client: Whose server it is.
        bucket: Its name.
        errors: Turns what the client raises, about that key, into our errors.
    """

    def __init__(
        self, client: Minio, bucket: str, errors: Callable[[str | None], AbstractContextManager[None]]
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._errors = errors

    def begin(self, key: str, content_type: str) -> str:
        """Begin an upload. Returns its id."""
        with self._errors(key):
            return str(self._client._create_multipart_upload(self._bucket, key, {"Content-Type": content_type}))  # noqa: SLF001

    def there(self, key: str, upload_id: str) -> Etags | None:
        """The parts that the server has. None if it does not know the upload: completed, aborted, or lost."""
        found: dict[int, set[str]] = defaultdict(set)
        after: str | None = None
        with self._errors(key):
            while True:
                try:
                    page = self._client._list_parts(self._bucket, key, upload_id, part_number_marker=after)  # noqa: SLF001
                except S3Error as problem:
                    if problem.code in _GONE:
                        return None
                    raise
                for part in page.parts:
                    found[part.part_number].add(part.etag.strip('"'))
                after = page.next_part_number_marker
                if not page.is_truncated or not after:
                    return {number: frozenset(etags) for number, etags in found.items()}

    def send(
        self,
        key: str,
        upload_id: str,
        stream: BinaryIO,
        length: int,
        *,
        part_bytes: int,
        there: Etags,
        progress: Progress | None = None,
    ) -> None:
        """Send what the server lacks of the next `length` bytes of a stream, and make the object of them.

        A part counts as there if its MD5 is that of the bytes at its place. It is told as sent like the others.

        Raises:
            FileChanging: The stream ended before.
            StorageError: Also if the server stored something else than was sent.
        """
        parts: list[Part] = []
        sent = 0
        with self._errors(key):
            for number, data in enumerate(_cut(exact(stream, key), length, part_bytes), 1):
                etag = _md5(data)
                if etag not in there.get(number, ()):
                    query = {"partNumber": str(number), "uploadId": upload_id}
                    with telling(_from(sent, progress)):
                        etag = put(self._client, self._bucket, key, data, query=query)
                sent += len(data)
                if progress:
                    progress(sent)
                parts.append(Part(number, etag))
            whole = self._client._complete_multipart_upload(self._bucket, key, upload_id, parts)  # noqa: SLF001
        if not str(whole.etag).strip('"').endswith(f"-{len(parts)}"):
            template = "The S3 server did not put {key} together from its {n} parts."
            raise StorageError(said(template, key=key, n=len(parts)))

    def holds(self, key: str, stream: BinaryIO, length: int, part_bytes: int) -> bool:
        """Whether the object was made of these very bytes: the answer to its completion may have been lost."""
        with self._errors(key):
            try:
                found = self._client.stat_object(self._bucket, key)
            except S3Error as problem:
                if problem.code in _GONE:
                    return False
                raise
        if found.size != length:
            return False
        digests = [hashlib.md5(data, usedforsecurity=False).digest() for data in _cut(stream, length, part_bytes)]
        whole = hashlib.md5(b"".join(digests), usedforsecurity=False).hexdigest()
        return str(found.etag).strip('"') == f"{whole}-{len(digests)}"

    def abort(self, key: str, upload_id: str) -> None:
        """Give an upload up and its parts back; one that is gone already does not matter."""
        with self._errors(key):
            try:
                self._client._abort_multipart_upload(self._bucket, key, upload_id)  # noqa: SLF001
            except S3Error as problem:
                if problem.code not in _GONE:
                    raise

    def abort_all(self, prefix: str) -> int:
        """Give up every upload whose key begins so. Returns how many there were.

        A MinIO server lists the uploads of a whole key only, so where the key is known it is the better prefix.
        """
        with self._errors(None):
            page = self._client._list_multipart_uploads(self._bucket, prefix=prefix)  # noqa: SLF001
        for upload in page.uploads:
            self.abort(str(upload.object_name), str(upload.upload_id))
        return len(page.uploads)


def part_bytes_for(length: int) -> int:
    """Small enough for the memory, large enough for ten thousand parts."""
    return max(PART_BYTES, -(-length // 9_000 // 1_048_576) * 1_048_576)


def _cut(stream: BinaryIO, length: int, part_bytes: int) -> Iterator[bytes]:
    for start in range(0, length, part_bytes):
        yield stream.read(min(part_bytes, length - start))


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _from(start: int, progress: Progress | None) -> Progress | None:
    return None if progress is None else lambda sent: progress(start + sent)
