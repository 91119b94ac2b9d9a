"""One file on its way: hashed as it goes, sent again if it changed, given up if it changed again."""

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from console.ops import upload
from console.ops.intake import PlannedFile
from worker.core.errors import FileChanging, StorageError, UnreadableFile

CONTENT = b"scanned " * 1000


def planned(path: Path) -> PlannedFile:
    about = path.stat()
    return PlannedFile(path, path.name, about.st_size, about.st_mtime, "image/png", "png", 1, 1)


@pytest.fixture
def file(tmp_path: Path) -> PlannedFile:
    path = tmp_path / "a.png"
    path.write_bytes(CONTENT)
    return planned(path)


class Server:
    """Takes a stream in parts; what happens between the parts is the test's."""

    def __init__(self, between: Callable[[int], None] = lambda _: None) -> None:
        self.got: list[bytes] = []
        self._between = between

    def put(self, stream: upload.HashingReader, length: int) -> None:
        received = b""
        while len(received) < length:
            part = stream.read(min(3000, length - len(received)))
            if not part:
                raise FileChanging("it became shorter")
            received += part
            self._between(len(self.got))
        self.got.append(received)


def test_the_bytes_arrive_with_their_hash(file: PlannedFile):
    server = Server()
    assert upload.send(file, server.put, threading.Event()) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert server.got == [CONTENT]
    assert upload.fingerprint(file.source, "a.png", threading.Event()) == hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize("change", [b"longer " * 4000, b"short", CONTENT])
def test_a_file_that_changed_meanwhile_is_sent_again(file: PlannedFile, change: bytes):
    def write_once(sent_before: int) -> None:
        if sent_before == 0 and not changed:
            changed.append(True)
            file.source.write_bytes(change)
            os.utime(file.source, ns=(1, 1))

    changed: list[bool] = []
    server = Server(write_once)
    assert upload.send(file, server.put, threading.Event()) == (len(change), hashlib.sha256(change).hexdigest())
    assert server.got[-1] == change


def test_a_file_that_goes_on_changing_is_given_up(file: PlannedFile):
    times = iter(range(1, 1000))

    def write(_: int) -> None:
        os.utime(file.source, ns=(next(times), next(times)))

    with pytest.raises(FileChanging, match=r"a\.png"):
        upload.send(file, Server(write).put, threading.Event())


def test_a_server_that_fails_is_not_blamed_on_the_file(file: PlannedFile):
    def put(stream: upload.HashingReader, length: int) -> None:
        stream.read(10)
        raise StorageError("away")

    with pytest.raises(StorageError):
        upload.send(file, put, threading.Event())


def test_a_file_that_is_gone(file: PlannedFile):
    file.source.unlink()
    with pytest.raises(UnreadableFile, match=r"a\.png cannot be read"):
        upload.send(file, Server().put, threading.Event())


def test_a_cancelled_upload_ends_at_the_next_part(file: PlannedFile):
    cancel = threading.Event()
    server = Server(lambda _: cancel.set())
    with pytest.raises(upload.Cancelled):
        upload.send(file, server.put, cancel)
    assert server.got == []
