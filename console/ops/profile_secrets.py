"""A profile's secrets moved from its file into the system's keyring, and back."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from console.ops import secret_store
from console.ops.profile_files import write_changes
from console.ops.profiles import owner_of, source_of, text_of, values_in
from worker.core.addresses import SHORTEST_SECRET


def to_keyring(path: Path, only: Collection[str] | None = None) -> tuple[str, ...]:
    """Move its secrets into the keyring, all or only these; the names of those that lie there now. Blocks.

    Raises:
        NoKeyring: The keyring cannot be used; the file is as it was.
        SettingsError: The file cannot be read or written.
    """
    values = values_in(path, os.environ)
    kept = secret_store.named(values)
    changes: dict[str, str | None] = {}
    wanted = secret_store.SECRET if only is None else secret_store.SECRET.intersection(only)
    for name in (name for name in values if name in wanted and name not in kept):
        shown, secret = secret_store.apart(name, values[name])
        if secret:
            secret_store.keep(owner_of(path), name, secret)
            changes[name] = shown
    if changes:
        write_changes(path, {**changes, secret_store.VARIABLE: ",".join([*kept, *changes])})
    return (*kept, *changes)


def from_keyring(path: Path, only: Collection[str] | None = None) -> tuple[str, ...]:
    """Move its secrets back into its file, all or only these; their names. Blocks. Raises NoKeyring, SettingsError."""
    values = values_in(path, os.environ)
    kept = secret_store.named(values)
    names = tuple(name for name in kept if only is None or name in only)
    whole = secret_store.filled(values, owner_of(path), source_of(path))
    left = ",".join(name for name in kept if name not in names)
    write_changes(path, {**{name: whole[name] for name in names}, secret_store.VARIABLE: left or None})
    secret_store.forget(owner_of(path), names)
    return names


def still_in_file(path: Path) -> bool:
    """Whether a secret that lies in the keyring is in the file all the same: in a comment, or another variable."""
    names = secret_store.named(values_in(path, os.environ))
    secrets = secret_store.fetch(owner_of(path), names).values() if names else ()
    return any(len(secret) >= SHORTEST_SECRET and secret in text_of(path) for secret in secrets)
