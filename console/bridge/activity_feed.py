"""The rows of the activity: the audit from its newest entry backwards, and whose jobs an entry names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background, Latest
from console.bridge.table import TableModel
from worker.core.audit_entry import AuditCounts, AuditEntry, AuditFilter, AuditPage
from worker.core.errors import OcrConsoleError
from worker.core.filters import JobFilter
from worker.core.jobs import Job

if TYPE_CHECKING:
    from datetime import datetime

    from console.ops.snapshot import Snapshot

PAGE = 100
WINDOW = 2000


class Source(Protocol):
    """What answers questions to the audit: core's AuditTrail."""

    def page(self, chosen: AuditFilter | None = None, *, before: int | None = None, limit: int = PAGE) -> AuditPage:
        """Some entries, the newest first."""
        ...

    def counts(self, chosen: AuditFilter | None = None) -> AuditCounts:
        """How many there are of each kind."""
        ...

    def entry(self, number: int) -> AuditEntry | None:
        """The one of that number."""
        ...

    def each(self, chosen: AuditFilter | None = None) -> Iterator[AuditEntry]:
        """All of them."""
        ...


@dataclass(frozen=True, slots=True)
class Named:
    """The jobs that an entry names, as they are now; some may be gone."""

    entry: int
    hit: tuple[Job, ...] = ()
    left: tuple[Job, ...] = ()


FindJobs = Callable[[JobFilter], Iterable[Job]]


class ActivityFeed(QObject):
    """Fills a table model with the entries that meet a filter."""

    loading_changed = Signal(bool)
    loaded = Signal()
    counted = Signal(object)  # AuditCounts
    named = Signal(object)  # Named, of the entry that is watched
    found = Signal(object)  # AuditEntry that was looked for by its number
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, model: TableModel[AuditEntry], background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.chosen = AuditFilter()
        self.complete = False
        self.is_empty = False  # nothing was ever done, by the last picture
        self._source: Source | None = None
        self._jobs: FindJobs | None = None
        self._rows_asked, self._counts_asked = Latest(background), Latest(background)
        self._names_asked, self._one_asked = Latest(background), Latest(background)
        self._next: int | None = None
        self._newest: int | None = None  # of all, by the last picture
        self._shown: int | None = None  # what `_newest` was when the rows were asked for
        self._busy = False
        self._missed = False  # an answer, since it was asked last
        self._pictured: datetime | None = None  # when the last picture was taken from the database
        self._watched: int | None = None
        model.wanted.connect(self._load_more)

    def open(self, source: Source, jobs: FindJobs) -> None:
        """Know whom to ask, from the next question on; `jobs` finds those that an entry names."""
        self._source, self._jobs = source, jobs

    def ask(self, chosen: AuditFilter) -> None:
        """Show other entries; the answer to an older question is dropped."""
        self.chosen = chosen
        self._load(None, PAGE)
        self._count()

    def reload(self) -> None:
        """Load anew what is in the table."""
        self._load(None, max(PAGE, len(self.model.rows)))
        self._count()

    def apply(self, snapshot: Snapshot) -> None:
        """Load anew when something was done since."""
        self.is_empty = snapshot.facts.at is not None and not snapshot.facts.acts
        self._newest = max((entry.id for entry in snapshot.facts.acts), default=None)
        again = self._missed and snapshot.facts.at != self._pictured  # the database answers
        self._pictured = snapshot.facts.at
        if (self._newest != self._shown or again) and not self._busy:
            self.reload()

    def watch(self, entry: AuditEntry | None) -> None:
        """Tell of the jobs that this entry names; None: of none."""
        if self._jobs is None or (entry and entry.id) == self._watched:
            return
        self._watched = entry.id if entry else None
        self._names_asked.drop()
        if entry is not None:
            self._names_asked.submit(_named, self._jobs, entry, done=self.named.emit, failed=self.failed.emit)

    def find(self, number: int) -> None:
        """Look for an entry, wherever it is; `found` tells of it."""
        if self._source is not None:
            self._one_asked.submit(self._source.entry, number, done=self._tell_found, failed=self.failed.emit)

    def everything(self) -> Callable[[], Iterable[AuditEntry]]:
        """What gives all entries that meet the filter; to be called in the background."""
        return tuple if self._source is None else partial(self._source.each, self.chosen)

    def _load(self, before: int | None, limit: int) -> None:
        if self._source is None:
            return
        self._set_busy(True)
        self._missed = False
        self._shown = self._newest
        question = partial(self._source.page, self.chosen, before=before, limit=limit)
        self._rows_asked.submit(question, done=partial(self._take, before is None), failed=self._fail)

    def _load_more(self) -> None:
        if not self._busy and self._next is not None:
            self._load(self._next, PAGE)

    def _take(self, first: bool, page: AuditPage) -> None:
        self._set_busy(False)
        if first:
            self.model.set_rows(page.rows)
        else:
            self.model.append(page.rows)
        self._next = page.next
        self.complete = page.next is None
        self.model.more = page.next is not None and len(self.model.rows) < WINDOW
        self.loaded.emit()

    def _count(self) -> None:
        if self._source is not None:
            self._counts_asked.submit(self._source.counts, self.chosen, done=self.counted.emit, failed=self._miss)

    def _tell_found(self, entry: AuditEntry | None) -> None:
        if entry is not None:
            self.found.emit(entry)

    def _fail(self, error: OcrConsoleError) -> None:
        self._set_busy(False)
        self._miss(error)

    def _miss(self, error: OcrConsoleError) -> None:
        self._missed = True
        self.failed.emit(error)

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.loading_changed.emit(busy)


def ids_of(entry: AuditEntry, key: str) -> tuple[UUID, ...]:
    """The jobs that its details name under "jobs" or "left"; what another program wrote there is left out."""
    given = entry.details.get(key, ())
    found = []
    for text in given if isinstance(given, list) else ():
        try:
            found.append(UUID(str(text)))
        except ValueError:
            continue
    return tuple(found)


def _named(jobs: FindJobs, entry: AuditEntry) -> Named:
    hit, left = ids_of(entry, "jobs"), ids_of(entry, "left")
    wanted = (*hit, *left)
    there = {job.id: job for job in jobs(JobFilter(ids=wanted))} if wanted else {}
    return Named(
        entry.id,
        tuple(there[one] for one in hit if one in there),
        tuple(there[one] for one in left if one in there),
    )
