"""Profiles: `.env` files that say which deployment this console works with; list, load, mask."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from console.ops.shell_values import NotAssignments, parse
from worker.core.errors import SettingsError
from worker.core.settings import Settings

EMBEDDED = "embedded"
ENVIRONMENT = "environment"
SUFFIX = ".env"
_LARGEST = 1_000_000  # bytes; a larger file is no profile
_LOOSE = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Profile:
    """Where to work. `settings` is None for the embedded stack, whose addresses are known when it runs."""

    name: str
    source: str  # for sentences: the file, "the environment", or the folder of the embedded stack
    settings: Settings | None = None
    path: Path | None = None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)  # all that the file says, for a worker
    warnings: tuple[str, ...] = ()

    @property
    def embedded(self) -> bool:
        """Whether this is the stack that the console starts itself."""
        return self.settings is None

    @property
    def production(self) -> bool:
        """Whether changes must be confirmed by name."""
        return self.settings is not None and self.settings.production

    @property
    def colour(self) -> str | None:
        """The colour of its badge, if it has one."""
        return self.settings.colour if self.settings else None

    def masked(self) -> dict[str, str]:
        """Its variables as people may see them."""
        return self.settings.masked() if self.settings else {}


def folder() -> Path:
    """Where profiles are kept by name."""
    return platformdirs.user_config_path("ocr-console", appauthor=False) / "profiles"


def list_profiles() -> dict[str, Path]:
    """The profiles of the folder by name, in order. They are not opened: one that is broken is listed too."""
    try:
        files = [path for path in folder().iterdir() if path.suffix == SUFFIX and path.is_file()]
    except OSError:
        return {}
    return {path.stem: path for path in sorted(files)}


def load(name_or_file: str | None, environ: Mapping[str, str], home: Path | None = None) -> Profile:
    """The profile that was asked for; else the environment if it has DATABASE_URL; else the embedded stack.

    Args:
        name_or_file: What stood behind `--profile`. It is never mixed with the environment.
        environ: The environment of this process; `${NAME}` in a profile sees it.
        home: The folder of the embedded stack, for its `source`.

    Raises:
        SettingsError: It does not exist or cannot be used; each problem is a line.
    """
    if name_or_file == EMBEDDED or (not name_or_file and not environ.get("DATABASE_URL", "").strip()):
        return Profile(EMBEDDED, f"the embedded stack in {home}" if home else "the embedded stack")
    if not name_or_file:
        settings = Settings.from_mapping(environ, "the environment")
        return Profile(ENVIRONMENT, "the environment", settings, warnings=settings.warnings)
    return open_profile(_find(name_or_file), environ)


def open_profile(path: Path, environ: Mapping[str, str]) -> Profile:
    """The profile in a file."""
    name = path.name.removesuffix(SUFFIX) or path.name
    source = f"profile {name} ({path})"
    try:
        values = parse(_text(path, source), environ)
    except NotAssignments as problem:
        raise SettingsError(
            f"Line {problem.line} of {source} cannot be read: {problem.what}.",
            "A profile has the syntax of a shell: NAME=value, with quotes around spaces.",
        ) from None
    settings = Settings.from_mapping(values, source)
    return Profile(name, source, settings, path, values, (*_too_open(path), *settings.warnings))


def _find(name_or_file: str) -> Path:
    path = Path(name_or_file).expanduser()
    known = list_profiles()
    if name_or_file in known and not path.is_file():
        return known[name_or_file]
    if path.exists():
        return path.absolute()
    names = ", ".join([*known, EMBEDDED])
    looks_like_name = path.name == name_or_file and path.suffix != SUFFIX
    where = f" in {folder()}" if looks_like_name else ""
    raise SettingsError(f"There is no profile {name_or_file}{where}.", f"Known profiles: {names}. Or name a .env file.")


def _text(path: Path, source: str) -> str:
    try:
        if path.is_file() and path.stat().st_size > _LARGEST:
            raise SettingsError(f"{source} is no profile: it is larger than {_LARGEST:,} bytes.")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SettingsError(f"{source} is no profile: it is not a text in UTF-8.") from None
    except OSError as problem:
        raise SettingsError(
            f"{source} cannot be read: {problem.strerror}.", "Name a file that this user may read."
        ) from None


def _too_open(path: Path) -> tuple[str, ...]:
    if os.name == "nt" or not path.stat().st_mode & _LOOSE:
        return ()
    return (f"Others on this machine can read the passwords in {path}: chmod 600 {path}",)
