"""Object storage on a real S3 server."""

import hashlib
import io
import random
import tracemalloc
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from tests.services.dead_ends import NO_HOST, black_hole, closed_port, flaky_front, mute_port, tls_front
from worker.core.blobs import Blobs
from worker.core.errors import AccessRefused, FileChanging, ServiceError, StorageError
from worker.core.parts import PART_BYTES
from worker.core.s3_client import connect
from worker.core.settings import Settings

Act = Callable[[], object]


@pytest.fixture(scope="module")
def blobs(settings):
    opened = Blobs(settings)
    opened.ensure_bucket()
    yield opened
    opened.close()


@pytest.fixture
def key():
    return f"uploads/{uuid4()}/source.pdf"


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A file of three parts, the last one short."""
    path = tmp_path_factory.mktemp("large") / "large.pdf"
    path.write_bytes(random.Random(1).randbytes(2 * PART_BYTES + 12_345))
    return path


def test_a_large_file_goes_in_parts_and_comes_back(blobs, key, large, tmp_path):
    blobs.put_file(key, large, content_type="application/pdf")
    stat = blobs.stat(key)
    assert stat.bytes == large.stat().st_size
    assert stat.etag.endswith("-3")
    blobs.get_file(key, tmp_path / "back.pdf")
    assert (tmp_path / "back.pdf").read_bytes() == large.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["back.pdf"]


def test_progress_grows_to_the_size(blobs, key, large, tmp_path):
    sent: list[int] = []
    received: list[int] = []
    blobs.put_file(key, large, progress=sent.append)
    blobs.get_file(key, tmp_path / "back.pdf", progress=received.append)
    for seen in (sent, received):
        assert seen == sorted(seen)
        assert seen[-1] == large.stat().st_size
        assert len(seen) > 50
        assert seen[0] <= 256 * 1024


def test_memory_is_bounded_by_parts_and_not_by_files(blobs, key, tmp_path):
    path = tmp_path / "huge.bin"
    with path.open("wb") as file:
        file.truncate(6 * PART_BYTES)
    tracemalloc.start()
    blobs.put_file(key, path)
    blobs.get_file(key, tmp_path / "back.bin")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * PART_BYTES


def test_a_stream_can_be_hashed_on_the_way(blobs, key, large):
    class Hashing(io.FileIO):
        digest = hashlib.sha256()

        def read(self, size=-1):
            data = super().read(min(size, 1_000_000))  # as a pipe does: less than was asked for
            self.digest.update(data)
            return data

    with Hashing(large) as stream:
        blobs.put_stream(key, stream, large.stat().st_size)
    assert stream.digest.hexdigest() == hashlib.sha256(large.read_bytes()).hexdigest()
    assert blobs.stat(key).bytes == large.stat().st_size


def test_a_file_that_became_shorter(blobs, key, tmp_path):
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"short")
    with path.open("rb") as stream, pytest.raises(FileChanging) as problem:
        blobs.put_stream(key, stream, 10 * PART_BYTES)
    assert "scan.pdf" in problem.value.sentence
    assert blobs.stat(key) is None


def test_what_progress_raises_ends_the_transfer(blobs, key, large, tmp_path):
    class Enough(Exception):
        pass

    def stop(so_far):
        if so_far > PART_BYTES:
            raise Enough

    with pytest.raises(Enough):
        blobs.put_file(key, large, progress=stop)
    assert blobs.stat(key) is None
    blobs.put_file(key, large)
    with pytest.raises(Enough):
        blobs.get_file(key, tmp_path / "back.pdf", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_small_things(blobs):
    prefix = f"results/{uuid4()}"
    for name, data in {"txt": b"hello", "empty": b""}.items():
        blobs.put_bytes(f"{prefix}/1/{name}", data, "text/plain")
        assert blobs.get_bytes(f"{prefix}/1/{name}") == data
    assert {stat.key: stat.bytes for stat in blobs.list(f"{prefix}/")} == {f"{prefix}/1/txt": 5, f"{prefix}/1/empty": 0}
    with pytest.raises(StorageError):
        blobs.get_bytes(f"{prefix}/1/txt", limit=4)
    blobs.delete([f"{prefix}/1/txt", f"{prefix}/1/empty", f"{prefix}/1/never"])
    assert list(blobs.list(f"{prefix}/")) == []


def test_what_is_not_there(blobs, key, tmp_path):
    assert blobs.stat(key) is None
    with pytest.raises(StorageError) as problem:
        blobs.get_file(key, tmp_path / "back.pdf")
    assert key in problem.value.sentence
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "key",
    ["", "/a", "a/", "a//b", "..", "a/../b", "../a", "a/..", "./a", "a\\b", "a b", "ä", "a" * 201, "a\n", "a/b/" * 9],
)
def test_only_keys_of_ours(blobs, key, tmp_path):
    acts: list[Act] = [
        lambda: blobs.put_bytes(key, b""),
        lambda: blobs.get_bytes(key),
        lambda: blobs.get_file(key, tmp_path / "x"),
        lambda: blobs.stat(key),
        lambda: blobs.delete([key]),
    ]
    for act in acts:
        with pytest.raises(StorageError) as problem:
            act()
        assert "not a key of ours" in problem.value.sentence


def test_a_missing_bucket_is_made(settings):
    blobs = Blobs(replace(settings, s3_bucket=f"made-{uuid4().hex[:12]}"))
    acts: list[Act] = [blobs.check, lambda: blobs.put_bytes("a/b", b""), lambda: blobs.get_bytes("a/b")]
    for act in acts:
        with pytest.raises(StorageError) as problem:
            act()
        assert problem.value.sentence.startswith(f"The bucket {blobs.bucket} is missing on ")
    blobs.ensure_bucket()
    blobs.ensure_bucket()
    blobs.put_bytes("a/b", b"x")
    assert blobs.check() < 5
    blobs.close()


def refusal(settings: Settings, **changes: object) -> ServiceError:
    """The error of a check with other settings; every other call raises the same kind."""
    blobs = Blobs(replace(settings, **changes))  # type: ignore[arg-type]
    with pytest.raises(ServiceError) as problem:
        blobs.check()
    acts: list[Act] = [blobs.ensure_bucket, lambda: blobs.put_bytes("a/b", b"x"), lambda: blobs.stat("a/b")]
    for act in acts:
        with pytest.raises(type(problem.value)):
            act()
    blobs.close()
    assert settings.s3_secret_key not in problem.value.sentence + problem.value.advice
    assert problem.value.advice
    return problem.value


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"s3_secret_key": "wrong"}, "says that our secret key is not that of the access key."),
        ({"s3_access_key": "wrong"}, "does not know our access key."),
    ],
)
def test_wrong_keys(settings, changes, told):
    error = refusal(settings, **changes)
    assert isinstance(error, AccessRefused)
    assert error.sentence == f"The S3 server at {settings.s3_endpoint} {told}"
    assert not error.retryable


def test_nothing_listens(settings):
    endpoint = f"127.0.0.1:{closed_port()}"
    error = refusal(settings, s3_endpoint=endpoint)
    assert isinstance(error, StorageError)
    assert error.sentence == f"The S3 server at {endpoint} cannot be reached: nothing listens there."


def test_no_such_host(settings):
    assert refusal(settings, s3_endpoint=f"{NO_HOST}:9000").sentence.endswith("cannot be found: no such host.")


def test_a_black_hole(settings):
    with black_hole() as port:
        blobs = Blobs(replace(settings, s3_endpoint=f"127.0.0.1:{port}"))
        with pytest.raises(StorageError) as problem:
            blobs.check()
    assert problem.value.sentence == f"The S3 server at 127.0.0.1:{port} cannot be reached: no answer in 3 s."


def test_another_program_answers(settings):
    redis = settings.broker_url.rpartition("@")[2].partition("/")[0]
    assert "S3" in refusal(settings, s3_endpoint=redis).sentence


def test_tls_where_the_server_has_none(settings):
    assert "does not speak TLS" in refusal(settings, s3_secure=True).sentence


def test_tls_is_checked(settings, tmp_path, monkeypatch):
    host, _, port = settings.s3_endpoint.partition(":")
    with tls_front((host, int(port)), tmp_path) as (front, authority):
        behind = replace(settings, s3_endpoint=f"{host}:{front}", s3_secure=True)
        assert "certificate that cannot be trusted" in refusal(behind).sentence
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        blobs = Blobs(behind)
        blobs.put_bytes("a/b", b"x")
        assert blobs.get_bytes("a/b") == b"x"
        blobs.close()


def behind(settings: Settings, drops: int) -> AbstractContextManager[int]:
    host, _, port = settings.s3_endpoint.partition(":")
    return flaky_front((host, int(port)), drops)


def test_a_connection_that_the_server_had_given_up(settings, key):
    with behind(settings, drops=1) as port:
        blobs = Blobs(replace(settings, s3_endpoint=f"127.0.0.1:{port}"))
        blobs.put_bytes(key, b"x")
        assert blobs.get_bytes(key) == b"x"
        blobs.close()


def test_a_server_that_hangs_up_again(settings, key):
    with behind(settings, drops=2) as port:
        blobs = Blobs(replace(settings, s3_endpoint=f"127.0.0.1:{port}"))
        with pytest.raises(StorageError, match="broke the connection off"):
            blobs.put_bytes(key, b"x")
        blobs.close()


def test_the_path_of_a_download_is_whole_or_absent(blobs, key, tmp_path):
    target = tmp_path / ("n" * 240 + ".pdf")
    blobs.put_bytes(key, b"x")
    blobs.get_file(key, target)
    assert Path(target).read_bytes() == b"x"


def test_a_server_that_says_nothing_is_given_up(settings, monkeypatch):
    with mute_port() as port:
        silent = replace(settings, s3_endpoint=f"127.0.0.1:{port}")
        blobs = Blobs(silent)
        monkeypatch.setattr(blobs, "_quick", connect(silent, read_s=0.2))
        with pytest.raises(StorageError, match="in time"):
            blobs.check()
