"""The rows of the batches' page: open ones, those of today, earlier ones; asked in at most a fifth of the time.

What a batch is without counting comes for all of them at once; figures come for the rows that are in the table, as
many as fit into the time, and the rest with the next pictures.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Literal, Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background, Latest
from console.bridge.table import TableModel
from worker.core.batch_figures import BatchFigures, BatchLine, BatchState
from worker.core.errors import OcrConsoleError

if TYPE_CHECKING:
    from worker.core.batch_details import BatchDetails

PAGE = 50  # earlier batches at first, and more each time
MOST = 1_000  # of them in the table: the words find the others
EXPORTED = 20  # that are counted at once for an export
SPEND_S = 0.2  # of a second, on figures
FIRST_S = 0.5  # while rows wait for their first figures
REST = 4  # times as long as the last answer took nothing is asked

Group = Literal["open", "today", "earlier"]


@dataclass(frozen=True, slots=True)
class Section:
    """A row over the batches of a group."""

    group: Group
    batches: int
    pages: int = 0  # left of open ones, read of the others, as far as they are in the table
    done_at: datetime | None = None  # the last of the open ones; None where not all can be told


@dataclass(frozen=True, slots=True)
class BatchChoice:
    """Which batches are shown."""

    states: frozenset[BatchState] = frozenset()
    failures: bool = False  # those with failures, too
    text: str = ""  # in the name, or who made it

    def fits(self, line: BatchLine) -> bool:
        """Whether a batch is meant."""
        chips = self.states or self.failures
        if chips and line.state not in self.states and not (self.failures and line.has_failures):
            return False
        return self.says(line)

    def says(self, line: BatchLine) -> bool:
        """Whether it says the words."""
        return _plain(self.text) in _plain(f"{line.name} {line.created_by or ''}")


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """How many there are under the words, whatever the chips say."""

    all: int = 0
    states: Mapping[BatchState, int] = field(default_factory=lambda: dict.fromkeys(BatchState, 0))
    failures: int = 0

    @property
    def open(self) -> int:
        """Those that are not finished."""
        return self.all - self.states[BatchState.FINISHED]


BatchRow = Section | BatchFigures


@dataclass(frozen=True, slots=True)
class BatchView:
    """An answer: the rows, and what there is beyond them."""

    rows: tuple[BatchRow, ...] = ()
    counts: BatchCounts = field(default_factory=BatchCounts)
    there: int = 0  # batches without any filter
    more: bool = False
    complete: bool = True  # every row has its figures
    took_s: float = 0.0


class Source(Protocol):
    """What answers questions about batches: core's Batches."""

    def lines(self) -> list[BatchLine]:
        """All batches, the latest change first."""
        ...

    def figures(self, lines: Sequence[BatchLine], *, spend_s: float) -> dict[UUID, BatchFigures]:
        """Those that are known of them."""
        ...

    def details(self, figures: BatchFigures) -> BatchDetails:
        """The rest of one."""
        ...


class BatchFeed(QObject):
    """Fills a table model with sections and batches, and tells of the details of the one that is watched."""

    loading_changed = Signal(bool)
    loaded = Signal(object)  # BatchView
    detailed = Signal(object)  # BatchDetails of the batch that is watched
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, model: TableModel[BatchRow], background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.choice = BatchChoice()
        self.view = BatchView()
        self._source: Source | None = None
        self._asked, self._detail_asked = Latest(background), Latest(background)
        self._most, self._busy, self._looking = PAGE, False, False
        self._rests_until = self._detail_rests_until = 0.0
        self._watched: UUID | None = None
        self._reached: UUID | None = None  # in the table beside the newest
        self._detailed_at: tuple[UUID, datetime | None] | None = None  # of which figures the details were asked
        model.wanted.connect(self._load_more)

    def open(self, source: Source) -> None:
        """Know whom to ask, from the next question on."""
        self._source = source

    def ask(self, choice: BatchChoice) -> None:
        """Show other batches; the answer to an older question is dropped."""
        self.choice, self._most, self._reached = choice, PAGE, None
        self._ask()

    def refresh(self) -> None:
        """Ask anew, unless a question is under way or the last one took long."""
        if not self._busy and time.monotonic() >= self._rests_until:
            self._ask()

    def reach(self, batch: UUID) -> None:
        """Have this batch in the table too, however long ago it was."""
        self._reached = batch
        if self.figures(batch) is None:
            self._ask()

    def watch(self, batch: UUID | None) -> None:
        """Tell of the details of this batch from now on; None: of none."""
        if batch != self._watched:
            self._watched, self._detailed_at, self._detail_rests_until = batch, None, 0.0
            self._detail_asked.drop()
            self._looking = False
            self._look_closer()

    def figures(self, batch: UUID) -> BatchFigures | None:
        """What is known of a batch that is in the table."""
        place = self.model.place(batch)
        row = None if place is None else self.model.row(place)
        return row if isinstance(row, BatchFigures) else None

    def everything(self) -> Callable[[], Iterable[BatchFigures]]:
        """What gives all batches that are meant, the latest change first; to be called in the background."""
        return tuple if self._source is None else partial(_each, self._source, self.choice)

    def _ask(self) -> None:
        if self._source is None:
            return
        self._set_busy(True)
        question = partial(look, self._source, self.choice, self._most, self.view.complete, self._reached)
        self._asked.submit(question, done=self._take, failed=self._fail)

    def _load_more(self) -> None:
        if not self._busy and self.view.more:
            self._most += PAGE
            self._ask()

    def _take(self, view: BatchView) -> None:
        self._set_busy(False)
        self.view = view
        self.model.set_rows(view.rows)
        self.model.more = view.more
        self._rests_until = time.monotonic() + (REST * view.took_s if view.complete else 0.0)
        self.loaded.emit(view)
        self._look_closer()
        if not view.complete:
            self._ask()

    def _look_closer(self) -> None:
        """Ask for the details of what is watched, if its figures are others by now and it is time."""
        figures = None if self._watched is None else self.figures(self._watched)
        if self._source is None or figures is None or figures.at is None or self._looking:
            return
        if self._detailed_at == (figures.id, figures.at) or time.monotonic() < self._detail_rests_until:
            return
        self._looking, self._detailed_at = True, (figures.id, figures.at)
        self._detail_asked.submit(
            _timed_details, self._source, figures, done=self._take_details, failed=self._fail_details
        )

    def _take_details(self, answer: tuple[BatchDetails, float]) -> None:
        details, took_s = answer
        self._looking = False
        self._detail_rests_until = time.monotonic() + REST * took_s
        self.detailed.emit(details)

    def _fail(self, error: OcrConsoleError) -> None:
        self._set_busy(False)
        self.failed.emit(error)

    def _fail_details(self, error: OcrConsoleError) -> None:
        self._looking, self._detailed_at = False, None
        self.failed.emit(error)

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.loading_changed.emit(busy)


