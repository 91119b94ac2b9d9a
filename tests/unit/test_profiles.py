"""Which profile a console works with, and what is said of a bad one."""

import os
import sys
from pathlib import Path

import platformdirs
import pytest

from console.ops import profiles
from tests.unit.test_settings import PLAIN
from worker.core.errors import SettingsError
from worker.core.settings import Settings

TEXT = "".join(f"{name}={value}\n" for name, value in PLAIN.items())


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A profiles folder of our own."""
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: tmp_path / "config")
    made = tmp_path / "config" / "profiles"
    made.mkdir(parents=True)
    return made


def write(path: Path, text: str = TEXT, mode: int = 0o600) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def settings_of(name: str | None, environ: dict[str, str]) -> Settings:
    found = profiles.load(name, environ).settings
    assert found is not None
    return found


def sentence(name: str | None, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(SettingsError) as problem:
        profiles.load(name, environ or {})
    return problem.value.sentence


def test_without_anything_the_embedded_stack(folder, tmp_path):
    found = profiles.load(None, {"HOME": "/"}, tmp_path)
    assert found.embedded
    assert (found.name, found.settings, found.production, found.colour) == ("embedded", None, False, None)
    assert str(tmp_path) in found.source


def test_the_environment_where_it_has_a_database(folder):
    found = profiles.load(None, PLAIN)
    assert (found.name, found.source, found.embedded) == ("environment", "the environment", False)
    assert settings_of(None, PLAIN).s3_bucket == "ocr"


def test_a_profile_wins_and_is_not_mixed_with_the_environment(folder):
    write(folder / "staging.env", TEXT.replace("MINIO_OCR_BUCKET=ocr\n", ""))
    line = sentence("staging", {**PLAIN, "S3_BUCKET": "other"})
    assert line.startswith("MINIO_OCR_BUCKET or S3_BUCKET is missing in profile staging (")
    write(folder / "staging.env")
    assert settings_of("staging", {**PLAIN, "LOG_LEVEL": "DEBUG"}).log_level == "INFO"


def test_embedded_by_name_wins_over_the_environment(folder):
    assert profiles.load("embedded", PLAIN).embedded


def test_an_incomplete_environment_is_said_to_be_one(folder):
    assert "is missing in the environment; expected" in sentence(None, {"DATABASE_URL": PLAIN["DATABASE_URL"]})


def test_by_name_by_path_and_by_tilde(folder, tmp_path, monkeypatch):
    write(folder / "staging.env")
    elsewhere = write(tmp_path / "prod.env", TEXT + "OCR_CONSOLE_PRODUCTION=true\nOCR_CONSOLE_COLOUR='#C2272D'\n")
    assert profiles.load("staging", {}).name == "staging"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in (str(elsewhere), "prod.env", "./prod.env", *(["~/prod.env"] if os.name != "nt" else [])):
        found = profiles.load(name, {})
        assert (found.name, found.path, found.production, found.colour) == ("prod", elsewhere, True, "#C2272D")


def test_listed_by_name_and_not_opened(folder):
    write(folder / "b.env", "broken ' text")
    write(folder / "a.env")
    write(folder / "notes.txt")
    assert list(profiles.list_profiles()) == ["a", "b"]


def test_no_folder_no_profiles(tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: tmp_path / "nowhere")
    assert profiles.list_profiles() == {}


def test_the_folder_is_the_user_s_own():
    assert profiles.folder().name == "profiles"
    assert "ocr-console" in profiles.folder().parts


def test_an_unknown_name_lists_the_known_ones(folder):
    write(folder / "staging.env")
    with pytest.raises(SettingsError) as problem:
        profiles.load("stagnig", {})
    assert "There is no profile stagnig" in problem.value.sentence
    assert "staging" in problem.value.advice


@pytest.mark.parametrize(("text", "line"), [("A=1\nB=geheim word\n", 2), ("A='geheim\n", 1)])
def test_a_malformed_line_is_named_and_not_quoted(folder, text, line):
    write(folder / "broken.env", text)
    said = sentence("broken")
    assert said.startswith(f"Line {line} of profile broken (")
    assert "geheim" not in said


def test_what_is_no_profile(folder):
    (folder / "latin.env").write_bytes(b"A=\xff\xfe\n")
    (folder / "folder.env").mkdir()
    write(folder / "huge.env", "#" * 1_100_000)
    assert "not a text in UTF-8" in sentence("latin")
    assert "cannot be read" in sentence(str(folder / "folder.env"))
    assert "is larger than" in sentence("huge")


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes")
def test_an_open_file_is_warned_about_and_used(folder):
    path = write(folder / "open.env", mode=0o644)
    found = profiles.load("open", {})
    assert [warning for warning in found.warnings if f"chmod 600 {path}" in warning]
    path.chmod(0o600)
    assert profiles.load("open", {}).warnings == ()


def test_expansions_see_the_environment(folder):
    write(folder / "mine.env", TEXT + 'TESSDATA_PREFIX="$HOME/tessdata"\nOWN=kept\n')
    found = profiles.load("mine", {"HOME": "/home/me"})
    assert settings_of("mine", {"HOME": "/home/me"}).tessdata == "/home/me/tessdata"
    assert found.values["OWN"] == "kept"


def test_no_secret_is_seen(folder):
    write(folder / "staging.env")
    found = profiles.load("staging", {})
    assert "geheim" not in repr(found)
    assert "geheim" not in str(found.masked())
