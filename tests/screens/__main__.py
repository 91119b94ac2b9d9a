"""Every page of the window: `-m tests.screens [--display] [FOLDER [DRESS...]]`.

The dresses: light, dark, twice as large, longer words, mirrored, small, small and dark, locked production, no jobs yet.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

from console.ops.stack import Stack
from tests.end2end.screen import Screen
from tests.screens.deployment import invent
from tests.services.stack_homes import temporary_home
from worker.core.database import open_engine
from worker.core.schema import upgrade

DRESSES = ("empty", "light", "dark", "double", "pseudo", "mirrored", "small", "small-dark", "production")
ROOM = (3200, 1960)  # pixels, for a window twice as large


def main() -> None:
    """On servers of its own; each dress in a process of its own, for the scale is one of a process."""
    parser = argparse.ArgumentParser(prog="tests.screens", description=__doc__)
    parser.add_argument("--display", action="store_true", help="in a real X display, with a window manager")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("build/screens"))
    parser.add_argument("dresses", nargs="*", metavar="dress", default=DRESSES)
    chosen = parser.parse_args()
    folder = chosen.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    screen = Screen(ROOM) if chosen.display else None
    with screen or nullcontext(), temporary_home() as home, Stack(home) as stack:
        engine = open_engine(stack.settings(), application="screens")
        upgrade(engine)
        for dress in chosen.dresses:
            if dress != "empty":
                invent(engine)
            more = {"OCR_SCREENS_PROFILE": str(_profile(stack, home, dress))}
            if dress == "double":
                more["QT_SCALE_FACTOR"] = "2"
            environment = screen.environment(more) if screen else {**os.environ, **more}
            command = [sys.executable, "-m", "tests.screens.window", str(folder), dress]
            subprocess.run(command, env=environment, check=True)
        engine.dispose()


def _profile(stack: Stack, home: Path, dress: str) -> Path:
    """How to reach the servers: as they are, or as if they were a production."""
    if dress != "production":
        return stack.profile_file
    file = home / "production.env"
    file.write_text(stack.profile_file.read_text() + "\nOCR_CONSOLE_PRODUCTION=true\n")
    file.chmod(0o600)
    return file


if __name__ == "__main__":
    main()
