"""Processes that outlive the program that started them: start, recognise, stop."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from console.ops.servers.accounts import Account
from console.ops.servers.files import open_log

CLOCK_SLACK_S = 1.5  # creation times are derived from the clock, which may have been set a little
STOP_S = 12.0  # longer than any of the three takes to save what it holds


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells a process from every other one, also after a restart of the machine."""

    pid: int
    created: float  # seconds since 1970


@dataclass(frozen=True, slots=True)
class Command:
    """How a server is started. Its arguments hold no secret: everybody on the machine can read them."""

    arguments: Sequence[str | Path]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None


class Detached(subprocess.Popen[bytes]):
    """A child that nobody need wait for: it is meant to live on."""

    def __del__(self, *_: object, **__: object) -> None:
        """No warning that it still runs."""


def environment() -> dict[str, str]:
    """Ours, without what would lead PostgreSQL astray; messages in English, times in UTC."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG", "WEED_"))}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def as_account(account: Account | None) -> dict[str, Any]:
    """The arguments of `subprocess` that start a program under another account."""
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}


def spawn(command: Command, log: Path) -> Detached:
    """Start it in a session of its own, where a Ctrl-C on our terminal does not reach it."""
    output = open_log(log)
    try:
        return Detached(
            [str(argument) for argument in command.arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=command.folder,
            env={**environment(), **command.environment},
            start_new_session=True,
            **as_account(command.account),
        )
    finally:
        os.close(output)


def mark(pid: int) -> Mark | None:
    """The mark of a process that lives."""
    try:
        return Mark(pid, psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def find(known: Mark) -> psutil.Process | None:
    """The process of this mark if it still lives; another one under the same number is not it."""
    try:
        process = psutil.Process(known.pid)
        if abs(process.create_time() - known.created) > CLOCK_SLACK_S:
            return None
        if process.status() == psutil.STATUS_ZOMBIE:
            process.wait(0)
            return None
    except psutil.Error:
        return None
    return process


def search(program: str, argument: str) -> list[psutil.Process]:
    """Every process of this program that was started with this very argument; parents first."""
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        if words and Path(words[0]).name == program and argument in words[1:]:
            found.append(process)
    return sorted(found, key=lambda process: process.pid)


def stop(process: psutil.Process, how: signal.Signals, limit_s: float = STOP_S) -> bool:
    """Ask it to end; after `limit_s` seconds kill it and its children.

    Returns:
        Whether it ended by itself.
    """
    try:
        children = process.children(recursive=True)
        process.send_signal(how)
        process.wait(limit_s)
    except psutil.TimeoutExpired:
        kill([process, *children])
        return False
    except psutil.NoSuchProcess:
        return True
    return True


def kill(processes: Sequence[psutil.Process]) -> None:
    """End them at once and wait until they are gone."""
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(processes, timeout=5)
