"""All tests in three lots at a time, since most of them wait for servers and workers: `python -m tests.check`.

Each lot has servers of its own. What it said is printed when it has ended; the exit code is 1 if one of them failed.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

TESTS = Path("tests")
LOGS = Path("build/tests")


def lots() -> dict[str, list[str]]:
    """What pytest is given, by the name of the lot; every second file that needs servers is in the same."""
    served = [str(path) for place in ("services", "end2end") for path in sorted((TESTS / place).glob("test_*.py"))]
    return {"unit": ["--no-xvfb", "tests/unit", "tests/gui"], "one": served[::2], "two": served[1::2]}


def main() -> int:
    """Run them and print what they said."""
    LOGS.mkdir(parents=True, exist_ok=True)
    running = {name: _start(name, words) for name, words in lots().items()}
    try:
        return _told(running)
    except KeyboardInterrupt:  # they have had it, too, and take their servers down
        for process in running.values():
            process.wait()
        return 130


def _start(name: str, words: Sequence[str]) -> subprocess.Popen[bytes]:
    with _log(name).open("wb") as log:
        return subprocess.Popen([sys.executable, "-m", "pytest", *words], stdout=log, stderr=subprocess.STDOUT)


def _told(running: Mapping[str, subprocess.Popen[bytes]]) -> int:
    ended = 0
    for name, process in running.items():
        ended |= process.wait()
        sys.stdout.write(_log(name).read_text("utf-8", "replace"))
        sys.stdout.flush()
    return 1 if ended else 0


def _log(name: str) -> Path:
    return LOGS / f"{name}.log"


if __name__ == "__main__":
    sys.exit(main())
