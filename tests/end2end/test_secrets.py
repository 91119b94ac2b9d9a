"""No secret is anywhere but where it belongs: the program is run with secrets that nobody else has, then looked for.

`secret_places.PLACES` lists the places. What is run: the stack, workers with a text log and with a JSON log at DEBUG, a
locked document with its password and with a wrong one, a document that fails, and every kind of wrong credentials.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from uuid import uuid4

import pytest

from console.ops.servers.folder import Folder
from console.ops.stack import Stack
from tests.end2end.program import Answer, Program
from tests.end2end.secret_places import PLACES, Evidence, look_at_files, look_at_services, watched_processes
from tests.unit.documents import locked, picture, scan_pdf
from worker.core.addresses import Address
from worker.core.settings import Settings

PASSWORD, WRONG_PASSWORD = f"Geheim {uuid4().hex}", f"Falsch {uuid4().hex}"
WRONG_KEY = f"k@n/arie#n%{uuid4().hex}"


class Run:
    """Starts things and keeps what they said."""

    def __init__(self, program: Program, evidence: Evidence, folder: Path) -> None:
        self.program, self.evidence, self.folder = program, evidence, folder

    def verb(self, *words: object, code: int = 0, **environment: str) -> Answer:
        answer = self.program.run(*words, code=code, TMPDIR=str(self.folder), **environment)
        self.evidence.add("outputs", " ".join(map(str, words)), f"{answer.out}\n{answer.err}")
        return answer

    def celery(self, settings: Settings, *words: str, limit_s: float = 60) -> str:
        """Plain Celery's own command line; it is ended after its time."""
        command = [sys.executable, "-m", "celery", "-A", "worker.app:celery_app", *words]
        env = os.environ | settings.as_environment() | {"TMPDIR": str(self.folder), "LOG_LEVEL": "DEBUG"}
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            try:
                said, _ = process.communicate(timeout=limit_s)
            except subprocess.TimeoutExpired:
                process.kill()
                said, _ = process.communicate()
        self.evidence.add("celery", " ".join(words), said)
        return str(said)


@pytest.fixture
def folder() -> Iterator[Path]:
    """For what programs leave in temporary folders."""
    made = Path(tempfile.mkdtemp(prefix="ocr-secrets-"))
    yield made
    shutil.rmtree(made)


def wrong(settings: Settings) -> dict[str, Settings]:
    """The same services with one wrong credential each."""

    def url(text: str) -> str:
        return replace(Address.parse(text), password=WRONG_KEY).url

    return {
        "postgres": replace(settings, database_url=url(settings.database_url)),
        "redis": replace(settings, broker_url=url(settings.broker_url), result_backend=url(settings.result_backend)),
        "s3": replace(settings, s3_secret_key=WRONG_KEY),
    }


def profile(path: Path, settings: Settings, **more: str) -> Path:
    quoted = (f"{name}='{value}'" for name, value in {**settings.as_environment(), **more}.items())
    path.write_text("\n".join([*quoted, ""]), "utf-8")
    path.chmod(0o600)
    return path


def work(run: Run, inputs: Path, settings: Settings) -> str:
    """Documents that are read, that are locked, that fail; the id of one of them."""
    scan = scan_pdf(inputs / "plain.pdf")
    locked(scan, inputs / "locked.pdf", user=PASSWORD)
    picture(inputs / "picture.png")
    right, false = inputs / "right", inputs / "false"
    right.write_text(PASSWORD + "\n", "utf-8")
    false.write_text(WRONG_PASSWORD + "\n", "utf-8")
    detailed = profile(inputs / "detailed.env", settings, LOG_LEVEL="DEBUG", LOG_FORMAT="json")
    worker = run.verb("worker", "start", "-c", "1", "--name", "detailed", "--profile", detailed, "--json").json["name"]
    unread = run.verb("submit", inputs / "locked.pdf", "--wait", "--password-file", false, "--json", code=1)
    job: str = unread.json["jobs"][0]["id"]
    run.verb("retry", job, "--password-file", right)
    run.verb("submit", inputs, "--wait", "--password-file", right, "--out", run.folder / "out", "--json", code=1)
    run.verb("job", job, "--json")
    run.verb("jobs")
    run.celery(settings, "inspect", "conf", "-d", worker)
    run.celery(settings, "report")
    run.verb("worker", "stop", "detailed", "--profile", detailed)
    return job


def fail(run: Run, inputs: Path, settings: Settings) -> None:
    """Everything that can be asked with wrong credentials, on both command lines."""

    def ask(name: str, bad: Settings) -> None:
        run.verb("submit", inputs / "picture.png", "--profile", profile(inputs / f"{name}.env", bad), code=3)
        run.celery(bad, "worker", "-c", "1", "-n", f"{name}@desk", limit_s=8)

    with ThreadPoolExecutor() as pool:
        list(pool.map(ask, *zip(*wrong(settings).items(), strict=True)))
    run.verb("worker", "start", "--profile", inputs / "s3.env", code=3)
    run.verb("jobs", code=2, DATABASE_URL=f"postgresql:/ocr:{WRONG_KEY}@db/ocr")
    run.verb("jobs", code=2, **settings.as_environment() | {"CELERY_BROKER_URL": f"redis://:{WRONG_KEY}@:x/0"})


def test_no_secret_is_where_it_does_not_belong(program: Program, folder: Path, tmp_path: Path):
    evidence = Evidence()
    run = Run(program, evidence, folder)
    stack = Stack(program.home)
    settings = stack.settings()
    with watched_processes(evidence):
        job = work(run, tmp_path, settings)
        fail(run, tmp_path, settings)
    loose = list(look_at_files(evidence, program.home))
    look_at_files(evidence, folder)
    look_at_services(evidence, settings)
    made = Folder(program.home).secrets()
    assert made is not None
    secrets = asdict(made) | {"password": PASSWORD, "wrong password": WRONG_PASSWORD, "wrong key": WRONG_KEY}
    assert evidence.leaks(secrets) == []
    assert loose == []
    seen = {place: PLACES[place].mark.format(job=job) for place in PLACES}
    assert [place for place, mark in seen.items() if not evidence.has(place, mark)] == []
