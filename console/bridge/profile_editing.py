"""What is read from a profile's file and written to it: in the background, for it lies on a disk or in a keyring."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background, Latest

if TYPE_CHECKING:
    from console.ops.profile_checks import FieldCheck
    from console.ops.profile_files import Imported, Removed
    from console.ops.profile_list import Listed
    from console.ops.profile_trial import Tried

T = TypeVar("T")
Changes = Mapping[str, str | None]  # a variable's new value; None: it is taken out
ANYTHING = "anything"  # stands for a secret that lies in the keyring, which is not asked for it


@dataclass(frozen=True, slots=True)
class Contents:
    """What a profile's file says."""

    profile: Listed
    values: Mapping[str, str]
    kept: tuple[str, ...] = ()  # the variables whose secrets lie in the keyring

    def changed(self, changes: Changes) -> dict[str, str]:
        """The values with these changes."""
        new = {**self.values, **{name: value for name, value in changes.items() if value is not None}}
        return {name: value for name, value in new.items() if changes.get(name, "") is not None}


Draft = tuple[Changes, frozenset[str]]  # what was typed, and the variables whose secrets are to lie in the keyring


class ProfileEditing(QObject):
    """Reads and writes profiles; what became of it is told by its signals.

    Args:
        background: Where that is done.
        drafts: What was typed and is not saved yet, by a profile's address; it may outlast a window.
    """

    opened = Signal(object)  # Contents
    tested = Signal(str, object)  # the profile's address, and tuple[Tried, ...]
    saved = Signal(str)  # the address
    made = Signal(str)  # the address of a new profile
    imported = Signal(object)  # Imported
    removed = Signal(object)  # Removed
    failed = Signal(object)  # OcrConsoleError: nothing was changed

    def __init__(
        self, background: Background, drafts: dict[str, Draft] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._background = background
        self.drafts: dict[str, Draft] = {} if drafts is None else drafts
        self._reading, self._trying = Latest(background), Latest(background)

    def open(self, profile: Listed) -> None:
        """Read what its file says."""
        self._reading.submit(_contents, profile, done=self.opened.emit, failed=self.failed.emit)

    def check(self, contents: Contents, changes: Changes) -> tuple[FieldCheck, ...]:
        """What is to be said of its variables as they would be. Nothing is asked for it."""
        from console.ops.profile_checks import check

        values = contents.changed(changes)
        for name in contents.kept:
            if not values.get(name):
                values[name] = ANYTHING
        return check(values, os.environ)

    def test(self, contents: Contents, changes: Changes) -> None:
        """Try the services as they would be named; nothing is changed in any."""
        told = partial(self.tested.emit, contents.profile.address)
        self._trying.submit(_try, contents, dict(changes), done=told, failed=self.failed.emit)

    def save(self, contents: Contents, changes: Changes, keep: frozenset[str]) -> None:
        """Write it down, the secrets of these variables into the keyring."""
        assert contents.profile.path is not None, "a profile without a file is not edited"
        address = contents.profile.address
        self._do(partial(_save, contents, dict(changes), keep), lambda _: self.saved.emit(address))

    def create(self, name: str) -> None:
        """A new one out of the template."""
        from console.ops.profile_files import create

        self._do(partial(create, name), self._tell_made)

    def duplicate(self, path: Path, name: str) -> None:
        """A copy under another name."""
        from console.ops.profile_files import duplicate

        self._do(partial(duplicate, path, name), self._tell_made)

    def import_env(self, path: Path, name: str) -> None:
        """A new one out of a file of variables from elsewhere."""
        from console.ops.profile_files import import_env

        def told(imported: Imported) -> None:
            self.imported.emit(imported)
            self._tell_made(imported.path)

        self._do(partial(import_env, path, name), told)

    def remove(self, path: Path) -> None:
        """Take it out of the folder; `restore` brings it back."""
        from console.ops.profile_files import remove

        self._do(partial(remove, path), self.removed.emit)

    def restore(self, removed: Removed) -> None:
        """Bring back what was removed."""
        from console.ops.profile_files import restore

        self._do(partial(restore, removed), lambda path: self.made.emit(str(path)))

    def _tell_made(self, path: Path) -> None:
        self.drafts.pop(str(path), None)  # of one of its name that was removed
        self.made.emit(str(path))

    def _do(self, call: Callable[[], T], done: Callable[[T], None]) -> None:
        self._background.submit(call, done=done, failed=self.failed.emit)


def _contents(profile: Listed) -> Contents:
    from console.ops.profiles import values_in
    from console.ops.secret_store import named

    if profile.path is None:
        return Contents(profile, {})
    values = values_in(profile.path, os.environ)
    return Contents(profile, values, named(values))


def _try(contents: Contents, changes: dict[str, str | None]) -> tuple[Tried, ...]:
    from console.ops.profile_trial import trial
    from console.ops.profiles import owner_of, source_of
    from console.ops.secret_store import filled

    path = contents.profile.path
    assert path is not None, "only profiles with a file are tried from here"
    whole = filled(contents.values, owner_of(path), source_of(path))
    return trial(Contents(contents.profile, whole).changed(changes))


def _save(contents: Contents, changes: dict[str, str | None], keep: frozenset[str]) -> None:
    from console.ops.profile_files import save
    from console.ops.profile_secrets import from_keyring, to_keyring

    path, kept = contents.profile.path, frozenset(contents.kept)
    assert path is not None, "a profile without a file is not edited"
    if kept - keep:
        from_keyring(path, kept - keep)
    save(path, changes)
    if keep - kept:
        to_keyring(path, keep - kept)
