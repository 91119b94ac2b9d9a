"""From an error to one sentence and an exit code; what is too long goes to the log, without secrets."""

import json
import logging
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import console.cli.jobs
from console.cli.main import run
from console.cli.passwords import password_in
from worker.core.errors import (
    AccessRefused,
    DatabaseError,
    InternalError,
    NotFoundError,
    SettingsError,
    UsageError,
)
from worker.core.settings import Settings

SECRET = "s3cr3t-pass"
ENVIRONMENT = {
    "DATABASE_URL": f"postgresql://ocr:{SECRET}@127.0.0.1:1/ocr",
    "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    "CELERY_RESULT_BACKEND": "redis://127.0.0.1:1/1",
    "MINIO_ENDPOINT": "127.0.0.1:1",
    "MINIO_ACCESS_KEY": "access-key",
    "MINIO_SECRET_KEY": "another-secret",
    "MINIO_OCR_BUCKET": "ocr",
}


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """The program sets up its process; a test gives it back."""
    handlers, before = logging.getLogger().handlers[:], signal.getsignal(signal.SIGTERM)
    yield
    for handler in set(logging.getLogger().handlers) - set(handlers):
        handler.close()
    logging.getLogger().handlers[:] = handlers
    signal.signal(signal.SIGTERM, before)


def run_with(monkeypatch: pytest.MonkeyPatch, home: Path, verb) -> int:
    monkeypatch.setattr(console.cli.jobs, "run", verb)
    return run(["jobs", "--home", str(home)], start_worker=lambda _: None, open_window=lambda *_: 0)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("There is no a.pdf."), 2),
        (SettingsError("DATABASE_URL is missing."), 2),
        (DatabaseError("PostgreSQL is away.", "Start it."), 3),
        (AccessRefused("The S3 server refused our keys."), 3),
        (NotFoundError("There is no job 7."), 4),
        (InternalError("The worker does not start."), 1),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("oops"), 1),
    ],
)
def test_errors_are_a_sentence_and_a_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], error: BaseException, code: int
):
    def verb(_session: object) -> int:
        raise error

    assert run_with(monkeypatch, tmp_path, verb) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert "Traceback" not in said.err


def test_a_fault_of_ours_is_in_the_log_and_the_sentence_says_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    settings = Settings.from_mapping(ENVIRONMENT, "a test")

    def verb(session: SimpleNamespace) -> int:
        session.seen_settings.append(settings)
        raise ZeroDivisionError(f"with {SECRET} and another-secret in it")

    assert run_with(monkeypatch, tmp_path, verb) == 1
    log = tmp_path / "logs" / "console.log"
    assert str(log) in capsys.readouterr().err
    text = log.read_text()
    assert "ZeroDivisionError" in text
    assert SECRET not in text
    assert "another-secret" not in text


def test_a_home_that_cannot_be_written_does_not_hide_the_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "file").write_text("x")

    def verb(_session: object) -> int:
        raise DatabaseError("PostgreSQL is away.", "Start it.")

    assert run_with(monkeypatch, tmp_path / "file", verb) == 3
    assert capsys.readouterr().err == "PostgreSQL is away. Start it.\n"


def profile(tmp_path: Path, **more: str) -> str:
    path = tmp_path / "live.env"
    path.write_text("".join(f"{name}={value}\n" for name, value in {**ENVIRONMENT, **more}.items()))
    path.chmod(0o600)
    return str(path)


@pytest.mark.parametrize(
    "verb", [["submit", "a.png"], ["retry", "x", "--state", "failed"], ["worker", "start"], ["demo"]]
)
def test_production_is_changed_only_when_confirmed_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, verb: list[str]
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.png").write_bytes(b"")
    words = [word for word in verb if word != "x"]
    words += ["--profile", profile(tmp_path, OCR_CONSOLE_PRODUCTION="true"), "--home", str(tmp_path / "home")]
    for more in ([], ["--confirm", "other"]):
        assert run([*words, *more], start_worker=lambda _: None, open_window=lambda *_: 0) == 2
        assert "--confirm live" in capsys.readouterr().err


def test_a_profile_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    words = ["jobs", "--profile", str(tmp_path / "none.env"), "--home", str(tmp_path)]
    assert run(words, start_worker=lambda _: None, open_window=lambda *_: 0) == 2
    assert "none.env" in capsys.readouterr().err


def test_dead_services_are_3_within_seconds_and_the_password_is_not_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    words = ["jobs", "--json", "--profile", profile(tmp_path), "--home", str(tmp_path / "home")]
    assert run(words, start_worker=lambda _: None, open_window=lambda *_: 0) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "127.0.0.1:1" in said.err
    assert SECRET not in said.err + (tmp_path / "home" / "logs" / "console.log").read_text()


def test_a_submission_of_nothing_readable_starts_no_service(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "empty.pdf").write_bytes(b"")
    words = ["submit", str(tmp_path / "empty.pdf"), "--json", "--profile", profile(tmp_path), "--home", str(tmp_path)]
    assert run(words, start_worker=lambda _: None, open_window=lambda *_: 0) == 1
    answer = json.loads(capsys.readouterr().out)
    assert [entry["class"] for entry in answer["skipped"]] == ["empty"]
    assert (answer["jobs"], answer["done"], answer["failed"]) == ([], 0, 0)


def test_a_password_comes_out_of_a_file(tmp_path: Path):
    file = tmp_path / "password"
    file.write_text("open sesame \r\nanother line\n")
    assert password_in(str(file)) == "open sesame "
    assert password_in(None) is None
    for bad in (b"", b"\n", b"\xff\xfe", b"x" * 2000):
        file.write_bytes(bad)
        with pytest.raises(UsageError):
            password_in(str(file))
    with pytest.raises(UsageError):
        password_in(str(tmp_path / "nothing"))


def test_without_a_verb_the_window_opens_on_the_profile(tmp_path: Path):
    asked: list[object] = []

    def open_window(*given: object) -> int:
        asked.extend(given)
        return 7

    words = ["--profile", "live", "--home", str(tmp_path)]
    assert run(words, start_worker=lambda _: None, open_window=open_window) == 7
    assert asked == ["live", tmp_path, None]
