"""Which batches are shown: chips for what they are doing with their counts, and a field for words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.bridge.batch_feed import BatchChoice, BatchCounts
from console.ui import theme, words
from console.ui.kit.chips import Chip
from console.ui.kit.fields import Field
from console.ui.kit.flow import flow
from worker.core.batch_figures import BatchState

translate = QCoreApplication.translate
TYPING_MS = 150
LEAST, FIELD = 150, 224  # pixels of the field


class BatchesFilter(QWidget):
    """Several chips may be down at once; "All" lifts them."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.all = Chip(translate("Batches", "All"))
        self.chips = {
            BatchState.RUNNING: Chip(translate("Batches", "Running"), icon="loader-circle", role="accent"),
            BatchState.WAITING: Chip(translate("Batches", "Waiting"), icon="clock"),
            BatchState.PAUSED: Chip(translate("Batches", "Paused"), icon="circle-pause", role="warn"),
            BatchState.FINISHED: Chip(translate("Batches", "Finished"), icon="circle-check", role="ok"),
        }
        self.failures = Chip(translate("Batches", "With failures"), icon="circle-x", role="bad")
        self.field = Field(
            name=translate("Batches", "Filter"),
            hint=translate("Batches", "Filter by name or person"),
            icon="list-filter",
            key="/",
        )
        self.field.setMinimumWidth(LEAST)
        self.field.setMaximumWidth(FIELD)
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.MARGIN, 0, theme.MARGIN, 0)
        line.setSpacing(6)
        line.addWidget(flow(self.all, *self.chips.values(), self.failures, line=42))
        line.addStretch(1)
        line.addWidget(self.field, 2)
        self.all.setChecked(True)
        self.all.clicked.connect(self._choose_all)
        for chip in (*self.chips.values(), self.failures):
            chip.clicked.connect(self._choose)
        self._typing = QTimer(self, interval=TYPING_MS, singleShot=True)
        self._typing.timeout.connect(self.changed)
        self.field.textChanged.connect(self._typing.start)
        self.show_counts(BatchCounts())

    @property
    def choice(self) -> BatchChoice:
        """The filter as it is set."""
        states = frozenset(state for state, chip in self.chips.items() if chip.isChecked())
        return BatchChoice(states, self.failures.isChecked(), self.field.text().strip())

    def choose(self, choice: BatchChoice) -> None:
        """Set it."""
        for state, chip in self.chips.items():
            chip.setChecked(state in choice.states)
        self.failures.setChecked(choice.failures)
        self.field.setText(choice.text)
        self._typing.stop()
        self._choose()

    def clear(self) -> None:
        """Show all batches."""
        self.choose(BatchChoice())

    def show_counts(self, counts: BatchCounts) -> None:
        """Put the figures on the chips."""
        self.all.set_count(words.number(counts.all))
        for state, chip in self.chips.items():
            chip.set_count(words.number(counts.states[state]))
        self.failures.set_count(words.number(counts.failures))
        waiting = self.chips[BatchState.WAITING]
        waiting.setVisible(bool(counts.states[BatchState.WAITING]) or waiting.isChecked())

    def describe(self) -> str:
        """What is chosen, in words: "Paused, “tax”"."""
        chips = (*self.chips.values(), self.failures)
        parts = [chip.text() for chip in chips if chip.isChecked()]
        if self.field.text().strip():
            parts.append(f"“{words.isolated(self.field.text().strip())}”")
        return ", ".join(parts)

    def _choose_all(self) -> None:
        for chip in (*self.chips.values(), self.failures):
            chip.setChecked(False)
        self._choose()

    def _choose(self) -> None:
        choice = self.choice
        self.all.setChecked(not choice.states and not choice.failures)
        self.changed.emit()
