"""How a new batch is to be read: the pane beside its plan."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from console.ui import counts
from console.ui.formats import ORDER, format_word
from console.ui.kit.boxes import STRETCH, Box, column, row
from console.ui.kit.buttons import Button
from console.ui.kit.choices import CheckBox, Choice, Segments
from console.ui.kit.labels import Hairline, Label, Paragraph
from console.ui.languages import LanguageField
from worker.core.jobs import FORMATS, MODES, USUAL_FORMATS, Options, Priority

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
        self.languages = LanguageField()
        self.formats = {name: CheckBox(format_word(name)) for name in ORDER}
        self.mode = Choice(_mode_words(), name=translate("Plan", "Pages that already have text"))
        self.same = Choice(_same_words(), name=translate("Plan", "Files that were read before"))
        self.priority = Segments(_priority_words(), name=translate("Plan", "Priority"), current=1)
        start = translate("Plan", "Start")
        self.start = Button(start, icon="play", kind="primary", key="Ctrl+Enter", height=START, changes=True)
        self.cancel = Button(translate("Plan", "Cancel"), height=START)
        self._workers = 0
        self._hint = Paragraph(size=12)
        self._fleet = Label(size=12, role="text3", align="end")
        self._sums = {name: Label(weight=500, align="end") for name in ("upload", "reading", "on")}
        self._lay_out()
        self._connect()
        self.set_workers({}, 0)

    @property
    def options(self) -> Options:
        """What was chosen."""
        chosen = tuple(name for name in FORMATS if name in self.formats and self.formats[name].isChecked())
        return Options(languages=self.languages.value, mode=MODES[self.mode.currentIndex()], formats=chosen)

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
        self.languages.choose(options.languages.split("+"))
        self.mode.setCurrentIndex(MODES.index(options.mode))
        for name, box in self.formats.items():
            box.setChecked(name in options.formats)

    def objection(self) -> str:
        """Why it cannot start with what is chosen; "" if it can."""
        if not self.languages.value:
            return translate("Plan", "Choose a language.")
        if not any(box.isChecked() for box in self.formats.values()):
            return translate("Plan", "Choose at least one output.")
        return ""

    def set_workers(self, languages: Mapping[str, int], workers: int) -> None:
        """Tell on how many of the online workers each language can be read."""
        self._workers = workers
        self.languages.set_known(languages, workers)
        self._tell_languages()

    def set_sums(self, upload: str, reading: str) -> None:
        """What starting would come to."""
        self._sums["upload"].setText(upload)
        self._sums["reading"].setText(reading)

    def _tell_languages(self) -> None:
        able, missing = self.languages.workers_for_all(), self.languages.missing()
        fleet = translate("Plan", "on {n} of {all} workers").replace("{n}", str(able))
        self._fleet.setText(fleet.replace("{all}", str(self._workers)) if self._workers > 1 and not missing else "")
        hint = translate("Plan", "No worker that is online has {names}. Install it on one, or take it off.")
        self._hint.setText(hint.replace("{names}", ", ".join(missing)))
        self._hint.set_role("warn")
        self._hint.setVisible(bool(missing))
        online = self._sums["on"]
        online.setText(counts.workers(self._workers) if self._workers else translate("Plan", "none is online yet"))
        online.set_role("text" if self._workers else "warn")

    def _connect(self) -> None:
        self.languages.changed.connect(self._tell_languages)
        self.languages.changed.connect(self.changed)
        self.mode.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.same.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.priority.chosen.connect(lambda _index: self.changed.emit())
        for name, box in self.formats.items():
            box.setChecked(name in USUAL_FORMATS)
            box.toggled.connect(lambda _on: self.changed.emit())
        self.start.clicked.connect(self.start_pressed)
        self.cancel.clicked.connect(self.cancel_pressed)

    def _lay_out(self) -> None:
        choices = column(margins=(24, 0, 24, 8))
        choices.add(
            row(Label(translate("Plan", "How to read"), size=14, weight=600), height=44),
            row(_caption(translate("Plan", "Languages")), STRETCH, self._fleet, height=22),
            self.languages,
            4,
            self._hint,
            12,
            _caption(translate("Plan", "Outputs")),
            2,
            self._formats_grid(),
            12,
            *self._captioned(translate("Plan", "Pages that already have text"), self.mode),
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

    def _formats_grid(self) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        for index, name in enumerate(ORDER):
            grid.addWidget(self.formats[name], index // 3, index % 3)
        grid.setColumnStretch(3, 1)
        return made

    def _captioned(self, words: str, control: QWidget) -> tuple[QWidget, int, QWidget, int]:
        return _caption(words), 3, control, 12

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


def _caption(words: str) -> Label:
    return Label(words, size=12, weight=500, role="text3")


def _mode_words() -> tuple[str, str, str]:
    return (
        translate("Plan", "Keep the text that is there"),
        translate("Plan", "Read them anew, as pictures"),
        translate("Plan", "Replace an earlier text layer"),
    )


def mode_in_words(mode: str) -> str:
    """What happens to pages that already have text."""
    return _mode_words()[MODES.index(mode)]


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
