"""The workers of this machine: started and stopped here, each with its log."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge.table import Column, TableModel
from console.ui import theme, words
from console.ui.actions import Action
from console.ui.kit.boxes import STRETCH, row
from console.ui.kit.buttons import Button
from console.ui.kit.choices import CheckBox, Choice
from console.ui.kit.labels import Hairline, Label
from console.ui.kit.live_cells import TwoLines
from console.ui.kit.row_acts import ActTable, RowAct, RowActs
from console.ui.theme import Role
from worker.core.jobs import LEGACY_QUEUE, QUEUE

if TYPE_CHECKING:
    from console.ops.worker_state import LocalWorker

translate = QCoreApplication.translate
TWO_LINES = 50  # the height of a row
STOP = "stop"
GAVE_UP = "gave up"  # as the supervisor calls it
_LOOKS: dict[str, tuple[str, Role]] = {
    "starting": ("loader-circle", "accent"),
    "running": ("circle-check", "ok"),
    "waiting": ("circle-alert", "warn"),
    "stopping": ("circle-pause", "warn"),
    GAVE_UP: ("circle-x", "bad"),
}


class LocalStrip(QWidget):
    """Tells what is wanted; the worker under the cursor is the one whose log is shown."""

    chosen = Signal(object)  # LocalWorker | None
    start_asked = Signal(int, object, bool)  # slots, queues: tuple[str, ...], whether it stops with the console
    stop_asked = Signal(object)  # LocalWorker

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._locked = False
        self.model: TableModel[LocalWorker] = TableModel(self._columns(), key=lambda worker: worker.name, parent=self)
        self.table = ActTable(self.model, name=translate("Local", "Workers on this machine"), row_height=TWO_LINES)
        self.table.horizontalHeader().hide()
        self.stop_action = Action(
            self.table, translate("Local", "Stop"), self._stop, icon="square", key="S", changes=True
        )
        self.stop_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.table.menu_actions = lambda: (self.stop_action,)
        self._build_start()
        self._lay_out()
        self._connect()
        self.show_workers(())

    def show_workers(self, workers: Sequence[LocalWorker]) -> None:
        """Show these."""
        self.model.set_rows(workers)
        self._empty.setVisible(not workers)
        self.table.setVisible(bool(workers))
        if workers and not self.table.currentIndex().isValid():
            self.table.go_to(workers[0].name)
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
            self.model.say_again([1])

    @property
    def current(self) -> LocalWorker | None:
        """The worker under the cursor."""
        worker: LocalWorker | None = self.table.current_row()
        return worker

    def _columns(self) -> tuple[Column[LocalWorker], ...]:
        return (
            Column(
                "worker", translate("Local", "Worker"), spoken, look=two_lines,
                tip=lambda worker: words.told(worker.sentence),
            ),
            Column(
                "acts", "", stop_words, width=92, end=True,
                look=self._acts,
            ),
        )  # fmt: skip

    def _acts(self, worker: LocalWorker) -> RowActs:
        icon = "x" if worker.state == GAVE_UP else "square"
        return RowActs((RowAct(STOP, icon, stop_words(worker), changes=True),), locked=self._locked)

    def _build_start(self) -> None:
        cores = os.cpu_count() or 1
        slots = [
            words.counted(n, translate("Local", "{n} slot"), translate("Local", "{n} slots")) for n in _up_to(cores)
        ]
        self.slots = Choice(slots, name=translate("Local", "Slots of the worker"))
        self.slots.setCurrentIndex(len(slots) - 1)
        self.queue = Choice((_usual(),), name=translate("Local", "Queue that it takes work from"))
        self.start_button = Button(translate("Local", "Start worker"), icon="play", kind="primary", changes=True)
        self.with_console = CheckBox(
            translate("Local", "Stop it when the console closes"), note=translate("Local", "after the pages in work")
        )
        self.with_console.setChecked(True)
        self._none = Label(translate("Local", "No worker was started here."), role="text3")

    def _lay_out(self) -> None:
        cores = words.counted(os.cpu_count() or 1, translate("Local", "{n} core"), translate("Local", "{n} cores"))
        note = translate("Local", "{host}, {cores}").format(host=socket.gethostname(), cores=cores)
        head = row(Label(translate("Local", "On this machine"), size=14, weight=600), height=40)
        head.add(Label(note, role="text3"), stretch=1)
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
        lines.addWidget(row(self.with_console, STRETCH, margins=inset))

    def _connect(self) -> None:
        self.start_button.clicked.connect(self._start)
        Action(self, self.start_button.text(), self.start_button.click, icon="play", changes=True)
        self.table.act_chosen.connect(lambda _name: self.stop_action.trigger())
        self.table.selectionModel().currentRowChanged.connect(self._tell_chosen)

    def _tell_chosen(self) -> None:
        worker = self.current
        self.stop_action.setEnabled(worker is not None and worker.state != "stopping")
        if worker is not None:
            self.stop_action.setText(stop_words(worker))
        self.chosen.emit(worker)

    def _start(self) -> None:
        place = self.queue.currentIndex()
        queues = (QUEUE, LEGACY_QUEUE) if place == 0 else (self.queue.currentText(),)
        count = _up_to(os.cpu_count() or 1)[self.slots.currentIndex()]
        self.start_asked.emit(count, queues, self.with_console.isChecked())

    def _stop(self) -> None:
        if self.current is not None:
            self.stop_asked.emit(self.current)


def stop_words(worker: LocalWorker) -> str:
    """What ends it; one that has ended by itself is only taken off the list."""
    return translate("Local", "Forget") if worker.state == GAVE_UP else translate("Local", "Stop")


def two_lines(worker: LocalWorker) -> TwoLines:
    """Its name, and what it is set to do."""
    icon, role = _LOOKS.get(worker.state, _LOOKS[GAVE_UP])
    bad = worker.state in {"waiting", GAVE_UP}
    return TwoLines(worker.name, described(worker), icon, role, "warn" if bad else "text2")


def spoken(worker: LocalWorker) -> str:
    """The same, read aloud."""
    return f"{worker.name}, {described(worker)}"


def described(worker: LocalWorker) -> str:
    """Slots, queues, and how long it stays; of one in trouble, why."""
    if worker.sentence and worker.state in {"waiting", GAVE_UP}:
        return words.told(worker.sentence)
    one, many = {
        "starting": (
            translate("Local", "{n} slot, {queues}, starts"),
            translate("Local", "{n} slots, {queues}, starts"),
        ),
        "stopping": (
            translate("Local", "{n} slot, {queues}, stops after the pages in work"),
            translate("Local", "{n} slots, {queues}, stops after the pages in work"),
        ),
    }.get(worker.state) or (_with_console() if worker.stops_with_console else _staying())
    return words.counted(worker.concurrency, one, many).replace("{queues}", ", ".join(worker.queues))


def _with_console() -> tuple[str, str]:
    return (
        translate("Local", "{n} slot, {queues}, stops with the console"),
        translate("Local", "{n} slots, {queues}, stops with the console"),
    )


def _staying() -> tuple[str, str]:
    return (
        translate("Local", "{n} slot, {queues}, keeps running"),
        translate("Local", "{n} slots, {queues}, keeps running"),
    )


def _usual() -> str:
    return translate("Local", "{ours} and {older}").format(ours=QUEUE, older=LEGACY_QUEUE)


def _up_to(cores: int) -> list[int]:
    """What is worth choosing: 1, 2, 4, … and as many as there are cores."""
    steps = [1 << power for power in range(8)]
    return sorted({*(step for step in steps if step < cores), cores})
