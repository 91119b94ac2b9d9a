"""`profiles …` on files alone: what it prints, what it leaves, and that no secret is ever among it."""

from __future__ import annotations

import json
import logging
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from console.cli.main import run
from console.ops import profiles
from tests.memory_ring import memory_ring
from tests.unit.test_profiles import TEXT
from tests.unit.test_settings import PLAIN

Ask = Callable[..., Any]


@pytest.fixture
def ask(tmp_path, monkeypatch, capsys) -> Iterator[Ask]:
    """Runs the verb; returns its answer, as JSON where it is asked for so. Whatever it prints is free of secrets."""
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: tmp_path / "config")
    handlers, before = logging.getLogger().handlers[:], signal.getsignal(signal.SIGTERM)

    def verb(*words: object, code: int = 0) -> Any:
        argv = ["profiles", *map(str, words), "--home", str(tmp_path / "home")]
        assert run(argv, start_worker=lambda _: None, open_window=lambda *_: 0) == code
        said = capsys.readouterr()
        assert "geheim" not in said.out + said.err
        if code and "test" not in words:
            assert said.out == ""
            return said.err
        return json.loads(said.out) if "--json" in words else said.out

    yield verb
    for handler in set(logging.getLogger().handlers) - set(handlers):
        handler.close()
    logging.getLogger().handlers[:] = handlers
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "live.env"
    made.write_text(TEXT + "OCR_CONSOLE_PRODUCTION=true\nOWN_TOKEN=ganz-geheim\nLOG_LEVLE=INFO\n", "utf-8")
    return made


def test_made_shown_copied_and_removed(ask, tmp_path, file):
    assert ask("--json") == ask("list", "--json")
    path = Path(ask("new", "north").strip())
    assert path == profiles.list_profiles()["north"]
    done = ask("import", file, "live", "--json")
    assert (done["compose"], done["missing"], done["kept"]) == (False, [], ["OWN_TOKEN", "LOG_LEVLE"])
    ask("copy", "live", "second")
    listed = {one["name"]: one for one in ask("list", "--json")}
    assert {name: one["production"] for name, one in listed.items()} == {
        "embedded": False,
        "live": True,
        "north": False,
        "second": True,
    }
    ask("remove", "second")
    assert set(profiles.list_profiles()) == {"live", "north"}


def test_shown_without_secrets_and_with_what_is_to_be_said(ask, file):
    shown = ask("show", file, "--json")
    assert shown["values"]["DATABASE_URL"] == "postgresql://ocr:•••@db:5432/ocr"
    assert shown["values"]["MINIO_SECRET_KEY"] == "•••"
    assert shown["others"] == ["LOG_LEVLE", "OWN_TOKEN"]
    (check,) = shown["checks"]
    assert (check["variable"], check["verdict"]) == ("LOG_LEVLE", "warn")
    words = ask("show", file)
    assert "DATABASE_URL=postgresql://ocr:•••@db:5432/ocr\n" in words
    assert "Is LOG_LEVEL meant?" in words


def test_secrets_go_into_the_keyring_and_back(ask, file):
    ask("import", file, "live")
    with memory_ring() as ring:
        assert "MINIO_SECRET_KEY" in ask("keyring", "live", "--json")["secrets"]
        path = profiles.list_profiles()["live"]
        assert "secret-geheim" not in path.read_text("utf-8")
        shown = ask("show", "live", "--json")
        assert shown["checks"] == ask("show", file, "--json")["checks"]
        assert shown["values"] == ask("show", file, "--json")["values"]
        ask("keyring", "live", "--off")
        assert ring.secrets == {}
    assert PLAIN.items() <= profiles.load("live", {}).values.items()


def test_without_a_keyring_it_is_one_sentence(ask, file):
    ask("import", file, "live")
    assert ask("keyring", "live", code=2).startswith("This system has no keyring that can be used. ")


@pytest.mark.parametrize(
    "words",
    [("show", "nobody"), ("new", "../x"), ("new", "embedded"), ("copy", "nobody", "x"), ("import", "/nowhere", "x")],
)
def test_what_cannot_be_is_one_sentence_and_2(ask, words):
    assert len(ask(*words, code=2).splitlines()) == 1
    assert profiles.list_profiles() == {}


def test_a_profile_that_lacks_something_is_not_well(ask):
    ask("new", "north")
    answer = ask("test", "north", "--json", code=2)
    assert not answer["ok"]
    assert {one["verdict"] for one in answer["services"]} == {"fail"}


def test_the_two_without_a_file(ask, monkeypatch):
    assert "were never started" in ask("show", "embedded", code=3)
    for name, value in PLAIN.items():
        monkeypatch.setenv(name, value)
    assert ask("show", "environment", "--json")["values"]["MINIO_SECRET_KEY"] == "•••"
