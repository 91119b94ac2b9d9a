"""A profile's secrets in the system's keyring: none in its file, all in the profile, each trouble a sentence."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import platformdirs
import pytest
from keyring.errors import KeyringLocked, NoKeyringError, PasswordSetError

from console.ops import profile_files, profiles, secret_store
from console.ops.profile_files import create, duplicate, remove, restore, save
from console.ops.profile_secrets import from_keyring, still_in_file, to_keyring
from console.ops.secret_store import NoKeyring
from tests.memory_ring import MemoryRing, memory_ring
from tests.unit.test_settings import PLAIN
from tests.unit.test_shell_values import by_shell
from worker.core.addresses import Address
from worker.core.errors import SettingsError
from worker.core.settings import Settings

MOVED = ("DATABASE_URL", "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY")


@pytest.fixture(autouse=True)
def ring() -> Iterator[MemoryRing]:
    with memory_ring() as made:
        yield made


@pytest.fixture
def path(tmp_path, monkeypatch) -> Path:
    """A profile whose secrets were moved."""
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: tmp_path / "config")
    made = create("north", {**PLAIN, "OWN": "x"})
    assert to_keyring(made) == MOVED
    return made


def settings_of(name: str) -> Settings:
    found = profiles.load(name, {}).settings
    assert found is not None
    return found


def test_the_profile_is_as_before_and_its_file_holds_no_secret(path, ring, tmp_path):
    text = path.read_text("utf-8")
    assert "geheim" not in text
    assert not still_in_file(path)
    assert settings_of("north") == Settings.from_mapping(PLAIN, "a test")
    assert sorted(ring.secrets.values()) == sorted(
        ["pg-geheim", "redis-geheim", "redis-geheim", "access-geheim", "secret-geheim"]
    )
    shell = by_shell(text, tmp_path)
    assert shell is not None
    assert shell["DATABASE_URL"] == "postgresql://ocr@db:5432/ocr"
    assert "MINIO_SECRET_KEY" not in shell
    assert profiles.load("north", {}).others == {"OWN": "x"}


def test_a_new_secret_goes_where_the_old_one_was(path, ring):
    save(
        path,
        {"DATABASE_URL": "postgresql://me:n/e@w#@other/ocr", "MINIO_SECRET_KEY": "neu-geheim", "LOG_LEVEL": "DEBUG"},
    )
    assert "neu-geheim" not in path.read_text("utf-8")
    assert "DATABASE_URL=postgresql://me@other/ocr\n" in path.read_text("utf-8")
    found = settings_of("north")
    assert (found.s3_secret_key, found.log_level) == ("neu-geheim", "DEBUG")
    assert Address.parse(found.database_url).password == "n/e@w#"
    save(path, {"DATABASE_URL": "postgresql://me@other/ocr"})
    assert "DATABASE_URL" not in secret_store.named(profiles.values_in(path, {}))
    assert Address.parse(settings_of("north").database_url).password is None
    assert "n/e@w#" not in ring.secrets.values()


def test_back_into_the_file(path, ring):
    assert from_keyring(path) == MOVED
    assert ring.secrets == {}
    assert profiles.values_in(path, {}) == {**PLAIN, "OWN": "x"}


def test_a_copy_has_its_own(path, ring):
    duplicate(path, "south")
    save(path, {"MINIO_SECRET_KEY": "neu-geheim"})
    assert settings_of("south").s3_secret_key == "secret-geheim"


@pytest.mark.parametrize("secret", ["neu-geheim", None])
def test_a_file_that_cannot_be_written_keeps_its_secrets(path, ring, monkeypatch, secret):
    before, text = dict(ring.secrets), path.read_text("utf-8")
    monkeypatch.setattr(profile_files, "write_private", Mock(side_effect=OSError(28, "No space left on device")))
    with pytest.raises(SettingsError, match="No space left"):
        save(path, {"MINIO_SECRET_KEY": secret, "LOG_LEVEL": "DEBUG"})
    assert (ring.secrets, path.read_text("utf-8")) == (before, text)


def test_a_copy_without_its_secrets_is_none(path, monkeypatch):
    monkeypatch.setattr(MemoryRing, "set_password", Mock(side_effect=PasswordSetError()))
    with pytest.raises(NoKeyring):
        duplicate(path, "south")
    assert list(profiles.list_profiles()) == ["north"]


def test_they_go_with_the_profile_and_come_back_with_it(path, ring, monkeypatch):
    restore(remove(path))
    assert settings_of("north").s3_secret_key == "secret-geheim"
    remove(path)
    monkeypatch.setattr(profile_files, "REMOVED_KEPT_S", -1.0)
    profile_files.forget_removed()
    assert ring.secrets == {}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoKeyringError("geheim"), "no keyring that can be used"),
        (KeyringLocked("geheim"), "is locked"),
        (PasswordSetError("geheim"), "cannot be used (PasswordSetError)"),
        (OSError("geheim"), "cannot be used (OSError)"),
    ],
)
def test_each_trouble_is_a_sentence(path, ring, error, words):
    before = path.read_text("utf-8")
    ring.error = error
    for act in (
        lambda: profiles.load("north", {}),
        lambda: save(path, {"MINIO_SECRET_KEY": "neu-geheim"}),
        lambda: from_keyring(path),
        lambda: to_keyring(create(f"new{len(profiles.list_profiles())}", PLAIN)),
    ):
        with pytest.raises(NoKeyring) as problem:
            act()
        assert words in problem.value.sentence
        assert problem.value.advice
        assert "geheim" not in str(problem.value) + problem.value.advice
    assert words in secret_store.absent()
    assert path.read_text("utf-8") == before


def test_a_keyring_that_hangs(path, ring, monkeypatch):
    monkeypatch.setattr(secret_store, "PATIENCE_S", 0.05)
    never = threading.Event()
    monkeypatch.setattr(MemoryRing, "get_password", lambda *_: never.wait(20))
    with pytest.raises(NoKeyring) as problem:
        profiles.load("north", {})
    never.set()
    assert "does not answer" in problem.value.sentence


def test_a_secret_that_is_gone_is_named(path, ring):
    ring.secrets.clear()
    with pytest.raises(NoKeyring) as problem:
        profiles.load("north", {})
    assert "no secret for DATABASE_URL in profile north" in problem.value.sentence


def test_only_secrets_can_lie_there(path):
    save(path, {"OCR_CONSOLE_KEYRING": "MINIO_ENDPOINT"})
    with pytest.raises(NoKeyring) as problem:
        profiles.load("north", {})
    assert "names MINIO_ENDPOINT" in problem.value.sentence


def test_a_secret_that_is_elsewhere_in_the_file_too_is_noticed(path):
    path.write_text(path.read_text("utf-8") + "# it was secret-geheim\n", "utf-8")
    assert still_in_file(path)


def test_without_a_keyring_nothing_changes_for_a_plain_file(path, ring):
    plain = create("plain", PLAIN)
    ring.error = NoKeyringError()
    assert settings_of("plain").s3_secret_key == "secret-geheim"
    save(plain, {"MINIO_SECRET_KEY": "neu"})
    assert settings_of("plain").s3_secret_key == "neu"


def test_only_some_of_them_are_moved(path, ring):
    assert from_keyring(path, {"MINIO_SECRET_KEY"}) == ("MINIO_SECRET_KEY",)
    assert "MINIO_SECRET_KEY" not in secret_store.named(profiles.values_in(path, {}))
    assert "secret-geheim" not in ring.secrets.values()
    assert settings_of("north").s3_secret_key == "secret-geheim"
    assert set(to_keyring(path, {"MINIO_SECRET_KEY"})) == set(MOVED)
    assert settings_of("north").s3_secret_key == "secret-geheim"
