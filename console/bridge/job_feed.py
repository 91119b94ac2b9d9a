"""The rows of the jobs table: loaded by keyset pages, kept up to date from pictures, in a window of 2,000.

Ticks change a row where it stands. Only an event, a new job or a new state, may change the order of rows, and only
while the view is at the top; else what is new is counted and waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background, Latest
from console.bridge.job_source import Source
from console.bridge.pace import Pace
from console.bridge.table import TableModel
from worker.core.errors import OcrConsoleError
from worker.core.filters import ORDERS, Cursor, JobFilter, JobPage
from worker.core.jobs import Batch, Job, State

if TYPE_CHECKING:
    from console.ops.snapshot import Snapshot

PAGE = 200
BATCHES = 200  # that are offered by name
WINDOW = 2000
EVENT = timedelta(seconds=1)  # a row is stamped a moment after what it tells of
ARRIVALS = frozenset({"updated", "created"})  # orders in which what is new comes first


class JobFeed(QObject):
    """Fills a table model with the jobs that meet a filter."""

    loading_changed = Signal(bool)
    replacing = Signal()  # rows in another order take the place of those that are there
    batches_changed = Signal()
    waiting_changed = Signal(int)  # how many new rows wait
    counts_changed = Signal(object)  # Mapping[State, int], under the filter but for its states
    loaded = Signal()  # the rows of the newest question are there
    stopped = Signal()  # nobody waits for the rows any more
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, model: TableModel[Job], background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.chosen, self.order, self.descending = JobFilter(), "updated", True
        self.at_top = True  # set by the view
        self.hold_order = False  # set by the view: rows are checked
        self.complete = False  # every job that meets the filter is in the table
        self._source: Source | None = None
        self.batches: list[str] = []  # names of the newest
        self._rows_asked, self._counts_asked, self._batches_asked = (Latest(background) for _ in range(3))
        self._rows_pace, self._counts_pace = Pace(), Pace()
        self.shown_order = self.order, self.descending  # of the rows that are there
        self._stale = False  # loaded anew when the page under way is there
        self._missed = False  # what was asked for could not be had: asked again when the database answers
        self._next: Cursor | None = None
        self._busy = self._counting = False
        self._meanwhile: dict[UUID, Job] = {}  # what changed while a page was being loaded
        self._waiting: set[UUID] = set()
        self._counts: Mapping[State, int] = {}
        self._of_all: Mapping[State, int] = {}  # the counts of the last picture
        self.total = 0  # all jobs there are, by the last picture
        self._deleted: int | None = None  # jobs that were, by the last picture
        model.wanted.connect(self._load_more)

    @property
    def counts(self) -> Mapping[State, int]:
        """The last counts that were told."""
        return self._counts

    def open(self, source: Source) -> None:
        """Begin, or change to another profile's jobs."""
        self._source = source
        self.ask(self.chosen, self.order, self.descending)

    def ask(self, chosen: JobFilter, order: str, descending: bool) -> None:
        """Show other jobs, or the same in another order; the answer to an older question is dropped."""
        self.chosen, self.order, self.descending = chosen, order, descending
        self._missed = False
        self._load(None, PAGE)
        self._count()

    def sort(self, order: str, descending: bool) -> None:
        """Show as many of the same jobs in another order."""
        self.order, self.descending = order, descending
        self._missed = False
        self._load(None, max(PAGE, len(self.model.rows)))

    def reload(self) -> None:
        """Load anew what is in the table; rows that are still there keep their place in the selection."""
        self._load(None, max(PAGE, len(self.model.rows)))
        self._count()

    def stop(self) -> None:
        """Wait no longer for the answer; what is in the table stays."""
        for question in (self._rows_asked, self._counts_asked):
            question.drop()
        self._counting = self._missed = False
        self.order, self.descending = self.shown_order
        self._set_busy(False)
        self.stopped.emit()

    def ask_batches(self) -> None:
        """Learn which batches there are."""
        if self._source is not None:
            question = partial(self._source.batches, BATCHES)
            self._batches_asked.submit(question, done=self._take_batches, failed=lambda _error: None)

    def everything(self) -> Callable[[], Iterable[Job]]:
        """What gives all jobs that meet the filter, in the order that is shown; to be called in the background."""
        if self._source is None:
            return tuple
        return partial(self._source.each, self.chosen, order=self.order, descending=self.descending)

    def apply(self, snapshot: Snapshot) -> None:
        """Take over what changed since the last picture."""
        self._of_all = snapshot.counts
        if not self._narrowed:
            self._tell_counts(snapshot.counts)
        total, before = sum(snapshot.counts.values()), self.total
        gone = total < before or self._deleted not in {None, snapshot.facts.deleted}
        self.total, self._deleted = total, snapshot.facts.deleted
        if self._source is None:
            return
        if not snapshot.facts.complete or gone:  # more changed than one picture holds, or something was deleted
            self._stale = True
        elif snapshot.changed:
            self._take_over({job.id: job for job in snapshot.changed})
            self._stale |= self.chosen.asks_for_tasks
        answers = all(one.ok for one in snapshot.health if one.service == "postgres")
        if (self._stale or self._missed) and answers and not self._busy and self._rows_pace.is_due:
            self.reload()

    @property
    def _narrowed(self) -> bool:
        """Whether the counts of the pictures are not those of what is asked for."""
        return self.chosen.in_any_state != JobFilter()

    def _take_over(self, changed: dict[UUID, Job]) -> None:
        if self._busy:  # the page under way may be older than this: it is merged behind it
            self._meanwhile |= changed
            return
        self._merge(changed)
        if self._narrowed and not self._counting and self._counts_pace.is_due:
            self._count()

    def _load(self, after: Cursor | None, limit: int) -> None:
        if self._source is None:
            return
        self._set_busy(True)
        self._rows_pace.begin()
        self._stale &= after is not None
        question = partial(
            self._source.jobs, self.chosen, after=after, limit=limit, order=self.order, descending=self.descending
        )
        first = after is None
        self._rows_asked.submit(question, done=partial(self._take, first), failed=partial(self._fail, first))

    def _load_more(self) -> None:
        if not self._busy and self._next is not None:
            self._load(self._next, PAGE)

    def _take(self, first: bool, page: JobPage) -> None:
        self._set_busy(False)
        self._rows_pace.end()
        if first:
            self._missed = False
            if (self.order, self.descending) != self.shown_order:
                self.replacing.emit()
            self.shown_order = self.order, self.descending
            self.model.set_rows(page.rows)
            self._wait_for(set())
        else:
            self.model.append(page.rows[: WINDOW - len(self.model.rows)])
        self._set_next(page.next)
        meanwhile, self._meanwhile = self._meanwhile, {}
        self._merge(meanwhile)
        self.loaded.emit()

    def _fail(self, first: bool, error: OcrConsoleError) -> None:
        """What is in the table was asked for otherwise: nothing is put behind it. Told once, not at every new try."""
        again, self._missed = self._missed, self._missed or first
        self._set_busy(False)
        self._rows_pace.end()
        if first:
            self._next, self.model.more = None, False
        if not again:
            self.failed.emit(error)

    def _fail_counts(self, error: OcrConsoleError) -> None:
        self._counting = False
        self._counts_pace.end()
        if not self._missed:
            self.failed.emit(error)

    def _set_next(self, cursor: Cursor | None) -> None:
        self._next = cursor
        self.complete = cursor is None
        self.model.more = cursor is not None and len(self.model.rows) < WINDOW

    def _merge(self, changed: Mapping[UUID, Job]) -> None:
        before = {job.id: job for job in self.model.rows if job.id in changed}
        newer = {key: job for key, job in changed.items() if key not in before or _is_newer(job, before[key])}
        gone = {key for key in newer if key in before and not self.chosen.matches(newer[key])}
        new = [job for key, job in newer.items() if key not in before and self._belongs(job)]
        moved = [job for key, job in newer.items() if key in before and self._moves(before[key], job)]
        first = [job for job in (*new, *moved) if job.id not in gone] if self._arranges() else []
        if gone or first:
            self._rearrange(newer, gone, first)
        self.model.update_rows(job for key, job in newer.items() if key not in gone)
        if new and not self._arranges():
            self._wait_for(self._waiting | {job.id for job in new})

    def _arranges(self) -> bool:
        return self.at_top and self.descending and self.order in ARRIVALS

    def _belongs(self, job: Job) -> bool:
        """Whether a job that is not in the table ought to be."""
        if not self.chosen.matches(job) or (self.order == "updated" and not _is_event(job)):
            return False
        if self.order == "created" and self.descending and self.model.rows and not self.complete:
            last = self.model.row(len(self.model.rows) - 1)
            return job.created is None or last.created is None or job.created > last.created
        return True

    def _moves(self, before: Job, after: Job) -> bool:
        return self.order == "updated" and not self.hold_order and before.state is not after.state

    def _rearrange(self, newest: Mapping[UUID, Job], gone: set[UUID], first: Iterable[Job]) -> None:
        by = ORDERS[self.order].attribute
        arrivals = sorted(first, key=lambda job: (getattr(job, by) is not None, getattr(job, by), job.id), reverse=True)
        leading = {job.id for job in arrivals}
        others = [job for job in self.model.rows if job.id not in gone and job.id not in leading]
        rows = [*arrivals, *(newest.get(job.id, job) for job in others)]
        self.model.set_rows(rows[:WINDOW])
        if len(rows) > WINDOW:
            last = rows[WINDOW - 1]
            self._set_next(Cursor(getattr(last, by), last.id))

    def _wait_for(self, waiting: set[UUID]) -> None:
        if waiting != self._waiting:
            self._waiting = waiting
            self.waiting_changed.emit(len(waiting))

    def _count(self) -> None:
        if self._source is None:
            return
        if not self._narrowed:  # every picture has these: none is asked for
            self._counts_asked.drop()
            self._counting = False
            self._tell_counts(self._of_all or self._counts)
            return
        self._counting = True
        self._counts_pace.begin()
        self._counts_asked.submit(self._source.counts, self.chosen, done=self._take_counts, failed=self._fail_counts)

    def _take_counts(self, counts: Mapping[State, int]) -> None:
        self._counting = False
        self._counts_pace.end()
        self._tell_counts(counts)

    def _take_batches(self, batches: list[Batch]) -> None:
        names = list(dict.fromkeys(batch.name for batch in batches))
        if names != self.batches:
            self.batches = names
            self.batches_changed.emit()

    def _tell_counts(self, counts: Mapping[State, int]) -> None:
        if counts != self._counts:
            self._counts = counts
            self.counts_changed.emit(counts)

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.loading_changed.emit(busy)


def _is_newer(job: Job, than: Job) -> bool:
    return job.updated is None or than.updated is None or job.updated > than.updated


def _is_event(job: Job) -> bool:
    """Whether its last change began or ended something: one that only goes on does not push others off the top."""
    if job.state in {State.UPLOADING, State.QUEUED} or job.updated is None:
        return True
    since = job.started if job.state is State.RUNNING else job.finished
    return since is None or job.updated - since < EVENT
