"""The page that starts workers on this machine: what is chosen, the same without the console, what is to be known."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from console.bridge.start_feed import Source, StartFeed
from console.ui import words
from console.ui.actions import Action
from console.ui.kit.boxes import row, set_margins
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Hairline, Label
from console.ui.worker_start_checks import looks
from console.ui.worker_start_form import StartForm
from console.ui.worker_start_side import LEAST, WIDTH, StartSide, start_words

if TYPE_CHECKING:
    from console.bridge.background import Background
    from console.ops.snapshot import Snapshot
    from console.ops.worker_start import Machine

translate = QCoreApplication.translate
TITLE = 56
SHARE = 0.42  # of the page, for what stands beside the form


class StartWorkerPage(QWidget):
    """Asks for a start with `start_asked`; it is left by who takes that, or by `left`."""

    start_asked = Signal(object)  # tuple[WorkerOptions, ...]: a worker each
    left = Signal()

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._machine: Machine | None = None
        self._source: Source | None = None
        self.feed = StartFeed(background, self)
        self.form, self.side = StartForm(), StartSide()
        self.note = Label(role="text3")
        self._build()
        self._connect()
        self.begin()

    def open(self, source: Source) -> None:
        """Start workers on what this one knows."""
        self._source = source
        profile = source.profile
        name = translate("StartWorker", "This machine") if profile.embedded else profile.name
        self.form.show_usual(source.settings, name, production=profile.production)
        self.side.show_profile(name)
        self.feed.open(source)
        self._refresh()

    def begin(self, queues: Sequence[str] = ()) -> None:
        """Forget what was chosen last; workers are to take from these queues, or from the usual ones."""
        self.form.begin(queues)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take over a picture; while nobody sees the page only the last one is kept."""
        self._snapshot = snapshot
        if self.isVisible():
            self._show()

    def start(self) -> None:
        """Have it started, if it can be."""
        if self.side.start.isEnabled():
            self.start_asked.emit(self.form.options.several(self.form.count))

    def panes(self) -> list[QWidget]:
        """What F6 goes through."""
        return [self.form, self.side]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.side.setFixedWidth(min(max(round(self.width() * SHARE), LEAST), WIDTH))

    def _build(self) -> None:
        self.back = Button(icon="chevron-left", kind="ghost", name=translate("StartWorker", "Queues & workers"))
        title = Label(translate("StartWorker", "Start a worker"), size=20, weight=600)
        title.setMinimumWidth(title.sizeHint().width())
        head = row(self.back, title, height=TITLE, margins=(12, 0, 24, 0), spacing=6).add(self.note, stretch=1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.form)
        content = QVBoxLayout()
        content.setSpacing(0)
        for part in (head, Hairline()):
            content.addWidget(part)
        content.addWidget(area, 1)
        across = QHBoxLayout(self)
        set_margins(across, 0, 0, 0, 0)
        across.setSpacing(0)
        across.addLayout(content, 1)
        across.addWidget(Hairline(vertical=True))
        across.addWidget(self.side)

    def _connect(self) -> None:
        start, back = translate("StartWorker", "Start the worker"), translate("StartWorker", "Cancel")
        self.start_action = Action(self, start, self.start, icon="play", key="Ctrl+Enter", changes=True)
        self.start_action.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        self.leave_action = Action(self, back, self.left.emit, icon="x", key="Esc")
        self.back.clicked.connect(self.leave_action.trigger)
        self.side.cancel_pressed.connect(self.leave_action.trigger)
        self.side.start_pressed.connect(self.start_action.trigger)
        self.side.saved.connect(self.feed.save)
        self.form.changed.connect(self._refresh)
        self.feed.looked.connect(self._take)
        self.feed.written.connect(self.side.show_recipes)

    def _show(self) -> None:
        snapshot = self._snapshot
        self.feed.look()
        if snapshot is None:
            return
        self.form.show_queues(snapshot.queues)
        self._refresh()

    def _take(self, machine: Machine) -> None:
        self._machine = machine
        text = translate("StartWorker", "on {host}, {cores}, {memory}")
        count = words.counted(
            os.cpu_count() or 1, translate("StartWorker", "{n} core"), translate("StartWorker", "{n} cores")
        )
        memory = words.size(machine.memory_b)
        self.note.setText(text.format(host=words.isolated(socket.gethostname()), cores=count, memory=memory))
        self._refresh()

    def _refresh(self) -> None:
        """What is chosen is compared with what is known."""
        if self._source is None:
            first = translate("StartWorker", "The services are opened first.")
            self.side.show_start(start_words(self.form.names), first)
            return
        form, machine = self.form, self._machine
        if machine is not None:
            form.show_here(machine.slots, machine.memory_free_b)
        there = [one.name for one in self._snapshot.workers if one.state != "lost"] if self._snapshot else []
        form.show_taken(frozenset(there) | (machine.names if machine else frozenset()))
        options = form.options
        faults = self.feed.faults(options)
        form.limits.show_usual(self._source.settings, options)
        form.show_faults(faults)
        self.side.show_start(start_words(form.names), self._why_not(faults))
        self.feed.write(options)
        if self._snapshot is not None:
            self.side.looks.show_looks(list(looks(self._snapshot, machine, form.slot_count)))

    def _why_not(self, faults: dict[str, str]) -> str:
        if faults:
            return words.told(next(iter(faults.values())))
        return translate("StartWorker", "Choose a name that is free.") if self.form.is_taken else ""
