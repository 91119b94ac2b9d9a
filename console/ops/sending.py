"""The bytes of a file on their way into its object: a small file at one go, a large one in parts that its row knows.

The row comes first: it remembers the upload and the file before the first part is sent. Whoever goes on after a crash
reads the file from its beginning, since all of it is hashed, and sends the parts that the server lacks.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, BinaryIO, cast
from uuid import UUID

from console.ops.upload import HashingReader
from worker.core.errors import AccessRefused
from worker.core.parts import PART_BYTES, Etags, part_bytes_for
from worker.core.s3_client import Progress
from worker.core.upload_in_parts import UploadInParts

if TYPE_CHECKING:
    from worker.core.blobs import Blobs
    from worker.core.store import Store


class Sender:
    """The way of one file."""

    def __init__(self, store: Store, blobs: Blobs, job_id: UUID, key: str, media_type: str) -> None:
        self._store = store
        self._blobs = blobs
        self._job_id = job_id
        self._key = key
        self._media_type = media_type

    def put(self, stream: HashingReader, length: int, progress: Progress) -> None:
        """Send the stream from its beginning to its end.

        Raises:
            FileChanging: it ended before.
            ServiceError: the server or the database is away, or stored something else than was sent.
            UsageError: the job has ended meanwhile.
        """
        source = cast("BinaryIO", stream)
        if length <= PART_BYTES:
            self._blobs.put_stream(self._key, source, length, content_type=self._media_type, progress=progress)
            return
        upload = self._store.upload_in_parts(self._job_id)
        there = self._there(upload, stream) if upload else None
        if upload and there is None and self._is_whole(upload, stream, length):
            return
        if upload is None or there is None:
            upload, there = self._begin(stream, length), {}
        size = upload.part_bytes
        self._blobs.parts.send(self._key, upload.id, source, length, part_bytes=size, there=there, progress=progress)

    def _there(self, upload: UploadInParts, stream: HashingReader) -> Etags | None:
        """The parts that can be gone on from; None if there is no going on."""
        if (upload.key, upload.file) != (self._key, stream.identity()):
            return None
        try:
            return self._blobs.parts.there(upload.key, upload.id)
        except AccessRefused:  # our user may store and not list: then all is sent once more
            return None

    def _is_whole(self, upload: UploadInParts, stream: HashingReader, length: int) -> bool:
        """Whether all of it is there already, and only the row does not know."""
        if self._blobs.parts.holds(self._key, cast("BinaryIO", stream), length, upload.part_bytes):
            return True
        stream.rewind()
        return False

    def _begin(self, stream: HashingReader, length: int) -> UploadInParts:
        with contextlib.suppress(AccessRefused):  # what was begun before, in a row or by a console that died before it
            self._blobs.parts.abort_all(self._key)
        upload_id = self._blobs.parts.begin(self._key, self._media_type)
        upload = UploadInParts(upload_id, self._key, part_bytes_for(length), stream.identity())
        self._store.remember_upload(self._job_id, upload)
        return upload
