"""What the tests of the stack share: homes that are cleared away with their servers, and programs that hold them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from console.ops.servers.folder import Folder
from console.ops.stack import Stack, StackStatus

PROJECT = Path(__file__).parents[2]


@contextmanager
def temporary_home(*inside: str) -> Iterator[Path]:
    """A home in a new folder; at the end its servers are stopped and all is removed."""
    top = Path(tempfile.mkdtemp(prefix="ocr-test-"))
    home = top.joinpath(*inside)
    try:
        yield home
    finally:
        if home.is_dir():
            Stack(home).down()
        shutil.rmtree(Folder(home.resolve()).outside, ignore_errors=True)
        shutil.rmtree(top)


class Holder:
    """Another program that holds the stack of a home."""

    def __init__(self, home: Path, *account: str, **options: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.services.holder", str(home), *account],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            **options,
        )

    def _line(self) -> str:
        assert self.process.stdout
        line: str = self.process.stdout.readline()
        return line

    def begun(self) -> None:
        """Wait until it is about to start the servers."""
        assert self._line() == "begin\n"

    def report(self) -> dict[str, Any]:
        """What it printed when the servers were up."""
        answer: dict[str, Any] = json.loads(self._line())
        return answer

    def leave(self) -> None:
        """Let it leave in order."""
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.communicate()


def pids(status: StackStatus) -> dict[str, int]:
    """The processes, by service."""
    return {name: service.pid for name, service in status.services.items() if service.pid}


def living(numbers: dict[str, int]) -> set[str]:
    """The services of these processes that are still there."""
    return {
        name
        for name, pid in numbers.items()
        if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    }


def servers_of(home: Path) -> list[psutil.Process]:
    """Every server process on this machine that was started for this home."""
    places = (str(home.resolve()), str(Folder(home.resolve()).outside))
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        program = Path(words[0]).name if words else ""
        if program in {"postgres", "valkey-server", "weed", "initdb"} and any(p in " ".join(words) for p in places):
            found.append(process)
    return found
