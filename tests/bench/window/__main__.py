"""The window at a million jobs and a thousand changes a second, beside Flower at a hundred thousand tasks.

    python -m tests.bench.window [--jobs 1000000] [--seconds 300] [--no-peer]

The window runs in a display of its own, against servers of its own. The last line is one JSON object. `loop_max_ms` is
the longest pause of the event loop; `loop_own_max_ms` without the time in which no core was free for it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

from console.ops.stack import Stack
from tests.bench.million import fill
from tests.bench.window import flower
from tests.end2end.screen import Screen, missing
from tests.services.stack_homes import temporary_home
from worker.core.database import open_engine
from worker.core.schema import upgrade

PROJECT = Path(__file__).parents[3]


def main() -> None:
    """Run both and print the figures."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--jobs", type=int, default=1_000_000)
    words.add_argument("--seconds", type=float, default=300)
    words.add_argument("--tasks", type=int, default=100_000, help="that Flower is shown")
    words.add_argument("--no-peer", action="store_true")
    asked = words.parse_args()
    if lacking := missing():
        sys.exit(f"There is no display to measure in: {', '.join(lacking)} is missing.")
    with temporary_home() as home, Stack(home) as stack:
        figures = _window(stack, home, asked.jobs, asked.seconds)
        say(json.dumps(figures))
        figures["peer"] = {} if asked.no_peer else flower.measure(stack.settings().broker_url, asked.tasks)
    print(json.dumps({"jobs": asked.jobs, "seconds": asked.seconds, **figures}))


def say(text: str) -> None:
    """Progress, beside the figures."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _window(stack: Stack, home: Path, jobs: int, seconds: float) -> dict[str, Any]:
    settings = stack.settings()
    engine = open_engine(settings, application="bench")
    upgrade(engine)
    say(f"filling {jobs:,} jobs")
    fill(engine, jobs=jobs)
    engine.dispose()
    own = home / "window"
    own.mkdir()
    environment = {**os.environ, **_variables(stack.profile_file)}
    load = _start([sys.executable, "-m", "tests.bench.window.load"], environment)
    assert load.stdout is not None
    assert load.stdout.readline().strip() == "ready"
    with Screen() as screen:
        place = screen.environment(os.environ)
        _run(load, stack.profile_file, own, place, 0)  # fills the caches of the disk
        figures = _run(load, stack.profile_file, own, place, seconds)
    _tell(load, "end")
    load.wait(10)
    return figures


def _run(
    load: subprocess.Popen[str], profile: Path, home: Path, place: dict[str, str], seconds: float
) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.window.probe", str(profile), str(home), str(time.time())]
    window = _start(command, place)
    assert window.stdout is not None
    assert window.stdin is not None
    for line in window.stdout:
        word = line.split(maxsplit=1)[0]
        if word == "seconds":
            window.stdin.write(f"{seconds}\n")
            window.stdin.flush()
        elif word in {"change", "lose", "burst"}:
            say(line.strip())
            window.stdin.write(_tell(load, line.strip()))
            window.stdin.flush()
        elif line.startswith("{"):
            window.wait(30)
            found: dict[str, Any] = json.loads(line)
            return found
    raise RuntimeError("The window ended without figures.")


def _tell(load: subprocess.Popen[str], words: str) -> str:
    stdin: IO[str] | None = load.stdin
    assert stdin is not None
    assert load.stdout is not None
    stdin.write(words + "\n")
    stdin.flush()
    return "" if words == "end" else load.stdout.readline()


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    kept = {
        **environment,
        "PYTHONDONTWRITEBYTECODE": "",
    }  # as on any other machine, a start finds what the last compiled
    return subprocess.Popen(command, env=kept, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _variables(profile: Path) -> dict[str, str]:
    from console.ops.shell_values import parse

    return dict(parse(profile.read_text("utf-8"), os.environ))


if __name__ == "__main__":
    main()
