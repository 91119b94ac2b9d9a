"""Checked rows that outlive a change of order: those that are not loaded now stay checked, and come back checked."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QObject

from console.ui.kit.table import Table

Flag = QItemSelectionModel.SelectionFlag


class KeptChecks(QObject):
    """Call `keep` before rows are replaced, and `restore` when others are there."""

    def __init__(self, table: Table, key: Callable[[Any], Hashable], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table, self._key = table, key
        self._away: dict[Hashable, Any] = {}  # checked, and not in the table now
        self.are_being_restored = False

    @property
    def rows(self) -> Sequence[Any]:
        """All checked rows: first those in the table."""
        return [*self._table.checked(), *self._away.values()]

    def clear(self) -> None:
        """Check none, neither here nor away."""
        self._away.clear()
        self._table.uncheck()

    def forget(self) -> None:
        """Leave those out that are not in the table."""
        self._away.clear()
        self._table.checked_changed.emit(len(self.rows))

    def keep(self) -> None:
        """The rows are about to be put into another order, and some of them will not be loaded then."""
        self.are_being_restored = True
        self._away |= {self._key(row): row for row in self._table.checked()}

    def restore(self) -> None:
        """Check those again that are there."""
        selection, model = self._table.selectionModel(), self._table.model()
        self.are_being_restored = True
        here = {self._key(row): place for place, row in enumerate(self._table.rows) if self._key(row) in self._away}
        for key, place in here.items():
            del self._away[key]
            selection.select(model.index(place, 0), Flag.Select | Flag.Rows)
        self.are_being_restored = False
        self._table.checked_changed.emit(len(self.rows))
