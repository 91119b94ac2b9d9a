"""Profiles as files: made, copied, changed, removed and brought back. What is not ours in them stays."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from console.ops import compose_values, secret_store
from console.ops.file_names import NAMING, names_a_file
from console.ops.profile_template import template
from console.ops.profiles import (
    EMBEDDED,
    ENVIRONMENT,
    OURS,
    SUFFIX,
    folder,
    list_profiles,
    name_of,
    owner_of,
    source_of,
    text_of,
    unreadable,
    values_in,
)
from console.ops.servers.files import PRIVATE_FILE, make_private_folder, write_private
from console.ops.shell_editing import edited
from console.ops.shell_values import NotAssignments, is_complete, parse
from worker.core.errors import InternalError, NotFoundError, OcrConsoleError, SettingsError, UsageError
from worker.core.said import said
from worker.core.settings import VARIABLES

REMOVED_KEPT_S = 600.0  # so long a removed profile can be brought back
REMOVED = "removed"  # the folder where it lies


@dataclass(frozen=True, slots=True)
class Imported:
    """What came out of a file of variables."""

    path: Path  # of the new profile
    compose: bool  # it was read as `docker compose` reads it, not as a shell does
    taken: tuple[str, ...]  # variables of ours
    kept: tuple[str, ...]  # variables that are not ours; workers get them
    missing: tuple[str, ...]  # of ours, without which the profile cannot be used
    left_out: tuple[str, ...] = ()  # what a profile cannot hold: names that no shell knows, names without a value


@dataclass(frozen=True, slots=True)
class Removed:
    """A profile that was removed; `restore` brings it back for ten minutes."""

    name: str
    path: Path  # where it was
    kept: Path  # where it lies until then


def create(name: str, values: Mapping[str, str] | None = None) -> Path:
    """A new profile out of the template: every variable explained, those in `values` set.

    Raises:
        UsageError: The name cannot be used, or is taken; or a value cannot stand in a file.
        SettingsError: The folder cannot be written.
    """
    return write_new(name, edited(template(), dict(values or {})))


def duplicate(path: Path, name: str) -> Path:
    """A copy under another name, with its secrets in the keyring. Raises UsageError or SettingsError."""
    values = values_in(path, os.environ)
    secrets = secret_store.fetch(owner_of(path), names) if (names := secret_store.named(values)) else {}
    copy = write_new(name, text_of(path))
    try:
        for variable, secret in secrets.items():
            secret_store.keep(owner_of(copy), variable, secret)
    except SettingsError:
        copy.unlink(missing_ok=True)  # it could not be opened
        raise
    return copy


def save(path: Path, changes: Mapping[str, str | None]) -> None:
    """Give variables other values; None takes one out. All else in the file stays as it is.

    What lies in the keyring is changed there. The file keeps its mode, and is replaced as a whole or not at all.

    Raises:
        UsageError: A value cannot stand in such a file.
        SettingsError: The file cannot be read or written, or the keyring cannot be used.
    """
    values = values_in(path, os.environ)
    kept = secret_store.named(values)
    shown, secrets = dict(changes), {}
    for name in (name for name in kept if name in changes):
        shown[name], secrets[name] = secret_store.apart(name, changes[name] or "")
    gone = [name for name, secret in secrets.items() if not secret]
    if gone:
        shown |= {name: changes[name] for name in gone}
        shown[secret_store.VARIABLE] = ",".join(name for name in kept if name not in gone) or None
    owner, new = owner_of(path), {name: secret for name, secret in secrets.items() if secret}
    before = secret_store.fetch(owner, secrets) if secrets else {}
    try:
        for name, secret in new.items():
            secret_store.keep(owner, name, secret)
        write_changes(path, shown)
    except OcrConsoleError:
        with suppress(SettingsError):  # else the old file would go with new secrets
            for name in new.keys() & before:
                secret_store.keep(owner, name, before[name])
        raise
    if gone:  # nothing asks for them any more
        with suppress(SettingsError):
            secret_store.forget(owner, gone)


def write_changes(path: Path, changes: Mapping[str, str | None]) -> None:
    """As `save`, whatever lies in the keyring."""
    text = text_of(path)
    before = parse(text, os.environ)
    real = {name: value for name, value in changes.items() if before.get(name) != value}
    if not real:
        return
    try:
        new = edited(text, real)
        after = parse(new, os.environ)
    except NotAssignments as problem:
        raise unreadable(problem, source_of(path)) from None
    if any(after.get(name) != value for name, value in real.items()):
        raise InternalError(said("{source} could not be changed as it should.", source=source_of(path)), "")
    target = path.resolve()
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
        write_private(target, new)
        target.chmod(mode)
    except OSError as problem:
        raise _unwritable(target, problem) from None


def import_env(path: Path, name: str) -> Imported:
    """A new profile out of a file of variables: a shell's is taken as it stands, that of `docker compose` translated.

    It is a shell's if a shell reads it, and finds every variable in it that it asks for.

    Raises:
        UsageError: The name cannot be used, or is taken.
        SettingsError: The file cannot be read, by either's rules, or the folder cannot be written.
    """
    expect_name(name)
    text = text_of(path)
    left_out: tuple[str, ...] = ()
    if compose := not is_complete(text, os.environ):
        try:
            text, left_out = compose_values.translated(text)
        except NotAssignments as problem:
            raise unreadable(problem, said("{path}", path=str(path))) from None
    values = parse(text, os.environ)
    new = write_new(name, text)
    needed = [variable for variable in VARIABLES if variable.required]
    return Imported(
        new,
        compose,
        taken=tuple(one for one in values if one in OURS),
        kept=tuple(one for one in values if one not in OURS),
        missing=tuple(variable.name for variable in needed if not variable.given(values)),
        left_out=left_out,
    )


def remove(path: Path) -> Removed:
    """Take a profile out of the folder; for ten minutes it can be brought back, and its secrets with it.

    Raises:
        UsageError: It lies elsewhere: that file is not ours to remove.
        SettingsError: It cannot be moved.
    """
    if path.absolute().parent != folder().absolute():
        elsewhere = said("{path} is not in the folder of profiles.", path=str(path))
        raise UsageError(elsewhere, "It is only opened from there: remove the file itself.")
    forget_removed()
    removed = Removed(name_of(path), path, _removed() / f"{time.time_ns()} {path.name}")
    try:
        make_private_folder(_removed())
        path.replace(removed.kept)
    except OSError as problem:
        raise _unwritable(path, problem) from None
    return removed


def restore(removed: Removed) -> Path:
    """Bring it back.

    Raises:
        UsageError: Another profile has its name by now.
        NotFoundError: Its ten minutes are over.
    """
    _expect_free(removed.name)
    try:
        removed.kept.replace(removed.path)
    except OSError:
        raise NotFoundError(said("The profile {name} is gone for good.", name=removed.name)) from None
    return removed.path


def forget_removed() -> None:
    """Delete what was removed more than ten minutes ago, and its secrets in the keyring."""
    for kept in _removed().glob(f"*{SUFFIX}"):
        moment, _, name = kept.name.partition(" ")
        if not moment.isdecimal() or int(moment) / 1e9 > time.time() - REMOVED_KEPT_S:
            continue
        with suppress(SettingsError, OSError):
            _forget_secrets(kept, folder() / name)
            kept.unlink()


def write_new(name: str, text: str) -> Path:
    """A new file of this name that only its owner may read; one that is there is never touched.

    Raises:
        UsageError: The name cannot be used, or is taken.
        SettingsError: The folder cannot be written.
    """
    _expect_free(name)
    path = folder() / f"{name}{SUFFIX}"
    try:
        make_private_folder(path.parent)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    except FileExistsError:
        raise _taken(name) from None
    except OSError as problem:
        raise _unwritable(path, problem) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as problem:
        path.unlink(missing_ok=True)  # half a profile is none
        raise _unwritable(path, problem) from None
    return path


def expect_name(name: str) -> None:
    """Raise UsageError if a new profile cannot be called so, whether or not the name is taken."""
    if not names_a_file(name, SUFFIX):
        raise UsageError(said("“{name}” cannot be a profile's name.", name=name), NAMING)
    if name.casefold() in {EMBEDDED, ENVIRONMENT}:
        raise UsageError(said("“{name}” is the name of what is always there.", name=name), "Choose another name.")


def _expect_free(name: str) -> None:
    expect_name(name)
    if name.casefold() in {known.casefold() for known in list_profiles()}:  # on some systems they are one file
        raise _taken(name)


def _taken(name: str) -> UsageError:
    return UsageError(said("There is a profile {name} already.", name=name), "Choose another name.")


def _unwritable(path: Path, problem: OSError) -> SettingsError:
    sentence = said("{path} cannot be written: {why}.", path=str(path), why=problem.strerror or str(problem))
    return SettingsError(sentence, "Make its folder writable.")


def _removed() -> Path:
    return folder() / REMOVED


def _forget_secrets(kept: Path, path: Path) -> None:
    """Those of a profile that is gone for good, unless there is one of its name again."""
    if path.exists():
        return
    try:
        names = secret_store.named(parse(kept.read_text("utf-8"), os.environ))
    except ValueError:  # nobody could use it
        return
    if names:
        secret_store.forget(owner_of(path), names)
