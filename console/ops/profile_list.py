"""The profiles that there are, as a list shows them: none of them is opened, and no keyring is asked."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from console.ops.profiles import EMBEDDED, ENVIRONMENT, Profile, list_profiles, name_of, values_in
from worker.core.errors import SettingsError
from worker.core.settings import VARIABLES

_BY_FIELD = {variable.field: variable for variable in VARIABLES}


@dataclass(frozen=True, slots=True)
class Listed:
    """One of them."""

    address: str  # by which it is opened: a file, or one of the two names that have none
    name: str
    path: Path | None = None  # None: the embedded stack, or the environment
    production: bool = False
    colour: str = ""  # of its badge
    problem: str = ""  # why its file cannot be read

    @property
    def embedded(self) -> bool:
        """Whether it is the stack that the console starts itself."""
        return self.address == EMBEDDED


def address(profile: Profile) -> str:
    """By which it is opened again."""
    if profile.embedded:
        return EMBEDDED
    return str(profile.path) if profile.path is not None else ENVIRONMENT


def listed(used: Profile, environ: Mapping[str, str], elsewhere: Collection[Path] = ()) -> tuple[Listed, ...]:
    """The embedded stack, the environment if it has a profile, those that were opened from elsewhere, and the folder's.

    Args:
        used: The one in use.
        environ: The environment of this process.
        elsewhere: Files that were opened and may lie outside the folder.
    """
    return tuple(_listed(used, environ, elsewhere))


def _listed(used: Profile, environ: Mapping[str, str], elsewhere: Collection[Path]) -> Iterator[Listed]:
    yield Listed(EMBEDDED, EMBEDDED)
    if used.name == ENVIRONMENT or environ.get("DATABASE_URL", "").strip():
        yield _with_look(Listed(ENVIRONMENT, ENVIRONMENT), environ)
    kept = list(list_profiles().values())
    there = [path for path in elsewhere if path.exists()]  # one that was removed since is not listed any more
    opened = [path for path in (*there, used.path) if path is not None and path not in kept]
    for path in (*dict.fromkeys(opened), *kept):
        try:
            values = values_in(path, environ)
        except SettingsError as error:
            yield Listed(str(path), name_of(path), path, problem=error.sentence)
        else:
            yield _with_look(Listed(str(path), name_of(path), path), values)


def _with_look(plain: Listed, values: Mapping[str, str]) -> Listed:
    production, colour = _value(values, "production"), _value(values, "colour")
    return Listed(plain.address, plain.name, plain.path, bool(production), str(colour or ""))


def _value(values: Mapping[str, str], field: str) -> object:
    """What is said, if it can be understood."""
    variable = _BY_FIELD[field]
    given = variable.given(values)
    if given is not None:
        with contextlib.suppress(ValueError, KeyError, StopIteration):
            found: object = variable.parse(given[1])
            return found
    return None
