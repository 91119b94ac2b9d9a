"""Consoles that are killed by SIGKILL while they upload, against real servers: the next one finishes each job once."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from console.ops.intake import plan
from console.ops.profiles import EMBEDDED, Profile
from console.ops.services import Services
from console.ops.uploads import Order, Step, Uploaded, Uploader
from tests.services.queued_jobs import change, value
from tests.services.stack_homes import PROJECT
from tests.unit.documents import picture
from worker.core.database import transaction
from worker.core.errors import StorageError, UnreadableFile
from worker.core.parts import PART_BYTES
from worker.core.settings import Settings
from worker.core.store import Store


class MortalConsole:
    """See mortal_console."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.services.mortal_console", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            env={**os.environ, **settings.as_environment()},
        )
        assert self._line() == "ready"

    def upload(self, steps: int) -> str:
        """Until it is killed after so many steps. Returns the last, or "ended"."""
        assert self._process.stdin
        print(steps, file=self._process.stdin, flush=True)
        last = self._line()
        assert self._line() == "gone"
        return last

    def close(self) -> None:
        self._process.communicate()

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    with Services.open(Profile(EMBEDDED, "the embedded stack"), settings) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A file that goes up in two parts, and a small one."""
    place = tmp_path / "scans"
    place.mkdir()
    picture(place / "large.png", "large")
    with (place / "large.png").open("ab") as file:
        file.write(os.urandom(PART_BYTES + 1000))  # behind its end, where readers do not look
    picture(place / "small.png", "small")
    return place


@pytest.fixture
def mortal(folder: Path, settings: Settings) -> Iterator[MortalConsole]:
    console = MortalConsole(folder, settings)
    yield console
    console.close()


def test_killed_behind_any_step_the_next_start_finishes_each_job_once(
    services: Services, mortal: MortalConsole, folder: Path, engine: Engine
):
    seen: list[str] = []
    while (last := mortal.upload(len(seen))) != "ended":
        seen.append(last)
        accepted = value(engine, "select count(*) from jobs")
        assert accepted == (0 if last == "nothing" else 2)
        uploader = Uploader(services)
        if len(seen) % 2 and uploader.unfinished():
            done = uploader.upload(plan([folder]).files, Order())  # the same is submitted again
            assert [one.step for one in done] == [Step.QUEUED] * 2
        else:
            uploader.resume(uploader.unfinished())
        assert uploader.unfinished() == []
        assert_finished_once(services, engine, folder, accepted)
        change(engine, "delete from jobs")
    expected = {"nothing", "add_jobs", "remember_upload", "_put_object", "_complete_multipart_upload", "queue_jobs"}
    assert expected | {"ring_all", "mark_published"} <= set(seen)
    assert value(engine, "select count(*) from jobs where state = 'QUEUED'") == 2


def assert_finished_once(services: Services, engine: Engine, folder: Path, jobs: int) -> None:
    """Every job is queued with its own bytes and one task, which was rung for, or which the housekeeper rings for."""
    with transaction(engine) as connection:
        rows = connection.execute(
            text("""select j.name, j.state, j.source_key, j.source_sha256, j.upload, t.id, t.published_at
            from jobs j join tasks t on t.job_id = j.id""")
        ).all()
    waiting = services.broker.waiting(["ocr"])[0]
    assert sorted(row.name for row in rows) == ["large.png", "small.png"][: jobs or 0]
    for row in rows:
        content = (folder / row.name).read_bytes()
        assert (row.state, row.upload) == ("QUEUED", None)
        assert row.source_sha256 == hashlib.sha256(content).hexdigest()
        assert services.blobs.get_bytes(row.source_key) == content
        assert row.id in waiting or row.published_at is None
        assert services.blobs.parts.abort_all(row.source_key) == 0


def test_a_submission_that_was_cut_off_is_gone_on_with_file_by_file(
    services: Services, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    """Of its files one is read, one waits, one was written anew, one was given up, and one was not sent."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("read", "waits", "written", "given up", "not sent"):
        picture(folder / f"{name}.png", name)
    real = services.blobs.put_stream

    def put(key: str, *rest: Any, content_type: str, **more: Any) -> None:
        name = value(engine, "select name from jobs where id = cast(:job as uuid)", job=key.split("/")[1])
        if name == "not sent.png":
            raise StorageError("S3 is away.")
        if name == "given up.png":
            raise UnreadableFile("It cannot be read.")
        real(key, *rest, content_type=content_type, **more)

    with monkeypatch.context() as now:
        now.setattr(services.blobs, "put_stream", put)
        first = ids(Uploader(services).upload(plan([folder]).files, Order()))
    change(engine, "update tasks set status = 'done' where job_id = :job", job=first["read.png"])
    change(engine, "update jobs set state = 'DONE' where id = :job", job=first["read.png"])
    picture(folder / "written.png", "something else")
    done = Uploader(services).upload(plan([folder]).files, Order())
    second = ids(done)
    same = {name for name in first if first[name] == second[name]}
    assert same == {"read.png", "waits.png", "not sent.png"}
    assert {one.file.name for one in done if one.step is Step.REUSED} == {"read.png"}
    assert {one.step for one in done if one.file.name != "read.png"} == {Step.QUEUED}
    assert value(engine, "select count(*) from jobs") == 7
    assert value(engine, "select count(*) from tasks") == 6
    third = ids(Uploader(services).upload(plan([folder]).files, Order()))  # nothing was cut off: another submission
    assert not set(third.values()) & set(second.values())


def ids(done: Sequence[Uploaded]) -> dict[str, UUID]:
    return {one.file.name: one.job_id for one in done if one.job_id is not None}
