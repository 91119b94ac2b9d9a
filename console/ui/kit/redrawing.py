"""Painting in a turn of the loop of its own: rows that come take as long as it does, and keys wait for both."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QTableView

from console.bridge.table import TableModel


class Redrawing(QObject):
    """Holds the painting of a table back when rows come, go or move, until the loop has turned."""

    def __init__(self, table: QTableView, model: TableModel[Any]) -> None:
        super().__init__(table)
        self._table = table
        self._turn = QTimer(self, interval=0, singleShot=True)
        self._turn.timeout.connect(lambda: table.viewport().setUpdatesEnabled(True))
        for moved in (model.rowsInserted, model.rowsRemoved, model.layoutChanged):
            moved.connect(self._hold)

    def _hold(self) -> None:
        if self._table.isVisible() and not self._turn.isActive():
            self._table.viewport().setUpdatesEnabled(False)
            self._turn.start()
