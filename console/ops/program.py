"""How this program starts itself again: as a worker, a supervisor, or the child that looks into files."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Set
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


def program(*arguments: str) -> list[str]:
    """The command line that runs this very program with other arguments."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-m", "console", *arguments]


def restore_libraries() -> None:
    """Have other programs find the system's libraries, not ours.

    A frozen program is started with its own folder in LD_LIBRARY_PATH. It has read that; what it starts must not, and a
    program of ours that it starts sets it anew.
    """
    if getattr(sys, "frozen", False):
        before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
        if before is None:
            os.environ.pop("LD_LIBRARY_PATH", None)
        else:
            os.environ["LD_LIBRARY_PATH"] = before


def program_environment(extra: Mapping[str, str] | None = None, *, without: Set[str] = frozenset()) -> dict[str, str]:
    """Our environment for such a child; it finds our packages from whatever folder it runs in."""
    environment = {name: value for name, value in os.environ.items() if name not in without} | dict(extra or {})
    if not getattr(sys, "frozen", False):
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_ROOT), environment.get("PYTHONPATH", "")]))
        environment["PYTHONSAFEPATH"] = "1"  # a file in the user's folder never stands in for a module
    return environment
