"""Processes that outlive the program that started them: start, recognise, stop."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from console.ops.servers.accounts import Account
from console.ops.servers.files import open_log

CLOCK_SLACK_S = 1.5  # creation times are derived from the clock, which may have been set a little
LOOK_EVERY_S = 0.02
KILL_S = 5.0
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
            umask=0o077,
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
        same = abs(process.create_time() - known.created) <= CLOCK_SLACK_S
    except psutil.Error:
        return None
    return None if not same or has_ended(process) else process


def has_ended(process: psutil.Process) -> bool:
    """Whether it does nothing any more, although the program that started it may not have taken note."""
    try:
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            return False
        process.wait(0)  # takes note, if that program is ours
    except psutil.Error:
        return True
    return True


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


def stop(process: psutil.Process, how: signal.Signals) -> bool:
    """Ask it to end and wait until it and its children have; after STOP_S seconds kill them.

    Returns:
        Whether they ended by themselves.
    """
    try:
        family = [process, *process.children(recursive=True)]
        process.send_signal(how)
    except psutil.NoSuchProcess:
        return True
    if _wait_for(family, STOP_S):
        return True
    kill(family)
    return False


def _wait_for(family: Sequence[psutil.Process], limit_s: float) -> bool:
    end = time.monotonic() + limit_s
    while not all(has_ended(process) for process in family):
        if time.monotonic() > end:
            return False
        time.sleep(LOOK_EVERY_S)
    return True


def kill(processes: Sequence[psutil.Process]) -> None:
    """End them at once and wait until they are gone."""
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    _wait_for(processes, KILL_S)
