"""What the page that starts workers asks: what this machine has, and how the same is done without the console."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge.background import Background, Latest
from worker.core.errors import UsageError
from worker.core.said import said

if TYPE_CHECKING:
    from console.ops.profiles import Profile
    from console.ops.worker_options import WorkerOptions
    from console.ops.worker_start import Machine, Recipes
    from worker.core.errors import OcrConsoleError
    from worker.core.settings import Settings

TYPED_MS = 150  # after the last change


class Source(Protocol):
    """What knows both: StartSource."""

    settings: Settings
    profile: Profile

    def machine(self) -> Machine:
        """This machine now; reads the disk."""
        ...

    def recipes(self, options: WorkerOptions) -> Recipes:
        """The same by other means; reads the disk."""
        ...


class StartFeed(QObject):
    """`look` as often as there is a picture, `write` as often as something is chosen; neither is doubled."""

    looked = Signal(object)  # Machine
    written = Signal(object)  # Recipes
    saved = Signal(object)  # Path
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background, self._writing = background, Latest(background)
        self._source: Source | None = None
        self._options: WorkerOptions | None = None
        self._looking = False
        self._soon = QTimer(self, singleShot=True, interval=TYPED_MS)
        self._soon.timeout.connect(self._write)

    def open(self, source: Source) -> None:
        """Ask this one."""
        self._source = source
        self._write()

    def look(self) -> None:
        """Look at the machine, unless that is being done."""
        if self._source is not None and not self._looking:
            self._looking = True
            self._background.submit(self._source.machine, done=self._take, failed=self._fail)

    def write(self, options: WorkerOptions) -> None:
        """Have it written down for these, soon: more may be typed."""
        if options != self._options:
            self._options = options
            self._soon.start()

    def faults(self, options: WorkerOptions) -> dict[str, str]:
        """What cannot be, by the field of the options; nothing before there is a profile."""
        from console.ops.worker_options import faults

        return faults(options, self._source.settings) if self._source is not None else {}

    def save(self, path: Path, text: str) -> None:
        """Put a text into a file."""
        self._background.submit(_save, path, text, done=lambda _: self.saved.emit(path), failed=self.failed.emit)

    def _write(self) -> None:
        if self._source is not None and self._options is not None and not self.faults(self._options):
            self._writing.submit(self._source.recipes, self._options, done=self.written.emit, failed=self.failed.emit)

    def _take(self, machine: Machine) -> None:
        self._looking = False
        self.looked.emit(machine)

    def _fail(self, error: OcrConsoleError) -> None:
        self._looking = False
        self.failed.emit(error)


def _save(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise UsageError(said("{path} cannot be written: {why}.", path=str(path), why=why), "") from None
