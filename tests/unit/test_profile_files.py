"""Profiles as files: made, copied, changed, removed, brought back, imported."""

from __future__ import annotations

import os
import resource
import signal
import stat
from pathlib import Path

import platformdirs
import pytest
from hypothesis import HealthCheck, given, settings

from console.ops import profile_files, profiles
from console.ops.profile_files import create, duplicate, import_env, remove, restore, save
from console.ops.profile_list import listed
from console.ops.profile_template import template
from console.ops.shell_values import parse
from tests.unit.test_profiles import TEXT
from tests.unit.test_settings import PLAIN
from tests.unit.test_shell_editing import CHANGES
from tests.unit.test_shell_values import by_shell
from worker.core.errors import NotFoundError, SettingsError, UsageError
from worker.core.settings import VARIABLES, Settings

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Where profiles are kept; made by who writes the first."""
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: tmp_path / "config")
    return profiles.folder()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_profile_explains_every_variable(tmp_path):
    path = create("north", PLAIN)
    assert path == profiles.folder() / "north.env"
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert profiles.load("north", {}).values == PLAIN
    lines = path.read_text("utf-8").splitlines()
    for variable in VARIABLES:
        (line,) = [line for line in lines if line.removeprefix("# ").startswith(f"{variable.name}=")]
        assert line.startswith("# ") != (variable.name in PLAIN)
        assert variable.meaning[1:] in lines[lines.index(line) - 1]
    shell = by_shell(path.read_text("utf-8"), tmp_path)
    assert shell is not None
    assert PLAIN.items() <= shell.items()


def test_the_examples_of_the_template_can_be_used():
    set_all = template().replace("\n# ", "\n")
    chosen = "\n".join(line for line in set_all.splitlines() if "=" in line and line.split("=")[0].isupper())
    values = {name: value for name, value in parse(chosen, {}).items() if value}
    Settings.from_mapping(PLAIN | values, "the template")


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "a\\b",
        "a\nb",
        ".hidden",
        "x ",
        "a.env",
        "NUL",
        "embedded",
        "Environment",
        "x" * 70,
    ],
)
def test_a_name_that_cannot_be(name):
    with pytest.raises(UsageError):
        create(name)
    assert profiles.list_profiles() == {}


def test_a_full_disk_leaves_no_half_profile(folder):
    path = create("north", PLAIN)
    before = path.read_text("utf-8")
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    usual = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, most[1]))
    try:
        for act in (lambda: create("south", PLAIN), lambda: save(path, {"LOG_LEVEL": "DEBUG"})):
            with pytest.raises(SettingsError, match="cannot be written"):
                act()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
        signal.signal(signal.SIGXFSZ, usual)
    assert list(folder.iterdir()) == [path]
    assert path.read_text("utf-8") == before


def test_a_name_that_is_taken():
    path = create("Hồ sơ 2025", PLAIN)
    before = path.read_bytes()
    for act in (
        lambda: create("hồ sơ 2025"),
        lambda: duplicate(path, "HỒ SƠ 2025"),
        lambda: import_env(path, path.stem),
    ):
        with pytest.raises(UsageError) as problem:
            act()
        assert "already" in problem.value.sentence
    assert path.read_bytes() == before


def test_a_copy_is_the_same_text(folder):
    path = create("north", PLAIN)
    path.chmod(0o644)
    copy = duplicate(path, "south")
    assert copy.read_bytes() == path.read_bytes()
    assert mode(copy) == 0o600


def test_changes_are_saved_and_the_mode_stays():
    path = create("north", {**PLAIN, "OWN": "kept"})
    path.chmod(0o640)
    save(path, {"OCR_CONSOLE_PRODUCTION": "true", "OCR_CONSOLE_COLOUR": "#C2272D", "LOG_LEVEL": None})
    found = profiles.load("north", {})
    assert (found.production, found.colour, found.others) == (True, "#C2272D", {"OWN": "kept"})
    assert mode(path) == 0o640
    written = path.stat().st_mtime_ns
    save(path, {"OCR_CONSOLE_PRODUCTION": "true"})
    assert path.stat().st_mtime_ns == written
    assert [entry.name for entry in path.parent.iterdir()] == ["north.env"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
def test_what_was_saved_is_what_is_read_by_us_and_by_a_shell(folder, tmp_path, changes):
    path = folder / "any.env"
    path.unlink(missing_ok=True)
    create("any", PLAIN | {"OWN": "kept", "B": "it's"})
    save(path, changes)
    expected = {
        name: value for name, value in (PLAIN | {"OWN": "kept", "B": "it's"} | changes).items() if value is not None
    }
    assert profiles.values_in(path, {}) == expected
    shell = by_shell(path.read_bytes().decode(), tmp_path)
    assert shell is not None
    assert expected.items() <= shell.items()


def test_what_was_not_changed_stays_an_expansion(folder):
    path = create("north")
    path.write_text(TEXT + "HOST=redis\nREDIS_URL=redis://$HOST/0\n", "utf-8")
    save(path, {"REDIS_URL": "redis://redis/0", "MINIO_OCR_BUCKET": "other"})
    assert "REDIS_URL=redis://$HOST/0\n" in path.read_text("utf-8")


def test_a_link_stays_one(folder, tmp_path):
    path = create("north", PLAIN)
    real = path.replace(tmp_path / "real.env")
    path.symlink_to(real)
    save(path, {"LOG_LEVEL": "DEBUG"})
    assert path.is_symlink()
    assert "\nLOG_LEVEL=DEBUG\n" in real.read_text("utf-8")


def test_a_file_that_cannot_be_read_is_not_touched(folder):
    path = create("north")
    path.write_text("A=geheim wort\n", "utf-8")
    with pytest.raises(SettingsError) as problem:
        save(path, {"A": "1"})
    assert "geheim" not in str(problem.value)
    assert path.read_text("utf-8") == "A=geheim wort\n"


def test_what_was_removed_can_be_brought_back(folder):
    path = create("north", PLAIN)
    text = path.read_bytes()
    removed = remove(path)
    assert profiles.list_profiles() == {}
    assert (mode(removed.kept), mode(removed.kept.parent)) == (0o600, 0o700)
    create("north")
    with pytest.raises(UsageError):
        restore(removed)
    remove(path)
    assert restore(removed) == path
    assert path.read_bytes() == text


def test_what_was_opened_before_it_was_removed_is_not_listed(tmp_path):
    path, elsewhere = create("north", PLAIN), tmp_path / "own.env"
    elsewhere.write_text(TEXT, "utf-8")
    opened, used = (path, elsewhere), profiles.Profile(profiles.EMBEDDED, "")
    assert [one.path for one in listed(used, {}, opened)] == [None, elsewhere, path]
    remove(path)
    assert [one.path for one in listed(used, {}, opened)] == [None, elsewhere]


def test_after_ten_minutes_it_is_gone(folder, monkeypatch):
    removed = remove(create("north", PLAIN))
    create("broken").write_bytes(b"\xff A='")
    remove(profiles.list_profiles()["broken"])
    monkeypatch.setattr(profile_files, "REMOVED_KEPT_S", -1.0)
    profile_files.forget_removed()
    assert list(removed.kept.parent.iterdir()) == []
    with pytest.raises(NotFoundError):
        restore(removed)


def test_a_file_elsewhere_is_not_ours_to_remove(tmp_path):
    path = tmp_path / "mine.env"
    path.write_text(TEXT, "utf-8")
    with pytest.raises(UsageError):
        remove(path)
    assert path.exists()


COMPOSE = """\
# The old deployment
DATABASE_URL=postgresql://${PGUSER:-ocr}:pa$$word@db/ocr
MINIO_SECRET_KEY=geheim mit blank   # rotated in May
MINIO_ACCESS_KEY="ak\\"1" # quoted
REDIS_URL: redis://redis/0
SMTP_PASSWORD='it\\'s $HOME'
HASH=a#b$c
GREETING="two
lines"
FROM_SHELL
app.debug=1
"""


def test_a_file_of_compose_is_translated(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    file = tmp_path / "compose.env"
    file.write_text(COMPOSE, "utf-8")
    done = import_env(file, "old")
    assert done.compose
    assert profiles.values_in(done.path, {}) == {
        "DATABASE_URL": "postgresql://ocr:pa$word@db/ocr",
        "MINIO_SECRET_KEY": "geheim mit blank",
        "MINIO_ACCESS_KEY": 'ak"1',
        "REDIS_URL": "redis://redis/0",
        "SMTP_PASSWORD": "it's $HOME",
        "HASH": "a#b$c",
        "GREETING": "two\nlines",
    }
    assert done.taken == ("DATABASE_URL", "MINIO_SECRET_KEY", "MINIO_ACCESS_KEY", "REDIS_URL")
    assert done.kept == ("SMTP_PASSWORD", "HASH", "GREETING")
    assert done.missing == ("MINIO_ENDPOINT", "MINIO_OCR_BUCKET")
    assert done.left_out == ("FROM_SHELL", "app.debug")
    assert done.path.read_text("utf-8").startswith("# The old deployment\n")
    assert mode(done.path) == 0o600
    assert "geheim" not in repr(done)


def test_a_file_of_a_shell_is_taken_as_it_stands(folder, tmp_path):
    file = tmp_path / "shell.env"
    file.write_text(TEXT + 'NAME=ocr # ours\nexport OWN="$NAME ${OTHER:-x}"\n', "utf-8")
    done = import_env(file, "new")
    assert not done.compose
    assert done.path.read_bytes() == file.read_bytes()
    assert (done.kept, done.missing) == (("NAME", "OWN"), ())


def test_a_dollar_of_a_password_makes_it_a_file_of_compose(folder, tmp_path):
    file = tmp_path / "either.env"
    file.write_text(TEXT.replace("secret-geheim", "pa$word"), "utf-8")
    assert "word" not in os.environ
    assert profiles.values_in(import_env(file, "new").path, {})["MINIO_SECRET_KEY"] == "pa$word"


def test_what_is_no_file_of_variables(folder, tmp_path):
    file = tmp_path / "notes.env"
    file.write_text("A=1\nto be done\n", "utf-8")
    with pytest.raises(SettingsError) as problem:
        import_env(file, "new")
    assert problem.value.sentence.startswith("Line 2 of ")
    assert profiles.list_profiles() == {}
