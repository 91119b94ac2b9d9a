"""What holds for every table of the window: its columns are kept, and it can be taken away as a file."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from console.bridge.background import Background
from console.bridge.remembered import Remembered
from console.ui.exporting import TableExport
from console.ui.kit.table import Table


class Tables(QObject):
    """Sees to the tables of pages; one that has an export of its own, or is remembered already, stays as it is."""

    exported = Signal(object, int)  # the Path, and how many rows it has
    failed = Signal(object)  # OcrConsoleError

    def __init__(self, background: Background, remembered: Remembered, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background, self._remembered = background, remembered
        self._adopted: set[Table] = set()

    def adopt(self, pages: Mapping[str, QWidget]) -> None:
        """See to all tables of these pages, by their names."""
        for name, page in pages.items():
            for place, table in enumerate(page.findChildren(Table)):
                self._adopt(table, f"{name}-{place + 1}" if place else name)

    def _adopt(self, table: Table, name: str) -> None:
        if table in self._adopted:
            return
        self._adopted.add(table)
        if not table.columns.is_remembered:
            table.columns.remember(self._remembered, name)
        export = table.findChild(TableExport) or TableExport(table, self._background, name=name)
        export.exported.connect(self.exported)
        export.failed.connect(self.failed)
