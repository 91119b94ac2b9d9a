"""Progress on standard error: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from console.cli.terminal import Terminal, printable

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from worker.core.outcomes import Course

LINE_EVERY_S = 5.0
TELL_EVERY_S = 1.0


class Progress(Protocol):
    """Several things that grow at the same time. Threads may share it."""

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Leave the last state standing."""
        ...

    def set(self, label: str, done: float, total: float | None, unit: str = "") -> None:
        """How far one thing is; the unit `bytes` is shown as megabytes."""
        ...

    def line(self, text: str) -> None:
        """A line that stays."""
        ...


def progress(terminal: Terminal) -> Progress:
    """The kind that fits the terminal."""
    return Bars(terminal) if terminal.is_live else Lines(terminal)


class Lines:
    """A line for everything that changed, at most every five seconds, and one when it is complete or left."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._said: dict[str, tuple[float, str]] = {}
        self._held: dict[str, str] = {}  # what came too soon after that
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._say_held()

    def set(self, label: str, done: float, total: float | None, unit: str = "") -> None:
        """Say it, if it is time."""
        text = f"{label}: {_amount(done, total, unit)}"
        now = time.monotonic()
        with self._lock:
            said_at, said = self._said.get(label, (0.0, ""))
            self._held.pop(label, None)
            self._say_held()  # of what went before
            if text == said:
                return
            if done != total and now - said_at < LINE_EVERY_S:
                self._held[label] = text
                return
            self._said[label] = (now, text)
            self._terminal.say(text)

    def line(self, text: str) -> None:
        """Say it."""
        self._terminal.say(text)

    def _say_held(self) -> None:
        for text in self._held.values():
            self._terminal.say(text)
        self._held.clear()


class Bars:
    """A bar for each thing."""

    def __init__(self, terminal: Terminal) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._bars: RichProgress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=32),
            TextColumn("{task.fields[amount]}", markup=False),
            TimeElapsedColumn(),
            console=Console(file=terminal.err),
        )
        self._known: dict[str, int] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._bars.stop()

    def set(self, label: str, done: float, total: float | None, unit: str = "") -> None:
        """Move its bar."""
        amount = _amount(done, total, unit)
        with self._lock:
            if label not in self._known:
                self._known[label] = self._bars.add_task(label, total=total, amount=amount)
            self._bars.update(self._known[label], completed=done, total=total, amount=amount)  # type: ignore[arg-type]

    def line(self, text: str) -> None:
        """Print above the bars."""
        self._bars.console.print(printable(text), markup=False, highlight=False, soft_wrap=True)


def _amount(done: float, total: float | None, unit: str) -> str:
    if unit == "bytes":
        whole = "" if total is None else f" of {total / 1e6:,.1f}"
        return f"{done / 1e6:,.1f}{whole} MB"
    if total == 0 and unit:
        return f"no {unit}"
    whole = "" if total is None else f" of {total:,.0f}"
    return f"{done:,.0f}{whole} {unit}".rstrip()


@contextmanager
def course(terminal: Terminal) -> Iterator[Course]:
    """Ctrl+C ends what is done to many things between two of them, and what was done is told; a second one at once."""
    from worker.core.outcomes import Course

    told = time.monotonic()

    def tell(done: int, asked: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_EVERY_S:
            told = time.monotonic()
            terminal.say(f"{done:,} of {asked:,} …")

    def interrupted(number: int, _frame: FrameType | None) -> None:
        made.stop.set()
        signal.signal(number, before)

    made, before = Course(tell), signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, interrupted)
    try:
        yield made
    finally:
        signal.signal(signal.SIGINT, before)
