"""What the pane of a job shows: it follows a table's cursor, and is asked for again when its job has changed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge.background import Background, Latest
from console.ops.closeup import look_closer, traced
from worker.core.errors import NotFoundError, OcrConsoleError

if TYPE_CHECKING:
    from console.ops.closeup import Closeup, Source
    from console.ops.snapshot import Snapshot

FOLLOW_MS = 100


class JobDetailFeed(QObject):
    """Asks for one job at a time; the answer to an older question is dropped. While it is paused it asks nothing."""

    shown = Signal(object)  # Closeup
    traced = Signal(object, object)  # UUID, Sequence[Attempt]: what `ask_traces` brought
    untraced = Signal(object, object)  # UUID, OcrConsoleError: why it brought none
    gone = Signal()  # the job was deleted
    failed = Signal(object)  # OcrConsoleError
    loading_changed = Signal(bool)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: Source | None = None
        self._latest, self._traces = Latest(background), Latest(background)
        self._job_id: UUID | None = None
        self._paused, self._due, self._busy = True, False, False
        self._soon = QTimer(self, interval=FOLLOW_MS, singleShot=True)
        self._soon.timeout.connect(self._ask)

    def open(self, source: Source) -> None:
        """Begin, or change to another profile's jobs."""
        self._source = source
        self._ask_if_due()

    def follow(self, job_id: UUID | None) -> None:
        """Show another job, once nobody has wanted yet another one for a moment."""
        if job_id == self._job_id:
            return
        self._job_id = job_id
        self._latest.drop()
        self._traces.drop()
        self._set_busy(False)
        self._due = job_id is not None
        if self._due and not self._paused:
            self._soon.start()
        else:
            self._soon.stop()

    def apply(self, snapshot: Snapshot) -> None:
        """Ask again if the job has changed, or may have."""
        if not snapshot.facts.complete or any(job.id == self._job_id for job in snapshot.changed):
            self.ask_again()

    def ask_again(self) -> None:
        """What is shown may be old."""
        self._due = self._job_id is not None
        if not self._busy and not self._soon.isActive():
            self._ask_if_due()

    def pause(self) -> None:
        """Ask nothing: nobody sees the answer."""
        self._paused = True
        self._due = self._due or self._busy
        self._soon.stop()
        self._latest.drop()
        self._set_busy(False)

    def go_on(self) -> None:
        """Ask again, at once if something changed meanwhile."""
        self._paused = False
        self._ask_if_due()

    def ask_traces(self) -> None:
        """Ask for the attempts with their tracebacks."""
        if self._source is not None and self._job_id is not None:
            job_id = self._job_id
            done, failed = partial(self.traced.emit, job_id), partial(self.untraced.emit, job_id)
            self._traces.submit(traced, self._source, job_id, done=done, failed=failed)

    def _ask_if_due(self) -> None:
        if self._due and not self._paused:
            self._ask()

    def _ask(self) -> None:
        if self._source is None or self._job_id is None:
            return
        self._due = False
        self._set_busy(True)
        self._latest.submit(look_closer, self._source, self._job_id, done=self._take, failed=self._fail)

    def _take(self, closeup: Closeup) -> None:
        self._set_busy(False)
        self.shown.emit(closeup)
        self._ask_if_due()

    def _fail(self, error: OcrConsoleError) -> None:
        self._set_busy(False)
        if isinstance(error, NotFoundError):
            self.gone.emit()
        else:
            self._due = True
            self.failed.emit(error)

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.loading_changed.emit(busy)
