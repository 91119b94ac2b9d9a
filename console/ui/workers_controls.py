"""What can be set on one worker: its size, its queues, its rate; and what it answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui.kit.boxes import STRETCH, column, row
from console.ui.kit.buttons import Button
from console.ui.kit.choices import CheckBox
from console.ui.kit.fields import Field
from console.ui.kit.labels import Label, Paragraph
from console.ui.kit.stepper import Stepper
from console.ui.workers_wishes import (
    WorkerWishes,
    why_no_autoscale,
    why_no_forget,
    why_no_resize,
    why_no_talk,
    why_no_time_limit,
)

if TYPE_CHECKING:
    from console.ops.fleet import Queue, Worker

translate = QCoreApplication.translate


class WorkerControls(QWidget):
    """Shows how a worker is set; what is wanted goes to the wishes. Nothing changes here before the worker has."""

    def __init__(self, wishes: WorkerWishes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wishes = wishes
        self._worker: Worker | None = None
        self._boxes: dict[str, CheckBox] = {}
        self._bounds_set = False  # by hand, and not sent yet
        self._make_parts()
        self._lay_out()
        self._connect()

    def show_worker(self, worker: Worker, queues: Sequence[Queue], pool: str) -> None:
        """Show how it is set.

        Args:
            worker: As the last picture has it.
            queues: All that there are.
            pool: What kind of pool it has, "" if that is not known.
        """
        if self._worker is None or worker.name != self._worker.name:
            self.say("")
            self._bounds_set = False
            for field in (self.rate, self.soft, self.hard):
                field.clear()
                field.set_wrong(False)
        self._worker = worker
        self.processes.show_value(worker.report.slots or None)
        if not self._bounds_set:
            most, fewest = worker.report.autoscale or (worker.report.slots or 1, 1)
            self.most.show_value(most)
            self.fewest.show_value(fewest)
        self._show_queues(worker, queues)
        _set((self.processes,), why_no_resize(worker, pool))
        _set((self.most, self.fewest, self.scale_button), why_no_autoscale(worker, pool))
        talk = why_no_talk(worker)
        _set((self.rate, self.rate_button, self.ping_button, self.stop_button, *self._boxes.values()), talk)
        _set((self.soft, self.hard, self.time_button), why_no_time_limit(worker, pool))
        forget = why_no_forget(worker)
        _set((self.forget_button,), forget)
        self.forget_button.setVisible(not forget)
        self.stop_button.setVisible(bool(forget))

    def say(self, answer: str, *, bad: bool = False) -> None:
        """Show what the worker answered; "" for nothing yet."""
        self.answer.setText(answer)
        self.answer.set_role("bad" if bad else "text2")
        self.answer.setVisible(bool(answer))

    def box(self, queue: str) -> CheckBox:
        """The check box of a queue."""
        return self._boxes[queue]

    def _make_parts(self) -> None:
        self.processes = Stepper(name=translate("Controls", "Processes"), follows=True)
        self.fewest = Stepper(name=translate("Controls", "Fewest processes"))
        self.most = Stepper(name=translate("Controls", "Most processes"))
        self.scale_button = Button(
            translate("Controls", "Set"), name=translate("Controls", "Set the bounds"), changes=True
        )
        self.rate = Field(
            name=translate("Controls", "Tasks that it begins at most"), hint=translate("Controls", "no limit, or 10/m")
        )
        self.rate_button = Button(
            translate("Controls", "Set"), name=translate("Controls", "Set the rate"), changes=True
        )
        self.soft = Field(name=translate("Controls", "Seconds until a task is told to end"), hint="540")
        self.hard = Field(name=translate("Controls", "Seconds until a task is ended"), hint="600")
        self.time_button = Button(
            translate("Controls", "Set"), name=translate("Controls", "Set the time for a task"), changes=True
        )
        self.ping_button = Button(translate("Controls", "Ping"), icon="radio", key="I")
        self.stop_button = Button(translate("Controls", "Stop…"), icon="square", key="S", changes=True)
        self.forget_button = Button(translate("Controls", "Forget"), icon="x", key="Del", changes=True)
        self.answer = Paragraph(size=12)
        self._queues = QVBoxLayout()
        self._queues.setSpacing(0)

    def _lay_out(self) -> None:
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(6)
        to = Label(translate("Controls", "to"), role="text3")
        scale = row(self.fewest, to, self.most, self.scale_button, STRETCH, spacing=6)
        rate = row(spacing=6).add(self.rate, stretch=1).add(self.rate_button)
        time = row(spacing=6).add(self.soft, stretch=1).add(self.hard, stretch=1).add(self.time_button)
        for title, part in (
            (translate("Controls", "Processes"), row(self.processes, STRETCH)),
            (translate("Controls", "Scales itself from, to"), scale),
            (translate("Controls", "Tasks begun at most"), rate),
            (translate("Controls", "Seconds until a task is told to end, and ended"), time),
        ):
            lines.addWidget(column(Label(title, size=12, weight=500, role="text3"), 4, part))
        lines.addWidget(Label(translate("Controls", "Takes work from"), size=12, weight=500, role="text3"))
        lines.addLayout(self._queues)
        lines.addSpacing(6)
        lines.addWidget(row(self.ping_button, self.stop_button, self.forget_button, STRETCH))
        lines.addWidget(self.answer)
        self.answer.hide()

    def _connect(self) -> None:
        wishes = self._wishes
        self.processes.stepped.connect(lambda by: self._with_name(lambda name: wishes.resize.emit(name, by)))
        for bound in (self.most, self.fewest):
            bound.stepped.connect(self._keep_bounds)
        self.scale_button.clicked.connect(self._scale)
        self.rate_button.clicked.connect(self._limit)
        self.rate.returnPressed.connect(self._limit)
        self.time_button.clicked.connect(self._limit_time)
        for field in (self.soft, self.hard):
            field.returnPressed.connect(self._limit_time)
        self.ping_button.clicked.connect(lambda: self._with_name(wishes.ping.emit))
        self.stop_button.clicked.connect(lambda: wishes.stop.emit(self._worker))
        self.forget_button.clicked.connect(lambda: self._with_name(lambda name: wishes.forget.emit([name])))

    def _with_name(self, run: Callable[[str], object]) -> None:
        if self._worker is not None:
            run(self._worker.name)

    def _keep_bounds(self) -> None:
        self._bounds_set = True

    def _scale(self) -> None:
        if self._worker is not None:
            self._bounds_set = False
            most, fewest = self.most.value or 1, self.fewest.value or 1
            self._wishes.autoscale.emit(self._worker.name, max(most, fewest), min(most, fewest))

    def _limit(self) -> None:
        if self._worker is not None:
            self._wishes.limit_rate.emit(self._worker.name, self.rate.text().strip() or "0")

    def _limit_time(self) -> None:
        """Two whole numbers, the first the smaller one; nothing in both: as it was started."""
        soft, hard = (field.text().strip() or "0" for field in (self.soft, self.hard))
        right = soft.isdecimal() and hard.isdecimal() and (0 < int(soft) < int(hard) or int(soft) == int(hard) == 0)
        for field in (self.soft, self.hard):
            field.set_wrong(not right)
        if self._worker is not None and right:
            self._wishes.limit_time.emit(self._worker.name, int(soft), int(hard))

    def _show_queues(self, worker: Worker, queues: Sequence[Queue]) -> None:
        paused = {queue.queue for queue in queues if queue.paused}
        wanted = sorted({queue.queue for queue in queues} | worker.serves)
        if wanted != list(self._boxes):
            self._make_boxes(wanted)
        for name, box in self._boxes.items():
            box.setChecked(name in worker.serves)
            box.set_note(translate("Controls", "paused") if name in paused else "")

    def _make_boxes(self, names: Sequence[str]) -> None:
        for old in self._boxes.values():
            self._queues.removeWidget(old)
            old.deleteLater()
        self._boxes = {}
        for name in names:
            box = CheckBox(name)
            box.clicked.connect(lambda on, name=name: self._consume(name, on))
            self._queues.addWidget(box)
            self._boxes[name] = box

    def _consume(self, queue: str, on: bool) -> None:
        if self._worker is not None:
            self._boxes[queue].setChecked(queue in self._worker.serves)  # until the worker says so itself
            self._wishes.consume.emit(self._worker.name, queue, on)


def _set(parts: Sequence[QWidget], why_not: str) -> None:
    """On, or off with the reason as tool tip."""
    for part in parts:
        part.setEnabled(not why_not)
        part.setToolTip(why_not)
