"""Profiles as files: made, copied, changed, removed and brought back, imported. What is not ours in them stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REMOVED_KEPT_S = 600.0


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
    """A new profile out of the template: every variable explained, those in `values` set."""
    raise NotImplementedError


def duplicate(path: Path, name: str) -> Path:
    """A copy under another name, with its secrets in the keyring."""
    raise NotImplementedError


def save(path: Path, changes: Mapping[str, str | None]) -> None:
    """Give variables other values; None takes one out. All else in the file stays as it is."""
    raise NotImplementedError


def remove(path: Path) -> Removed:
    """Take a profile out of the folder."""
    raise NotImplementedError


def restore(removed: Removed) -> Path:
    """Bring it back."""
    raise NotImplementedError


def import_env(path: Path, name: str) -> Imported:
    """A new profile out of a shell's or a `docker compose` file of variables."""
    raise NotImplementedError
