"""The workers of this machine: started and stopped here, each with its log."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge.table import Column, TableModel
from console.ui import theme, words
from console.ui.actions import Action
from console.ui.kit.boxes import STRETCH, row
from console.ui.kit.buttons import Button
from console.ui.kit.choices import CheckBox, Choice
from console.ui.kit.labels import Hairline, Label
from console.ui.kit.row_acts import ActTable, RowAct, RowActs
from console.ui.workers_local_words import (
    GAVE_UP,
    IN_TROUBLE,
    STOPPING,
    described,
    spoken,
    spoken_usage,
    stop_words,
    two_lines,
    usage,
)
from worker.core.jobs import LEGACY_QUEUE, QUEUE

if TYPE_CHECKING:
    from console.ops.worker_figures import WorkerFigures
    from console.ops.worker_state import LocalWorker

translate = QCoreApplication.translate
TWO_LINES = 50  # the height of a row
ROOM = 470  # narrower than this its head says less
STOP, RESTART = "stop", "restart"


class About(TypedDict):
    """What is to be known of a worker beside its state file."""

    adopted: bool
    profile: str


class LocalStrip(QWidget):
    """Tells what is wanted; the worker under the cursor is the one whose log is shown."""

    chosen = Signal(object)  # LocalWorker | None
    options_asked = Signal()  # a worker is to be started, and more to be chosen
    start_asked = Signal(int, object, bool)  # slots, queues: tuple[str, ...], whether it stops with the console
    stop_asked = Signal(object)  # LocalWorker
    stop_all_asked = Signal()
    restart_asked = Signal(tuple)  # names: one after the other, each by one that is ready

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._locked = False
        self._profile = ""
        self._adopted: Collection[str] = ()
        self._figures: Mapping[str, WorkerFigures] = {}
        self.model: TableModel[LocalWorker] = TableModel(self._columns(), key=lambda worker: worker.name, parent=self)
        self.table = ActTable(self.model, name=translate("Local", "Workers on this machine"), row_height=TWO_LINES)
        self.table.horizontalHeader().hide()
        self._make_actions()
        self._build_start()
        self._lay_out()
        self._connect()
        self.show_workers(())

    def show_workers(self, workers: Sequence[LocalWorker], adopted: Collection[str] = ()) -> None:
        """Show these; `adopted` are the names of those that this console did not start."""
        if adopted != self._adopted:
            self._adopted = adopted
            self.model.say_again([0])
        self.model.set_rows(workers)
        self._empty.setVisible(not workers)
        self.table.setVisible(bool(workers))
        if workers and not self.table.currentIndex().isValid():
            self.table.go_to(workers[0].name)
        self._tell_chosen()

    def show_figures(self, figures: Mapping[str, WorkerFigures]) -> None:
        """Show what their processes take, by the workers' names."""
        if figures != self._figures:
            self._figures = figures
            self.model.say_again([1])

    def show_profile(self, profile: str) -> None:
        """Say whose the workers of other profiles are."""
        self._profile = profile
        self._tell_chosen()

    def show_queues(self, queues: Sequence[str]) -> None:
        """Offer these to take work from, and the usual two together."""
        wanted = [_usual(), *queues]
        if wanted != [self.queue.itemText(place) for place in range(self.queue.count())]:
            before = self.queue.currentText()
            self.queue.clear()
            self.queue.addItems(wanted)
            self.queue.setCurrentIndex(max(self.queue.findText(before), 0))

    def set_locked(self, locked: bool) -> None:
        """Show the lock on the rows' buttons."""
        if locked != self._locked:
            self._locked = locked
            self.model.say_again([2])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._note.setVisible(self.width() > ROOM)

    @property
    def current(self) -> LocalWorker | None:
        """The worker under the cursor."""
        worker: LocalWorker | None = self.table.current_row()
        return worker

    def _columns(self) -> tuple[Column[LocalWorker], ...]:
        return (
            Column(
                "worker", translate("Local", "Worker"), lambda worker: spoken(worker, **self._about(worker)),
                look=lambda worker: two_lines(worker, **self._about(worker)), tip=self._tip,
            ),
            Column(
                "usage", translate("Local", "Memory"), lambda worker: spoken_usage(self._figures.get(worker.name)),
                look=lambda worker: usage(self._figures.get(worker.name)), width=84, end=True,
            ),
            Column("acts", "", stop_words, width=116, end=True, look=self._acts),
        )  # fmt: skip

    def _about(self, worker: LocalWorker) -> About:
        return {"adopted": worker.name in self._adopted, "profile": self._profile}

    def _tip(self, worker: LocalWorker) -> str:
        """All of what its line says, and of one that is well again why it ended before."""
        why = "" if worker.state in IN_TROUBLE else words.told(worker.sentence)
        return "\n".join(filter(None, (described(worker, **self._about(worker)), why)))

    def _acts(self, worker: LocalWorker) -> RowActs:
        stop = RowAct(STOP, "x" if worker.state == GAVE_UP else "square", stop_words(worker), changes=True)
        again = (RowAct(RESTART, "refresh-cw", changes=True),) if self._may_restart(worker) else ()
        return RowActs((*again, stop), locked=self._locked)

    def _may_restart(self, worker: LocalWorker) -> bool:
        """Its settings are those of the profile that the window shows."""
        return worker.state not in {GAVE_UP, STOPPING} and self._profile in {"", worker.profile}

    def _restartable(self) -> tuple[str, ...]:
        return tuple(worker.name for worker in self.model.rows if self._may_restart(worker))

    def _make_actions(self) -> None:
        def act(text: str, run: Callable[[], object], icon: str, key: str) -> Action:
            made = Action(self.table, text, run, icon=icon, key=key, changes=True)
            made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            return made

        self.restart_action = act(translate("Local", "Restart"), self._restart, "refresh-cw", "R")
        self.stop_action = act(translate("Local", "Stop"), self._stop, "square", "S")
        self.restart_all_action = act(
            translate("Local", "Restart all"),
            lambda: self.restart_asked.emit(self._restartable()),
            "refresh-cw",
            "Shift+R",
        )
        self.stop_all_action = act(translate("Local", "Stop all…"), self.stop_all_asked.emit, "square", "Shift+S")
        self.table.menu_actions = lambda: (
            self.restart_action, self.stop_action, None, self.restart_all_action, self.stop_all_action,
        )  # fmt: skip

    def _build_start(self) -> None:
        cores = os.cpu_count() or 1
        slots = [
            words.counted(n, translate("Local", "{n} slot"), translate("Local", "{n} slots")) for n in _up_to(cores)
        ]
        self.slots = Choice(slots, name=translate("Local", "Slots of the worker"))
        self.slots.setCurrentIndex(len(slots) - 1)
        self.queue = Choice((_usual(),), name=translate("Local", "Queue that it takes work from"))
        self.start_button = Button(translate("Local", "Start worker"), icon="play", kind="primary", changes=True)
        self.options_button = Button(translate("Local", "Start a worker…"), kind="ghost", height=28)
        self.with_console = CheckBox(translate("Local", "Stop it when the console closes"))
        self.with_console.setToolTip(translate("Local", "after the pages in work"))
        self.with_console.setChecked(True)
        self._none = Label(translate("Local", "No worker was started here."), role="text3")

    def _lay_out(self) -> None:
        cores = words.counted(os.cpu_count() or 1, translate("Local", "{n} core"), translate("Local", "{n} cores"))
        note = translate("Local", "{host}, {cores}").format(host=socket.gethostname(), cores=cores)
        title = Label(translate("Local", "On this machine"), size=14, weight=600)
        title.setMinimumWidth(title.sizeHint().width())
        self._note = Label(note, role="text3")
        head = row(title, height=40).add(self._note, stretch=1)
        for action in (self.restart_all_action, self.stop_all_action):
            head.add(action.button("ghost", height=28, with_key=False))
        lines = QVBoxLayout(self)
        lines.setContentsMargins(theme.GROUP, 0, theme.GROUP, 8)
        lines.setSpacing(0)
        inset = (theme.GAP, 0, theme.GAP, 0)
        start = row(self.slots, margins=inset)
        start.add(self.queue, stretch=1).add(self.start_button)
        self._empty = row(self._none, height=TWO_LINES, margins=inset)
        parts = (row(head, margins=inset), Hairline(), self._empty, self.table)
        for part in parts:
            lines.addWidget(part, 1 if part is self.table else 0)
        lines.addStretch(0)
        lines.addSpacing(8)
        lines.addWidget(start)
        lines.addSpacing(4)
        lines.addWidget(row(self.with_console, STRETCH, self.options_button, margins=inset))

    def _connect(self) -> None:
        self.start_button.clicked.connect(self._start)
        Action(self, self.start_button.text(), self.start_button.click, icon="play", changes=True)
        self.options_button.clicked.connect(self.options_asked)
        self.table.act_chosen.connect(
            lambda name: (self.stop_action if name == STOP else self.restart_action).trigger()
        )
        self.table.selectionModel().currentRowChanged.connect(self._tell_chosen)

    def _tell_chosen(self) -> None:
        worker = self.current
        self.stop_action.setEnabled(worker is not None)
        self.restart_action.setEnabled(worker is not None and self._may_restart(worker))
        self.restart_all_action.setEnabled(bool(self._restartable()))
        self.stop_all_action.setEnabled(bool(self.model.rows))
        if worker is not None:
            self.stop_action.setText(stop_words(worker))
        self.chosen.emit(worker)

    def _start(self) -> None:
        place = self.queue.currentIndex()
        queues = (QUEUE, LEGACY_QUEUE) if place == 0 else (self.queue.currentText(),)
        count = _up_to(os.cpu_count() or 1)[self.slots.currentIndex()]
        self.start_asked.emit(count, queues, self.with_console.isChecked())

    def _restart(self) -> None:
        if self.current is not None:
            self.restart_asked.emit((self.current.name,))

    def _stop(self) -> None:
        if self.current is not None:
            self.stop_asked.emit(self.current)


def _usual() -> str:
    return translate("Local", "{ours} and {older}").format(ours=QUEUE, older=LEGACY_QUEUE)


def _up_to(cores: int) -> list[int]:
    """What is worth choosing: 1, 2, 4, … and as many as there are cores."""
    steps = [1 << power for power in range(8)]
    return sorted({*(step for step in steps if step < cores), cores})
