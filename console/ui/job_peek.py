"""The pane of a job beside a table of jobs: it follows the cursor, and is remembered open or closed."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject

from console.bridge.remembered import Remembered
from console.bridge.table import TableModel
from console.ui.job_pane import JobPane
from console.ui.kit.side_pane import Beside
from console.ui.kit.table import Table
from worker.core.jobs import Job

OPEN = "jobs.pane"  # the key of what is remembered


class Peeking(QObject):
    """Ties a table to its pane: Space opens and closes it, a click on the current row opens it.

    Args:
        table: Of jobs.
        beside: The table's page with a JobPane.
        remembered: Whether it was open; None: it is closed at first.
    """

    def __init__(
        self, table: Table, model: TableModel[Job], beside: Beside, pane: JobPane, remembered: Remembered | None
    ) -> None:
        super().__init__(beside)
        self._table, self._model, self._pane = table, model, pane
        self._remembered = remembered
        table.peeked.connect(beside.toggle_pane)
        table.current_clicked.connect(beside.open_pane)
        table.selectionModel().currentRowChanged.connect(self._follow)
        model.rowsRemoved.connect(self._follow)
        beside.opened_changed.connect(self._keep)
        if remembered is not None and remembered.get(OPEN, bool, default=False):
            beside.open_pane()

    def _follow(self, *_what: object) -> None:
        current: QModelIndex = self._table.currentIndex()
        self._pane.show_job(self._model.row(current.row()) if current.isValid() else None)

    def _keep(self, is_open: bool) -> None:
        if self._remembered is not None:
            self._remembered.put(OPEN, is_open)
        if is_open:
            self._table.scrollTo(self._table.currentIndex())
