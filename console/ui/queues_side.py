"""The pane beside queues and workers: one worker from close by, or the beginning of one queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QStackedWidget, QWidget

from console.bridge.background import Background
from console.bridge.closer_look import CloserLook
from console.ui.kit.side_pane import SidePane
from console.ui.queues_peek import PeekPane
from console.ui.workers_missing import Missing
from console.ui.workers_pane import WorkerPane
from console.ui.workers_wishes import WorkerWishes

if TYPE_CHECKING:
    from console.ops.inspecting import Inspected
    from console.ops.snapshot import Snapshot

translate = QCoreApplication.translate
Lacks = Callable[[str], Sequence[Missing]]  # by the name of a worker


class QueuesSide(SidePane):
    """Asks about what is shown, and only while it is on screen."""

    def __init__(
        self, background: Background, wishes: WorkerWishes, lacks: Lacks, parent: QWidget | None = None
    ) -> None:
        super().__init__(translate("Queues", "Details"), parent)
        self.inspecting, self.peeking = CloserLook(background, parent=self), CloserLook(background, parent=self)
        self.detail, self.peek = WorkerPane(wishes), PeekPane()
        self._lacks = lacks
        self._rooms = QStackedWidget()
        self._rooms.addWidget(self.detail)
        self._rooms.addWidget(self.peek)
        self.lines.addWidget(self._rooms)
        self._snapshot: Snapshot | None = None
        self._inspected: Inspected | None = None
        self.worker = self.queue = ""  # what is shown; one of the two is ""
        self.inspecting.answered.connect(self._take)
        self.peeking.answered.connect(self.peek.show_peek)
        self.peeking.failed.connect(self.peek.show_failure)
        for part in (self.detail, self.peek):
            part.closed.connect(self.closed)
        self.closed.connect(self.leave)

    def show_worker(self, worker: str) -> None:
        """Show this worker."""
        if worker != self.worker:
            self._inspected = None
        self.worker, self.queue = worker, ""
        self._rooms.setCurrentWidget(self.detail)
        self._look()

    def show_queue(self, queue: str) -> None:
        """Show what is in this queue."""
        if queue != self.queue:
            self.peek.begin(queue)
        self.worker, self.queue = "", queue
        self._rooms.setCurrentWidget(self.peek)
        self._look()

    def leave(self) -> None:
        """Nothing is shown any more, and nothing asked."""
        self.worker = self.queue = ""
        self._look()

    def show_snapshot(self, snapshot: Snapshot) -> bool:
        """Take over a picture; False if what was shown is no longer there."""
        self._snapshot = snapshot
        self.inspecting.refresh()
        self.peeking.refresh()
        return self._show_worker() if self.worker else True

    def _look(self) -> None:
        self.inspecting.look_at(self.worker)
        self.peeking.look_at(self.queue)
        if self.worker:
            self._show_worker()

    def _show_worker(self) -> bool:
        if self._snapshot is None:
            return True
        facts = self._snapshot.facts
        shown = next((worker for worker in facts.workers if worker.name == self.worker), None)
        if shown is not None:
            self.detail.show_worker(shown, facts.queues, self._inspected, self._lacks(shown.name))
        return shown is not None

    def _take(self, inspected: Inspected) -> None:
        self._inspected = inspected
        self._show_worker()
