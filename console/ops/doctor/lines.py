"""Lines to copy for a shell."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from console.ops.home import default_home
from console.ops.profiles import ENVIRONMENT

if TYPE_CHECKING:
    from console.ops.profiles import Profile


def ocr_console(profile: Profile, *words: str) -> str:
    """A verb of this program on that profile; the environment is taken without being named."""
    return shlex.join(("ocr-console", *_chosen(profile), *words))


def _chosen(profile: Profile) -> tuple[str, ...]:
    if profile.embedded:
        elsewhere = profile.home is not None and profile.home.absolute() != default_home().absolute()
        return ("--home", str(profile.home)) if elsewhere else ()
    return () if profile.name == ENVIRONMENT else ("--profile", str(profile.path or profile.name))
