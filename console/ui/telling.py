"""What the strip at the foot says of what ended elsewhere: an error, a worker that is ready or does not start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from console.ui import words
from console.ui.frame import Frame
from worker.core.errors import OcrConsoleError, ServiceError

if TYPE_CHECKING:
    from console.bridge.runner import Act

translate = QCoreApplication.translate


class Telling(QObject):
    """Puts it into the notices of a window."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._notices = frame.notices

    def tell(self, error: OcrConsoleError) -> None:
        """Say what went wrong."""
        self._notices.tell(words.told(error.sentence), words.told(error.advice), bad=True)

    def tell_if_odd(self, error: OcrConsoleError) -> None:
        """The same, but that a service is away is said by the band, for as long as it is."""
        if not isinstance(error, ServiceError):
            self.tell(error)

    def tell_ready(self, start: Act) -> None:
        """A worker that was started is there."""
        ready = translate("Console", "{worker} is ready.").format(worker=words.isolated(start.done.data.name))
        self._notices.tell_after(words.told(start.done.message), ready)

    def tell_no_start(self, start: Act, why: str) -> None:
        """A worker that was started ended before it was ready."""
        sentence = translate("Console", "{worker} does not start.").format(worker=words.isolated(start.done.data.name))
        self._notices.tell(sentence, words.told(why), bad=True)
