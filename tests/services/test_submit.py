"""`submit` in this process, so that a test can break what it works with."""

from __future__ import annotations

import json
import logging
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.cli.main import run
from console.ops import upload
from tests.unit.documents import picture
from worker.core.settings import Settings
from worker.core.store import Store


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """The program sets up its process; a test gives it back."""
    handlers, before = logging.getLogger().handlers[:], signal.getsignal(signal.SIGTERM)
    yield
    for handler in set(logging.getLogger().handlers) - set(handlers):
        handler.close()
    logging.getLogger().handlers[:] = handlers
    signal.signal(signal.SIGTERM, before)


def test_a_file_whose_upload_stopped_on_a_fault_of_ours_counts_as_failed(
    settings: Settings,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object) -> tuple[int, str]:
        raise ZeroDivisionError

    for name, text in settings.as_environment().items():
        monkeypatch.setenv(name, text)
    monkeypatch.setattr(upload, "send", broken)
    scan = picture(tmp_path / "scan.png", "A scan")
    words = ["submit", str(scan), "--json", "--home", str(tmp_path / "home")]
    assert run(words, start_worker=lambda _: None, open_window=lambda *_: 0) == 1
    answer = json.loads(capsys.readouterr().out)
    assert ([job["state"] for job in answer["jobs"]], answer["failed"]) == (["UPLOADING"], 1)
