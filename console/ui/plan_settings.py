"""How a new batch is to be read: the pane beside its plan."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from console.ops.presets import Preset
from console.ui import counts
from console.ui.kit.boxes import STRETCH, Box, column, row
from console.ui.kit.buttons import Button
from console.ui.kit.choices import Choice, Segments
from console.ui.kit.labels import Hairline, Label
from console.ui.plan_preset import PresetField
from console.ui.plan_reading import ReadingForm, caption
from worker.core.jobs import Options, Priority

translate = QCoreApplication.translate
WIDTH = 376
START = 36  # the height of its button
_PRIORITIES = (Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.NEXT)
_SAME = ("reuse", "read", "skip")  # the values of ops.uploads.Same


class SettingsPane(QWidget):
    """What can be chosen, what it comes to, and the buttons that begin or leave."""

    changed = Signal()
    start_pressed = Signal()
    cancel_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.preset, self.reading = PresetField(), ReadingForm()
        self.same = Choice(_same_words(), name=translate("Plan", "Files that were read before"))
        self.priority = Segments(_priority_words(), name=translate("Plan", "Priority"), current=1)
        start = translate("Plan", "Start")
        self.start = Button(start, icon="play", kind="primary", key="Ctrl+Enter", height=START, changes=True)
        self.cancel = Button(translate("Plan", "Cancel"), height=START)
        self._sums = {name: Label(weight=500, align="end") for name in ("upload", "reading", "on")}
        self._lay_out()
        self._connect()
        self.set_fleet(())

    @property
    def options(self) -> Options:
        """What was chosen, and on top of which preset."""
        return self.preset.current.chosen(self.reading.options)

    @property
    def chosen_priority(self) -> Priority:
        """What was chosen."""
        return _PRIORITIES[self.priority.current]

    @property
    def chosen_same(self) -> str:
        """What to do with a file that was read before: reuse, read or skip."""
        return _SAME[self.same.currentIndex()]

    def choose(self, options: Options) -> None:
        """Show these options as chosen."""
        named = {preset.name: preset for preset in self.preset.presets}
        self.preset.show_current(named.get(options.preset, self.preset.presets[0]), changed=False)
        self.reading.choose(options)
        self.compare()

    def take(self, preset: Preset) -> None:
        """Show what a preset says as chosen. What it leaves open stays as it is, but for the pages: that is all."""
        self.preset.show_current(preset, changed=False)
        self.reading.choose(preset.options(self.reading.languages.value))
        self.priority.choose(_PRIORITIES.index(preset.priority))
        self.compare()

    def as_preset(self, name: str) -> Preset:
        """What is chosen, under a name."""
        return Preset(name, self.reading.options, self.chosen_priority)

    def objection(self) -> str:
        """Why it cannot start with what is chosen; "" if it can."""
        return self.reading.objection()

    def set_fleet(self, fleet: Sequence[frozenset[str]]) -> None:
        """Tell what each worker that is online can read."""
        self.reading.set_fleet(fleet)
        online = self._sums["on"]
        online.setText(counts.workers(len(fleet)) if fleet else translate("Plan", "none is online yet"))
        online.set_role("text" if fleet else "warn")

    def set_sums(self, upload: str, reading: str) -> None:
        """What starting would come to."""
        self._sums["upload"].setText(upload)
        self._sums["reading"].setText(reading)

    def compare(self) -> None:
        """Tell whether what is chosen differs from its preset, which may say something else by now."""
        preset = self.preset.current
        changed = self.options.changed or self.chosen_priority != preset.priority
        self.preset.show_current(preset, changed=changed)

    def _tell(self) -> None:
        self.compare()
        self.changed.emit()

    def _connect(self) -> None:
        self.preset.chosen.connect(self.take)
        self.reading.changed.connect(self._tell)
        self.same.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.priority.chosen.connect(lambda _index: self._tell())
        self.start.clicked.connect(self.start_pressed)
        self.cancel.clicked.connect(self.cancel_pressed)

    def _lay_out(self) -> None:
        choices = column(margins=(24, 0, 24, 8))
        choices.add(
            row(Label(translate("Plan", "How to read"), size=14, weight=600), height=44),
            self.preset,
            12,
            self.reading,
            *self._captioned(translate("Plan", "Files that were read before"), self.same),
            *self._captioned(translate("Plan", "Priority"), self.priority),
            STRETCH,
        )
        scroll = QScrollArea()
        scroll.setWidget(choices)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(scroll, 1)
        lines.addWidget(self._foot())

    def _captioned(self, words: str, control: QWidget) -> tuple[QWidget, int, QWidget, int]:
        return caption(words), 3, control, 12

    def _foot(self) -> Box:
        names = {
            "upload": translate("Plan", "Upload"),
            "reading": translate("Plan", "Reading"),
            "on": translate("Plan", "Workers"),
        }
        foot = column(margins=(24, 0, 24, 20)).add(Hairline(), 8)
        for name, label in self._sums.items():
            line = row(Label(names[name], role="text2"), height=24)
            foot.add(line.add(label, stretch=1))
        buttons = row(self.cancel)
        self.start.setSizePolicy(self.start.sizePolicy().Policy.Expanding, self.start.sizePolicy().verticalPolicy())
        return foot.add(12, buttons.add(self.start, stretch=1))


def _same_words() -> tuple[str, str, str]:
    return (
        translate("Plan", "Use the earlier result"),
        translate("Plan", "Read them again"),
        translate("Plan", "Leave them out"),
    )


def same_in_words(same: str) -> str:
    """What happens to files that were read before."""
    return _same_words()[_SAME.index(same)]


def _priority_words() -> tuple[str, ...]:
    return (
        translate("Plan", "Low"),
        translate("Plan", "Normal"),
        translate("Plan", "High"),
        translate("Plan", "Next"),
    )


def priority_in_words(priority: Priority) -> str:
    """Low, Normal, High or Next."""
    return _priority_words()[_PRIORITIES.index(priority)]
