"""How external programs are started: in a group of their own, with a time limit, a bound on memory, and dying with us.

Libraries that start programs themselves (pytesseract, pdf2image) are given a `guarded` stand-in of the program, so that
the same bounds hold for what they start.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import platformdirs

from worker.core.errors import EngineCrashed, NoEngine, PageTimedOut
from worker.core.said import said

# Where nothing does it for us, a process beside the program looks every second whether the one that started it lives.
_WATCH = """me=$$
(while kill -0 $PPID && kill -0 $me; do sleep 1; done; kill -9 $me) </dev/null >/dev/null 2>&1 &
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that ended by itself. A negative code is the signal that killed it."""

    code: int
    stdout: str
    stderr: str


def run(
    command: Sequence[str],
    *,
    timeout: float,
    memory_mb: int | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Ended:
    """Run a program to its end; past `timeout` seconds its whole group is killed.

    Raises:
        PageTimedOut: it ran too long.
        NoEngine: there is no such program.
    """
    program = Path(command[0]).name
    try:
        process = subprocess.Popen(
            [*_bounds(timeout, memory_mb), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            cwd=folder,
            start_new_session=True,
        )
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise NoEngine(said("“{program}” could not be started: {why}.", program=program, why=why)) from problem
    try:
        stdout, stderr = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        template = "“{program}” did not end within {limit} s."
        raise PageTimedOut(said(template, program=program, limit=f"{timeout:g}")) from None
    finally:
        _end_group(process)
    if process.returncode == 127 and _bounds(timeout, memory_mb):
        raise NoEngine(said("“{program}” could not be started.", program=program))
    return Ended(process.returncode, stdout.decode(errors="replace"), stderr.decode(errors="replace"))


def crashed(program: str, ended: Ended) -> EngineCrashed:
    """What to raise for a program that ended badly."""
    if ended.code < 0:
        with suppress(ValueError):
            name = signal.Signals(-ended.code).name
            return EngineCrashed(said("“{program}” crashed ({signal}).", program=program, signal=name))
    return EngineCrashed(said("“{program}” failed with exit code {code}.", program=program, code=str(ended.code)))


def guarded(
    programs: Mapping[str, Path], *, timeout: float, memory_mb: int, environment: Mapping[str, str] | None = None
) -> dict[str, Path]:
    """Name → a stand-in of that name, all in one folder of their own: the same programs within the bounds.

    A stand-in becomes the program (exec), so whoever starts it has the program's own process. Where scripts cannot be
    run, the programs themselves are returned.
    """
    if sys.platform == "win32":
        return dict(programs)
    settings = [f"export {key}={shlex.quote(value)}" for key, value in sorted((environment or {}).items())]
    bounds = _bounds(timeout, memory_mb)
    scripts = {
        name: "\n".join(["#!/bin/sh", *settings, f'exec {shlex.join([*bounds, str(program)])} "$@"', ""])
        for name, program in programs.items()
    }
    name = hashlib.sha256(repr(sorted(scripts.items())).encode()).hexdigest()[:16]
    for root in private_folders():
        with suppress(OSError):  # nothing can be written there
            places = _written(scripts, root / name)
            if all(os.access(place, os.X_OK) for place in places.values()):  # nor run, on many a /tmp
                return places
    return dict(programs)


def _written(scripts: Mapping[str, str], folder: Path) -> dict[str, Path]:
    for name, script in scripts.items():
        if not (folder / name).exists():
            folder.mkdir(parents=True, exist_ok=True)
            new = folder / f".{name}.{os.getpid()}"
            new.write_text(script, encoding="utf-8")
            new.chmod(stat.S_IRWXU)
            new.replace(folder / name)
    return {name: folder / name for name in scripts}


@cache
def private_folders() -> tuple[Path, ...]:
    """Where files of our own may lie, the best first; their names and contents are the same in every process."""
    folder = Path(tempfile.gettempdir()) / f"ocr-console-tools-{os.getuid()}"
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        folder = Path(tempfile.mkdtemp(prefix="ocr-console-tools-"))  # somebody else made it: not to be trusted
    return folder, platformdirs.user_cache_path("ocr-console") / "tools"


def _bounds(timeout: float, memory_mb: int | None) -> list[str]:
    """What to put in front of a command: limits on CPU seconds and address space, and death with its parent."""
    if sys.platform == "win32":
        return []
    limits = f"ulimit -t {max(int(timeout) + 1, 1)} 2>/dev/null; "
    if memory_mb and sys.platform == "linux":
        limits += f"ulimit -v {memory_mb * 1024} 2>/dev/null; "
    setpriv = _setpriv()
    return ["/bin/sh", "-c", f'{limits}{"" if setpriv else _WATCH}exec "$@"', "bounds", *setpriv]


@cache
def _setpriv() -> tuple[str, ...]:
    """The program that has the system kill what it becomes when its parent dies; some know it without that."""
    command = (shutil.which("setpriv") or "", "--pdeathsig", "KILL", "--")
    if not command[0] or sys.platform != "linux":
        return ()
    return command if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0 else ()


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what the program left behind, and the program too if it still runs."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