def look(source: Source, choice: BatchChoice, most: int, settled: bool, reached: UUID | None = None) -> BatchView:
    """The view now: so many earlier batches and the one to be reached, with the figures that the time allows."""
    begun = time.monotonic()
    lines = source.lines()
    said = [line for line in lines if choice.says(line)]
    groups = _grouped([line for line in said if choice.fits(line)], datetime.now(UTC))
    earlier = groups["earlier"]
    shown = {**groups, "earlier": earlier[:most] + [line for line in earlier[most:] if line.id == reached]}
    wanted = [line for group in shown.values() for line in group]
    known = source.figures(wanted, spend_s=SPEND_S if settled else FIRST_S)
    rows: list[BatchRow] = []
    for group, some in shown.items():
        if some:
            figures = [known.get(line.id) or line.uncounted for line in some]
            rows += [_section(group, len(groups[group]), figures), *figures]
    complete = len(known) == len(wanted)
    return BatchView(
        tuple(rows), _counts(said), len(lines), len(earlier) > most < MOST, complete, time.monotonic() - begun
    )


def _each(source: Source, choice: BatchChoice) -> Iterator[BatchFigures]:
    """A few at a time, so that it can be stopped."""
    lines = [line for line in source.lines() if choice.fits(line)]
    for first in range(0, len(lines), EXPORTED):
        some = lines[first : first + EXPORTED]
        known = source.figures(some, spend_s=float("inf"))
        yield from (known[line.id] for line in some if line.id in known)


def _grouped(lines: Sequence[BatchLine], now: datetime) -> dict[Group, list[BatchLine]]:
    """Open ones as they were made, the newest first; the others as they changed last."""
    today = now.astimezone().date()
    groups: dict[Group, list[BatchLine]] = {"open": [], "today": [], "earlier": []}
    for line in lines:
        if line.is_open:
            groups["open"].append(line)
        else:
            is_new = line.changed is not None and line.changed.astimezone().date() == today
            groups["today" if is_new else "earlier"].append(line)
    groups["open"].sort(key=lambda line: (line.created is not None, line.created, line.id), reverse=True)
    return groups


def _section(group: Group, batches: int, figures: Sequence[BatchFigures]) -> Section:
    if group != "open":
        return Section(group, batches, sum(one.pages_done for one in figures))
    ends = [one.done_at for one in figures if one.state is not BatchState.PAUSED]
    told = [end for end in ends if end is not None]
    done_at = max(told) if told and len(told) == len(ends) else None
    return Section(group, batches, sum(one.pages_left for one in figures), done_at)


def _counts(lines: Sequence[BatchLine]) -> BatchCounts:
    states = dict.fromkeys(BatchState, 0)
    for line in lines:
        states[line.state] += 1
    return BatchCounts(len(lines), states, sum(line.has_failures for line in lines))


def _timed_details(source: Source, figures: BatchFigures) -> tuple[BatchDetails, float]:
    begun = time.monotonic()
    return source.details(figures), time.monotonic() - begun


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip()).casefold()
