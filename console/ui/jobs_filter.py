"""What of the jobs is shown: chips for the states with their counts, a field to type in, batches and times to choose.

The field's text is the filter; chips and lists write into it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui import theme, words
from console.ui.filter_sentences import described, problem_sentence
from console.ui.jobs_bar import MANY
from console.ui.jobs_field import FilterField
from console.ui.kit.chips import Chip
from console.ui.kit.choices import Choice
from console.ui.kit.flow import flow
from console.ui.kit.labels import Label
from console.ui.kit.states import state_look
from worker.core.filter_words import read, written
from worker.core.filters import JobFilter
from worker.core.jobs import State
from worker.core.spans import ANY_TIME, Span

translate = QCoreApplication.translate
# Uploading stands last: it is there only while something is uploaded, and nothing must move when it comes.
SHOWN = (State.QUEUED, State.RUNNING, State.FAILED, State.DONE, State.CANCELLED, State.UPLOADING)
TYPING_MS = 150
TIMES = (ANY_TIME, Span("1h"), Span("24h"), Span("today"), Span("7d"))


class JobsFilter(QWidget):
    """The chips; `field`, `batches`, `times` and `problem` beside them are placed by the page."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen = JobFilter()
        self.all = Chip(translate("Jobs", "All"))
        self.chips = {state: _chip(state) for state in SHOWN}
        self.field = FilterField()
        self.batches = Choice((translate("Jobs", "All batches"),), name=translate("Jobs", "Batch"), icon="layers")
        self.times = Choice(_time_words(), name=translate("Jobs", "When changed"), icon="calendar")
        self.batches.setFixedWidth(156)
        self.times.setFixedWidth(140)
        self.problem = Label(size=12, role="bad")
        self.problem.hide()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        margins = (theme.MARGIN, 0, theme.MARGIN, 0)
        lines.addWidget(flow(self.all, *self.chips.values(), line=40, margins=margins))
        self.all.setChecked(True)
        self.all.clicked.connect(lambda: self._choose_states(frozenset()))
        for state, chip in self.chips.items():
            chip.clicked.connect(lambda _on, one=state: self._choose_states(self.states ^ {one}))
        self.batches.activated.connect(self._choose_batch)
        self.times.activated.connect(self._choose_time)
        self._typing = QTimer(self, interval=TYPING_MS, singleShot=True)
        self._typing.timeout.connect(self._read)
        self.field.textChanged.connect(self._typing.start)
        self.field.entered.connect(self._read_now)
        self.show_counts({})

    @property
    def chosen(self) -> JobFilter:
        """The filter as it is set; while what is typed cannot be read, as it was before."""
        return self._chosen

    @property
    def states(self) -> frozenset[State]:
        """The chosen states; none means all."""
        meant = self._chosen.meant_states
        narrowed = self._chosen.states or (self._chosen.unless and self._chosen.unless.states)
        return meant if narrowed else frozenset()

    def choose(self, chosen: JobFilter) -> None:
        """Show other jobs."""
        blocker = QSignalBlocker(self.field)
        self.field.setText(written(chosen))
        del blocker
        self.field.update()
        self._typing.stop()
        self._set(chosen)

    def choose_batch(self, name: str) -> None:
        """Show the jobs of one batch only."""
        self.choose(JobFilter(batches=frozenset({name})))

    def clear(self) -> None:
        """Show all jobs."""
        self.choose(JobFilter())

    def show_counts(self, counts: Mapping[State, int]) -> None:
        """Put the figures on the chips."""
        narrowed = self._chosen.in_any_state != JobFilter()
        self.all.set_count(_figure(sum(counts.values()), narrowed))
        for state, chip in self.chips.items():
            chip.set_count(_figure(counts.get(state, 0), narrowed))
        uploading = self.chips[State.UPLOADING]
        uploading.setVisible(bool(counts.get(State.UPLOADING)) or uploading.isChecked())

    def offer(self, offered: Mapping[str, Sequence[str]]) -> None:
        """Values that may be typed or chosen, by their keys."""
        self.field.offered = offered
        self._show_batch()

    def say(self, sentence: str) -> None:
        """Tell something of the list in the line under the field, until the filter is changed."""
        self.problem.set_role("text2")
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def describe(self) -> str:
        """What is chosen, in words; "" for all jobs."""
        return described(self._chosen)

    def _read_now(self) -> None:
        self._typing.stop()
        self._read()

    def _read(self) -> None:
        found = read(self.field.text())
        problem = found.problem if not self.field.is_offering else None
        self.problem.set_role("bad")
        self.problem.setText(problem_sentence(problem) if problem else "")
        self.problem.setVisible(problem is not None)
        self.field.set_wrong(problem is not None)
        if found.problem is None:
            self._set(found.chosen)

    def _set(self, chosen: JobFilter) -> None:
        self.problem.hide()
        self.field.set_wrong(False)
        changed, self._chosen = chosen != self._chosen, chosen
        self.all.setChecked(not self.states)
        for state, chip in self.chips.items():
            chip.setChecked(state in self.states)
        self._show_batch()
        self._show_time()
        if changed:
            self.changed.emit()

    def _choose_states(self, states: frozenset[State]) -> None:
        others = self._chosen.in_any_state
        self.choose(replace(others, states=frozenset() if states == frozenset(State) else states))
        self.all.setChecked(not self.states)

    def _choose_batch(self, place: int) -> None:
        name = self.batches.itemText(place)
        if place and name not in {*self.field.offered.get("batch", ()), *self._chosen.batches}:
            return  # "2 batches" stands there for those that are chosen
        names = frozenset({name} if place else ())
        self.choose(replace(self._chosen, batches=names, batch_ids=frozenset()))

    def _choose_time(self, place: int) -> None:
        self.choose(replace(self._chosen, updated=TIMES[place] if place < len(TIMES) else self._chosen.updated))

    def _show_batch(self) -> None:
        chosen, names = self._chosen, list(self.field.offered.get("batch", ()))
        one = next(iter(chosen.batches)) if len(chosen.batches) == 1 and not chosen.batch_ids else ""
        count = len(chosen.batches) + len(chosen.batch_ids)
        many = words.counted(count, translate("Jobs", "{n} batch"), translate("Jobs", "{n} batches"))
        shown = one or (many if count else "")
        _fill(self.batches, 1, [*names, *([shown] if shown and shown not in names else [])], shown)

    def _show_time(self) -> None:
        span = self._chosen.updated
        if span in TIMES:
            _fill(self.times, len(TIMES), [], self.times.itemText(TIMES.index(span)))
        else:
            shown = f"{span.since}–{span.until}" if span.until else span.since
            _fill(self.times, len(TIMES), [shown], shown)


def _fill(choice: Choice, kept: int, names: Sequence[str], shown: str) -> None:
    """Offer these names behind the first entries, and show one."""
    if [choice.itemText(place) for place in range(kept, choice.count())] != list(names):
        while choice.count() > kept:
            choice.removeItem(kept)
        choice.addItems(list(names))
    choice.setCurrentIndex(max(choice.findText(shown), 0) if shown else 0)


def _time_words() -> Sequence[str]:
    return (
        translate("Jobs", "Any time"),
        translate("Jobs", "Last hour"),
        translate("Jobs", "Last 24 hours"),
        translate("Jobs", "Today"),
        translate("Jobs", "Last 7 days"),
    )


def _chip(state: State) -> Chip:
    look = state_look(state)
    return Chip(look.word, icon=look.icon, role=look.role)


def _figure(count: int, narrowed: bool) -> str:
    return f"{words.number(MANY)}+" if narrowed and count > MANY else words.number(count)
