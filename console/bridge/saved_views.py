"""Filters with a name: those that everybody has, and the user's own, with how many jobs meet each."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from console.bridge.background import Background, Latest
from console.bridge.remembered import Remembered
from worker.core.filters import ORDERS, JobFilter

KEY = "jobs.views"
EVERY_S = 5.0  # between two counts
REST = 50.0  # times as long as the last count took: it is to cost the database next to nothing
MOST = 40  # of the user's own


@dataclass(frozen=True, slots=True)
class View:
    """A filter, an order and columns under a name."""

    name: str
    chosen: JobFilter
    order: str = "updated"
    descending: bool = True
    columns: Mapping[str, Any] = field(default_factory=dict, hash=False)  # as the table keeps them; {}: as they are

    def as_dict(self) -> dict[str, Any]:
        """As JSON keeps it."""
        columns = dict(self.columns)
        return {
            "name": self.name,
            "filter": self.chosen.as_dict(),
            "order": self.order,
            "descending": self.descending,
            "columns": columns,
        }

    @classmethod
    def from_dict(cls, kept: object) -> View | None:
        """From what was kept, perhaps by another version; None where it has no name."""
        given = kept if isinstance(kept, Mapping) else {}
        name, order, columns = (given.get(key) for key in ("name", "order", "columns"))
        if not isinstance(name, str) or not name.strip():
            return None
        return cls(
            name,
            JobFilter.from_dict(given.get("filter")),
            order if isinstance(order, str) and order in ORDERS else "updated",
            given.get("descending") is not False,
            columns if isinstance(columns, Mapping) else {},
        )


class Counts(Protocol):
    """What counts: the Store."""

    def count(self, chosen: JobFilter) -> int:
        """How many jobs meet a filter; a figure above 10,000 means more than that."""
        ...


class SavedViews(QObject):
    """The user's own views, kept in `Remembered`; each has a name that no other has."""

    changed = Signal()

    def __init__(self, remembered: Remembered, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._remembered = remembered

    @property
    def views(self) -> Sequence[View]:
        """In the order in which they were saved."""
        kept = self._remembered.get(KEY, list, [])
        views = {view.name: view for one in kept if (view := View.from_dict(one)) is not None}
        return tuple(views.values())[:MOST]

    def save(self, view: View, place: int | None = None) -> None:
        """Keep it; one of the same name gives way to it. `place` is where it stands among them, None: last."""
        others = [one for one in self.views if one.name != view.name]
        others.insert(len(others) if place is None else place, view)
        self._put(others)

    def rename(self, view: View, name: str) -> None:
        """Give it another name."""
        renamed = View(name, view.chosen, view.order, view.descending, view.columns)
        others = [one for one in self.views if one.name != name or one == view]
        self._put([renamed if one == view else one for one in others])

    def delete(self, view: View) -> int:
        """Keep it no longer; returns where it stood."""
        views = list(self.views)
        place = views.index(view)
        self._put([one for one in views if one != view])
        return place

    def _put(self, views: Sequence[View]) -> None:
        self._remembered.put(KEY, [view.as_dict() for view in views])
        self.changed.emit()


class ViewCounts(QObject):
    """Counts what meets each view, seldom: at most every EVERY_S, and only when it is asked to."""

    counted = Signal(object)  # Mapping[JobFilter, int]

    def __init__(
        self, background: Background, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._latest = Latest(background)
        self._source: Counts | None = None
        self._clock = clock
        self._next = 0.0

    def open(self, source: Counts) -> None:
        """Count in this store."""
        self._source = source

    def refresh(self, filters: Sequence[JobFilter], *, at_once: bool = False) -> bool:
        """Count anew if the last time is long enough ago. Returns whether it does."""
        source, now = self._source, self._clock()
        if source is None or self._latest.asking or (now < self._next and not at_once):
            return False

        def count() -> Mapping[JobFilter, int]:
            return {chosen: source.count(chosen) for chosen in filters}

        def done(counts: Mapping[JobFilter, int]) -> None:
            took = self._clock() - now
            self._next = now + max(EVERY_S, REST * took)
            self.counted.emit(counts)

        self._next = now + EVERY_S
        self._latest.submit(count, done=done, failed=lambda _error: None)
        return True
