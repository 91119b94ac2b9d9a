"""Uploads in parts on a real S3 server: gone on with after a kill, checked by hash, given up without a trace."""

import io
import random
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import psutil
import pytest
from minio import Minio

from console.ops.stack import Stack
from tests.services.dead_ends import spoiling_front
from tests.services.stack_homes import pids, temporary_home
from worker.core.blobs import Blobs
from worker.core.errors import StorageError
from worker.core.parts import PART_BYTES, part_bytes_for
from worker.core.settings import Settings

BYTES = random.Random(2).randbytes(2 * PART_BYTES + 12_345)
PARTS = [BYTES[start : start + PART_BYTES] for start in range(0, len(BYTES), PART_BYTES)]


@pytest.fixture(scope="module")
def blobs(settings: Settings) -> Iterator[Blobs]:
    opened = Blobs(settings)
    opened.ensure_bucket()
    yield opened
    opened.close()


@pytest.fixture
def key() -> str:
    return f"uploads/{uuid4()}/source.pdf"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the bodies that go to the server from now on."""
    sizes: list[int] = []
    real = Minio._put_object

    def put(client, bucket, key, data, *rest, **more):
        sizes.append(len(data))
        return real(client, bucket, key, data, *rest, **more)

    monkeypatch.setattr(Minio, "_put_object", put)
    return sizes


def send(blobs: Blobs, key: str, upload_id: str, **more) -> None:
    there = blobs.parts.there(key, upload_id)
    assert there is not None
    blobs.parts.send(key, upload_id, io.BytesIO(BYTES), len(BYTES), part_bytes=PART_BYTES, there=there, **more)


def begun(blobs: Blobs, key: str, parts: list[bytes]) -> str:
    """An upload of which the server has these parts."""
    upload_id = blobs.parts.begin(key, "application/pdf")
    for number, data in enumerate(parts, 1):
        blobs._client._upload_part(blobs.bucket, key, data, None, upload_id, number)
    return upload_id


def test_only_what_the_server_lacks_is_sent_after_it_was_killed(sent: list[int], key: str):
    with temporary_home("home") as home, Stack(home) as stack:
        blobs = Blobs(stack.settings())
        blobs.ensure_bucket()
        upload_id = begun(blobs, key, PARTS[:1])
        s3 = psutil.Process(pids(stack.status())["s3"])
        s3.kill()
        s3.wait()
        stack.up()
        sent.clear()
        told: list[int] = []
        send(blobs, key, upload_id, progress=told.append)
        assert sent == [len(part) for part in PARTS[1:]]
        assert blobs.get_bytes(key) == BYTES
        assert told == sorted(told)
        assert (told[0], told[-1]) == (PART_BYTES, len(BYTES))  # what was there already counts as sent
        blobs.close()


def test_a_part_that_is_not_the_file_s_is_sent_again(blobs: Blobs, sent: list[int], key: str):
    upload_id = begun(blobs, key, [PARTS[0], PARTS[0]])
    sent.clear()
    send(blobs, key, upload_id)
    assert sent == [len(PARTS[1]), len(PARTS[2])]
    assert blobs.get_bytes(key) == BYTES


def test_the_object_of_an_upload_whose_end_nobody_heard_is_known_again(blobs: Blobs, key: str):
    upload_id = begun(blobs, key, [])
    assert not blobs.parts.holds(key, io.BytesIO(BYTES), len(BYTES), PART_BYTES)
    send(blobs, key, upload_id)
    assert blobs.parts.there(key, upload_id) is None
    assert blobs.parts.holds(key, io.BytesIO(BYTES), len(BYTES), PART_BYTES)
    other = bytes([BYTES[0] ^ 1]) + BYTES[1:]
    assert not blobs.parts.holds(key, io.BytesIO(other), len(other), PART_BYTES)


def test_uploads_are_given_up_one_by_one_or_all_of_a_key(blobs: Blobs, key: str):
    first, second = (begun(blobs, key, PARTS[:1]) for _ in range(2))
    other = begun(blobs, f"{key}x", PARTS[2:])
    blobs.parts.abort(key, first)
    blobs.parts.abort(key, first)
    assert blobs.parts.there(key, first) is None
    assert blobs.parts.there(key, second)
    assert blobs.parts.abort_all(key) == 2  # a key is a prefix too
    assert blobs.parts.there(key, second) is None
    assert blobs.parts.there(f"{key}x", other) is None
    assert blobs.parts.abort_all(key) == 0


@pytest.mark.parametrize("size", [1000, len(BYTES)])
def test_what_was_stored_is_compared_with_what_was_sent(blobs: Blobs, key: str, size: int, monkeypatch):
    real = Minio._put_object

    def store_something_else(client, bucket, key, data, _headers, query):
        return real(client, bucket, key, bytes([data[0] ^ 1]) + data[1:], None, query)

    monkeypatch.setattr(Minio, "_put_object", store_something_else)
    with pytest.raises(StorageError, match="Something else arrived"):
        blobs.put_stream(key, io.BytesIO(BYTES), size)
    assert blobs.parts.abort_all(key) == 0


@pytest.mark.parametrize("size", [1_000_000, len(BYTES)])
def test_a_bit_that_turns_on_the_way_is_noticed(settings: Settings, blobs: Blobs, key: str, size: int):
    host, _, port = settings.s3_endpoint.partition(":")
    with spoiling_front((host, int(port)), at=500_000) as front:
        spoiled = Blobs(replace(settings, s3_endpoint=f"{host}:{front}"))
        with pytest.raises(StorageError, match="Something else arrived"):
            spoiled.put_stream(key, io.BytesIO(BYTES), size)
        spoiled.close()
    assert blobs.stat(key) is None


def test_parts_are_few_enough_whatever_the_length():
    for length in (PART_BYTES + 1, 80 << 30, 5 << 40):
        assert length / part_bytes_for(length) < 10_000
    assert part_bytes_for(PART_BYTES + 1) == PART_BYTES
