"""The most memory that a process and all that it starts had resident at one moment. Linux tells it."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

PROC = Path("/proc")
LOOK_EVERY_S = 0.02


class Peak:
    """Measured for as long as the block runs; `megabytes` afterwards.

    Those that live on tell their own highest mark, which nothing escapes; those that come and go are looked at 50 times
    a second. What forked processes share counts for each of them.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most_kb = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def megabytes(self) -> int:
        """Of 1,000,000 bytes."""
        return round(self._most_kb * 1024 / 1_000_000)

    def __enter__(self) -> Self:
        self._lasting = _tree(self._pid)
        for pid in self._lasting:
            with suppress(OSError):
                (PROC / str(pid) / "clear_refs").write_text("5")  # the mark begins anew
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            self._look()

    def _look(self) -> None:
        now = sum(_status(pid, "VmHWM" if pid in self._lasting else "VmRSS") for pid in _tree(self._pid))
        self._most_kb = max(self._most_kb, now)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        with suppress(OSError, ValueError):
            for thread in (PROC / str(one) / "task").iterdir():
                found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def _status(pid: int, name: str) -> int:
    """Kilobytes; 0 for a process that is gone."""
    with suppress(OSError):
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    return 0
