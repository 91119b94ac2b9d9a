"""What of the jobs is shown: chips for the states with their counts, and a field for words."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ui import theme, words
from console.ui.kit.chips import Chip
from console.ui.kit.fields import Field
from console.ui.kit.states import state_look
from worker.core.filters import JobFilter
from worker.core.jobs import State

translate = QCoreApplication.translate
# Uploading stands last: it is there only while something is uploaded, and nothing must move when it comes.
SHOWN = (State.QUEUED, State.RUNNING, State.FAILED, State.DONE, State.CANCELLED, State.UPLOADING)
TYPING_MS = 150
MANY = 10_000  # counts under a text filter stop here


class JobsFilter(QWidget):
    """The chips; the field beside them is `field`, which the page places."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(40)
        self.all = Chip(translate("Jobs", "All"))
        self.chips = {state: _chip(state) for state in SHOWN}
        self._batch = ""
        self.batch = Chip(translate("Jobs", "Batch"), icon="layers")
        self.batch.setToolTip(translate("Jobs", "Show the jobs of all batches"))
        self.batch.hide()
        self.field = Field(
            name=translate("Jobs", "Filter"),
            hint=translate("Jobs", "Filter by name or error"),
            icon="list-filter",
            key="/",
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.MARGIN, 0, theme.MARGIN, 0)
        line.setSpacing(6)
        for chip in (self.all, *self.chips.values(), self.batch):
            line.addWidget(chip)
        line.addStretch(1)
        self.all.setChecked(True)
        self.all.clicked.connect(self._choose_all)
        for chip in self.chips.values():
            chip.clicked.connect(self._choose)
        self.batch.clicked.connect(self._leave_batch)
        self._typing = QTimer(self, interval=TYPING_MS, singleShot=True)
        self._typing.timeout.connect(self.changed)
        self.field.textChanged.connect(self._typing.start)
        self.show_counts({})

    @property
    def chosen(self) -> JobFilter:
        """The filter as it is set."""
        return JobFilter(
            states=self.states, text=self.field.text().strip(), batches=frozenset([self._batch] if self._batch else ())
        )

    @property
    def states(self) -> frozenset[State]:
        """The chosen states; none means all."""
        return frozenset(state for state, chip in self.chips.items() if chip.isChecked())

    def choose_batch(self, name: str) -> None:
        """Show the jobs of one batch only, until its chip is clicked."""
        self._show_batch(name)
        self.changed.emit()

    def clear(self) -> None:
        """Show all jobs."""
        self.field.clear()
        self._show_batch("")
        self._typing.stop()
        self._choose_all()

    def show_counts(self, counts: Mapping[State, int]) -> None:
        """Put the figures on the chips."""
        self.all.set_count(_figure(sum(counts.values()), self._narrowed()))
        for state, chip in self.chips.items():
            chip.set_count(_figure(counts.get(state, 0), self._narrowed()))
        uploading = self.chips[State.UPLOADING]
        uploading.setVisible(bool(counts.get(State.UPLOADING)) or uploading.isChecked())

    def _narrowed(self) -> bool:
        return bool(self.field.text() or self._batch)

    def describe(self) -> str:
        """What is chosen, in words: "Failed, “invoice”"."""
        parts = [chip.text() for chip in self.chips.values() if chip.isChecked()]
        if self._batch:
            parts.append(words.isolated(self._batch))
        if self.field.text().strip():
            parts.append(f"“{words.isolated(self.field.text().strip())}”")
        return ", ".join(parts)

    def _show_batch(self, name: str) -> None:
        self._batch = name
        self.batch.setText(name or translate("Jobs", "Batch"))
        self.batch.setChecked(bool(name))
        self.batch.setVisible(bool(name))

    def _leave_batch(self) -> None:
        self.choose_batch("")

    def _choose_all(self) -> None:
        for chip in self.chips.values():
            chip.setChecked(False)
        self._choose()

    def _choose(self) -> None:
        self.all.setChecked(not self.states)
        self.changed.emit()


def _chip(state: State) -> Chip:
    look = state_look(state)
    return Chip(look.word, icon=look.icon, role=look.role)


def _figure(count: int, narrowed: bool) -> str:
    return f"{words.number(MANY)}+" if narrowed and count > MANY else words.number(count)
