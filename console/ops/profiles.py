"""Profiles: `.env` files that say which deployment this console works with; list, load, mask."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from console.ops import secret_store
from console.ops.shell_values import NotAssignments, parse
from worker.core.errors import SettingsError
from worker.core.said import Said, said
from worker.core.settings import VARIABLES, Settings

EMBEDDED = "embedded"
ENVIRONMENT = "environment"
SUFFIX = ".env"
_LARGEST = 1_000_000  # bytes; a larger file is no profile
_LOOSE = stat.S_IRWXG | stat.S_IRWXO
OURS = frozenset(name for one in VARIABLES for name in (one.name, *one.aliases)) | {secret_store.VARIABLE}


@dataclass(frozen=True, slots=True)
class Profile:
    """Where to work. `settings` is None for the embedded stack, whose addresses are known when it runs."""

    name: str
    source: str  # for sentences: the file, "the environment", or the folder of the embedded stack
    settings: Settings | None = None
    path: Path | None = None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)  # all that the file says, for a worker
    warnings: tuple[str, ...] = ()
    home: Path | None = field(default=None, compare=False)  # of the embedded stack, where it is known

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

    @property
    def others(self) -> dict[str, str]:
        """Its variables that are not ours: workers get them as they are."""
        return {name: value for name, value in self.values.items() if name not in OURS}

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
        source = said("the embedded stack in {home}", home=str(home)) if home else said("the embedded stack")
        return Profile(EMBEDDED, source, home=home)
    if not name_or_file:
        source = said("the environment")
        settings = Settings.from_mapping(environ, source)
        return Profile(ENVIRONMENT, source, settings, warnings=settings.warnings)
    return open_profile(find(name_or_file), environ)


def open_profile(path: Path, environ: Mapping[str, str]) -> Profile:
    """The profile in a file."""
    source = source_of(path)
    values = secret_store.filled(values_in(path, environ), owner_of(path), source)
    settings = Settings.from_mapping(values, source)
    return Profile(name_of(path), source, settings, path, values, (*_too_open(path), *settings.warnings))


def values_in(path: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """What a profile's file says, whether or not that can be used. Raises SettingsError if it cannot be read."""
    source = source_of(path)
    try:
        return parse(text_of(path), environ)
    except NotAssignments as problem:
        raise unreadable(problem, source) from None


def unreadable(problem: NotAssignments, source: Said) -> SettingsError:
    """The error for a file that does more than assign values."""
    return SettingsError(
        said("Line {n} of {source} cannot be read: {what}.", n=problem.line, source=source, what=problem.what),
        "A profile has the syntax of a shell: NAME=value, with quotes around spaces.",
    )


def name_of(path: Path) -> str:
    """What the profile in a file is called."""
    return path.name.removesuffix(SUFFIX) or path.name


def source_of(path: Path) -> Said:
    """The profile in a file, for sentences."""
    return said("profile {name} ({path})", name=name_of(path), path=str(path))


def owner_of(path: Path) -> str:
    """What tells a profile from all others: its name, or where its file is, if that is not our folder."""
    return name_of(path) if path.absolute().parent == folder().absolute() else str(path.resolve())


def find(name_or_file: str) -> Path:
    """The file of a profile. Raises SettingsError if there is none."""
    path = Path(name_or_file).expanduser()
    known = list_profiles()
    if name_or_file in known and not path.is_file():
        return known[name_or_file]
    if path.exists():
        return path.absolute()
    names = ", ".join([*known, EMBEDDED])
    looks_like_name = path.name == name_or_file and path.suffix != SUFFIX
    here, anywhere = "There is no profile {name} in {folder}.", "There is no profile {name}."
    none = said(here if looks_like_name else anywhere, name=name_or_file, folder=str(folder()))
    raise SettingsError(none, said("Known profiles: {names}. Or name a .env file.", names=names))


def text_of(path: Path) -> str:
    """The text of a profile's file, with its line ends as they are. Raises SettingsError."""
    source = source_of(path)
    try:
        if path.is_file() and path.stat().st_size > _LARGEST:
            large = said("{source} is no profile: it is larger than {most} bytes.", source=source, most=_LARGEST)
            raise SettingsError(large)
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except UnicodeDecodeError:
        raise SettingsError(said("{source} is no profile: it is not a text in UTF-8.", source=source)) from None
    except OSError as problem:
        closed = said("{source} cannot be read: {why}.", source=source, why=problem.strerror or str(problem))
        raise SettingsError(closed, "Name a file that this user may read.") from None


def open_to_others(path: Path) -> bool:
    """Whether others on this machine can read the file. Raises OSError."""
    return os.name != "nt" and bool(path.stat().st_mode & _LOOSE)


def _too_open(path: Path) -> tuple[str, ...]:
    if not open_to_others(path):
        return ()
    return (said("Others on this machine can read the passwords in {path}: chmod 600 {path}", path=str(path)),)
