"""The page of queues and workers: what waits where, who works on it, and what can be done about both."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge.closer_look import Ask
from console.bridge.local_feed import LocalFeed
from console.bridge.queue_feed import Past
from console.bridge.remembered import Remembered
from console.ui.kit.boxes import column, title_line
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Label
from console.ui.kit.side_pane import Beside
from console.ui.kit.splits import Split
from console.ui.notices import ask
from console.ui.queues_attention import Contradictions
from console.ui.queues_section import QueuesSection
from console.ui.queues_side import QueuesSide
from console.ui.workers_local import LocalStrip
from console.ui.workers_log import LogView
from console.ui.workers_section import WorkersSection
from console.ui.workers_stop import how_to_stop, is_busy, stop_question
from console.ui.workers_wishes import WorkerWishes

if TYPE_CHECKING:
    from console.bridge.background import Background
    from console.bridge.local_feed import Local
    from console.ops.contradictions import Contradiction
    from console.ops.fleet import Worker
    from console.ops.snapshot import Snapshot
    from console.ops.worker_state import LocalWorker
    from worker.core.settings import Settings

    LocalSource = tuple[Local, Settings, str]
translate = QCoreApplication.translate
LEAST, BELOW_LEAST = 96, 176  # pixels of each part, and of the workers of this machine with what starts one
BELOW_HEIGHT = 300  # of the workers of this machine, until somebody makes it another
SPLIT, BELOW = "queues.split", "queues.below"  # how the page is divided, as it is remembered


class QueuesPage(QWidget):
    """Tells what is wanted by its own signals, those of `queues` and those of `wishes`."""

    find_asked = Signal()  # workers: look at once
    stop_asked = Signal(str)  # a worker: when it has ended what it does; one that is busy was asked about
    stop_local_asked = Signal(str, object)  # one of this machine, and how: Stop
    stop_all_asked = Signal(object)  # Stop: all of this machine
    restart_asked = Signal(tuple)  # names of workers of this machine
    options_asked = Signal()  # a worker is to be started, and more to be chosen
    mend_asked = Signal(object)  # Contradiction
    start_asked = Signal(int, object, bool)  # slots, queues: tuple[str, ...], whether it stops with the console

    def __init__(
        self,
        background: Background,
        remembered: Remembered,
        *,
        locked: Callable[[], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._remembered, self._locked = remembered, locked
        self._divided = self._awaits = False
        self._snapshot: Snapshot | None = None
        self.wishes = WorkerWishes(self)
        self.local = LocalFeed(background, self)
        self.queues = QueuesSection(background, locked=locked)
        self.workers = WorkersSection(background, self.wishes, has_log=self._has_log)
        self.strip, self.log = LocalStrip(), LogView()
        self.contradictions = Contradictions()
        self.side = QueuesSide(background, self.wishes, self.workers.lacks)
        self._build()
        self._connect()
        self.queues.table.columns.remember(remembered, "queues")
        self.workers.table.columns.remember(remembered, "workers")

    def open(self, past: Past, local: LocalSource | None, *, peek: Ask, inspect: Ask, needs: Ask) -> None:
        """Begin.

        Args:
            past: Has the queues' last hour.
            local: Has the workers of this machine, the settings of the profile, and its name.
            peek: Looks into a queue.
            inspect: Asks a worker.
            needs: Says which languages the work needs that is next, by queue.
        """
        self.queues.feed.open(past)
        self.side.peeking.open(peek)
        self.side.inspecting.open(inspect)
        self.workers.needs.open(needs)
        if local is not None:
            workers, settings, profile = local
            self.strip.show_profile(profile)
            self.local.open(workers, settings)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take over a picture; while nobody sees the page only the last one is kept."""
        self._snapshot = snapshot
        if self.isVisible():
            self._show()

    def show_queue(self, queue: str) -> None:
        """Put the cursor on a queue."""
        self.queues.go_to(queue)

    def show_worker(self, worker: str) -> None:
        """Put the cursor on a worker and show it from close by."""
        self.workers.go_to(worker)
        self._open_details(worker)

    def say(self, answer: str, *, bad: bool = False) -> None:
        """Something that was wanted here was done, or was not: what came of it."""
        self.strip.start_button.set_busy(False)
        if self._awaits:
            self._awaits = False
            self.side.detail.controls.say(answer, bad=bad)

    def panes(self) -> list[QWidget]:
        """What F6 goes through."""
        parts: list[QWidget] = [self.queues.table, self.workers.table, self.strip.table, self.log.text]
        return [*parts, self.side] if self.beside.is_open else parts

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.queues.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._divide()

    def _build(self) -> None:
        self.pause_all = self.queues.pause_all_action.button("ghost")
        self.find_button = Button(translate("Queues", "Find workers"), icon="refresh-cw", kind="ghost", key="F5")
        title = title_line(
            Label(translate("Queues", "Queues & workers"), size=20, weight=600), None, self.pause_all, self.find_button
        )
        self.below = Split(Qt.Orientation.Horizontal)
        self.below.addWidget(self.strip)
        self.below.addWidget(self.log)
        self.below.setStretchFactor(1, 1)
        self.split = Split(Qt.Orientation.Vertical)
        for place, part in enumerate((self.queues, self.workers, self.below)):
            part.setMinimumHeight(BELOW_LEAST if part is self.below else LEAST)
            self.split.addWidget(part)
            self.split.setStretchFactor(place, place // 2)
        self.beside = Beside(column(title, self.contradictions).add(self.split, stretch=1), self.side)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.beside)
        if below := self._remembered.get(BELOW, list):
            self.below.setSizes(below)
        else:
            self.below.setSizes([480, 720])

    def _connect(self) -> None:
        wishes = self.wishes
        self.find_button.clicked.connect(self.find_asked)
        pause_all = self.queues.pause_all_action
        pause_all.changed.connect(lambda: self.pause_all.setText(pause_all.text()))
        self.split.splitterMoved.connect(lambda: self._remembered.put(SPLIT, self.split.sizes()))
        self.below.splitterMoved.connect(lambda: self._remembered.put(BELOW, self.below.sizes()))
        self.local.changed.connect(self._show_local)
        self.local.figured.connect(self.strip.show_figures)
        self.local.written.connect(self.log.add)
        self.strip.chosen.connect(self._choose_log)
        self.strip.start_asked.connect(self._start)
        self.strip.stop_asked.connect(self._stop_local)
        self.strip.stop_all_asked.connect(self._stop_all)
        self.strip.restart_asked.connect(self.restart_asked)
        self.strip.options_asked.connect(self.options_asked)
        self.workers.start_asked.connect(self.strip.start_button.click)
        self.workers.current_changed.connect(self._follow)
        self.queues.current_changed.connect(self._peek_on)
        self.queues.peek_asked.connect(self._peek)
        self.contradictions.asked.connect(self._mend)
        wishes.details.connect(self._open_details)
        wishes.log.connect(self.strip.table.go_to)
        wishes.stop.connect(self._stop)
        for wish in (
            wishes.resize, wishes.autoscale, wishes.consume, wishes.limit_rate, wishes.limit_time, wishes.ping,
            wishes.forget,
        ):  # fmt: skip
            wish.connect(self._await)

    def _show(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        self.queues.show_lock()
        self.strip.set_locked(self._locked())
        self.queues.show_snapshot(snapshot)
        self.workers.show_snapshot(snapshot)
        self.strip.show_queues([queue.queue for queue in snapshot.facts.queues])
        self.contradictions.show_found(snapshot.facts.contradictions)
        self.local.refresh()
        if not self.side.show_snapshot(snapshot):
            self.side.closed.emit()
        self._divide()

    def _divide(self) -> None:
        """As the user left it; until then the tables get what they need, as far as there is room."""
        if sizes := self._remembered.get(SPLIT, list):
            if not self._divided:
                self.split.setSizes(sizes)
        else:
            room = self.split.height() - 2 * self.split.handleWidth()
            here = max(min(BELOW_HEIGHT, room // 3), BELOW_LEAST)
            queues = min(self.queues.wanted_height, (room - here) // 2)
            workers = min(self.workers.wanted_height, room - here - queues)
            self.split.setSizes([queues, workers, room - queues - workers])
        self._divided = True

    def _show_local(self, workers: tuple[LocalWorker, ...], adopted: frozenset[str]) -> None:
        self.strip.show_workers(workers, adopted)
        self.workers.refresh_logs()

    def _has_log(self, worker: str) -> bool:
        return any(worker == one.name for one in self.local.workers)

    def _choose_log(self, worker: LocalWorker | None) -> None:
        path = worker.log if worker is not None else None
        if worker is not None and path != self.log.path:
            note = translate("Queues", "this machine, pid {pid}").format(pid=worker.pid) if worker.pid else ""
            self.log.begin(worker.name, note, path)
            self.local.follow(path)

    def _follow(self, worker: Worker | None) -> None:
        """The log and the open pane are of the worker under the cursor."""
        if worker is None:
            return
        if self._has_log(worker.name):
            self.strip.table.go_to(worker.name)
        if self.beside.is_open and self.side.worker:
            self.side.show_worker(worker.name)

    def _open_details(self, worker: str) -> None:
        self.side.show_worker(worker)
        self.beside.open_pane()

    def _peek(self, queue: str) -> None:
        """The same key opens and closes it."""
        if self.beside.is_open and self.side.queue == queue:
            self.side.closed.emit()
        else:
            self.side.show_queue(queue)
            self.beside.open_pane()

    def _peek_on(self, queue: str | None) -> None:
        if queue is not None and self.beside.is_open and self.side.queue:
            self.side.show_queue(queue)

    def _mend(self, found: Contradiction) -> None:
        if found.remedy == "show":
            self.show_worker(found.subject)
        else:
            self.mend_asked.emit(found)

    def _await(self, *_what: object) -> None:
        self._awaits = True

    def _start(self, slots: int, queues: tuple[str, ...], with_console: bool) -> None:
        self.strip.start_button.set_busy(True)
        self.start_asked.emit(slots, queues, with_console)

    def _stop(self, worker: Worker) -> None:
        question = stop_question(worker)
        if question is None or ask(self, **question):
            self._await()
            self.stop_asked.emit(worker.name)

    def _stop_local(self, local: LocalWorker) -> None:
        if (how := how_to_stop(self, [local], self._busy(), self.local.costs)) is not None:
            self.stop_local_asked.emit(local.name, how)

    def _stop_all(self) -> None:
        if (how := how_to_stop(self, self.local.workers, self._busy(), self.local.costs)) is not None:
            self.stop_all_asked.emit(how)

    def _busy(self) -> list[Worker]:
        return [worker for worker in self.workers.model.rows if is_busy(worker)]
