"""What the overview asks beside the pictures, one question at a time, while it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background

if TYPE_CHECKING:
    from console.ops.overview import Overview
    from worker.core.errors import OcrConsoleError


class Source(Protocol):
    """What answers: the OverviewSource."""

    def overview(self) -> Overview:
        """What is to be shown; may block."""
        ...


class OverviewFeed(QObject):
    """Asks at each picture, unless the answer to the one before is still awaited."""

    told = Signal(object)  # Overview
    loading_changed = Signal(bool)  # nothing was answered yet

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._source: Source | None = None
        self._asked = self._answered = False

    def open(self, source: Source) -> None:
        """Ask this one from now on."""
        self._source = source

    def ask(self) -> None:
        """A picture came, or the page is seen again."""
        if self._source is None or self._asked:
            return
        self._asked = True
        if not self._answered:
            self.loading_changed.emit(True)
        self._background.submit(self._source.overview, done=self._tell, failed=self._miss)

    def _tell(self, overview: Overview) -> None:
        self._asked, self._answered = False, True
        self.loading_changed.emit(False)
        self.told.emit(overview)

    def _miss(self, _error: OcrConsoleError) -> None:
        """The lamps say it already: what was shown stays."""
        self._asked = False
        self.loading_changed.emit(False)
