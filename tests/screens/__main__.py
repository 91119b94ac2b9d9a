"""Every page of the window: light, dark, twice as large, longer words, mirrored, small: `-m tests.screens FOLDER`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from console.ops.stack import Stack
from tests.screens.deployment import invent
from tests.services.stack_homes import temporary_home
from worker.core.database import open_engine
from worker.core.schema import upgrade

DRESSES = ("light", "dark", "double", "pseudo", "mirrored", "small")


def main() -> None:
    """On servers of its own; each dress in a process of its own, for the scale is one of a process."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/screens").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with temporary_home() as home, Stack(home) as stack:
        engine = open_engine(stack.settings(), application="screens")
        upgrade(engine)
        for dress in sys.argv[2:] or DRESSES:
            invent(engine)
            scale = {"QT_SCALE_FACTOR": "2"} if dress == "double" else {}
            environment = {**os.environ, "OCR_SCREENS_PROFILE": str(stack.profile_file), **scale}
            command = [sys.executable, "-m", "tests.screens.window", str(folder), dress]
            subprocess.run(command, env=environment, check=True)
        engine.dispose()


if __name__ == "__main__":
    main()
