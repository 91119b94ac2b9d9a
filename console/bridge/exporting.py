"""Exports a table in the background, one at a time, and tells how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge.background import Background
from console.bridge.table import Column
from console.ops.exporting import Form, Head, Stopped, export
from worker.core.errors import OcrConsoleError

if TYPE_CHECKING:
    from console.ops.exporting import Row

TELL_EVERY_MS = 200
NONE = "–"  # what a cell shows where there is nothing
Rows = Callable[[], Iterable[Any]]


class Exporting(QObject):
    """It stops by itself when the program ends."""

    progressed = Signal(int)  # rows that are written
    ended = Signal(object, int)  # the Path, and how many rows it has
    stopped = Signal()
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._cancel = threading.Event()
        self._count = 0  # set by the thread that writes
        self.running = False
        self._timer = QTimer(self, interval=TELL_EVERY_MS)
        self._timer.timeout.connect(lambda: self.progressed.emit(self._count))

    def start(self, path: Path, form: Form, columns: Sequence[Column[Any]], rows: Rows) -> None:
        """Write these columns of what `rows` gives, which is asked in the background."""
        self._cancel, self._count, self.running = threading.Event(), 0, True
        self._timer.start()
        self.progressed.emit(0)
        self._background.submit(self._run, path, form, tuple(columns), rows, done=self._end, failed=self._fail)

    def stop(self) -> None:
        """Stop; there will be no file."""
        self._cancel.set()

    def _run(self, path: Path, form: Form, columns: tuple[Column[Any], ...], rows: Rows) -> tuple[Path, int] | None:
        heads = [Head(column.key, column.title) for column in columns]
        try:
            return path, export(path, form, heads, cells(columns, rows()), watch=self._watch, cancel=self._cancel)
        except Stopped:
            return None

    def _watch(self, count: int) -> None:
        self._count = count
        if self._background.closed:
            self._cancel.set()

    def _end(self, done: tuple[Path, int] | None) -> None:
        self._settle()
        if done is None:
            self.stopped.emit()
        else:
            self.ended.emit(*done)

    def _fail(self, error: OcrConsoleError) -> None:
        self._settle()
        self.failed.emit(error)

    def _settle(self) -> None:
        self.running = False
        self._timer.stop()


def cells(columns: Sequence[Column[Any]], rows: Iterable[Any]) -> Iterator[Row]:
    """What is written of each row: a column's value, or else its words."""
    for row in rows:
        yield [_value(column, row) for column in columns]


def _value(column: Column[Any], row: object) -> object:
    if column.value is not None:
        return column.value(row)
    words = column.text(row)
    return None if words == NONE else words
