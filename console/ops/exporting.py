"""A table as a file, for spreadsheets (CSV) or programs (JSON): a row after the other, so that a million cost nothing.

CSV is UTF-8 with a byte order mark, without which Excel takes it for another encoding; everybody else passes over it.
Words that a spreadsheet would take for a formula get an apostrophe before them. Times are ISO 8601 in UTC.
"""

from __future__ import annotations

import csv
import json
import math
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, StrEnum
from pathlib import Path
from typing import TextIO

from worker.core.errors import UsageError
from worker.core.said import said

Row = Sequence[object]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
TELL_EVERY = 200  # rows; as often it looks whether it is to stop


class Form(StrEnum):
    """How it is written, as the file's name ends."""

    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its name for programs, and its title for people."""

    key: str
    title: str


class Stopped(Exception):
    """It was told to stop; there is no file."""


def export(
    path: Path,
    form: Form,
    heads: Sequence[Head],
    rows: Iterable[Row],
    *,
    watch: Callable[[int], None] | None = None,
    cancel: threading.Event | None = None,
) -> int:
    """Write a file, which appears under its name when it is whole; returns how many rows it has.

    Args:
        path: Where; what is there already is replaced.
        form: How.
        heads: The columns.
        rows: A value a column each.
        watch: Told from time to time how many rows are written.
        cancel: Set it to stop.

    Raises:
        UsageError: The folder cannot be written.
        Stopped: `cancel` was set.
    """
    partial = path.with_name(f".{secrets.token_hex(6)}.part")
    try:
        with partial.open("x", encoding="utf-8-sig" if form is Form.CSV else "utf-8", newline="") as stream:
            counted = _counted(rows, watch or (lambda _count: None), cancel or threading.Event())
            count = write(stream, form, heads, counted)
        partial.replace(path)
    except OSError as error:
        unwritten = said("{path} cannot be written: {why}.", path=str(path), why=error.strerror or str(error))
        raise UsageError(unwritten, "Choose another folder.") from error
    finally:
        partial.unlink(missing_ok=True)
    return count


def write(stream: TextIO, form: Form, heads: Sequence[Head], rows: Iterable[Row]) -> int:
    """Write to a stream; returns how many rows there were."""
    return (_write_csv if form is Form.CSV else _write_json)(stream, heads, rows)


def as_iso(when: datetime) -> str:
    """A time as programs read it, in UTC."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _counted(rows: Iterable[Row], watch: Callable[[int], None], cancel: threading.Event) -> Iterator[Row]:
    for place, row in enumerate(rows):
        if place % TELL_EVERY == 0:
            watch(place)
            if cancel.is_set():
                raise Stopped
        yield row


def _write_csv(stream: TextIO, heads: Sequence[Head], rows: Iterable[Row]) -> int:
    writer = csv.writer(stream)
    writer.writerow([_cell(head.title) for head in heads])
    count = 0
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        count += 1
    return count


def _write_json(stream: TextIO, heads: Sequence[Head], rows: Iterable[Row]) -> int:
    count = 0
    stream.write("[")
    for row in rows:
        named = {head.key: _plain(value) for head, value in zip(heads, row, strict=True)}
        stream.write(",\n" if count else "\n")
        stream.write(json.dumps(named, ensure_ascii=False))
        count += 1
    stream.write("\n]\n")
    return count


def _cell(value: object) -> object:
    plain = _plain(value)
    if isinstance(plain, list):
        plain = "; ".join(str(one) for one in plain)
    if isinstance(plain, str) and plain.startswith(FORMULA):
        return f"'{plain}"
    if isinstance(plain, bool):
        return str(plain).lower()
    return "" if plain is None else plain


def _plain(value: object) -> object:
    """A value as JSON knows it."""
    if isinstance(value, datetime):
        return as_iso(value)
    if isinstance(value, Enum):
        return value.value if isinstance(value.value, str) else value.name.lower()
    if isinstance(value, float):
        return round(value, 2) if math.isfinite(value) else None
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # a lone half of a surrogate pair fits into no file
    return value if value is None or isinstance(value, int | bool) else str(value)
