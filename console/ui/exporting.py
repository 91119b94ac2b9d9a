"""The button that takes a table away as a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from console.bridge.background import Background
from console.bridge.exporting import Exporting, Rows
from console.ops.exporting import Form
from console.ui import words
from console.ui.kit.buttons import Button
from console.ui.kit.table import Table
from worker.core.errors import OcrConsoleError

translate = QCoreApplication.translate
FOLDER = QStandardPaths.StandardLocation.DocumentsLocation


class ExportButton(Button):
    """Asks how and where to, then writes in the background; while it writes, a press stops it.

    What is written are the columns that are shown, in their order.

    Args:
        table: The table.
        background: Where it is written.
        name: What the file is called at first, without its ending.
        rows: Gives, when the button is pressed, what gives the rows later and in the background; None: the rows that
            the table holds at that moment.
    """

    exported = Signal(object, int)  # the Path, and how many rows it has
    failed = Signal(object)  # OcrConsoleError

    def __init__(
        self,
        table: Table,
        background: Background,
        *,
        name: str,
        rows: Callable[[], Rows] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(translate("Export", "Export list…"), icon="download", kind="ghost", parent=parent)
        self._table, self._name, self._rows = table, name, rows
        self._folder = QStandardPaths.writableLocation(FOLDER) or str(Path.home())
        self.exporting = Exporting(background, self)
        self.exporting.progressed.connect(self._show_progress)
        self.exporting.ended.connect(self._end)
        self.exporting.stopped.connect(self._settle)
        self.exporting.failed.connect(self._fail)
        self.menu_of_forms = QMenu(self)
        self.menu_of_forms.addAction(translate("Export", "CSV, for spreadsheets…"), lambda: self._ask(Form.CSV))
        self.menu_of_forms.addAction(translate("Export", "JSON, for programs…"), lambda: self._ask(Form.JSON))
        self.clicked.connect(self._press)

    def start(self, path: Path, form: Form) -> None:
        """Write it."""
        rows = self._rows() if self._rows else partial(iter, self._table.rows)
        self.exporting.start(path, form, self._table.columns.shown, rows)
        self.set_icon("x")
        self._show_progress(0)

    def _press(self) -> None:
        if self.exporting.running:
            self.exporting.stop()
        else:
            self.menu_of_forms.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _ask(self, form: Form) -> None:
        proposed = Path(self._folder) / f"{self._name}.{form}"
        title = translate("Export", "Export the list")
        chosen, _ = QFileDialog.getSaveFileName(self.window(), title, str(proposed), f"*.{form}")
        if chosen:
            path = Path(chosen)
            self._folder = str(path.parent)
            self.start(path if path.suffix else path.with_suffix(f".{form}"), form)

    def _show_progress(self, count: int) -> None:
        one, many = translate("Export", "Stop at {n} row"), translate("Export", "Stop at {n} rows")
        self.setText(words.counted(count, one, many))

    def _end(self, path: Path, count: int) -> None:
        self._settle()
        self.exported.emit(path, count)

    def _fail(self, error: OcrConsoleError) -> None:
        self._settle()
        self.failed.emit(error)

    def _settle(self) -> None:
        self.set_icon("download")
        self.setText(translate("Export", "Export list…"))


def show_folder(folder: Path) -> None:
    """Open it in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
