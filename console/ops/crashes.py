"""What a crash of the console leaves in its home: a report without secrets, for the next start to offer.

Python's faults are written as they happen. What ends a process at once, such as a segmentation fault, is written by
`faulthandler` into a file that was opened at the start; the next start makes a report of it.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import platform
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from console.ops.servers.files import PRIVATE_FILE, make_private_folder, write_private
from worker.core.addresses import mask_url

KEPT = 5  # reports; and at most so many of one process
LINES = 60  # of the log
FOLDER = "crashes"
_RUNNING, _NEW = "running-", ".new.txt"
_FATAL = "Fatal Python error"  # how faulthandler begins
_STAMP = "%Y%m%d-%H%M%S"
log = logging.getLogger("console.crashes")


@dataclass(frozen=True, slots=True)
class Crash:
    """A report that nobody has looked at yet."""

    path: Path
    at: datetime
    ended: bool  # the program; else it went on
    text: str


class CrashWatch:
    """Watches this process from now on, until `close` says that it ends well.

    `hide` takes secrets out of a text; set it to something that knows them.
    """

    def __init__(self, home: Path) -> None:
        self.hide: Callable[[str], str] = mask_url
        self._home = home
        self._folder = home / FOLDER
        self._seen: set[tuple[object, ...]] = set()  # faults that are written already
        self._lock = threading.Lock()
        self._running = self._folder / f"{_RUNNING}{os.getpid()}.txt"
        self._file: TextIO | None = None
        try:
            self._file = _open(self._running)
            faulthandler.enable(self._file)
        except OSError as problem:
            log.warning("A crash would leave no report in %s: %s", self._folder, problem.strerror)
        self._main, self._thread = sys.excepthook, threading.excepthook
        sys.excepthook, threading.excepthook = self._unhandled, self._unhandled_in_thread

    def describe(self) -> None:
        """Write down what the program is, in case it ends at once. Behind the first paint: what it asks takes time."""
        with self._lock:
            if self._file is not None:
                self._file.write(_about())
                self._file.flush()

    def close(self) -> None:
        """The process ends well."""
        sys.excepthook, threading.excepthook = self._main, self._thread
        with self._lock:
            file, self._file = self._file, None
        if file is not None:
            faulthandler.disable()
            file.close()
            self._running.unlink(missing_ok=True)

    def _unhandled(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._write(kind, error, trace, "the main thread")
        self._main(kind, error, trace)

    def _unhandled_in_thread(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            name = told.thread.name if told.thread else "a thread"
            self._write(told.exc_type, told.exc_value, told.exc_traceback, name)
        self._thread(told)

    def _write(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, thread: str) -> None:
        """Once for each place in the program, and never in the way of what is told elsewhere."""
        if not issubclass(kind, Exception):  # somebody wants it to end
            return
        last = traceback.extract_tb(trace)[-1:]
        place = (kind, *((frame.filename, frame.lineno) for frame in last))
        with self._lock:
            if place in self._seen or len(self._seen) >= KEPT:
                return
            self._seen.add(place)
            number = len(self._seen)
        said = "".join(traceback.format_exception(kind, error, trace))
        log.error("A fault of the program on %s", thread, exc_info=(kind, error, trace))
        now = datetime.now(UTC)
        try:
            path = self._folder / f"fault-{now.strftime(_STAMP)}-{os.getpid()}-{number}{_NEW}"
            head = f"OCR Console ran into a fault on {thread}\n{_about()}"
            parts = (head, said, _threads(), _log(self._home, os.getpid()))
            write_private(path, self.hide("\n".join(parts)))
            _drop_old(self._folder)
        except OSError as problem:
            log.warning("No report of it: %s", problem.strerror)


def waiting(home: Path) -> list[Crash]:
    """The reports that were not looked at, the newest first; what ended a process meanwhile becomes one. Blocks."""
    folder = home / FOLDER
    for left in folder.glob(f"{_RUNNING}*.txt"):
        with suppress(FileNotFoundError):  # another console was quicker
            _take_over(home, left)
    _drop_old(folder)
    found = list[Crash]()
    for path in sorted(folder.glob(f"*{_NEW}"), key=_age, reverse=True):
        with suppress(FileNotFoundError):
            found.append(_read(path))
    return found


def keep(crash: Crash) -> None:
    """It was looked at; it stays with the last few."""
    if crash.path.exists():
        crash.path.rename(crash.path.with_name(crash.path.name.replace(_NEW, ".txt")))


def delete(crash: Crash) -> None:
    """It is not wanted."""
    crash.path.unlink(missing_ok=True)


def _open(path: Path) -> TextIO:
    make_private_folder(path.parent)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    return os.fdopen(handle, "w", encoding="utf-8")


def _about() -> str:
    from importlib.metadata import version

    build = "frozen" if getattr(sys, "frozen", False) else "installed"
    return "".join(
        (
            f"version   {version('ocr-console')} ({build}), process {os.getpid()}\n",
            f"Python    {platform.python_version()}, Qt for Python {version('PySide6-Essentials')}\n",
            f"system    {platform.platform()}\n",
        )
    )


def _threads() -> str:
    """Where every thread is now."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    parts = [
        f"Thread {names.get(number, number)}\n{''.join(traceback.format_stack(frame))}"
        for number, frame in sys._current_frames().items()  # noqa: SLF001 - the documented way
    ]
    return "\n".join(["Threads", "", *parts])


def _log(home: Path, pid: int) -> str:
    """What that process logged last; the log has no secrets."""
    lines: Sequence[str] = ()
    file = home / "logs" / "console.log"
    if file.exists():
        with file.open("rb") as opened:
            opened.seek(max(0, file.stat().st_size - 200_000))
            lines = opened.read().decode("utf-8", "replace").splitlines()
    mine = [line for line in lines if f" {pid} " in line[:40]]
    return "\n".join(["Log", "", *mine[-LINES:], ""])


def _take_over(home: Path, left: Path) -> None:
    """Make a report of what a process left that is no more. One that was killed from outside has nothing to tell."""
    pid = int(left.stem.removeprefix(_RUNNING)) if left.stem.removeprefix(_RUNNING).isdecimal() else 0
    if _lives(pid, left.stat().st_ctime):
        return
    text = left.read_text("utf-8", "replace")
    if _FATAL in text:
        at = datetime.fromtimestamp(left.stat().st_mtime, UTC)
        path = left.with_name(f"crash-{at.strftime(_STAMP)}-{pid}{_NEW}")
        write_private(path, f"OCR Console ended at once\n{text}\n{_log(home, pid)}")
        os.utime(path, (at.timestamp(), at.timestamp()))
    left.unlink(missing_ok=True)


def _lives(pid: int, written: float) -> bool:
    """Whether that process still runs; one that began after the file was written last is another."""
    import psutil

    if pid == os.getpid():
        return True
    try:
        return psutil.Process(pid).create_time() <= written + 1
    except psutil.Error:
        return False


def _read(path: Path) -> Crash:
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Crash(path, at, path.name.startswith("crash-"), path.read_text("utf-8", "replace"))


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another console dropped it
        return 0.0


def _drop_old(folder: Path) -> None:
    reports = [path for path in folder.glob("*.txt") if not path.name.startswith((_RUNNING, "."))]
    for path in sorted(reports, key=_age, reverse=True)[KEPT:]:
        path.unlink(missing_ok=True)
