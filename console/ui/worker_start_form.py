"""What can be chosen for workers that are to be started on this machine."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ops.supervisor import BRAKE, BRAKE_S
from console.ops.worker_options import MOST_SLOTS, MOST_WORKERS, POOLS, WorkerOptions
from console.ui import theme, words
from console.ui.kit.boxes import STRETCH, column, row, set_margins
from console.ui.kit.choices import CheckBox, Choice, Radio, Segments
from console.ui.kit.fields import Field
from console.ui.kit.forms import Pair, captioned, note_label
from console.ui.kit.labels import Hairline, Label
from console.ui.kit.stepper import Stepper
from console.ui.worker_start_limits import Limits
from console.ui.worker_start_queues import USUAL, QueueField

if TYPE_CHECKING:
    from console.ops.fleet import Queue
    from worker.core.settings import Settings

translate = QCoreApplication.translate
LEVELS = ("DEBUG", "INFO", "WARNING")
FORMATS = ("text", "json")


class StartForm(QWidget):
    """`options` is what was chosen, of `count` workers that are alike."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._host, self._cores = socket.gethostname(), os.cpu_count() or 1
        self._taken: Collection[str] = ()
        self._proposed = ""
        self._logs = 1, 0  # the places of the level and the format that are usual
        self._quieter = False  # the profile's level is none of these: it is only kept
        self._make_parts()
        self._lay_out()
        self._connect()

    def begin(self, queues: Sequence[str] = ()) -> None:
        """As usual, and with a name that is free; to take work from these queues, or from ours."""
        self.slots.show_value(self._cores)
        self.workers.show_value(1)
        self.pool.setCurrentIndex(0)
        self.queues.choose(queues or USUAL)
        self.stop_too.setChecked(True)
        self.again.setChecked(True)
        self.limits.clear()
        self.limits.unfold(False)
        self._log_as_usual()
        self.name.clear()
        self._propose()
        self.changed.emit()

    def show_usual(self, settings: Settings, profile: str, *, production: bool) -> None:
        """Say what is so where nothing is chosen, and for which deployment it will work."""
        self.profile.setText(profile)
        self.profile.set_icon("lock-open" if production else "database")
        self._quieter = settings.log_level not in LEVELS
        level = len(LEVELS) - 1 if self._quieter else LEVELS.index(settings.log_level)
        self._logs = level, FORMATS.index(settings.log_format)
        self._log_as_usual()
        stop = translate("StartWorker", "takes up to {time}, loses nothing")
        self.stop_too.set_note(stop.format(time=words.about(settings.soft_shutdown_s)))

    def show_taken(self, names: Collection[str]) -> None:
        """Names that no worker here may have; the proposal makes way."""
        self._taken = names
        self._propose()

    def show_queues(self, queues: Sequence[Queue]) -> None:
        """Those that there are."""
        self.queues.show_queues(queues)

    def show_faults(self, faults: Mapping[str, str]) -> None:
        """Say beside each part what is wrong with it, or what is to be known."""
        taken = [name for name in self.names if name in self._taken]
        is_taken = translate("StartWorker", "{name} is taken").format(name=taken[0]) if taken else ""
        why = words.told(faults.get("name", "")) or is_taken
        self.name_note.setText(why or translate("StartWorker", "free on this broker"))
        self.name_note.set_role("bad" if why else "text3")
        self.name.set_wrong(bool(why))
        self.queues_note.setText(words.told(faults.get("queues", "")) or self.queues.remark())
        self.queues_note.set_role("bad" if "queues" in faults else "warn")
        self.slots_note.setText(words.told(faults.get("concurrency", "")) or self._running)
        self.slots_note.set_role("bad" if "concurrency" in faults else "text3")
        self.limits.show_faults(faults)
        self._tell_workers()

    def show_here(self, slots: int, free_b: float) -> None:
        """How many slots run on this machine already, and how many bytes of its memory are free."""
        here = translate("StartWorker", "{n} runs here already"), translate("StartWorker", "{n} run here already")
        self._running = words.counted(slots, *here) if slots else ""
        self.limits.show_room(self.slot_count, free_b)

    @property
    def count(self) -> int:
        """How many workers."""
        return self.workers.value or 1

    @property
    def slot_count(self) -> int:
        """Of all of them together."""
        return self.count * (self.slots.value or 1)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the workers that are to be started."""
        return tuple(one.name for one in self.options.several(self.count) if one.name)

    @property
    def is_taken(self) -> bool:
        """Whether somebody has one of these names."""
        return any(name in self._taken for name in self.names)

    @property
    def options(self) -> WorkerOptions:
        """What was chosen."""
        name = self.name.text().strip() or self._proposed
        return WorkerOptions(
            name=name if "@" in name else f"{name}@{self._host}",
            concurrency=self.slots.value or 1,
            queues=self.queues.chosen,
            pool=POOLS[self.pool.currentIndex()],
            log_level=None if self._quieter and self.level.current == self._logs[0] else LEVELS[self.level.current],
            log_format=FORMATS[self.format.current],
            stop_with_console=self.stop_too.isChecked(),
            restart_when_it_dies=self.again.isChecked(),
            **self.limits.values,
        )

    def _log_as_usual(self) -> None:
        self.level.choose(self._logs[0])
        self.format.choose(self._logs[1])

    def _make_parts(self) -> None:
        self._running = ""
        self.profile = Field(name=translate("StartWorker", "Profile"), icon="database")
        self.profile.setReadOnly(True)
        self.name = Field(name=translate("StartWorker", "Name"))
        self.name_note, self.slots_note, self.workers_note = note_label(), note_label(), note_label()
        cores = words.counted(
            self._cores, translate("StartWorker", "of {n} core"), translate("StartWorker", "of {n} cores")
        )
        self.slots = Stepper(name=translate("StartWorker", "Slots"), most=MOST_SLOTS, unit=cores)
        self.workers = Stepper(name=translate("StartWorker", "Workers"), most=MOST_WORKERS, unit="–")
        self.pool = Choice(_pools(), name=translate("StartWorker", "Pool"))
        self.queues, self.queues_note = QueueField(), note_label("warn")
        self.stop_too = Radio(translate("StartWorker", "Stop after the pages in work"), note="–")
        self.keep = Radio(
            translate("StartWorker", "Keep running"),
            note=translate("StartWorker", "until somebody stops it or the machine restarts"),
        )
        unless = translate("StartWorker", "unless it ends {n} times within {time}")
        self.again = CheckBox(
            translate("StartWorker", "Start it again if it dies"),
            note=unless.format(n=words.number(BRAKE), time=words.about(BRAKE_S)),
        )
        self.limits = Limits()
        levels = (
            translate("StartWorker", "Debug"),
            translate("StartWorker", "Info"),
            translate("StartWorker", "Warning"),
        )
        self.level = Segments(levels, name=translate("StartWorker", "Log level"), current=1)
        self.format = Segments((translate("StartWorker", "Text"), "JSON"), name=translate("StartWorker", "Log format"))

    def _lay_out(self) -> None:
        lines = QVBoxLayout(self)
        set_margins(lines, theme.MARGIN, 12, theme.MARGIN, theme.GROUP)
        lines.setSpacing(12)
        profile = captioned(translate("StartWorker", "Profile"), self.profile)
        name = captioned(translate("StartWorker", "Name"), self.name, self.name_note)
        slots = captioned(translate("StartWorker", "Slots"), self.slots, self.slots_note)
        workers = captioned(translate("StartWorker", "Workers"), self.workers, self.workers_note)
        level = captioned(translate("StartWorker", "Log level"), row(self.level, STRETCH))
        format_ = captioned(translate("StartWorker", "Log format"), row(self.format, STRETCH))
        parts: tuple[QWidget, ...] = (
            _title(translate("StartWorker", "What")),
            Pair(profile, name),
            Pair(slots, workers),
            captioned(translate("StartWorker", "Queues"), self.queues, self.queues_note),
            captioned(translate("StartWorker", "Pool"), self.pool),
            Hairline(),
            _title(translate("StartWorker", "When the console closes")),
            self._closing(),
            Hairline(),
            self.limits,
            Hairline(),
            Pair(level, format_),
        )
        for part in parts:
            lines.addWidget(part)
        lines.addStretch(1)

    def _closing(self) -> QWidget:
        """The two that rule each other out have one parent."""
        return column(self.stop_too, self.keep, 6, row(self.again, STRETCH), spacing=2)

    def _connect(self) -> None:
        self.pool.currentIndexChanged.connect(self._fit_slots)
        for signal in (
            self.name.textChanged, self.slots.stepped, self.workers.stepped, self.pool.currentIndexChanged,
            self.queues.changed, self.stop_too.toggled, self.again.toggled, self.limits.changed, self.level.chosen,
            self.format.chosen,
        ):  # fmt: skip
            signal.connect(lambda *_: self.changed.emit())

    def _fit_slots(self, place: int) -> None:
        """A worker that reads in its main process has one slot."""
        if POOLS[place] == "solo":
            self.slots.show_value(1)
        self.slots.setEnabled(POOLS[place] != "solo")

    def _propose(self) -> None:
        """The first of ocr1@host, ocr2@host … that nobody has; what somebody typed stays."""
        before = self._proposed
        free = (name for number in count(1) if (name := f"ocr{number}@{self._host}") not in self._taken)
        self._proposed = next(free)
        if self.name.text() in {"", before}:
            self.name.setText(self._proposed)

    def _tell_workers(self) -> None:
        one, many = translate("StartWorker", "process group"), translate("StartWorker", "process groups")
        self.workers.set_unit(one if self.count == 1 else many)
        names = [name.partition("@")[0] for name in self.names]
        through = translate("StartWorker", "{first} to {last}")
        self.workers_note.setText(through.format(first=names[0], last=names[-1]) if len(names) > 1 else "")


def _title(text: str) -> Label:
    return Label(text, size=14, weight=600)


def _pools() -> tuple[str, ...]:
    """In the order of POOLS."""
    return (
        translate("StartWorker", "A process for each slot (prefork)"),
        translate("StartWorker", "In the main process, one at a time (solo)"),
    )
