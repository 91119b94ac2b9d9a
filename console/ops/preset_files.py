"""The user's own presets, a small file each beside the profiles: two consoles at once lose none of each other's."""

from __future__ import annotations

import json
import os
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from console.ops.file_names import NAMING, names_a_file
from console.ops.presets import BUILT_IN, Preset, folded, named
from console.ops.profiles import folder as profiles_folder
from console.ops.reading_options import check_options
from console.ops.servers.files import make_private_folder, write_private
from worker.core.errors import NotFoundError, SettingsError, UsageError
from worker.core.said import said, sentences

SUFFIX = ".json"
MOST = 200  # of the user's own
MOST_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """All presets that there are."""

    presets: tuple[Preset, ...] = BUILT_IN  # those that everybody has, then the user's own by name
    damaged: tuple[tuple[str, str], ...] = ()  # names of files that cannot be used, and why in a sentence

    def named(self, name: str) -> Preset:
        """The one that is meant. Raises UsageError if there is none or its file cannot be used."""
        for broken, why in self.damaged:
            if folded(broken) == folded(name) and folded(name) not in _reserved():
                raise UsageError(why, "Mend its file, or remove it and save it anew.")
        return named(name, self.presets)


@dataclass(frozen=True, slots=True)
class Removed:
    """A preset that was removed; `restore` brings it back."""

    name: str
    content: bytes  # of its file


def folder() -> Path:
    """Where the user's own are kept."""
    return profiles_folder().parent / "presets"


def shelf() -> Shelf:
    """All presets; a file that cannot be used costs its own preset and no other."""
    own, damaged = [], []
    for name, path in sorted(_files().items(), key=lambda one: one[0].casefold())[:MOST]:
        try:
            _expect_own(name)
            own.append(Preset.from_dict(name, json.loads(_content(path))))
        except FileNotFoundError:
            continue  # another console removed it just now
        except (OSError, ValueError, RecursionError, UsageError) as problem:
            damaged.append((name, _why(name, path, problem)))
    return Shelf((*BUILT_IN, *own), tuple(damaged))


def save(preset: Preset, *, replace: bool = False) -> Preset:
    """Keep one of the user's own.

    Args:
        preset: What is kept, under its name.
        replace: Whether one that has this name gives way.

    Raises:
        UsageError: The name cannot be used or is taken, nothing can be read with its values, or there are too many.
        SettingsError: The folder cannot be written.
    """
    name = expect_name(preset.name)
    check_options(preset.options())
    text = json.dumps(preset.as_dict(), ensure_ascii=False, indent=1)
    there = _same(name)
    if there is not None and replace:
        _guarded(there, lambda: write_private(there, text))
    else:
        _make(name, text.encode())
    return preset


def rename(old: str, new: str) -> str:
    """Give one of the user's own another name, which is returned as it is kept.

    Raises:
        UsageError: The new name cannot be used or is taken.
        NotFoundError: There is no such preset any more.
        SettingsError: The folder cannot be written.
    """
    name, path = expect_name(new), _expect(old)
    target = folder() / f"{name}{SUFFIX}"
    there = _same(name)
    if there is not None and there != path:
        raise taken(name)

    def move() -> None:
        if there is not None:  # only letters change between small and capital
            path.replace(target)
            return
        _link(path, target)
        path.unlink()

    _guarded(target, move)
    return name


def remove(name: str) -> Removed:
    """Remove one of the user's own, also one that cannot be used or has a name that everybody's has by now.

    Raises:
        UsageError: Everybody has it.
        NotFoundError: There is none of that name.
        SettingsError: The folder cannot be written.
    """
    if folded(name) in _reserved() and _same(name) is None:
        raise UsageError(said("The preset {name} is always there.", name=name), "Only your own can be removed.")
    path = _expect(name)
    content = b""

    def take() -> None:
        nonlocal content
        content = path.read_bytes()  # one that is too long comes back as it was, too
        path.unlink()

    _guarded(path, take)
    return Removed(_name_of(path), content)


def restore(removed: Removed) -> None:
    """Bring it back. Raises UsageError if its name is taken by now, or SettingsError."""
    _make(removed.name, removed.content)


def expect_name(name: str) -> str:
    """The name as it is kept. Raises UsageError if none of the user's own can be called so."""
    composed = unicodedata.normalize("NFC", name.strip())
    if not names_a_file(composed, SUFFIX):
        raise UsageError(said("“{name}” cannot be a preset's name.", name=name), NAMING)
    _expect_own(composed)
    return composed


def _expect_own(name: str) -> None:
    if folded(name) in _reserved():
        raise UsageError(said("“{name}” is the name of a preset that is always there.", name=name), _OTHER)


_OTHER = "Choose another name."


def _make(name: str, content: bytes) -> None:
    """A new file, whole from its first moment on; one that is there is never touched."""
    if _same(name) is not None:
        raise taken(name)
    if len(_files()) >= MOST:
        raise UsageError(said("{n} presets are kept already.", n=MOST), "Remove one to save another.")
    path = folder() / f"{name}{SUFFIX}"
    whole = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")

    def make() -> None:
        make_private_folder(path.parent)
        try:
            whole.write_bytes(content)
            _link(whole, path)
        finally:
            whole.unlink(missing_ok=True)

    _guarded(path, make)


def _link(path: Path, target: Path) -> None:
    """Unlike a renaming it never takes the place of a file: another console may have been quicker."""
    try:
        os.link(path, target)
    except FileExistsError:
        raise taken(_name_of(target)) from None


def _guarded(path: Path, act: Callable[[], object]) -> None:
    try:
        act()
    except FileNotFoundError:
        raise _gone(_name_of(path)) from None
    except OSError as problem:
        sentence = said("{path} cannot be written: {why}.", path=str(path), why=problem.strerror or str(problem))
        raise SettingsError(sentence, "Make its folder writable.") from None


def _files() -> dict[str, Path]:
    try:
        return {_name_of(path): path for path in folder().iterdir() if _is_preset(path)}
    except OSError:
        return {}


def _is_preset(path: Path) -> bool:
    return path.suffix == SUFFIX and not path.name.startswith(".") and path.is_file()


def _name_of(path: Path) -> str:
    return unicodedata.normalize("NFC", path.stem)


def _same(name: str) -> Path | None:
    """The file of a preset whose name is taken for the same."""
    return next((path for known, path in _files().items() if folded(known) == folded(name)), None)


def _expect(name: str) -> Path:
    path = _files().get(name) or _same(name)
    if path is None:
        raise _gone(name)
    return path


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES)


def _why(name: str, path: Path, problem: Exception) -> str:
    head = said("The preset {name} cannot be used.", name=name)
    if isinstance(problem, UsageError):
        return sentences(head, problem.sentence)
    if isinstance(problem, OSError):
        return sentences(head, said("{path} cannot be read: {why}.", path=str(path), why=problem.strerror or ""))
    return sentences(head, said("{path} is damaged.", path=str(path)))


def _reserved() -> set[str]:
    return {folded(name) for preset in BUILT_IN for name in (preset.name, preset.shown)}


def taken(name: str) -> UsageError:
    """What is said of a name that another has."""
    return UsageError(said("There is a preset {name} already.", name=name), _OTHER)


def _gone(name: str) -> NotFoundError:
    return NotFoundError(said("There is no preset {name} of your own.", name=name))
