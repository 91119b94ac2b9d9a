"""The end of a worker's log as it grows: what was written since the last look, line by line."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

TAIL = 65_536  # bytes that a look reads at most: what came before is skipped
LONGEST = 2_000  # characters of a line that are kept
# As our workers write it, "2026-09-17 14:23:44,120 INFO    worker.tasks: …", and as plain Celery does,
# "[2026-09-17 14:23:44,120: INFO/MainProcess] …".
_LINE = re.compile(r"\[?\d{4}-\d\d-\d\d (\d\d:\d\d:\d\d)\S* ([A-Z]+)(?:/\S+\]|\s+[\w.]+:) ?(.*)")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a log. One that names no level has that of the line before it: a traceback belongs to its error."""

    clock: str  # 14:23:44; "" where it says none
    level: str  # debug, info, warning, error, critical
    text: str


class LogTail:
    """Follows one file, also when it is cut or begun anew. One thread at a time may read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._inode, self._end = 0, -1  # of what was read; -1: nothing yet
        self._rest = b""  # of a line that is not written to its end
        self._level = "info"

    def read(self) -> Sequence[LogLine]:
        """What is new since the last look; nothing where there is no such file, or not yet."""
        try:
            with self.path.open("rb") as file:
                written = self._new(file)
        except OSError:
            return ()
        *lines, self._rest = (self._rest + written).split(b"\n")
        self._rest = self._rest[-TAIL:]
        texts = (line.decode("utf-8", "replace").rstrip() for line in lines)
        return [one for text in texts if text for one in self._parsed(text)]

    def _new(self, file: BinaryIO) -> bytes:
        about = os.fstat(file.fileno())
        if about.st_ino != self._inode or about.st_size < self._end:
            self._inode, self._rest, self._end = about.st_ino, b"", 0
        start = max(self._end, about.st_size - TAIL)
        if start > self._end:  # most likely in the middle of a line
            self._rest = b""
        file.seek(start)
        written = file.read(about.st_size - start)
        skipped = start > self._end
        self._end = start + len(written)
        return written.partition(b"\n")[2] if skipped else written

    def _parsed(self, line: str) -> Iterator[LogLine]:
        found = _LINE.fullmatch(line[:LONGEST])
        below = ""
        if found is not None:
            clock, level, text = found.groups()
        else:
            clock, level, text, below = _object(line) or ("", self._level, line[:LONGEST], "")
        self._level = level.lower()
        yield LogLine(clock, self._level, text)
        yield from (LogLine("", self._level, part) for part in below.splitlines() if part.strip())


def _object(line: str) -> tuple[str, str, str, str] | None:
    """A line of LOG_FORMAT=json, its traceback last; its time is in UTC, and it names its job as one of text does."""
    if not line.startswith("{"):
        return None
    try:
        entry = json.loads(line)
        clock = datetime.fromisoformat(entry["time"]).astimezone().strftime("%H:%M:%S")
        text, job = str(entry["message"]), str(entry.get("job") or "")
        told = f"{text} (job {job})" if job not in text else text
        return clock, str(entry["level"]), told[:LONGEST], str(entry.get("traceback") or "")[-LONGEST:]
    except (ValueError, LookupError, TypeError):
        return None
