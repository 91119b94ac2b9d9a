"""The table of batches: rows over the groups that the cursor leaves out, small buttons at the end of the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from console.bridge.batch_feed import BatchRow, Section
from console.bridge.table import TableModel
from console.ui.batches_columns import batch_columns
from console.ui.kit.row_acts import ActTable
from worker.core.batch_figures import BatchFigures

translate = QCoreApplication.translate
HEIGHT = 32
NARROW = 880  # pixels; under it there is no room for what the pane says too
_LEFT_OUT = frozenset({"rate"})


class BatchModel(TableModel[BatchRow]):
    """Sections and batches, in the order in which they are given."""

    def __init__(
        self, now: Callable[[], datetime], *, locked: Callable[[], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(batch_columns(now, locked=locked), _key, parent)
        self._locked, self._was_locked = locked, locked()

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """A section cannot be chosen."""
        if index.isValid() and isinstance(self.row(index.row()), Section):
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)

    def batches(self) -> list[BatchFigures]:
        """The rows that are batches."""
        return [row for row in self.rows if isinstance(row, BatchFigures)]

    def refresh_lock(self) -> None:
        """Show a lock on the small buttons, or none, as it is by now."""
        if self._locked() != self._was_locked:
            self._was_locked = self._locked()
            self.say_again([len(self.columns) - 1])


class BatchTable(ActTable):
    """A section reaches over all columns."""

    def __init__(self, model: BatchModel, parent: QWidget | None = None) -> None:
        super().__init__(model, name=translate("Batches", "Batches"), row_height=HEIGHT, parent=parent)
        self._batches = model
        self._spanned: tuple[int, ...] = ()

    def current_batch(self) -> BatchFigures | None:
        """The one under the cursor."""
        row = self.current_row()
        return row if isinstance(row, BatchFigures) else None

    def span_sections(self) -> None:
        """Bring it in line with the rows; also puts the cursor on the first batch where it is on none."""
        sections = tuple(place for place, row in enumerate(self._batches.rows) if isinstance(row, Section))
        if sections != self._spanned or any(self.columnSpan(place, 0) == 1 for place in sections):
            self._spanned = sections
            self.clearSpans()
            for place in sections:
                self.setSpan(place, 0, 1, len(self._batches.columns))
        if self.current_batch() is None and (batches := self._batches.batches()):
            self.go_to(batches[0].id)

    def set_room(self, width: int) -> None:
        """Leave columns out where there is little room."""
        self.columns.leave_out(_LEFT_OUT if width < NARROW else frozenset())

    def _step(self, by: int) -> None:
        count, step = self._batches.rowCount(), 1 if by > 0 else -1
        place = min(max(self.currentIndex().row() + by, 0), count - 1)
        ways = (range(place, count if step > 0 else -1, step), range(place, -1 if step > 0 else count, -step))
        rows = (one for way in ways for one in way if isinstance(self._batches.row(one), BatchFigures))
        if (found := next(rows, None)) is not None:
            super()._step(found - self.currentIndex().row())


def _key(row: BatchRow) -> object:
    return row.group if isinstance(row, Section) else row.id
