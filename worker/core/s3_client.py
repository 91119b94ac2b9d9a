"""The `minio` client as we want it: short time limits, one attempt, bodies that tell how much of them is sent."""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast

import certifi
import urllib3
from minio import Minio
from minio.error import S3Error
from urllib3.exceptions import ProtocolError

from worker.core.errors import FileChanging, StorageError
from worker.core.said import said
from worker.core.settings import Settings

Progress = Callable[[int], None]  # bytes on their way so far; what it raises ends the transfer

_sending: ContextVar[Progress | None] = ContextVar("sending", default=None)


def connect(settings: Settings, *, read_s: float) -> Minio:
    """A client that gives up after 3 s without a connection and `read_s` without an answer."""
    pool = _Pool(
        maxsize=10,
        timeout=urllib3.Timeout(connect=3, read=read_s),
        retries=False,
        cert_reqs="CERT_REQUIRED",
        ca_certs=os.environ.get("SSL_CERT_FILE") or certifi.where(),
    )
    return Minio(
        settings.s3_endpoint,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        secure=settings.s3_secure,
        http_client=pool,
    )


def put(
    client: Minio,
    bucket: str,
    key: str,
    data: bytes,
    *,
    content_type: str | None = None,
    query: Mapping[str, str] | None = None,
) -> str:
    """Store bytes in one request, checked on both sides. Returns the ETag, by which the server says what it stored.

    The server is told the MD5: SeaweedFS 4.48 refuses what does not agree with it, and lets what does not agree with
    the SHA-256 of the signature pass.

    Raises:
        StorageError: Something else arrived than was sent.
    """
    digest = hashlib.md5(data, usedforsecurity=False)
    headers: dict[str, Any] = {"Content-MD5": b64encode(digest.digest()).decode()}
    if content_type:
        headers["Content-Type"] = content_type
    try:
        stored = client._put_object(bucket, key, data, headers, dict(query or {}))  # noqa: SLF001
    except S3Error as problem:
        if problem.code == "BadDigest":
            raise _damaged(key) from problem
        raise
    etag = str(stored.etag)
    ciphered = stored.http_headers.get("x-amz-server-side-encryption", "").startswith("aws:kms")  # then it is no MD5
    if etag != digest.hexdigest() and not ciphered:
        raise _damaged(key)
    return etag


def _damaged(key: str) -> StorageError:
    sentence = said("Something else arrived at the S3 server than was sent as {key}.", key=key)
    return StorageError(sentence, "Check the way to it.")


@contextmanager
def telling(progress: Progress | None) -> Iterator[None]:
    """Requests of this thread report the bytes of their bodies, summed over the requests."""
    token = _sending.set(_summed(progress) if progress else None)
    try:
        yield
    finally:
        _sending.reset(token)


def exact(stream: BinaryIO, name: str) -> BinaryIO:
    """The stream, with reads that give exactly what is asked for; FileChanging if it ends before."""
    return cast("BinaryIO", _Source(stream, Path(str(getattr(stream, "name", name))).name))


class _Source:
    """The client's parts are then one read each."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        while len(data) < size:
            more = self._stream.read(size - len(data))
            if not more:
                raise FileChanging(said("{name} became shorter while it was uploaded.", name=self._name))
            data += more
        return data


class _Body(BytesIO):
    """A request's body that says how much of it was handed to the socket."""

    def __init__(self, data: bytes, told: Progress) -> None:
        super().__init__(data)
        self._told = told

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if data:
            self._told(len(data))
        return data


class _Stale(Exception):
    """The connection ended before there was an answer."""


class _Pool(urllib3.PoolManager):
    """One more try where a kept connection turns out to be closed by the server."""

    def urlopen(  # type: ignore[override]
        self,
        method: str,
        url: str,
        redirect: bool = True,
        **kw: Any,  # noqa: ANN401
    ) -> urllib3.BaseHTTPResponse:
        body, told = kw.pop("body", None), _sending.get()
        with suppress(_Stale):
            return self._first(
                method, url, redirect, _Body(body, told) if body and told and method == "PUT" else body, kw
            )
        return super().urlopen(method, url, redirect, body=body, **kw)

    def _first(
        self, method: str, url: str, redirect: bool, body: bytes | BytesIO | None, kw: Mapping[str, Any]
    ) -> urllib3.BaseHTTPResponse:
        try:
            return super().urlopen(method, url, redirect, body=body, **kw)
        except ProtocolError as problem:
            if method == "POST":  # it may have been done
                raise
            raise _Stale from problem


def _summed(progress: Progress) -> Progress:
    """From "so many more" to "so many so far"."""
    total = 0

    def told(more: int) -> None:
        nonlocal total
        total += more
        progress(total)

    return told
